import { amount_minor_max, currency_exponents, type Currency } from "@mainstay/kernel";

/** A key of the amount keypad. */
export type KeypadKey = "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "." | "delete";

/**
 * The most whole digits that can be typed: £9,999,999.99 is far above any limit, and still fits the screen.
 */
export const typed_whole_digits_max = 7;

/**
 * What has been typed after one more key. A key that has no place (a second point, a third decimal) changes
 * nothing.
 */
export function typeKey(typed: string, key: KeypadKey, currency: Currency): string {
  const exponent = currency_exponents[currency];
  if (key === "delete") return typed.slice(0, -1);
  const [whole = "", fraction] = typed.split(".");
  if (key === ".") {
    if (exponent === 0 || fraction !== undefined) return typed;
    return `${whole === "" ? "0" : whole}.`;
  }
  if (fraction !== undefined) return fraction.length < exponent ? typed + key : typed;
  if (whole === "0") return key;
  return whole.length < typed_whole_digits_max ? typed + key : typed;
}

/** Minor units of what has been typed; 0 for nothing. */
export function typedToMinor(typed: string, currency: Currency): number {
  const exponent = currency_exponents[currency];
  const [whole = "", fraction = ""] = typed.split(".");
  const minor = BigInt(`${whole === "" ? "0" : whole}${fraction.padEnd(exponent, "0")}`);
  return minor > amount_minor_max ? 0 : Number(minor);
}

/** The digits that a person who typed "64.5" has not typed yet ("0"); nothing after a whole number. */
export function untypedDigits(typed: string, currency: Currency): string {
  const fraction = typed.split(".")[1];
  if (typed === "") return "0";
  return fraction === undefined ? "" : "0".repeat(currency_exponents[currency] - fraction.length);
}

/** Reads a key of a real keyboard; null for one that means nothing here. */
export function keyOfKeyboard(key: string): KeypadKey | null {
  if (/^[0-9]$/.test(key)) return key as KeypadKey;
  if (key === "." || key === ",") return ".";
  return key === "Backspace" ? "delete" : null;
}
