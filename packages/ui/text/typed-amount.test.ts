import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { typedToMinor, typeKey, untypedDigits, type KeypadKey } from "./typed-amount.ts";

const keys: readonly KeypadKey[] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", ".", "delete"];
const type = (...pressed: KeypadKey[]) => pressed.reduce((typed, key) => typeKey(typed, key, "GBP"), "");

describe("typing an amount", () => {
  test("64.5 is 64 pounds 50, with a zero not typed yet", () => {
    const typed = type("6", "4", ".", "5");
    expect(typed).toBe("64.5");
    expect(typedToMinor(typed, "GBP")).toBe(6450);
    expect(untypedDigits(typed, "GBP")).toBe("0");
  });

  test("a leading zero gives way, a leading point gets one", () => {
    expect(type("0", "0", "7")).toBe("7");
    expect(type(".", "0", "5")).toBe("0.05");
  });

  test("a second point and a third decimal change nothing", () => {
    expect(type("1", ".", ".", "2", "3", "4")).toBe("1.23");
  });

  test("yen take no point", () => {
    expect(typeKey("12", ".", "JPY")).toBe("12");
  });

  test("whatever is pressed, it is an amount between 0 and the largest", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...keys), { maxLength: 30 }), (pressed) => {
        const minor = typedToMinor(type(...pressed), "GBP");
        expect(Number.isSafeInteger(minor)).toBe(true);
        expect(minor).toBeGreaterThanOrEqual(0);
        expect(minor).toBeLessThanOrEqual(999_999_999);
      }),
    );
  });
});
