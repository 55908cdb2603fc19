import type { BusinessDate, Clock, Currency, Money } from "@mainstay/kernel";
import type pg from "pg";
import type { AccountKind } from "./account-kinds.ts";
import type { RefusalCode } from "./errors.ts";

/** An account's id: its book, a colon, and the rest: `gb1:acc_…`, `gb1:settlement/domestic/GBP`. */
export type AccountId = `${string}:${string}`;

/** What JSON can hold; what a caller may keep with a transfer. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** An account with its balances, in minor units of its currency. */
export type Account = {
  readonly id: AccountId;
  readonly kind: AccountKind;
  readonly currency: Currency;
  /** Null: none but the bound that keeps sums within 64 bits. */
  readonly floor: bigint | null;
  readonly ceiling: bigint | null;
  /** Credit is positive: what the bank owes. */
  readonly posted: bigint;
  /** The sum of the open holds that debit the account. */
  readonly held: bigint;
  /** posted − held − floor; without a floor, posted − held. */
  readonly available: bigint;
  /** The number of the last entry. */
  readonly entryCount: bigint;
  readonly openedAt: Date;
  readonly closedAt: Date | null;
};

/** What opens an account. Bounds left out are those of the kind (`account_kinds`); null means none. */
export type NewAccount = {
  readonly id: AccountId;
  readonly kind: AccountKind;
  readonly currency: Currency;
  readonly floor?: bigint | null;
  readonly ceiling?: bigint | null;
};

type Common = {
  /** Chosen by the caller: the idempotency key. */
  readonly id: string;
  /** What the money moves for: `payment`, `pay-in`, `card-clearing` … */
  readonly kind: string;
  /** Kept with the transfer and compared when the id comes again. At most `details_bytes_max` of JSON. */
  readonly details?: Json;
};

/** Moves money from the debit account to the credit account at once. */
export type PlainTransfer = Common & {
  readonly type: "transfer";
  readonly debitAccount: AccountId;
  readonly creditAccount: AccountId;
  readonly amount: Money;
  /** From which business date on the amount counts for interest; the booking's own date when left out. */
  readonly valueDate?: BusinessDate;
};

/**
 * Sets money of the debit account aside for the credit account. Without `expiresAt`, until it is captured or
 * released.
 */
export type Hold = Common & {
  readonly type: "hold";
  readonly debitAccount: AccountId;
  readonly creditAccount: AccountId;
  readonly amount: Money;
  /** From then on nothing captures it; it still counts until its release is posted. */
  readonly expiresAt?: Date;
};

/** Moves what a hold has set aside, or part of it, to the hold's credit account. */
export type Capture = Common & {
  readonly type: "capture";
  readonly holdId: string;
  /** All that is left of the hold when left out. */
  readonly amount?: Money;
  readonly valueDate?: BusinessDate;
};

/** Gives all that is left of a hold back to what is available. */
export type Release = Common & { readonly type: "release"; readonly holdId: string };

/** Moves back what a transfer or a capture moved, or part of it; takes its value date. */
export type Reversal = Common & {
  readonly type: "reversal";
  /** What an earlier call has posted; a member of the reversal's own linked group isn't there yet. */
  readonly reverses: string;
  /** All that hasn't been reversed yet when left out. */
  readonly amount?: Money;
};

/** What can be posted. */
export type Transfer = PlainTransfer | Hold | Capture | Release | Reversal;

/** What became of a transfer. `replayed`: an earlier call with this id and content had decided it. */
export type Outcome =
  | { readonly status: "posted"; readonly bookedAt: Date; readonly amount: Money; readonly replayed: boolean }
  | {
      readonly status: "refused";
      readonly code: RefusalCode;
      /**
       * When it was refused; null for input that is wrong in itself, which isn't kept: its id stays unused.
       */
      readonly refusedAt: Date | null;
      readonly replayed: boolean;
    }
  | { readonly status: "conflict"; readonly code: "id_conflict" };

/** A transfer as it stands in the book. */
export type PostedTransfer = {
  readonly id: string;
  readonly type: Transfer["type"];
  readonly kind: string;
  readonly debitAccount: AccountId;
  readonly creditAccount: AccountId;
  readonly amount: Money;
  readonly bookedAt: Date;
  /** Null where it is the business date of the booking. */
  readonly valueDate: BusinessDate | null;
  /** The hold that it captures or releases, or the transfer that it reverses. */
  readonly targetId: string | null;
  /** The first id of its linked group. */
  readonly linkedWith: string | null;
  readonly expiresAt: Date | null;
  /** An obligatory kind that passed the debit account's floor. */
  readonly passedFloor: boolean;
  readonly details: Json;
};

/** One movement on one account. */
export type Entry = {
  readonly account: AccountId;
  /** 1, 2, 3 … per account, without gaps. */
  readonly number: bigint;
  /** Positive for a credit. */
  readonly amount: Money;
  readonly balanceAfter: bigint;
  readonly bookedAt: Date;
  /** Null where it is the business date of the booking. */
  readonly valueDate: BusinessDate | null;
  readonly transferId: string;
};

/** A hold of which something is left. */
export type OpenHold = {
  readonly id: string;
  readonly debitAccount: AccountId;
  readonly creditAccount: AccountId;
  readonly remaining: bigint;
  readonly expiresAt: Date | null;
};

/** What the ledger works with. The pool's role needs no more than the migrations grant `mainstay_bank`. */
export type LedgerDeps = {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  /** How many batches may be in flight at once; a third gains nothing on one server. */
  readonly writers?: number;
};
