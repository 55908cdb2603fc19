import { describe, expect, test } from "vitest";
import { amountParts, spokenAmount } from "./amount-text.ts";
import { english_words } from "./words.ts";

const pounds = (minor: number) => ({ minor, currency: "GBP" }) as const;

describe("an amount", () => {
  test("is cut into what is drawn large and small", () => {
    expect(amountParts(pounds(184_216), "en-GB")).toEqual({ symbol: "£", whole: "1,842", fraction: ".16" });
    expect(amountParts({ minor: 1200, currency: "JPY" }, "en-GB")).toEqual({
      symbol: "¥",
      whole: "1,200",
      fraction: "",
    });
  });

  test("stays exact at the largest amount that the wire carries", () => {
    expect(amountParts(pounds(Number.MAX_SAFE_INTEGER), "en-GB").whole).toBe("90,071,992,547,409");
    expect(amountParts(pounds(Number.MAX_SAFE_INTEGER), "en-GB").fraction).toBe(".91");
  });

  test.each([
    [0, "0 pounds"],
    [1, "1 penny"],
    [40, "40 pence"],
    [100, "1 pound"],
    [184_216, "1,842 pounds and 16 pence"],
    [-6450, "64 pounds and 50 pence"],
  ])("%d pence is spoken as words", (minor, words) => {
    expect(spokenAmount(pounds(minor), english_words)).toBe(words);
  });
});
