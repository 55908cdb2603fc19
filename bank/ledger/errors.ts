/** How an error reaches a client: HTTP status, whether trying again can help, and the customer's words. */
type ErrorEntry = { readonly status: number; readonly retryable: boolean; readonly message: string };

/** Input that is wrong in itself. It isn't kept: the id stays unused. */
export const input_codes = {
  id_malformed: { status: 400, retryable: false, message: "The id of the transfer is malformed." },
  account_malformed: { status: 400, retryable: false, message: "The id of an account is malformed." },
  kind_malformed: { status: 400, retryable: false, message: "The kind of the transfer is malformed." },
  amount_not_positive: { status: 400, retryable: false, message: "The amount must be more than zero." },
  amount_too_large: {
    status: 400,
    retryable: false,
    message: "The amount is larger than the bank can book.",
  },
  same_account: { status: 400, retryable: false, message: "Money can't move from an account to itself." },
  value_date_malformed: { status: 400, retryable: false, message: "The value date is not a date." },
  details_too_large: { status: 400, retryable: false, message: "The details of the transfer are too long." },
  group_empty: { status: 400, retryable: false, message: "A linked group needs at least one transfer." },
  group_too_large: { status: 400, retryable: false, message: "The linked group has too many transfers." },
  id_repeated: { status: 400, retryable: false, message: "An id stands twice in the linked group." },
} as const satisfies Readonly<Record<string, ErrorEntry>>;

/** Refusals for the state of the book. They are kept as the id's outcome, and final. */
export const state_codes = {
  insufficient_funds: { status: 422, retryable: false, message: "There isn't enough money in the account." },
  over_ceiling: { status: 422, retryable: false, message: "The account can't take that much." },
  account_not_found: { status: 404, retryable: false, message: "We couldn't find that account." },
  account_closed: { status: 422, retryable: false, message: "The account is closed." },
  currency_mismatch: { status: 422, retryable: false, message: "The account has another currency." },
  hold_not_found: { status: 404, retryable: false, message: "We couldn't find that hold." },
  hold_expired: { status: 422, retryable: false, message: "The hold has expired." },
  hold_exhausted: { status: 422, retryable: false, message: "Nothing is left of the hold." },
  capture_exceeds_hold: { status: 422, retryable: false, message: "The hold is smaller than that." },
  transfer_not_found: { status: 404, retryable: false, message: "We couldn't find that transfer." },
  not_reversible: { status: 422, retryable: false, message: "That can't be reversed." },
  reversal_exceeds: {
    status: 422,
    retryable: false,
    message: "No more than what was moved can be moved back.",
  },
  linked_refused: {
    status: 422,
    retryable: false,
    message: "A transfer that belongs with this one was refused.",
  },
} as const satisfies Readonly<Record<string, ErrorEntry>>;

/**
 * What can stand against opening, changing or closing an account, and an id that was used for something else.
 */
export const other_codes = {
  id_conflict: { status: 409, retryable: false, message: "This id was used before, for something else." },
  wrong_book: { status: 400, retryable: false, message: "The account's id names another book." },
  account_exists: {
    status: 409,
    retryable: false,
    message: "An account with this id exists, and is another.",
  },
  account_not_empty: { status: 422, retryable: false, message: "The account isn't empty." },
  limits_impossible: { status: 400, retryable: false, message: "The floor lies above the ceiling." },
} as const satisfies Readonly<Record<string, ErrorEntry>>;

/** Every error of the ledger with its HTTP status, whether a retry can help, and the customer's words. */
export const ledger_errors = { ...input_codes, ...state_codes, ...other_codes } as const;

export type InputCode = keyof typeof input_codes;
export type StateCode = keyof typeof state_codes;
/** Why a transfer was refused. */
export type RefusalCode = InputCode | StateCode;
/** Why an account couldn't be opened, changed or closed. */
export type AccountCode = keyof typeof other_codes | "account_not_found" | "account_malformed";
export type LedgerCode = keyof typeof ledger_errors;

/** Says whether the database's word is a refusal that depends on state. */
export function isStateCode(word: string): word is StateCode {
  return Object.hasOwn(state_codes, word);
}

/** Says whether the database's word is one about accounts. */
export function isAccountCode(word: string): word is AccountCode {
  return Object.hasOwn(other_codes, word) || word === "account_not_found" || word === "account_malformed";
}
