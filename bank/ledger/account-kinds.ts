/**
 * Which side of the bank's balance sheet a kind of account stands on, and so the bounds that it gets unless
 * told otherwise.
 */
type Side = "owes" | "owns" | "either";

/** The bank's chart of accounts: what it owes (>= 0), what it owns (<= 0), and what may swing. */
export const account_kinds = {
  /** A customer's money. */
  customer: "owes",
  /** Money that a customer has put aside. */
  pot: "owes",
  /** What a payment scheme has settled with the bank. */
  settlement: "either",
  /** Payments under way in a scheme. */
  "payments-in-transit": "either",
  /** The bank's money at another bank. */
  nostro: "owns",
  "fx-position": "either",
  cards: "either",
  "accrued-interest": "owes",
  "interest-expense": "owns",
  "interest-income": "owes",
  fees: "owes",
  losses: "owns",
  /** What can't be booked yet to where it belongs. */
  suspense: "either",
  /** The other half of a transfer between two books. */
  "inter-book": "either",
  equity: "owes",
} as const satisfies Readonly<Record<string, Side>>;

/** A kind of account. */
export type AccountKind = keyof typeof account_kinds;

/** The bounds, in minor units, that an account of a kind has unless told otherwise; null is none. */
export function defaultLimits(kind: AccountKind): { floor: bigint | null; ceiling: bigint | null } {
  const side = account_kinds[kind];
  return { floor: side === "owes" ? 0n : null, ceiling: side === "owns" ? 0n : null };
}
