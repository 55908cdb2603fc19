import { amount_minor_max, type Currency, type Money } from "@mainstay/kernel";
import type { InputCode } from "./errors.ts";
import { isAccountId, isKind, isTransferId } from "./ids.ts";
import type { AccountId, Transfer } from "./types.ts";

/** The most transfers that can be linked: all or none of them are posted. */
export const linked_max = 100;
/** The longest details of a transfer, in bytes of JSON. */
export const details_bytes_max = 4_096;

/** The two accounts between which a transfer moves, or would move, money; and in what. */
export type Accounts = {
  readonly debit: AccountId;
  readonly credit: AccountId;
  readonly currency: Currency;
};

/**
 * A transfer with all that a batch needs to know of it. `accounts` is null when what it names wasn't found.
 */
export type Prepared = {
  readonly transfer: Transfer;
  readonly accounts: Accounts | null;
  readonly detailsJson: string | null;
  /** The first id of its linked group; null when it stands alone. */
  readonly leader: string | null;
};

const date_pattern = /^\d{4}-\d{2}-\d{2}$/;

function amountError(amount: Money): InputCode | null {
  if (amount.minor <= 0n) return "amount_not_positive";
  if (amount.minor > amount_minor_max) return "amount_too_large";
  return null;
}

function dateError(date: string | undefined): InputCode | null {
  if (date === undefined) return null;
  if (!date_pattern.test(date)) return "value_date_malformed";
  // 2026-02-30 rolls over to March and so doesn't come back as it went in.
  const instant = new Date(`${date}T00:00:00Z`);
  const isReal = !Number.isNaN(instant.getTime()) && instant.toISOString().startsWith(date);
  return isReal ? null : "value_date_malformed";
}

function accountsError(debit: string, credit: string): InputCode | null {
  if (!isAccountId(debit) || !isAccountId(credit)) return "account_malformed";
  return debit === credit ? "same_account" : null;
}

/** What is wrong with a transfer in itself, whatever the state of the book; null when nothing is. */
export function inputError(transfer: Transfer, detailsJson: string | null): InputCode | null {
  if (!isTransferId(transfer.id)) return "id_malformed";
  if (!isKind(transfer.kind)) return "kind_malformed";
  if (detailsJson !== null && Buffer.byteLength(detailsJson) > details_bytes_max) return "details_too_large";
  switch (transfer.type) {
    case "transfer":
      return (
        amountError(transfer.amount) ??
        accountsError(transfer.debitAccount, transfer.creditAccount) ??
        dateError(transfer.valueDate)
      );
    case "hold":
      return amountError(transfer.amount) ?? accountsError(transfer.debitAccount, transfer.creditAccount);
    case "capture":
      if (!isTransferId(transfer.holdId)) return "id_malformed";
      return (transfer.amount ? amountError(transfer.amount) : null) ?? dateError(transfer.valueDate);
    case "release":
      return isTransferId(transfer.holdId) ? null : "id_malformed";
    case "reversal":
      if (!isTransferId(transfer.reverses)) return "id_malformed";
      return transfer.amount ? amountError(transfer.amount) : null;
  }
}

/** What is wrong with a linked group as a whole; null when nothing is. */
export function groupError(transfers: readonly Transfer[]): InputCode | null {
  if (transfers.length === 0) return "group_empty";
  if (transfers.length > linked_max) return "group_too_large";
  return new Set(transfers.map((transfer) => transfer.id)).size === transfers.length ? null : "id_repeated";
}

/** The accounts that a transfer or a hold says itself; null for what has them from another. */
export function ownAccounts(transfer: Transfer): Accounts | null {
  if (transfer.type !== "transfer" && transfer.type !== "hold") return null;
  return {
    debit: transfer.debitAccount,
    credit: transfer.creditAccount,
    currency: transfer.amount.currency,
  };
}

/** The hold or transfer that this one names and has its accounts from; null when it names none. */
export function targetOf(transfer: Transfer): string | null {
  switch (transfer.type) {
    case "transfer":
    case "hold":
      return null;
    case "capture":
    case "release":
      return transfer.holdId;
    case "reversal":
      return transfer.reverses;
  }
}

/** The accounts of a transfer that names `target`'s: a reversal goes the other way. */
export function accountsFrom(transfer: Transfer, target: Accounts): Accounts {
  return transfer.type === "reversal" ? { ...target, debit: target.credit, credit: target.debit } : target;
}
