import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  blockEvidence,
  commonFailing,
  failingAtOddsRatio,
  logLikelihoodRatio,
  odds_ratios,
} from "./block.ts";
import { exactMean } from "./exact-mean.ts";

const seed = 20261122;
const share = fc.double({ min: 0.001, max: 0.95, noNaN: true });
const trueShares = (max: number) =>
  fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: max });

function averageOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

describe("the alternative", () => {
  it("has the odds ratio that it is named for", () => {
    fc.assert(
      fc.property(share, fc.constantFrom(...odds_ratios), (stable, oddsRatio) => {
        const candidate = failingAtOddsRatio(stable, oddsRatio);
        expect(candidate / (1 - candidate) / (stable / (1 - stable))).toBeCloseTo(oddsRatio, 6);
      }),
      { seed },
    );
  });
});

describe("the common share", () => {
  it("is the least favourable: no other common share makes the expected logarithm smaller", () => {
    const size = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(size, size, share, share, share, (n1, n0, candidate, stable, other) => {
        const divergence = (q: number, r: number) =>
          q * Math.log(q / r) + (1 - q) * Math.log((1 - q) / (1 - r));
        const at = (r: number) => n1 * divergence(candidate, r) + n0 * divergence(stable, r);
        const block = { candidate: { succeeded: n1, failed: 0 }, stable: { succeeded: n0, failed: 0 } };
        expect(at(commonFailing(block, { candidate, stable }))).toBeLessThanOrEqual(at(other) + 1e-9);
      }),
      { seed },
    );
  });
});

describe("a block's e-value", () => {
  it("has a mean of at most 1 when the candidate fails no more on average, at each size, with drift", () => {
    fc.assert(
      fc.property(
        trueShares(7),
        trueShares(12),
        share,
        fc.constantFrom(...odds_ratios),
        (first, second, stable, oddsRatio) => {
          const isWorse = averageOf(first) > averageOf(second);
          // Whichever of the two fails less on average plays the candidate.
          const failing = isWorse
            ? { candidate: second, stable: first }
            : { candidate: first, stable: second };
          const alternative = { candidate: failingAtOddsRatio(stable, oddsRatio), stable };
          expect(exactMean(failing, (block) => blockEvidence(block, alternative))).toBeLessThanOrEqual(
            1 + 1e-9,
          );
        },
      ),
      { seed, numRuns: 1000 },
    );
  });

  it("has a mean above 1 when the alternative is true, or it could find nothing", () => {
    const alternative = { candidate: 0.5, stable: 0.02 };
    const failing = { candidate: [0.5], stable: Array.from({ length: 30 }, () => 0.02) };
    expect(exactMean(failing, (block) => blockEvidence(block, alternative))).toBeGreaterThan(5);
  });

  it("is 1 where an arm has no log-ins: nothing was compared", () => {
    const alternative = { candidate: 0.5, stable: 0.02 };
    const none = { succeeded: 0, failed: 0 };
    expect(blockEvidence({ candidate: { succeeded: 0, failed: 9 }, stable: none }, alternative)).toBe(1);
    expect(blockEvidence({ candidate: none, stable: { succeeded: 9, failed: 0 } }, alternative)).toBe(1);
  });

  it("stays finite for any counts", () => {
    const count = fc.integer({ min: 0, max: 1_000_000_000 });
    fc.assert(
      fc.property(count, count, count, count, share, (s1, f1, s0, f0, stable) => {
        const block = { candidate: { succeeded: s1, failed: f1 }, stable: { succeeded: s0, failed: f0 } };
        const alternative = { candidate: failingAtOddsRatio(stable, 200), stable };
        const eValue = blockEvidence(block, alternative);
        expect(Number.isFinite(eValue) && eValue >= 0).toBe(true);
      }),
      { seed },
    );
  });

  it("is the ratio of the two likelihoods, worked out by hand", () => {
    const block = { candidate: { succeeded: 1, failed: 1 }, stable: { succeeded: 2, failed: 0 } };
    const ratio = logLikelihoodRatio(block, { candidate: 0.5, stable: 0.1 }, { candidate: 0.3, stable: 0.3 });
    expect(Math.exp(ratio)).toBeCloseTo((0.5 * 0.5 * 0.9 * 0.9) / (0.3 * 0.7 * 0.7 * 0.7), 12);
  });
});
