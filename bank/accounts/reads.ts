import { err, moneyToJson, ok, type Currency, type Id, type Result } from "@mainstay/kernel";
import type { Account as LedgerAccount } from "@mainstay/ledger";
import type { Account, Transaction, Transactions } from "@mainstay/wire";
import type { Database } from "@mainstay/platform";
import { bank_details } from "./bank-details.ts";
import type { AccountErrorCode } from "./errors.ts";
import { feedPage, searchPage, type FeedPosition } from "./store.ts";
import type { CurrentAccount, FeedRow } from "./types.ts";

/** The largest and the usual page of the feed. */
export const page_rows_max = 100;
const page_rows_usual = 50;

/** An account as its customer sees it. */
export function accountView(account: CurrentAccount, ledger: LedgerAccount): Account {
  return {
    id: account.id,
    name: account.name,
    holderName: account.holderName,
    currency: account.currency,
    sortCode: account.sortCode,
    accountNumber: account.accountNumber,
    iban: account.iban,
    bic: bank_details.bic,
    balance: moneyToJson({ minor: ledger.posted, currency: account.currency }),
    available: moneyToJson({ minor: ledger.available, currency: account.currency }),
    openedAt: account.openedAt.toISOString(),
  };
}

/** A row of the feed as its customer sees it. */
export function transactionView(row: FeedRow): Transaction {
  const inJson = (minor: bigint) => moneyToJson({ minor, currency: row.currency as Currency });
  return {
    id: row.id,
    accountId: row.accountId,
    amount: inJson(row.amount),
    balanceAfter: row.balanceAfter === null ? null : inJson(row.balanceAfter),
    state: row.state,
    kind: row.kind,
    counterparty: {
      name: row.counterpartyName,
      ...(row.counterpartySortCode === null ? {} : { sortCode: row.counterpartySortCode }),
      ...(row.counterpartyAccountNumber === null ? {} : { accountNumber: row.counterpartyAccountNumber }),
    },
    reference: row.reference,
    category: row.category,
    note: row.note,
    paymentId: row.paymentId,
    leavesAt: row.leavesAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    bookedAt: row.bookedAt?.toISOString() ?? null,
    valueDate: row.valueDate,
  };
}

/** Writes a position as the cursor that the next page is asked with. */
export function cursorOf(position: FeedPosition): string {
  return `${position.createdAt.getTime()}.${position.id}`;
}

/** Reads a cursor; null where it isn't one of ours. */
export function positionOf(cursor: string): FeedPosition | null {
  const match = /^(\d{1,13})\.(tx_[0-9A-Za-z]{22})$/.exec(cursor);
  if (match === null) return null;
  return { createdAt: new Date(Number(match[1])), id: match[2] ?? "" };
}

/**
 * One page of the feed of an account that is known to be the asker's, newest first, searched where words are
 * given.
 */
export async function readPage(
  database: Database,
  asked: {
    readonly accountId: Id<"acc">;
    readonly before: string | undefined;
    readonly limit: number | undefined;
    readonly words: string | undefined;
  },
): Promise<Result<Transactions, AccountErrorCode>> {
  const before = asked.before === undefined ? null : positionOf(asked.before);
  if (asked.before !== undefined && before === null) return err("cursor_malformed");
  const limit = Math.min(asked.limit ?? page_rows_usual, page_rows_max);
  const words = (asked.words ?? "").trim();
  // One row more than the page holds tells whether there is an older one.
  const page = { accountId: asked.accountId, before, limit: limit + 1 };
  const rows = await (words === "" ? feedPage(database, page) : searchPage(database, { ...page, words }));
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const older = rows.length > limit && last !== undefined ? cursorOf(last) : null;
  return ok({ transactions: shown.map(transactionView), older });
}
