import { classNames } from "@mainstay/ui";
import { useState, type KeyboardEvent, type PointerEvent, type ReactNode } from "react";
import { countText, figureText } from "../parts/numbers.ts";
import { timeText, zoneName } from "../parts/time.tsx";
import { lastAt, type ChartView } from "./chart-view.ts";
import { EvidencePlot } from "./evidence-plot.tsx";
import { plot_room, useSize } from "./plot.tsx";
import type { Tally } from "./rates.ts";
import { linearScale } from "./scale.ts";
import { SuccessPlot } from "./success-plot.tsx";

const utc_format = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "UTC" });

const minute_ms = 60_000;

/** How wide the window behind a point is, in words. */
export function windowText(window_ms: number): string {
  const minutes = window_ms / minute_ms;
  return minutes < 60 ? `${minutes} min` : `${minutes / 60} h`;
}

/** What the cursor reads at an instant. */
type Reading = {
  readonly at: number;
  readonly version: string;
  readonly stableName: string;
  readonly candidate: string;
  readonly detail: string;
  readonly stable: string;
  readonly evidence: string;
};

function tallyText({ n, failed }: Tally): string {
  return `${countText(n)} log-ins, ${countText(failed)} failed`;
}

function readingAt(view: ChartView, at: number, names: ChartNames): Reading {
  const rate = lastAt(view.candidate, at);
  const stable = lastAt(view.stable, at);
  const evidence = lastAt(view.evidence, at);
  const marks = view.marks.filter((mark) => mark.at <= at);
  const failed = marks.filter((mark) => !mark.succeeded).length;
  const few = `${marks.length - failed} of ${marks.length}`;
  return {
    at,
    ...names,
    candidate: rate === undefined ? (marks.length === 0 ? "–" : few) : `${figureText(rate.share * 100, 2)} %`,
    detail:
      rate === undefined ? "too few for a rate" : `${tallyText(rate.tally)} in ${windowText(view.window_ms)}`,
    stable: stable === undefined ? "–" : `${figureText(stable.share * 100, 2)} %`,
    evidence: evidence === undefined ? "–" : figureText(evidence.value, 2),
  };
}

/** What the two versions are called in the chart. */
export type ChartNames = { readonly version: string; readonly stableName: string };

function speech(reading: Reading): string {
  const { version, candidate, detail, stableName, stable, evidence } = reading;
  const time = timeText(reading.at, "clock");
  return `${time}: ${version} ${candidate}, ${detail}; ${stableName} ${stable}; evidence ${evidence}`;
}

/** As wide as the cursor's reading is. */
const tip_px = 218;

function Tip({
  reading,
  x,
  width,
}: {
  readonly reading: Reading;
  readonly x: number;
  readonly width: number;
}) {
  const isLeft = x + 10 + tip_px > width - 16;
  const { version, stableName, candidate, detail, stable, evidence } = reading;
  return (
    <div
      aria-hidden
      className={classNames(
        "money pointer-events-none absolute top-[116px] z-10 w-[218px] rounded-control",
        "bg-surface px-3 py-2 text-small shadow-menu dark:border dark:border-line2",
      )}
      style={isLeft ? { right: width - x + 10 } : { left: x + 10 }}
    >
      <div className="flex justify-between">
        <span className="font-semibold">
          {timeText(reading.at, "clock")} {zoneName(reading.at)}
        </span>
        <span className="text-ink-soft">{utc_format.format(reading.at)} UTC</span>
      </div>
      <Line mark="bg-chart-new" name={version} value={candidate} />
      <div className="pl-[18px] text-ink-soft">{detail}</div>
      <Line mark="bg-harbour" name={stableName} value={stable} />
      <Line mark="bg-ink" name="evidence" value={evidence} />
    </div>
  );
}

function Line({
  mark,
  name,
  value,
}: {
  readonly mark: string;
  readonly name: string;
  readonly value: string;
}) {
  return (
    <div className="mt-0.5 flex items-center gap-2">
      <span className={`h-[3px] w-2.5 rounded-full ${mark}`} />
      <span>{name}</span>
      <span className="ml-auto font-semibold">{value}</span>
    </div>
  );
}

const table_rows_max = 48;

/** The same figures as a table, for whoever doesn't see the charts. */
function TableBehind({ view, names }: { readonly view: ChartView; readonly names: ChartNames }) {
  const every = Math.max(1, Math.ceil(view.evidence.length / table_rows_max));
  const rows = view.evidence.filter((_, index) => index % every === 0 || index === view.evidence.length - 1);
  return (
    <div className="sr-only">
      <table>
        <caption>Log-in success and evidence over time</caption>
        <thead>
          <tr>
            {["Time", names.version, "Log-ins", names.stableName, "Evidence"].map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ at }) => {
            const reading = readingAt(view, at, names);
            return (
              <tr key={at}>
                <th scope="row">{timeText(at, "second")}</th>
                <td>{reading.candidate}</td>
                <td>{reading.detail}</td>
                <td>{reading.stable}</td>
                <td>{reading.evidence}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** Moves the one cursor of both charts: by the mouse, or by arrow keys from reading to reading. */
function useCursor(view: ChartView, width: number) {
  const [cursor, setCursor] = useState<number | null>(null);
  const times = view.evidence.map(({ at }) => at);
  const toTime = linearScale([plot_room.left, width - plot_room.right], [view.from, view.to]);
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left;
    const isInside = x >= plot_room.left && x <= width - plot_room.right;
    const nearest = isInside ? (lastAt(view.evidence, toTime(x))?.at ?? null) : null;
    setCursor(nearest);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const now = cursor === null ? times.length : times.indexOf(cursor);
    const big = Math.max(1, Math.round(times.length / 20));
    const moves: Readonly<Record<string, number>> = {
      ArrowLeft: now - 1,
      ArrowRight: now + 1,
      PageUp: now + big,
      PageDown: now - big,
      Home: 0,
      End: times.length - 1,
    };
    if (event.key === "Escape") setCursor(null);
    const wanted = moves[event.key];
    if (wanted === undefined) return;
    event.preventDefault();
    setCursor(times[Math.min(Math.max(wanted, 0), times.length - 1)] ?? null);
  };
  return { cursor, onKeyDown, pointing: { onPointerMove, onPointerLeave: () => setCursor(null) } };
}

/**
 * Two charts on one axis of time with one cursor: log-in success of the new version against stable, and under
 * it the evidence that the new one is worse.
 */
export function RolloutCharts({ view, names, successHead, proofHead }: RolloutChartsProps) {
  const { ref, width, height } = useSize();
  const { ref: upperRef, ...upper } = useSize();
  const { ref: lowerRef, ...lower } = useSize();
  const { cursor, onKeyDown, pointing } = useCursor(view, width);
  const reading = readingAt(view, cursor ?? view.evidence.at(-1)?.at ?? view.from, names);
  const x =
    cursor === null
      ? 0
      : linearScale([view.from, view.to], [plot_room.left, width - plot_room.right])(cursor);
  return (
    <>
      <div ref={ref} className="relative flex min-h-0 flex-1 flex-col" {...pointing}>
        {successHead}
        <div
          ref={upperRef}
          role="slider"
          tabIndex={0}
          aria-label="Time in both charts"
          aria-valuemin={view.from}
          aria-valuemax={view.to}
          aria-valuenow={reading.at}
          aria-valuetext={speech(reading)}
          onKeyDown={onKeyDown}
          className="min-h-0 flex-[54] overflow-hidden outline-offset-[-2px]"
        >
          {width > 0 && height > 0 && (
            <SuccessPlot
              view={view}
              width={upper.width}
              height={upper.height}
              version={names.version}
              cursor={cursor}
            />
          )}
        </div>
        {proofHead}
        <div ref={lowerRef} className="min-h-0 flex-[46] overflow-hidden pb-2">
          {width > 0 && height > 0 && (
            <EvidencePlot view={view} width={lower.width} height={lower.height - 8} cursor={cursor} />
          )}
        </div>
        {cursor !== null && <Tip reading={reading} x={x} width={width} />}
      </div>
      <TableBehind view={view} names={names} />
    </>
  );
}

type RolloutChartsProps = {
  readonly view: ChartView;
  readonly names: ChartNames;
  readonly successHead: ReactNode;
  readonly proofHead: ReactNode;
};
