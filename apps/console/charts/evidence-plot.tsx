import { classNames } from "@mainstay/ui";
import { figureText } from "../parts/numbers.ts";
import { timeText } from "../parts/time.tsx";
import { lastAt, type ChartView } from "./chart-view.ts";
import { Axes, EndLabel, plot_room, plotScales, type PlotScales } from "./plot.tsx";
import { linePath, stepPath } from "./scale.ts";
import { StageLines, Upright, type SuccessPlotProps } from "./success-plot.tsx";

const label_gap_px = 18;
/** The room that a figure beside a step takes, in px. */
const figure_room = { width: 40, height: 16 } as const;

/** Where the evidence rolls back: a shaded zone above a dashed line. */
function Alarm({ view, scales, width }: EvidenceParts) {
  const { y, right } = scales;
  return (
    <>
      <rect
        x={plot_room.left}
        y={plot_room.top}
        width={Math.max(0, right - plot_room.left)}
        height={Math.max(0, y(view.threshold) - plot_room.top)}
        className="fill-alarm-zone"
      />
      <line
        x1={plot_room.left}
        x2={right}
        y1={y(view.threshold)}
        y2={y(view.threshold)}
        strokeWidth={1.5}
        strokeDasharray="6 4"
        className="stroke-danger"
      />
      <g className="fill-danger">
        <EndLabel y={y(view.threshold)} width={width}>
          alarm {figureText(view.threshold, 1)}
        </EndLabel>
      </g>
    </>
  );
}

type EvidenceParts = {
  readonly view: ChartView;
  readonly scales: PlotScales;
  readonly width: number;
};

/**
 * Which of several places, by their index, have room for a figure of their own: the last has, and others from
 * it.
 */
function readable(places: readonly { readonly x: number; readonly y: number }[]): ReadonlySet<number> {
  const kept = new Set<number>();
  let after: { readonly x: number; readonly y: number } | null = null;
  for (const [index, place] of [...places.entries()].toReversed()) {
    if (after !== null && after.x - place.x < figure_room.width && place.y - after.y < figure_room.height)
      continue;
    kept.add(index);
    after = place;
  }
  return kept;
}

/** Where a step's figure stands: left above it, or where the axis or the dashed line leaves it room. */
function figurePlace(step: { readonly x: number; readonly y: number; readonly alarmY: number }) {
  const { x, y, alarmY } = step;
  if (x - figure_room.width < plot_room.left) return { x: x + 7, y: y + 4, textAnchor: "start" } as const;
  const isOnAlarm = Math.abs(y - 10 - alarmY) < 10;
  if (isOnAlarm) return { x: x + 3, y: y + 16, textAnchor: "start" } as const;
  return { x: x - 6, y: y - 6, textAnchor: "end" } as const;
}

/** Each step of the evidence with its figure, where there are few enough to read them. */
function Steps({ view, scales }: Pick<EvidenceParts, "view" | "scales">) {
  const { x, y } = scales;
  const rises = view.evidence.filter(
    ({ value }, index) => index > 0 && value > (view.evidence[index - 1]?.value ?? 0) + 0.2,
  );
  const named = readable(rises.map(({ at, value }) => ({ x: x(at), y: y(value) })));
  return rises.map(({ at, value }, index) => {
    const isAlarm = value >= view.threshold;
    return (
      <g key={at} className={isAlarm ? "fill-danger" : "fill-ink"}>
        <circle cx={x(at)} cy={y(value)} r={3} strokeWidth={1.5} className="stroke-surface" />
        {named.has(index) && (
          <text
            {...figurePlace({ x: x(at), y: y(value), alarmY: y(view.threshold) })}
            className={classNames(
              "money fill-ink text-small",
              index === rises.length - 1 ? "font-semibold" : "font-medium",
            )}
          >
            {figureText(value, 2)}
          </text>
        )}
      </g>
    );
  });
}

function RolledBack({ view, scales, at }: Pick<EvidenceParts, "view" | "scales"> & { readonly at: number }) {
  const x = scales.x(at) + 8;
  return (
    <>
      <Upright x={scales.x(at)} bottom={scales.bottom} look="rolled-back" />
      <text x={x} y={scales.y(view.proof.high) + 15} className="money text-small">
        <tspan className="fill-danger font-semibold">rolled back</tspan>
        <tspan x={x} dy={16} className="fill-ink-soft">
          {timeText(at, "second")}
        </tspan>
      </text>
    </>
  );
}

/** The height of a label that keeps clear of the alarm's own. */
function besideAlarm(own: number, alarm: number): number {
  const missing = label_gap_px - Math.abs(own - alarm);
  if (missing <= 0) return own;
  return own >= alarm ? own + missing : own - missing;
}

/** Evidence that the new version is worse: the log of the e-value, against the threshold that rolls back. */
export function EvidencePlot({ view, width, height, cursor }: Omit<SuccessPlotProps, "version">) {
  const scales = plotScales({ width, height, from: view.from, to: view.to, axis: view.proof });
  const { x, y } = scales;
  const places = view.evidence.map(({ at, value }): [number, number] => [x(at), y(value)]);
  const last = view.evidence.at(-1);
  const isFew = view.kind !== "rates";
  const under = cursor === null ? undefined : lastAt(view.evidence, cursor);
  return (
    <svg width={width} height={height} aria-hidden className="block">
      <Alarm view={view} scales={scales} width={width} />
      <Axes
        scales={scales}
        axis={view.proof}
        from={view.from}
        to={view.to}
        valueText={(value) => figureText(value, 0)}
      />
      {!isFew && <StageLines view={view} scales={scales} named={false} />}
      <path
        d={isFew ? stepPath(places) : linePath(places)}
        fill="none"
        strokeWidth={1.75}
        strokeLinejoin="round"
        className="stroke-ink"
      />
      {view.rolledBackAt !== null && <RolledBack view={view} scales={scales} at={view.rolledBackAt} />}
      {isFew && <Steps view={view} scales={scales} />}
      {cursor !== null && <Upright x={x(cursor)} bottom={scales.bottom} look="cursor" />}
      {cursor !== null && under && (
        <circle
          cx={x(cursor)}
          cy={y(under.value)}
          r={4}
          strokeWidth={1.75}
          className="fill-surface stroke-ink"
        />
      )}
      {last && !isFew && view.rolledBackAt === null && (
        <g className="fill-ink">
          <circle cx={x(last.at)} cy={y(last.value)} r={3} />
          <EndLabel y={besideAlarm(y(last.value), y(view.threshold))} width={width}>
            {figureText(last.value, 2)}
          </EndLabel>
        </g>
      )}
    </svg>
  );
}
