import { describe, expect, test } from "vitest";
import { agoText, dateText, dayDistance, dayText, timeText } from "./dates.ts";

const now = new Date("2026-11-22T09:41:00Z");

describe("days and times, in the bank's time zone", () => {
  test("a summer evening in UTC is the next day in London", () => {
    expect(dayDistance("2026-06-30T23:30:00Z", new Date("2026-07-01T09:00:00Z"))).toBe("today");
    expect(timeText("2026-06-30T23:30:00Z")).toBe("00:30");
  });

  test("yesterday is the day before, over the end of a month too", () => {
    expect(dayDistance("2026-11-21T10:00:00Z", now)).toBe("yesterday");
    expect(dayDistance("2026-10-31T10:00:00Z", new Date("2026-11-01T10:00:00Z"))).toBe("yesterday");
    expect(dayDistance("2026-11-20T10:00:00Z", now)).toBe("other");
  });

  test("the year is said when it isn't this one", () => {
    expect(dayText("2026-11-18T18:04:00Z", now)).toBe("Wednesday 18 November");
    expect(dayText("2025-11-18T18:04:00Z", now)).toBe("18 November 2025");
    expect(dateText("2026-03-03T12:00:00Z", now)).toBe("3 March");
  });

  test("a list says the time today, the day within a week, and else the date", () => {
    expect(agoText("2026-11-22T08:52:00Z", now)).toBe("08:52");
    expect(agoText("2026-11-17T08:52:00Z", now)).toBe("Tue");
    expect(agoText("2026-11-10T08:52:00Z", now)).toBe("10 November");
  });
});
