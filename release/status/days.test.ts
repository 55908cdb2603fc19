import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { status_days } from "@mainstay/wire";
import { daysUntil, historyOf } from "./days.ts";
import type { Change } from "./types.ts";

const change = (at: string, state: Change["state"]): Change => ({ at: new Date(at), state });
const dayOf = (changes: readonly Change[], now: string, date: string) =>
  historyOf(changes, new Date(now)).days.find((day) => day.date === date);

describe("the days of the page", () => {
  test("are ninety days of UTC, today last, also across the end of summer time", () => {
    const days = daysUntil(new Date("2026-10-25T23:30:00Z"));
    expect([days.length, days[0], days.at(-1)]).toEqual([status_days, "2026-07-28", "2026-10-25"]);
    expect(new Set(days).size).toBe(status_days);
    // In London it is the 26th already from midnight of summer time on; the page's day ends with UTC's.
    expect(daysUntil(new Date("2026-10-24T23:30:00Z")).at(-1)).toBe("2026-10-24");
  });

  test("hold the seconds that fell on them, cut at midnight of UTC", () => {
    const changes = [
      change("2026-10-24T00:00:00Z", "works"),
      change("2026-10-24T23:59:30Z", "down"),
      change("2026-10-25T00:00:10Z", "partly"),
      change("2026-10-25T00:01:10Z", "works"),
    ];
    const now = "2026-10-25T12:00:00Z";
    expect(dayOf(changes, now, "2026-10-24")).toMatchObject({ state: "down", down_s: 30, partly_s: 0 });
    expect(dayOf(changes, now, "2026-10-25")).toMatchObject({ state: "down", down_s: 10, partly_s: 60 });
    expect(dayOf(changes, now, "2026-10-23")).toMatchObject({ state: null });
  });

  test("a day with 25 hours in London has 24 like any other", () => {
    const changes = [change("2026-10-25T00:00:00Z", "down"), change("2026-10-26T00:00:00Z", "works")];
    expect(dayOf(changes, "2026-10-27T00:00:00Z", "2026-10-25")?.down_s).toBe(86_400);
  });

  test("what wasn't measured counts for nothing, and a moment's trouble isn't rounded away", () => {
    const changes = [
      change("2026-11-22T00:00:00Z", "works"),
      change("2026-11-22T06:00:00Z", "unknown"),
      change("2026-11-22T18:00:00Z", "partly"),
      change("2026-11-22T18:00:00.200Z", "works"),
    ];
    const { days, uptime } = historyOf(changes, new Date("2026-11-23T00:00:00Z"));
    expect(days.find(({ date }) => date === "2026-11-22")).toMatchObject({ state: "partly", partly_s: 1 });
    expect(uptime).toBeCloseTo(1 - 0.2 / 43_200, 9);
  });

  test("nothing measured at all is no uptime", () => {
    expect(historyOf([], new Date("2026-11-23T00:00:00Z")).uptime).toBeNull();
  });
});

test("no time is counted twice or lost, whatever the changes", () => {
  const now = new Date("2026-11-23T10:00:00Z");
  const states = fc.constantFrom<Change["state"]>("works", "partly", "down");
  const steps = fc.array(fc.tuple(fc.integer({ min: 1, max: 40 * 3_600 }), states), {
    minLength: 1,
    maxLength: 30,
  });
  fc.assert(
    fc.property(steps, (given) => {
      let at_ms = now.getTime() - 60 * 86_400_000;
      const changes = given.map(([after_s, state]): Change => {
        at_ms += after_s * 1_000;
        return { at: new Date(at_ms), state };
      });
      const { days, uptime } = historyOf(changes, now);
      const bad_s = days.reduce((sum, { partly_s, down_s }) => sum + partly_s + down_s, 0);
      const first_ms = changes[0]?.at.getTime() ?? 0;
      const all_s = (now.getTime() - first_ms) / 1_000;
      if (uptime !== null) expect(1 - bad_s / all_s).toBeCloseTo(uptime, 6);
      for (const { partly_s, down_s } of days) expect(partly_s + down_s).toBeLessThanOrEqual(86_400);
    }),
  );
});
