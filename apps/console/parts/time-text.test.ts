import { expect, test } from "vitest";
import { exactSpanText, isToday, spanText } from "./time-text.ts";

test("how long people were kept out is told to the second below an hour", () => {
  expect([0, 400, 7_000, 9_940, 340_000, 1_596_999, 1_260_000, 7_500_000].map(exactSpanText)).toEqual([
    "0 s",
    "0.4 s",
    "7 s",
    "9.9 s",
    "5 min 40 s",
    "26 min 36 s",
    "21 min",
    "2 h 05",
  ]);
});

test("other lengths are told in their largest unit and the next", () => {
  expect([43_000, 2_040_000, 12_360_000, 187_200_000].map(spanText)).toEqual([
    "43 s",
    "34 min",
    "3 h 26",
    "2 d 4 h",
  ]);
});

test("today is the day of whoever looks", () => {
  const now = new Date(2026, 9, 1, 12);
  expect(isToday(new Date(2026, 9, 1, 0, 1).toISOString(), now)).toBe(true);
  expect(isToday(new Date(2026, 8, 30, 23, 59).toISOString(), now)).toBe(false);
});
