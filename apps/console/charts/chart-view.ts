import type { RolloutSeries } from "@mainstay/wire";
import {
  marksOf,
  rate_attempts_min,
  slidingRates,
  totalsOf,
  windowWidth,
  type Mark,
  type Rate,
  type SeriesPoint,
  type Tally,
} from "./rates.ts";
import { niceStep, ticksBetween } from "./scale.ts";

/** The instant of a timestamp, in milliseconds. */
export function msOf(timestamp: string): number {
  return new Date(timestamp).getTime();
}

/** An axis of values: its bounds, its ticks, and how they are written. */
export type ValueAxis = {
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly number[];
};

/** Everything that the two charts draw, worked out once. */
export type ChartView = {
  /** `marks`: too few log-ins for a rate, so each is drawn by itself. */
  readonly kind: "rates" | "marks" | "empty";
  readonly from: number;
  readonly to: number;
  readonly window_ms: number;
  readonly candidate: readonly Rate[];
  readonly stable: readonly Rate[];
  readonly marks: readonly Mark[];
  readonly totals: { readonly candidate: Tally; readonly stable: Tally };
  readonly evidence: readonly { readonly at: number; readonly value: number }[];
  readonly peak: { readonly at: number; readonly value: number } | null;
  readonly success: ValueAxis;
  readonly proof: ValueAxis;
  readonly threshold: number;
  readonly stages: readonly { readonly at: number; readonly share: number }[];
  readonly rolledBackAt: number | null;
};

/** The bounds that the axis of success may begin at, in percent, with the steps of its ticks. */
const success_bounds = [
  { low: 98, step: 0.5 },
  { low: 95, step: 1 },
  { low: 90, step: 2 },
  { low: 80, step: 5 },
  { low: 50, step: 10 },
  { low: 0, step: 25 },
] as const;

function successAxis(lowest: number): ValueAxis {
  const bound = success_bounds.find(({ low }) => lowest >= low + 0.2 * (100 - low)) ?? { low: 0, step: 25 };
  return { low: bound.low, high: 100, ticks: ticksBetween(bound.low, 100, bound.step) };
}

function proofAxis(values: readonly number[], threshold: number): ValueAxis {
  const highest = Math.max(threshold * 1.3, ...values.map((value) => value * 1.12));
  const lowest = Math.min(0, ...values);
  const step = Math.max(1, niceStep(highest - lowest, 4));
  const low = lowest > -step / 4 ? -step / 4 : Math.floor(lowest / step) * step;
  return { low, high: highest, ticks: ticksBetween(low, highest, step) };
}

/** How long each point of a series is, in milliseconds. */
const step_ms = 60_000;
/**
 * The fewest milliseconds that an axis of time spans: a rollout just begun isn't a single point, and one that
 * ended at once still fills its chart.
 */
const span_ms_min = { running: 60_000, ended: 2_000 } as const;

/** A rollout's life, as far as the charts go: its times in milliseconds; `until` is now or its end. */
export type Life = {
  readonly startedAt: number;
  readonly until: number;
  readonly rolledBackAt: number | null;
};

/**
 * Beside single log-ins, stable's line reaches back to the start: what its first minute held is known at its
 * end.
 */
function fromStart(
  rates: readonly Rate[],
  { kind, from }: Pick<ChartView, "kind" | "from">,
): readonly Rate[] {
  const [first] = rates;
  return kind === "rates" || first === undefined ? rates : [{ ...first, at: from }, ...rates];
}

/**
 * The evidence log-in by log-in while there are few of them, else minute by minute; at an alarm to the
 * millisecond.
 */
function evidenceOf(
  series: RolloutSeries,
  points: readonly SeriesPoint[],
  { kind, from }: Pick<ChartView, "kind" | "from">,
): ChartView["evidence"] {
  const alarm = series.events.findLast((event) => event.kind === "alarm");
  const value = alarm?.details["logEvidence"];
  const end = alarm === undefined || typeof value !== "number" ? null : { at: msOf(alarm.at), value };
  const until = end?.at ?? Number.POSITIVE_INFINITY;
  const steps = series.marks.map(({ at, logEvidence }) => ({ at: msOf(at), logEvidence }));
  const isWhole = steps.length > 0 && steps.every(({ logEvidence }) => logEvidence !== null);
  const known = kind === "marks" && isWhole ? steps : points;
  const before = known.flatMap(({ at, logEvidence }) =>
    logEvidence === null || at >= until ? [] : [{ at, value: logEvidence }],
  );
  // Where each log-in has its own evidence, the one that tipped it stands there already.
  const isTold = before.some((step) => step.value >= series.threshold);
  return [{ at: from, value: 0 }, ...before, ...(end === null || isTold ? [] : [end])];
}

/** Works out what the two charts draw. */
export function chartView(series: RolloutSeries, life: Life): ChartView {
  const { threshold } = series;
  const { rolledBackAt } = life;
  const from = life.startedAt;
  // A minute is told by its beginning; what it holds is known at its end.
  const points: SeriesPoint[] = series.points.map((point) => ({
    ...point,
    at: Math.max(from, Math.min(msOf(point.at) + step_ms, life.until)),
  }));
  const end = Math.max(life.until, from + span_ms_min[rolledBackAt === null ? "running" : "ended"]);
  // A little room right of the moment that everything ended at.
  const to = rolledBackAt === null ? end : end + (end - from) * 0.14;
  const window_ms = windowWidth(end - from);
  const totals = totalsOf(points);
  const kind = totals.candidate.n >= rate_attempts_min ? "rates" : totals.candidate.n > 0 ? "marks" : "empty";
  const candidate = kind === "rates" ? slidingRates(points, "candidate", window_ms) : [];
  const stable = fromStart(slidingRates(points, "stable", window_ms), { kind, from });
  const evidence = evidenceOf(series, points, { kind, from });
  const { peak } = series;
  const lowest = Math.min(100, ...[...candidate, ...stable].map(({ share }) => share * 100));
  return {
    kind,
    from,
    to,
    window_ms,
    candidate,
    stable,
    marks: kind === "marks" ? marksOf(series.marks.map((mark) => ({ ...mark, at: msOf(mark.at) }))) : [],
    totals,
    evidence,
    peak: peak === null ? null : { at: msOf(peak.at), value: peak.logEvidence },
    success: kind === "marks" ? { low: 0, high: 100, ticks: [0, 25, 50, 75, 100] } : successAxis(lowest),
    proof: proofAxis(
      evidence.map(({ value }) => value),
      threshold,
    ),
    threshold,
    stages: series.stages.map(({ at, share }) => ({ at: msOf(at), share })),
    rolledBackAt,
  };
}

/** The last entry that isn't later than an instant. */
export function lastAt<T extends { readonly at: number }>(entries: readonly T[], at: number): T | undefined {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const entry = entries[middle];
    if (entry !== undefined && entry.at <= at) low = middle + 1;
    else high = middle;
  }
  return entries[low - 1];
}
