import { countText, figureText, stageText } from "../parts/numbers.ts";
import { lastAt, type ChartView } from "./chart-view.ts";
import { apart, Axes, EndLabel, plot_room, plotScales, type PlotScales } from "./plot.tsx";
import type { Mark, Rate } from "./rates.ts";
import { linePath, stepPath } from "./scale.ts";

const label_gap_px = 20;
const mark_radius_px = 6;

function pointsOf(rates: readonly Rate[], { x, y }: PlotScales): [number, number][] {
  return rates.map(({ at, share }) => [x(at), y(share * 100)]);
}

function bandPath(rates: readonly Rate[], { x, y }: PlotScales): string {
  if (rates.length === 0) return "";
  const upper = rates.map(({ at, high }): [number, number] => [x(at), y(high * 100)]);
  const lower = rates.map(({ at, low }): [number, number] => [x(at), y(low * 100)]).toReversed();
  return `${linePath([...upper, ...lower])}Z`;
}

/** A log-in: an open ring with a tick where it succeeded, a filled one with a cross where it failed. */
function LogInMark({ mark, scales }: { readonly mark: Mark; readonly scales: PlotScales }) {
  const [x, y] = [scales.x(mark.at), scales.y(mark.share * 100)];
  if (mark.succeeded) {
    return (
      <g fill="none" strokeWidth={1.6} className="stroke-chart-new">
        <circle cx={x} cy={y} r={mark_radius_px} className="fill-surface" />
        <path d={`M${x - 2.6} ${y + 0.2}l1.9 1.9 3.3-3.9`} strokeLinecap="round" strokeLinejoin="round" />
      </g>
    );
  }
  return (
    <g strokeWidth={1.6} className="stroke-surface">
      <circle cx={x} cy={y} r={mark_radius_px} className="fill-danger" />
      <path d={`M${x - 2} ${y - 2}l4 4m0-4l-4 4`} strokeLinecap="round" />
    </g>
  );
}

/** Where stages began: a dotted line with the share above the axis. */
export function StageLines({ view, scales, named }: StageLinesProps) {
  const { x, bottom } = scales;
  return view.stages.map(({ at, share }, index) => (
    <g key={at}>
      {index > 0 && (
        <line
          x1={x(at)}
          x2={x(at)}
          y1={plot_room.top}
          y2={bottom}
          strokeWidth={1}
          strokeDasharray="2 3"
          className="stroke-line2"
        />
      )}
      {named && (
        <text x={x(at) + 6} y={bottom - 7} className="money fill-ink-soft text-small">
          {stageText(share * 100)}
        </text>
      )}
    </g>
  ));
}

type StageLinesProps = {
  readonly view: ChartView;
  readonly scales: PlotScales;
  readonly named: boolean;
};

/** A share in percent as it fits beside a line's name. */
function shareText(share: number): string {
  return share === 1 ? "100" : figureText(share * 100, 2);
}

function Labels({ view, scales, width, version }: SuccessParts) {
  const stable = view.stable.at(-1);
  const last = view.candidate.at(-1);
  const mark = view.marks.at(-1);
  const stableY = stable === undefined ? null : scales.y(stable.share * 100);
  const share = last?.share ?? mark?.share;
  const newY = share === undefined ? null : scales.y(share * 100);
  const [upper, lower] =
    newY === null || stableY === null ? [newY ?? 0, stableY ?? 0] : apart(newY, stableY, label_gap_px);
  const { n, failed } = view.totals.candidate;
  return (
    <>
      {newY !== null && (
        <g className="fill-lamp-ink">
          <EndLabel
            y={upper}
            width={width}
            value={last === undefined ? `${countText(n - failed)} of ${countText(n)}` : shareText(last.share)}
          >
            {version}
          </EndLabel>
        </g>
      )}
      {stableY !== null && stable !== undefined && (
        <g className="fill-harbour">
          <EndLabel y={lower} width={width} value={shareText(stable.share)}>
            stable
          </EndLabel>
        </g>
      )}
    </>
  );
}

function Lines({ view, scales }: Pick<SuccessParts, "view" | "scales">) {
  const { x, y } = scales;
  const steps = view.marks.map((mark): [number, number] => [x(mark.at), y(mark.share * 100)]);
  const [last, lastStable] = [view.candidate.at(-1), view.stable.at(-1)];
  return (
    <g fill="none" strokeLinejoin="round" strokeLinecap="round">
      <path d={bandPath(view.candidate, scales)} className="fill-band" />
      <path d={linePath(pointsOf(view.stable, scales))} strokeWidth={1.75} className="stroke-harbour" />
      <path
        d={view.kind === "marks" ? stepPath(steps) : linePath(pointsOf(view.candidate, scales))}
        strokeWidth={2.25}
        className="stroke-chart-new"
      />
      {lastStable && view.kind === "rates" && (
        <circle cx={x(lastStable.at)} cy={y(lastStable.share * 100)} r={2.5} className="fill-harbour" />
      )}
      {last && <circle cx={x(last.at)} cy={y(last.share * 100)} r={3} className="fill-chart-new" />}
    </g>
  );
}

/** A vertical line through both charts: the cursor, or the moment of a rollback. */
export function Upright({ x, bottom, look }: UprightProps) {
  return (
    <line
      x1={x}
      x2={x}
      y1={plot_room.top - 6}
      y2={bottom}
      strokeWidth={look === "cursor" ? 1 : 1.5}
      className={look === "cursor" ? "stroke-edge" : "stroke-danger"}
    />
  );
}

type UprightProps = {
  readonly x: number;
  readonly bottom: number;
  readonly look: "cursor" | "rolled-back";
};

function CursorDots({ view, scales, at }: Pick<SuccessParts, "view" | "scales"> & { readonly at: number }) {
  const [rate, stable] = [lastAt(view.candidate, at), lastAt(view.stable, at)];
  const { x, y } = scales;
  return (
    <g strokeWidth={1.75} className="fill-surface">
      {stable && <circle cx={x(at)} cy={y(stable.share * 100)} r={4.5} className="stroke-harbour" />}
      {rate && <circle cx={x(at)} cy={y(rate.share * 100)} r={4.5} className="stroke-chart-new" />}
    </g>
  );
}

type SuccessParts = {
  readonly view: ChartView;
  readonly scales: PlotScales;
  readonly width: number;
  readonly version: string;
};

/** Log-in success of the new version against stable, in percent. */
export function SuccessPlot({ view, width, height, version, cursor }: SuccessPlotProps) {
  const scales = plotScales({ width, height, from: view.from, to: view.to, axis: view.success });
  const { rolledBackAt } = view;
  const clip = "success-plot";
  return (
    <svg width={width} height={height} aria-hidden className="block">
      <clipPath id={clip}>
        <rect
          x={plot_room.left}
          y={0}
          width={Math.max(0, scales.right - plot_room.left + 4)}
          height={Math.max(0, scales.bottom)}
        />
      </clipPath>
      <Axes
        scales={scales}
        axis={view.success}
        from={view.from}
        to={view.to}
        valueText={(value) => (value === 100 ? "100 %" : String(value))}
      />
      {view.kind === "rates" && <StageLines view={view} scales={scales} named />}
      <g clipPath={`url(#${clip})`}>
        <Lines view={view} scales={scales} />
      </g>
      {rolledBackAt !== null && (
        <Upright x={scales.x(rolledBackAt)} bottom={scales.bottom} look="rolled-back" />
      )}
      {view.marks.map((mark, index) => (
        // Log-ins have no names here; their order never changes.
        <LogInMark key={`${mark.at} ${index}`} mark={mark} scales={scales} />
      ))}
      {cursor !== null && <Upright x={scales.x(cursor)} bottom={scales.bottom} look="cursor" />}
      {cursor !== null && <CursorDots view={view} scales={scales} at={cursor} />}
      <Labels view={view} scales={scales} width={width} version={version} />
    </svg>
  );
}

/** What both plots take. */
export type SuccessPlotProps = {
  readonly view: ChartView;
  readonly width: number;
  readonly height: number;
  readonly version: string;
  readonly cursor: number | null;
};
