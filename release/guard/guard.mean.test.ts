import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createLoginGuard, type Arm } from "./index.ts";

const seed = 20261122;

/** A call that will be made: a few log-ins of one arm in one segment. */
interface Call {
  readonly arm: Arm;
  readonly segment: string;
  readonly logins: number;
}

const call: fc.Arbitrary<Call> = fc.record({
  arm: fc.constantFrom<Arm>("candidate", "stable"),
  segment: fc.constantFrom("os=a,device=x", "os=a,device=y", "os=b,device=x"),
  logins: fc.integer({ min: 1, max: 3 }),
});

/** So small that short histories never alarm: after an alarm, the most evidence so far is reported. */
const alpha = 1e-12;

/**
 * The mean evidence, exactly: over all ways in which the calls' log-ins can end, each weighed by its
 * probability. `failing` may look at what has happened: chance may choose its next step by all that went
 * before.
 */
function meanEvidence(
  calls: readonly Call[],
  failing: (at: number, history: readonly number[]) => number,
): number {
  let mean = 0;
  const walk = (history: readonly number[], probability: number): void => {
    const at = history.length;
    const next = calls[at];
    if (probability === 0) return;
    if (next === undefined) {
      const guard = createLoginGuard({ alpha });
      calls.forEach(({ arm, segment, logins }, index) => {
        const failed = history[index] ?? 0;
        guard.observe({ arm, segment, succeeded: logins - failed, failed });
      });
      mean += probability * Math.exp(guard.verdict().logEvidence);
      return;
    }
    const p = failing(at, history);
    for (let failed = 0; failed <= next.logins; failed += 1) {
      // The binomial coefficients of up to three log-ins.
      const ways = failed === 0 || failed === next.logins ? 1 : next.logins;
      const chance = ways * p ** failed * (1 - p) ** (next.logins - failed);
      walk([...history, failed], probability * chance);
    }
  };
  walk([], 1);
  return mean;
}

describe("the guard's evidence while the new version is no worse", () => {
  it("has a mean of at most 1: blocks of any size, segments that differ and appear late", () => {
    const shares = fc.record({
      "os=a,device=x": fc.double({ min: 0, max: 1, noNaN: true }),
      "os=a,device=y": fc.double({ min: 0, max: 1, noNaN: true }),
      "os=b,device=x": fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(call, { minLength: 2, maxLength: 6 }), shares, (calls, failing) => {
        const of = (at: number) => failing[calls[at]?.segment as keyof typeof failing];
        expect(meanEvidence(calls, of)).toBeLessThanOrEqual(1 + 1e-9);
      }),
      { seed, numRuns: 60 },
    );
  });

  it("has a mean of at most 1 when both arms drift together, even in answer to what has happened", () => {
    const pair = fc.record({
      stables: fc.integer({ min: 1, max: 3 }),
      candidates: fc.integer({ min: 1, max: 2 }),
      quiet: fc.double({ min: 0, max: 1, noNaN: true }),
      stormy: fc.double({ min: 0, max: 1, noNaN: true }),
      better: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(pair, { minLength: 1, maxLength: 3 }), (pairs) => {
        const calls = pairs.flatMap(({ stables, candidates }): Call[] => [
          { arm: "stable", segment: "os=a", logins: stables },
          { arm: "candidate", segment: "os=a", logins: candidates },
        ]);
        // The share of a pair is decided by what came before it; the candidate may be better, never worse.
        const failing = (at: number, history: readonly number[]): number => {
          const now = pairs[Math.floor(at / 2)];
          if (now === undefined) return 0;
          const before = history.slice(0, at - (at % 2)).reduce((sum, failed) => sum + failed, 0);
          const share = before % 2 === 0 ? now.quiet : now.stormy;
          return at % 2 === 0 ? share : share * now.better;
        };
        expect(meanEvidence(calls, failing)).toBeLessThanOrEqual(1 + 1e-9);
      }),
      { seed, numRuns: 60 },
    );
  });

  it("has a mean far above 1 when the new version is worse, or the two above would say nothing", () => {
    const calls = [1, 2].flatMap((): Call[] => [
      { arm: "stable", segment: "os=a", logins: 3 },
      { arm: "candidate", segment: "os=a", logins: 3 },
    ]);
    expect(meanEvidence(calls, (at) => (calls[at]?.arm === "candidate" ? 0.9 : 0.02))).toBeGreaterThan(2);
  });
});
