import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Block } from "./block.ts";
import { exactMean } from "./exact-mean.ts";
import { boundOf, newMargins, nearestAtMargin, withinMarginEvidence } from "./no-worse.ts";

const seed = 20261122;
const share = fc.double({ min: 0.001, max: 0.8, noNaN: true });

describe("the nearest point at the margin", () => {
  it("is at the margin, and no other point there is nearer", () => {
    const size = fc.integer({ min: 1, max: 200 });
    const margin = fc.constantFrom(0.01, 0.05, 0.2);
    fc.assert(
      fc.property(
        size,
        size,
        share,
        margin,
        fc.double({ min: 0.001, max: 0.999, noNaN: true }),
        (n1, n0, q, delta, at) => {
          const block: Block = {
            candidate: { succeeded: n1, failed: 0 },
            stable: { succeeded: n0, failed: 0 },
          };
          const near = nearestAtMargin(block, { candidate: q, stable: q }, delta);
          expect(near.candidate - near.stable).toBeCloseTo(delta, 9);
          const divergence = (r: number) => q * Math.log(q / r) + (1 - q) * Math.log((1 - q) / (1 - r));
          const distance = (stable: number) => n1 * divergence(stable + delta) + n0 * divergence(stable);
          expect(distance(near.stable)).toBeLessThanOrEqual(distance(at * (1 - delta)) + 1e-6);
        },
      ),
      { seed },
    );
  });
});

describe("the e-value for a margin", () => {
  it("has a mean of at most 1 when the candidate fails by the margin more, or more than that", () => {
    const size = fc.integer({ min: 1, max: 8 });
    fc.assert(
      fc.property(
        size,
        size,
        share,
        fc.constantFrom(0, 0.25, 0.5),
        fc.constantFrom(0.01, 0.05, 0.2),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 9, maxLength: 9 }),
        (n1, n0, stable, part, margin, drift) => {
          // Stable drifts; the candidate fails more by the margin on average, and by more where there is
          // room.
          const stables = drift.slice(0, n0).map((p) => p * (1 - margin));
          const average = stables.reduce((sum, p) => sum + p, 0) / n0;
          const excess = margin + (drift[8] ?? 0) * (1 - margin - average);
          const candidates = Array.from({ length: n1 }, () => Math.min(average + excess, 1));
          const alternative = { candidate: stable + part * margin, stable };
          const mean = exactMean({ candidate: candidates, stable: stables }, (block) =>
            withinMarginEvidence(block, alternative, margin),
          );
          expect(mean).toBeLessThanOrEqual(1 + 1e-6);
        },
      ),
      { seed, numRuns: 1000 },
    );
  });
});

describe("the bound", () => {
  it("is the narrowest margin shown together with every wider one", () => {
    const margins = newMargins(2);
    expect(margins.map((one) => one.margin_points)).toEqual([20, 10, 5, 3, 2, 1]);
    expect(boundOf(margins)).toBeUndefined();
    for (const one of margins) one.isShown = [20, 10, 3].includes(one.margin_points);
    expect(boundOf(margins)).toBe(10);
    for (const one of margins) one.isShown = true;
    expect(boundOf(margins)).toBe(1);
  });

  it("looks at the margin that is asked for, too", () => {
    expect(newMargins(1.5).map((one) => one.margin_points)).toContain(1.5);
  });
});
