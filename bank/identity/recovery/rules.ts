import type { Random } from "@mainstay/kernel";

/** How many recovery codes a person gets at once. */
export const recovery_codes_total = 10;
/** How many people may share one e-mail for recovery to look at them all. */
export const people_per_email_max = 5;

/** Crockford's base 32: no I, L, O or U, so that a code read aloud or from paper is read right. */
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const code_length = 16;
/**
 * The first characters of a code find its row; the other sixty bits stay secret even from whoever reads the
 * table.
 */
export const selector_length = 4;

/** Makes a code: 16 characters (80 random bits) in groups of four. */
export function makeCode(random: Random): string {
  const characters = [...random.bytes(code_length)].map((byte) => alphabet.charAt(byte & 31)).join("");
  return characters.replace(/(.{4})(?=.)/g, "$1-");
}

/**
 * Reads a code as people type it: small letters, other spacing, O for 0, I or L for 1. Null where it can't be
 * one.
 */
export function readCode(text: string): string | null {
  const code = text.toUpperCase().replace(/[\s-]/g, "").replaceAll("O", "0").replaceAll(/[IL]/g, "1");
  return /^[0-9A-HJKMNP-TV-Z]{16}$/.test(code) ? code : null;
}

/** The part of a code (as `readCode` gives it) by which its row is found. */
export function selectorOf(code: string): string {
  return code.slice(0, selector_length);
}
