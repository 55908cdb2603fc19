import type { Block } from "./block.ts";

/**
 * For tests: the mean of an e-value over all ways in which log-ins with these probabilities can end, exactly.
 */
export function exactMean(
  failing: { candidate: readonly number[]; stable: readonly number[] },
  eValue: (block: Block) => number,
): number {
  const candidates = countsDistribution(failing.candidate);
  const stables = countsDistribution(failing.stable);
  let mean = 0;
  candidates.forEach((p1, k1) => {
    stables.forEach((p0, k0) => {
      mean +=
        p1 *
        p0 *
        eValue({
          candidate: { failed: k1, succeeded: failing.candidate.length - k1 },
          stable: { failed: k0, succeeded: failing.stable.length - k0 },
        });
    });
  });
  return mean;
}

/** P(k of these fail), each with its own probability. */
function countsDistribution(failing: readonly number[]): number[] {
  return failing.reduce<number[]>(
    (before, p) =>
      Array.from(
        { length: before.length + 1 },
        (_, k) => (before[k] ?? 0) * (1 - p) + (before[k - 1] ?? 0) * p,
      ),
    [1],
  );
}
