import { assert } from "@mainstay/kernel";

/**
 * How account numbers of a range of sort codes are checked: each digit of sort code and account number is
 * multiplied by its weight, and the sum must divide by the modulus (the standard method of Vocalink's
 * "Validating account numbers"; this bank's range and weights are its own).
 */
type ModulusRange = {
  readonly from: string;
  readonly to: string;
  readonly modulus: 10 | 11;
  /** Six weights for the sort code, then eight for the account number. */
  readonly weights: readonly number[];
};

const modulus_ranges: readonly ModulusRange[] = [
  { from: "004200", to: "004299", modulus: 11, weights: [0, 0, 0, 0, 0, 0, 8, 7, 6, 5, 4, 3, 2, 1] },
];

const digits_of_sort_code = 6;
const digits_of_account_number = 8;

function rangeOf(sortCode: string): ModulusRange | undefined {
  return modulus_ranges.find((range) => range.from <= sortCode && sortCode <= range.to);
}

function weightedSum(range: ModulusRange, digits: string): number {
  return range.weights.reduce((sum, weight, index) => sum + weight * Number(digits.charAt(index)), 0);
}

/**
 * Says whether a sort code and account number can belong together. `unknown` for a sort code that isn't in
 * the table: nothing can be said of it, and nothing may be refused for it.
 */
export function checkModulus(sortCode: string, accountNumber: string): "valid" | "invalid" | "unknown" {
  const range = rangeOf(sortCode);
  if (range === undefined) return "unknown";
  return weightedSum(range, sortCode + accountNumber) % range.modulus === 0 ? "valid" : "invalid";
}

/**
 * Completes seven digits with the check digit that makes them an account number of the sort code, or null
 * where no single digit does (one in eleven).
 */
export function completeAccountNumber(sortCode: string, firstSeven: string): string | null {
  const range = rangeOf(sortCode);
  assert(
    range !== undefined && sortCode.length === digits_of_sort_code,
    `sort code ${sortCode} has no weights`,
  );
  assert(/^\d{7}$/.test(firstSeven), "an account number begins with seven digits");
  for (let last = 0; last <= 9; last += 1) {
    const candidate = `${firstSeven}${last}`;
    assert(candidate.length === digits_of_account_number, "an account number has eight digits");
    if (checkModulus(sortCode, candidate) === "valid") return candidate;
  }
  return null;
}
