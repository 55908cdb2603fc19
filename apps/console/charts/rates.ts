/** Log-ins of one arm: how many, and how many of them failed. */
export type Tally = { readonly n: number; readonly failed: number };

/** A point of a series: what both arms had in the step that ends at `at` (ms), and the evidence then. */
export type SeriesPoint = {
  readonly at: number;
  readonly candidate: Tally;
  readonly stable: Tally;
  /** Null where nothing can be compared yet. */
  readonly logEvidence: number | null;
};

/** A rate that may be shown: the share of log-ins that succeeded, with its 95 % interval. */
export type Rate = {
  readonly at: number;
  readonly share: number;
  readonly low: number;
  readonly high: number;
  readonly tally: Tally;
};

/** Below so many log-ins no rate is claimed: each is drawn as a mark. */
export const rate_attempts_min = 30;

/** The standard normal quantile of 97.5 %. */
const z = 1.959964;

/** Wilson's score interval of 95 % for a share of successes (Wilson 1927, JASA 22, 209–212). */
export function wilsonInterval({ n, failed }: Tally): { readonly low: number; readonly high: number } {
  if (n === 0) return { low: 0, high: 1 };
  const share = (n - failed) / n;
  const middle = share + z ** 2 / (2 * n);
  const half = z * Math.sqrt((share * (1 - share)) / n + z ** 2 / (4 * n ** 2));
  const whole = 1 + z ** 2 / n;
  return { low: Math.max(0, (middle - half) / whole), high: Math.min(1, (middle + half) / whole) };
}

const minute_ms = 60_000;

/** How wide the window behind each point of a line is, in milliseconds, for a rollout of this length. */
export function windowWidth(length_ms: number): number {
  if (length_ms <= 60 * minute_ms) return 5 * minute_ms;
  if (length_ms <= 24 * 60 * minute_ms) return 30 * minute_ms;
  if (length_ms <= 5 * 24 * 60 * minute_ms) return 120 * minute_ms;
  return 12 * 60 * minute_ms;
}

/** The rates of one arm over a window that slides along, where it holds enough log-ins for a rate. */
export function slidingRates(
  points: readonly SeriesPoint[],
  arm: "candidate" | "stable",
  width_ms: number,
): Rate[] {
  const rates: Rate[] = [];
  let n = 0;
  let failed = 0;
  let oldest = 0;
  for (const point of points) {
    n += point[arm].n;
    failed += point[arm].failed;
    for (let old = points[oldest]; old && old.at <= point.at - width_ms; old = points[oldest]) {
      n -= old[arm].n;
      failed -= old[arm].failed;
      oldest += 1;
    }
    if (n < rate_attempts_min) continue;
    const tally = { n, failed };
    rates.push({ at: point.at, share: (n - failed) / n, ...wilsonInterval(tally), tally });
  }
  return rates;
}

/** One log-in as a mark: when, how it went, and the share of successes up to it. */
export type Mark = { readonly at: number; readonly succeeded: boolean; readonly share: number };

/** Log-ins one by one, each with the share of successes up to it. */
export function marksOf(logIns: readonly { readonly at: number; readonly succeeded: boolean }[]): Mark[] {
  let successes = 0;
  return logIns.map(({ at, succeeded }, index) => {
    if (succeeded) successes += 1;
    return { at, succeeded, share: successes / (index + 1) };
  });
}

/** All log-ins of both arms together. */
export function totalsOf(points: readonly SeriesPoint[]): {
  readonly candidate: Tally;
  readonly stable: Tally;
} {
  const sum = (arm: "candidate" | "stable"): Tally => ({
    n: points.reduce((count, point) => count + point[arm].n, 0),
    failed: points.reduce((count, point) => count + point[arm].failed, 0),
  });
  return { candidate: sum("candidate"), stable: sum("stable") };
}
