import { type Counts } from "./types.ts";

/**
 * CUSUM: has the share of failing log-ins risen above what is usual? One sum for each supposed share after
 * the rise.
 *
 * Source: Page, "Continuous inspection schemes", Biometrika 41 (1954); for single outcomes Reynolds and
 * Stoumbos, "A CUSUM chart for monitoring a proportion when inspecting continuously", J. Quality Technology
 * 31 (1999).
 */
export interface ChangeSums {
  sums: number[];
}

/** Sums at rest, one for each supposed share. */
export function newChangeSums(supposed: number): ChangeSums {
  return { sums: Array.from({ length: supposed }, () => 0) };
}

/**
 * What one log-in adds to each sum: ln of the likelihood ratio of a supposed share of failing to the usual
 * one.
 */
export interface ChangeSteps {
  readonly onFailed: readonly number[];
  readonly onSucceeded: readonly number[];
}

/**
 * The steps for shares that are supposed instead of the usual one.
 *
 * While the true share is on the usual one's far side (at most it where the supposed one is above, at least
 * it where the supposed one is below), the exponential of a step has a mean of at most 1.
 */
export function changeSteps(usual: number, supposed: readonly number[]): ChangeSteps {
  return {
    onFailed: supposed.map((share) => Math.log(share / usual)),
    onSucceeded: supposed.map((share) => Math.log((1 - share) / (1 - usual))),
  };
}

/**
 * The height at which a sum sounds: ln(ARL · sums). While nothing has changed, the average run length, the
 * mean number of log-ins until a false alarm, is then at least `averageRunLength_logins`; a batch is one
 * step, so that batches only make it longer.
 *
 * Source: Lorden, "Procedures for reacting to a change in distribution", Annals of Mathematical Statistics 42
 * (1971), theorem 2; as e-detector arXiv 2203.03532, definition 2.2 and proposition 2.4, where averaging over
 * sums costs their number.
 */
export function soundingHeight(options: { averageRunLength_logins: number; sums: number }): number {
  return Math.log(options.averageRunLength_logins * options.sums);
}

/** Adds log-ins: S ← max(S, 0) + step, never above `height`. Returns the greatest sum, 0 at least. */
export function addToChangeSums(
  state: ChangeSums,
  counts: Readonly<Counts>,
  options: { steps: ChangeSteps; height: number },
): number {
  const { sums } = state;
  const { steps, height } = options;
  let greatest = 0;
  for (let i = 0; i < sums.length; i += 1) {
    const step = counts.failed * (steps.onFailed[i] ?? 0) + counts.succeeded * (steps.onSucceeded[i] ?? 0);
    const sum = Math.min(Math.max(sums[i] ?? 0, 0) + step, height);
    sums[i] = sum;
    if (sum > greatest) greatest = sum;
  }
  return greatest;
}
