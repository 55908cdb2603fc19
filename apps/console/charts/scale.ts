/** From a value to a place in px. */
export type Scale = (value: number) => number;

/** A linear scale: `domain` lands on `range`. A domain without extent lands on the range's beginning. */
export function linearScale(domain: readonly [number, number], range: readonly [number, number]): Scale {
  const extent = domain[1] - domain[0];
  if (extent === 0) return () => range[0];
  const slope = (range[1] - range[0]) / extent;
  return (value) => range[0] + (value - domain[0]) * slope;
}

/** The smallest of 1, 2, 4, 5 × 10ⁿ that cuts an extent into at most `count` steps. */
export function niceStep(extent: number, count: number): number {
  const raw = Math.max(extent, Number.EPSILON) / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const factor = [1, 2, 4, 5, 10].find((nice) => nice * power >= raw * (1 - 1e-9)) ?? 10;
  return factor * power;
}

/** Round values from one bound to the other, both included where they are round. */
export function ticksBetween(from: number, to: number, step: number): number[] {
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => (first + index) * step);
}

const second_ms = 1_000;
const minute_ms = 60 * second_ms;
const hour_ms = 60 * minute_ms;
const day_ms = 24 * hour_ms;

const time_steps_ms = [
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * second_ms),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * minute_ms),
  ...[1, 2, 3, 6, 12].map((hours) => hours * hour_ms),
  ...[1, 2, 7, 14].map((days) => days * day_ms),
] as const;

/** Times on an axis, in milliseconds, and how finely they must be written. */
export type TimeTicks = { readonly at: readonly number[]; readonly unit: "second" | "minute" | "day" };

/**
 * At most `count` round times between two instants, round in the zone that is `zone_ms` ahead of UTC.
 */
export function timeTicks(from: number, to: number, count: number, zone_ms: number): TimeTicks {
  const step = time_steps_ms.find((candidate) => (to - from) / candidate <= count) ?? 30 * day_ms;
  const at = ticksBetween(from + zone_ms, to + zone_ms, step).map((tick) => tick - zone_ms);
  return { at, unit: step < minute_ms ? "second" : step < day_ms ? "minute" : "day" };
}

/** A line through points as an SVG path, to a tenth of a px. */
export function linePath(points: readonly (readonly [number, number])[]): string {
  return points.map(([x, y], index) => `${index === 0 ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
}

/** A line that keeps its height until the next point, and then steps. */
export function stepPath(points: readonly (readonly [number, number])[]): string {
  return points
    .map(([x, y], index) =>
      index === 0 ? `M${x.toFixed(1)} ${y.toFixed(1)}` : `H${x.toFixed(1)}V${y.toFixed(1)}`,
    )
    .join("");
}
