import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  addMoney,
  amount_minor_max,
  AssertionError,
  money,
  moneyFromDecimal,
  moneyFromJson,
  moneyToDecimal,
  moneyToJson,
  moneyToText,
  type Currency,
} from "./index.ts";

const currencies: Currency[] = ["GBP", "JPY", "KWD", "EUR"];
const anyAmount = fc.record({
  minor: fc.bigInt({ min: -amount_minor_max, max: amount_minor_max }),
  currency: fc.constantFrom(...currencies),
});

describe("money", () => {
  it("survives the way to JSON and back exactly", () => {
    fc.assert(
      fc.property(anyAmount, (amount) => {
        expect(moneyFromJson(moneyToJson(amount))).toEqual(amount);
      }),
    );
  });

  it("survives the way to a decimal and back exactly", () => {
    fc.assert(
      fc.property(anyAmount, (amount) => {
        expect(moneyFromDecimal(moneyToDecimal(amount), amount.currency)).toEqual({
          ok: true,
          value: amount,
        });
      }),
    );
  });

  it("never adds two currencies", () => {
    expect(() => addMoney(money(1n, "GBP"), money(1n, "EUR"))).toThrow(AssertionError);
    expect(addMoney(money(1n, "GBP"), money(2n, "GBP"))).toEqual(money(3n, "GBP"));
  });

  it("refuses amounts that JSON can't carry exactly", () => {
    expect(() => moneyToJson(money(amount_minor_max + 1n, "GBP"))).toThrow(AssertionError);
    expect(() => moneyFromJson({ minor: 0.5, currency: "GBP" })).toThrow(AssertionError);
  });

  it.each([
    ["250.00", "GBP", 25_000n],
    ["250", "GBP", 25_000n],
    ["250.5", "GBP", 25_050n],
    ["250.500", "GBP", 25_050n],
    ["-0.01", "GBP", -1n],
    ["7", "JPY", 7n],
    ["1.234", "KWD", 1_234n],
  ])("reads %s %s", (text, currency, minor) => {
    expect(moneyFromDecimal(text, currency)).toEqual({ ok: true, value: { minor, currency } });
  });

  it.each([
    ["250.001", "GBP", "too_many_decimals"],
    ["7.5", "JPY", "too_many_decimals"],
    ["1e3", "GBP", "not_a_number"],
    ["", "GBP", "not_a_number"],
    ["1,000.00", "GBP", "not_a_number"],
    ["Infinity", "GBP", "not_a_number"],
    ["90071992547409.92", "GBP", "out_of_range"],
    ["1.00", "ZZZ", "unknown_currency"],
    ["1.00", "toString", "unknown_currency"],
  ])("refuses %s %s as %s", (text, currency, error) => {
    expect(moneyFromDecimal(text, currency)).toEqual({ ok: false, error });
  });

  it("writes amounts as a customer reads them", () => {
    expect(moneyToText(money(184_216n, "GBP"))).toBe("£1,842.16");
    expect(moneyToText(money(-5n, "GBP"))).toBe("-£0.05");
    expect(moneyToText(money(1_000n, "JPY"))).toBe("JP¥1,000");
    expect(moneyToText(money(amount_minor_max, "GBP"))).toBe("£90,071,992,547,409.91");
  });
});
