import { createHash } from "node:crypto";
import { businessDateOf, isId, type Id } from "@mainstay/kernel";
import type { FeedPage } from "@mainstay/ledger";
import type { FedTransfer, FeedRow, SideDescription, TransferDescription } from "./types.ts";

/** The book's part of a ledger account's id, before the account's own id. */
const book_prefix = "gb1:";

/** The length of a transaction's id: its prefix and 22 digits. */
const id_length = 25;

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** The customer's account that a ledger account is, or null for one of the bank's own. */
export function customerAccountOf(ledgerAccount: string): Id<"acc"> | null {
  if (!ledgerAccount.startsWith(book_prefix)) return null;
  const rest = ledgerAccount.slice(book_prefix.length);
  return isId("acc", rest) ? rest : null;
}

/**
 * The digits of a source's own id that carry its time, where it is a time-sortable id of ours
 * (packages/kernel).
 */
const time_digits = 8;

/**
 * The id of the feed row of one movement on one account: it follows from both, so the same news twice is
 * one row. It begins with the time that the source's id begins with, so that new rows stand together; the
 * rest, 14 base-62 digits of a SHA-256, tells rows apart.
 */
export function transactionIdOf(accountId: string, source: string): Id<"tx"> {
  const hash = createHash("sha256").update(`${accountId} ${source}`).digest();
  let text = `tx_${source.slice(4, 4 + time_digits).replaceAll(/[^0-9A-Za-z]/g, "0")}`;
  for (let index = 0; text.length < id_length; index += 1) text += alphabet[(hash[index] ?? 0) % 62];
  return text as Id<"tx">;
}

/** The transfers of a page of the ledger's feed, each with the balances that its entries left behind. */
export function fedTransfersOf(page: FeedPage): readonly FedTransfer[] {
  const balances = new Map<string, bigint>();
  for (const { transferId, account, balanceAfter } of page.entries) {
    balances.set(`${transferId} ${account}`, balanceAfter);
  }
  return page.transfers.map((transfer) => ({
    ...transfer,
    debitBalance: balances.get(`${transfer.id} ${transfer.debitAccount}`) ?? null,
    creditBalance: balances.get(`${transfer.id} ${transfer.creditAccount}`) ?? null,
  }));
}

/** What a row of the ledger's feed is about: a capture or release belongs to the row of its hold. */
export function sourceOf(transfer: FedTransfer): string {
  const ofHold = transfer.type === "capture" || transfer.type === "release";
  return ofHold && transfer.targetId !== null ? transfer.targetId : transfer.id;
}

const unknown_side: SideDescription = {
  counterpartyName: "Mainstay",
  counterpartySortCode: null,
  counterpartyAccountNumber: null,
  reference: "",
  category: "general",
  paymentId: null,
  leavesAt: null,
};

/**
 * Turns rows of the ledger's feed into rows of the customers' feed, at most one for each: a hold that is
 * captured in the same batch is one settled row.
 */
export function feedRowsOf(
  transfers: readonly FedTransfer[],
  descriptions: ReadonlyMap<string, TransferDescription>,
): readonly FeedRow[] {
  const rows = new Map<string, FeedRow>();
  for (const transfer of transfers) {
    const description = descriptions.get(sourceOf(transfer));
    for (const row of [debitRow(transfer, description), creditRow(transfer, description)]) {
      if (row === null) continue;
      const before = rows.get(row.id);
      rows.set(row.id, before === undefined ? row : merge(before, row));
    }
  }
  return [...rows.values()];
}

/**
 * Two pieces of news of one row, in whichever order they stand in the page: the row begins with the earlier
 * of them.
 */
function merge(one: FeedRow, other: FeedRow): FeedRow {
  const later = other.state === "leaving" ? one : other;
  return { ...later, createdAt: one.createdAt < other.createdAt ? one.createdAt : other.createdAt };
}

function debitRow(transfer: FedTransfer, description: TransferDescription | undefined): FeedRow | null {
  const accountId = customerAccountOf(transfer.debitAccount);
  if (accountId === null) return null;
  const side = description?.debit ?? unknown_side;
  return {
    ...commonOf(transfer, side),
    id: transactionIdOf(accountId, sourceOf(transfer)),
    accountId,
    amount: -transfer.amount.minor,
    balanceAfter: transfer.debitBalance,
    state: stateOf(transfer),
    kind: transfer.type === "reversal" ? "reversal" : kindOf(transfer.kind, "payment_out"),
    leavesAt: transfer.type === "hold" ? side.leavesAt : null,
  };
}

function creditRow(transfer: FedTransfer, description: TransferDescription | undefined): FeedRow | null {
  // Money that is only held, or given back, never was the other side's.
  if (transfer.type === "hold" || transfer.type === "release") return null;
  const accountId = customerAccountOf(transfer.creditAccount);
  if (accountId === null) return null;
  return {
    ...commonOf(transfer, description?.credit ?? unknown_side),
    id: transactionIdOf(accountId, transfer.id),
    accountId,
    amount: transfer.amount.minor,
    balanceAfter: transfer.creditBalance,
    state: "settled",
    kind: transfer.type === "reversal" ? "reversal" : kindOf(transfer.kind, "payment_in"),
    leavesAt: null,
  };
}

type Common = Omit<FeedRow, "id" | "accountId" | "amount" | "balanceAfter" | "state" | "kind" | "leavesAt">;

function commonOf(transfer: FedTransfer, side: SideDescription): Common {
  const isBooked = transfer.type !== "hold" && transfer.type !== "release";
  return {
    currency: transfer.amount.currency,
    counterpartyName: side.counterpartyName,
    counterpartySortCode: side.counterpartySortCode,
    counterpartyAccountNumber: side.counterpartyAccountNumber,
    reference: side.reference,
    category: side.category,
    note: "",
    paymentId: side.paymentId,
    createdAt: transfer.bookedAt,
    bookedAt: isBooked ? transfer.bookedAt : null,
    valueDate: isBooked ? (transfer.valueDate ?? businessDateOf(transfer.bookedAt)) : null,
  };
}

/** A release says in its kind why: the customer undid the payment, or it could not be sent. */
function stateOf(transfer: FedTransfer): FeedRow["state"] {
  if (transfer.type === "hold") return "leaving";
  if (transfer.type === "release") return transfer.kind === "payment-undo" ? "undone" : "failed";
  return "settled";
}

function kindOf(kind: string, payment: "payment_in" | "payment_out"): FeedRow["kind"] {
  if (kind === "card-clearing") return "card";
  return kind.startsWith("pay") ? payment : "adjustment";
}
