import { describe, expect, it } from "vitest";
import { mismatchText, penceOf, stateOptions } from "./payment-words.ts";

describe("an amount that was typed", () => {
  it.each([
    ["12", 1_200],
    ["£1,234.5", 123_450],
    [" 0.07 ", 7],
    ["", undefined],
    ["1.234", null],
    ["-1", null],
    ["abc", null],
  ])("%s is %s pence", (typed, pence) => {
    expect(penceOf(typed)).toBe(pence);
  });
});

it("the states to narrow a list by are those that its payments can have", () => {
  expect(stateOptions("in").map(({ value }) => value)).toEqual(["", "posting", "booked", "rejected"]);
  expect(stateOptions("out")).toHaveLength(11);
});

it("what doesn't agree is said in words", () => {
  const of = (ledger: "booked" | "missing" | "other-amount", message: "booked" | "missing" | "rejected") =>
    mismatchText({ id: "u", at: "", amount: { minor: 1, currency: "GBP" }, ledger, message });
  expect(of("missing", "booked")).toBe("accepted by message, and not in the ledger");
  expect(of("booked", "missing")).toBe("in the ledger without a message");
  expect(of("booked", "rejected")).toBe("in the ledger, though rejected");
  expect(of("other-amount", "booked")).toBe("booked with another amount than the message has");
});
