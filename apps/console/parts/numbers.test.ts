import { expect, test } from "vitest";
import { countText, figureText, peopleText, percentText, sizeText, stageText } from "./numbers.ts";

test("counts have their thousands apart, and people are one or many", () => {
  expect(countText(268_400)).toBe("268,400");
  expect(peopleText(1)).toBe("1 person");
  expect(peopleText(13_412)).toBe("13,412 people");
});

test("what is below nothing has a true minus, and what rounds to nothing has none", () => {
  expect(figureText(-2.478, 2)).toBe("−2.48");
  expect(figureText(-0.001, 2)).toBe("0.00");
  expect(percentText(0.98804, 2)).toBe("98.80 %");
});

test("stages have no needless digits", () => {
  expect([0.5, 1, 20, 0.07 * 100].map(stageText)).toEqual(["0.5 %", "1 %", "20 %", "7 %"]);
});

test("sizes are told in the unit that fits", () => {
  expect([0, 999, 1_500, 482_000, 2_000_000].map(sizeText)).toEqual([
    "0 B",
    "999 B",
    "1.5 kB",
    "482 kB",
    "2.0 MB",
  ]);
  expect(sizeText(-1_900)).toBe("−1.9 kB");
});
