import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { marksOf, slidingRates, totalsOf, wilsonInterval, type SeriesPoint } from "./rates.ts";

const minute_ms = 60_000;
const point = (minute: number, n: number, failed: number): SeriesPoint => ({
  at: minute * minute_ms,
  candidate: { n, failed },
  stable: { n: 100, failed: 1 },
  logEvidence: 0,
});

describe("the 95 % interval", () => {
  test("is Wilson's, as his formula gives it", () => {
    const { low, high } = wilsonInterval({ n: 30, failed: 0 });
    expect(low).toBeCloseTo(0.8865, 4);
    expect(high).toBe(1);
    expect(wilsonInterval({ n: 0, failed: 0 })).toEqual({ low: 0, high: 1 });
  });

  test("holds the share that was seen, and narrows with more log-ins of the same kind", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.double({ min: 0, max: 1, noNaN: true }), (n, part) => {
        const failed = Math.floor(n * part);
        const few = wilsonInterval({ n, failed });
        const many = wilsonInterval({ n: n * 4, failed: failed * 4 });
        expect(few.low).toBeLessThanOrEqual((n - failed) / n + 1e-9);
        expect(few.high).toBeGreaterThanOrEqual((n - failed) / n - 1e-9);
        expect(many.high - many.low).toBeLessThan(few.high - few.low + 1e-9);
      }),
    );
  });
});

describe("rates over a sliding window", () => {
  test("claim nothing while the window holds fewer than thirty log-ins", () => {
    const rates = slidingRates([point(1, 29, 0), point(2, 1, 1)], "candidate", 5 * minute_ms);
    expect(rates).toHaveLength(1);
    expect(rates[0]).toMatchObject({ at: 2 * minute_ms, tally: { n: 30, failed: 1 } });
    expect(rates[0]?.share).toBeCloseTo(29 / 30, 10);
  });

  test("forget what lies as far back as the window is wide", () => {
    const rates = slidingRates([point(1, 40, 40), point(6, 40, 0)], "candidate", 5 * minute_ms);
    expect(rates.map(({ share }) => share)).toEqual([0, 1]);
  });

  test("count as the whole does while nothing has left the window", () => {
    const points = Array.from({ length: 20 }, (_, minute) => point(minute + 1, 7, minute % 3));
    const last = slidingRates(points, "candidate", 60 * minute_ms).at(-1);
    expect(last?.tally).toEqual(totalsOf(points).candidate);
  });
});

test("each mark stands at the share of successes up to it", () => {
  const marks = marksOf([true, false, false, true].map((succeeded, at) => ({ at, succeeded })));
  expect(marks.map(({ share }) => share)).toEqual([1, 1 / 2, 1 / 3, 2 / 4]);
});
