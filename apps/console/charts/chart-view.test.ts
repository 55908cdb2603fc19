import type { RolloutSeries } from "@mainstay/wire";
import { describe, expect, test } from "vitest";
import { chartView, lastAt } from "./chart-view.ts";

const start = Date.parse("2026-10-06T10:06:00.000Z");
const at = (seconds: number) => new Date(start + seconds * 1_000).toISOString();
const guard = { id: "guard", name: "the guard" };

function series(over: Partial<RolloutSeries>): RolloutSeries {
  return { points: [], marks: [], threshold: 6.9, peak: null, stages: [], events: [], ...over };
}

const minute = (seconds: number, n: number, failed: number, logEvidence: number | null) => ({
  at: at(seconds),
  candidate: { n, failed },
  stable: { n: 500, failed: 5 },
  logEvidence,
});

const life = (seconds: number) => ({ startedAt: start, until: start + seconds * 1_000, rolledBackAt: null });

describe("what the charts draw", () => {
  test("before the first log-in is an empty axis", () => {
    const view = chartView(series({}), life(30));
    expect(view.kind).toBe("empty");
    expect(view.to).toBeGreaterThan(view.from);
    expect(view.proof.high).toBeGreaterThan(6.9);
  });

  test("of fewer than thirty log-ins is marks on the whole axis, and no rate of the new version", () => {
    const own = { os: "ios-27", way: "passkey", reason: null };
    const marks = [
      { ...own, at: at(20), succeeded: true, logEvidence: -0.05 },
      { ...own, at: at(31), succeeded: false, logEvidence: 1 },
    ];
    const view = chartView(series({ points: [minute(0, 2, 1, 1)], marks }), life(90));
    // The evidence steps with each of them.
    expect(view.evidence.map((step) => [(step.at - start) / 1_000, step.value])).toEqual([
      [0, 0],
      [20, -0.05],
      [31, 1],
    ]);
    expect(view.kind).toBe("marks");
    expect(view.candidate).toEqual([]);
    expect(view.marks.map(({ share }) => share)).toEqual([1, 0.5]);
    expect(view.success).toMatchObject({ low: 0, high: 100 });
    // Stable, of which there are enough, is drawn from the start.
    expect(view.stable[0]?.at).toBe(start);
  });

  test("of many is a line at the end of each minute, on an axis that the lines fill", () => {
    const points = [minute(0, 40, 0, -0.1), minute(60, 40, 1, -0.4)];
    const view = chartView(series({ points }), life(120));
    expect(view.kind).toBe("rates");
    expect(view.candidate.map((rate) => rate.at)).toEqual([start + 60_000, start + 120_000]);
    expect(view.success.low).toBe(98);
  });

  test("never lies beyond now, though the minute isn't over", () => {
    const view = chartView(series({ points: [minute(0, 40, 0, -0.1), minute(60, 40, 1, -0.4)] }), life(75));
    expect(view.candidate.at(-1)?.at).toBe(start + 75_000);
  });

  test("shows an alarm to the millisecond, and nothing of the minute that it cut short", () => {
    const alarm = {
      at: at(103.109),
      kind: "alarm" as const,
      by: guard,
      share: 0.01,
      people: null,
      reason: null,
      details: { logEvidence: 9.6 },
    };
    const points = [minute(0, 3, 2, 3.26), minute(60, 3, 2, 9.6)];
    const ended = start + 103_118;
    const view = chartView(series({ points, events: [alarm] }), {
      startedAt: start,
      until: ended,
      rolledBackAt: ended,
    });
    expect(view.evidence).toEqual([
      { at: start, value: 0 },
      { at: start + 60_000, value: 3.26 },
      { at: start + 103_109, value: 9.6 },
    ]);
    expect(view.to).toBeGreaterThan(ended);
  });
});

test("the last entry that isn't later than an instant is found, or none", () => {
  const entries = [1, 3, 5].map((number) => ({ at: number }));
  expect(lastAt(entries, 0)).toBeUndefined();
  expect(lastAt(entries, 3)?.at).toBe(3);
  expect(lastAt(entries, 4)?.at).toBe(3);
  expect(lastAt(entries, 9)?.at).toBe(5);
});
