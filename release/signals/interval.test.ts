import { describe, expect, test } from "vitest";
import { newcombeInterval, wilsonInterval } from "./interval.ts";

describe("Newcombe's interval of a difference", () => {
  // R. G. Newcombe, Statistics in Medicine 17 (1998), table II, method 10.
  test.each([
    [{ n: 70, failed: 56 }, { n: 80, failed: 48 }, 0.0524, 0.3339],
    [{ n: 10, failed: 9 }, { n: 10, failed: 3 }, 0.1705, 0.809],
    [{ n: 10, failed: 10 }, { n: 20, failed: 0 }, 0.6791, 1],
    [{ n: 10, failed: 0 }, { n: 10, failed: 0 }, -0.2775, 0.2775],
  ])("%j against %j", (candidate, stable, low, high) => {
    const interval = newcombeInterval(candidate, stable);
    expect(interval?.low).toBeCloseTo(low, 4);
    expect(interval?.high).toBeCloseTo(high, 4);
  });

  test("says nothing of an arm without log-ins", () => {
    expect(newcombeInterval({ n: 0, failed: 0 }, { n: 10, failed: 1 })).toBeNull();
    expect(wilsonInterval({ n: 0, failed: 0 })).toEqual({ low: 0, high: 1 });
  });
});
