import { describe, expect, test } from "vitest";
import { linearScale, linePath, niceStep, stepPath, ticksBetween, timeTicks } from "./scale.ts";

const hour_ms = 3_600_000;

test("a linear scale lands a domain on a range, upside down too", () => {
  const y = linearScale([0, 100], [200, 0]);
  expect([y(0), y(25), y(100)]).toEqual([200, 150, 0]);
  expect(linearScale([5, 5], [10, 20])(7)).toBe(10);
});

test("ticks are round and within their bounds", () => {
  expect(niceStep(9.7, 4)).toBe(4);
  expect(niceStep(0.9, 4)).toBeCloseTo(0.4, 10);
  expect(ticksBetween(-3.2, 9, 4)).toEqual([0, 4, 8]);
  expect(ticksBetween(-4, 9, 4)).toEqual([-4, 0, 4, 8]);
});

describe("times on an axis", () => {
  test("are round hours where the one who looks is, not in UTC", () => {
    // India is five and a half hours ahead.
    const from = Date.parse("2026-10-06T07:00:00.000Z");
    const { at, unit } = timeTicks(from, from + 6 * hour_ms, 7, 5.5 * hour_ms);
    expect(unit).toBe("minute");
    expect(new Date(at[0] ?? 0).toISOString()).toBe("2026-10-06T07:30:00.000Z");
    expect((at[1] ?? 0) - (at[0] ?? 0)).toBe(hour_ms);
  });

  test("are written in seconds for a minute and in days for weeks", () => {
    expect(timeTicks(0, 60_000, 4, 0)).toEqual({ at: [0, 15_000, 30_000, 45_000, 60_000], unit: "second" });
    expect(timeTicks(0, 14 * 24 * hour_ms, 7, 0).unit).toBe("day");
  });
});

test("a line goes straight, a step keeps its height until the next point", () => {
  const points = [
    [0, 10],
    [5, 20],
  ] as const;
  expect(linePath(points)).toBe("M0.0 10.0L5.0 20.0");
  expect(stepPath(points)).toBe("M0.0 10.0H5.0V20.0");
});
