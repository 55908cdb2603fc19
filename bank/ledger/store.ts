import type { BusinessDate, Currency } from "@mainstay/kernel";
import pg from "pg";
import type { BatchAnswer, BatchValues } from "./batch.ts";
import type { AccountKind } from "./account-kinds.ts";
import type {
  Account,
  AccountId,
  Entry,
  Json,
  NewAccount,
  OpenHold,
  PostedTransfer,
  Transfer,
} from "./types.ts";

/** What stands for "no bound" in the database: sums of two such numbers still fit 64 bits. */
export const balance_max = 2n ** 62n;
/** The most accounts, holds or entries that one read answers. */
export const page_max = 1_000;

/** PostgreSQL's type ids whose default reading would lose exactness or zone. */
const oid = { int8: 20, date: 1082, timestamptz: 1184 } as const;

/** Reads times. Rows of one batch share theirs, and reading one is dear: the last is remembered. */
function createTimeReader(): (text: string) => Date {
  const read = pg.types.getTypeParser(oid.timestamptz, "text") as (text: string) => Date;
  let lastText = "";
  let last = new Date(0);
  return (text) => {
    if (text === lastText) return last;
    lastText = text;
    last = read(text);
    return last;
  };
}

const readTime = createTimeReader();

/** Reads bigint and business dates exactly, whatever the pool that we were given does. */
const types = {
  getTypeParser(id: number, format?: "text" | "binary") {
    if (id === oid.int8) return (text: string) => BigInt(text);
    if (id === oid.date) return (text: string) => text;
    if (id === oid.timestamptz) return readTime;
    const usual: unknown = pg.types.getTypeParser(id, format ?? "text");
    return usual;
  },
} as pg.CustomTypesConfig;

/** Runs one prepared statement and answers its rows. */
export async function rowsOf<Row extends pg.QueryResultRow>(
  db: pg.Pool,
  name: string,
  text: string,
  values: readonly unknown[],
): Promise<readonly Row[]> {
  // Named, hence prepared once for each connection.
  const { rows } = await db.query<Row>({ name: `ledger.${name}`, text, values: [...values], types });
  return rows;
}

/** Calls the function that moves money, once, in a transaction of its own. */
export async function postBatch(
  db: pg.Pool,
  now: Date,
  batch: BatchValues,
): Promise<BatchAnswer | undefined> {
  const [answer] = await rowsOf<BatchAnswer>(
    db,
    "post",
    `SELECT booked_at, codes, times, amounts::TEXT[] AS amounts
       FROM ledger.post($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
    [now, ...batch],
  );
  return answer;
}

/** Opens an account; answers "posted" or a code. */
export async function openAccount(db: pg.Pool, now: Date, account: Required<NewAccount>): Promise<string> {
  const [row] = await rowsOf<{ word: string }>(
    db,
    "open_account",
    "SELECT ledger.open_account($1, $2, $3, $4, $5, $6) AS word",
    [now, account.id, account.kind, account.currency, account.floor, account.ceiling],
  );
  return row?.word ?? "";
}

/** Sets an account's bounds; answers "posted" or a code. */
export async function setLimits(
  db: pg.Pool,
  limits: { id: AccountId; floor: bigint | null; ceiling: bigint | null },
): Promise<string> {
  const [row] = await rowsOf<{ word: string }>(
    db,
    "set_limits",
    "SELECT ledger.set_limits($1, $2, $3) AS word",
    [limits.id, limits.floor, limits.ceiling],
  );
  return row?.word ?? "";
}

/** Closes an account; answers "posted" or a code. */
export async function closeAccount(db: pg.Pool, now: Date, id: AccountId): Promise<string> {
  const [row] = await rowsOf<{ word: string }>(
    db,
    "close_account",
    "SELECT ledger.close_account($1, $2) AS word",
    [now, id],
  );
  return row?.word ?? "";
}

type AccountRow = {
  id: AccountId;
  kind: AccountKind;
  currency: Currency;
  floor: bigint;
  ceiling: bigint;
  posted: bigint;
  held: bigint;
  entry_count: bigint;
  opened_at: Date;
  closed_at: Date | null;
};

function accountFrom(row: AccountRow): Account {
  const floor = row.floor === -balance_max ? null : row.floor;
  return {
    id: row.id,
    kind: row.kind,
    currency: row.currency,
    floor,
    ceiling: row.ceiling === balance_max ? null : row.ceiling,
    posted: row.posted,
    held: row.held,
    available: row.posted - row.held - (floor ?? 0n),
    entryCount: row.entry_count,
    openedAt: row.opened_at,
    closedAt: row.closed_at,
  };
}

/** Reads accounts with their balances, all as of one instant; unknown ids are left out. */
export async function readAccounts(db: pg.Pool, ids: readonly string[]): Promise<readonly Account[]> {
  const rows = await rowsOf<AccountRow>(
    db,
    "accounts",
    `SELECT id, kind, currency, floor, ceiling, posted, held, entry_count, opened_at, closed_at
       FROM ledger.accounts
      WHERE id = ANY ($1)
      ORDER BY id`,
    [ids],
  );
  return rows.map(accountFrom);
}

/** The balance after the last booking not after an instant, in minor units. */
export async function balanceBookedAt(db: pg.Pool, account: AccountId, at: Date): Promise<bigint> {
  const [row] = await rowsOf<{ balance: bigint }>(
    db,
    "balance_booked_at",
    "SELECT ledger.balance_booked_at($1, $2) AS balance",
    [account, at],
  );
  return row?.balance ?? 0n;
}

/** The balance at the end of a business date by value date, in minor units. */
export async function balanceValuedAt(db: pg.Pool, account: AccountId, date: BusinessDate): Promise<bigint> {
  const [row] = await rowsOf<{ balance: bigint }>(
    db,
    "balance_valued_at",
    "SELECT ledger.balance_valued_at($1, $2) AS balance",
    [account, date],
  );
  return row?.balance ?? 0n;
}

type EntryRow = {
  account: AccountId;
  number: bigint;
  amount: bigint;
  balance: bigint;
  currency: Currency;
  booked_at: Date;
  value_date: BusinessDate | null;
  transfer_id: string;
};

/**
 * Reads a page of an account's entries between two numbers (both excluded), newest first unless `ascending`.
 */
export async function readEntries(
  db: pg.Pool,
  page: { account: AccountId; before: bigint; after: bigint; limit: number; ascending: boolean },
): Promise<readonly Entry[]> {
  const direction = page.ascending ? "ASC" : "DESC";
  const rows = await rowsOf<EntryRow>(
    db,
    `entries_${direction}`,
    `SELECT e.account, e.number, e.amount, e.balance, a.currency, e.booked_at, e.value_date, e.transfer_id
       FROM ledger.entries e
       JOIN ledger.accounts a ON a.id = e.account
      WHERE e.account = $1
        AND e.number < $2
        AND e.number > $3
      ORDER BY e.number ${direction}
      LIMIT $4`,
    [page.account, page.before, page.after, page.limit],
  );
  return rows.map((row) => ({
    account: row.account,
    number: row.number,
    amount: { minor: row.amount, currency: row.currency },
    balanceAfter: row.balance,
    bookedAt: row.booked_at,
    valueDate: row.value_date,
    transferId: row.transfer_id,
  }));
}

/** A transfer's row, with what it did to both accounts. */
export type TransferRow = {
  id: string;
  type: Transfer["type"];
  kind: string;
  debit_account: AccountId;
  credit_account: AccountId;
  amount: bigint;
  currency: Currency;
  booked_at: Date;
  value_date: BusinessDate | null;
  target_id: string | null;
  linked_with: string | null;
  expires_at: Date | null;
  passed_floor: boolean;
  details: Json;
  debit_number: bigint | null;
  debit_balance: bigint | null;
  credit_number: bigint | null;
  credit_balance: bigint | null;
  feed_epoch: number;
  feed_xid: string;
};

/** Reads a transfer's row as others see it. */
export function transferFrom(row: TransferRow): PostedTransfer {
  return {
    id: row.id,
    type: row.type,
    kind: row.kind,
    debitAccount: row.debit_account,
    creditAccount: row.credit_account,
    amount: { minor: row.amount, currency: row.currency },
    bookedAt: row.booked_at,
    valueDate: row.value_date,
    targetId: row.target_id,
    linkedWith: row.linked_with,
    expiresAt: row.expires_at,
    passedFloor: row.passed_floor,
    details: row.details,
  };
}

/** Reads posted transfers by id; unknown ids are left out. */
export async function readTransfers(db: pg.Pool, ids: readonly string[]): Promise<readonly PostedTransfer[]> {
  const rows = await rowsOf<TransferRow>(
    db,
    "transfers",
    `SELECT *
       FROM ledger.transfers
      WHERE id = ANY ($1)`,
    [ids],
  );
  return rows.map(transferFrom);
}

type HoldRow = {
  id: string;
  debit_account: AccountId;
  credit_account: AccountId;
  remaining: bigint;
  expires_at: Date | null;
};

function holdFrom(row: HoldRow): OpenHold {
  return {
    id: row.id,
    debitAccount: row.debit_account,
    creditAccount: row.credit_account,
    remaining: row.remaining,
    expiresAt: row.expires_at,
  };
}

/** Reads the open holds that debit an account, in the order of their ids. */
export async function readHolds(
  db: pg.Pool,
  account: AccountId,
  limit: number,
): Promise<readonly OpenHold[]> {
  const rows = await rowsOf<HoldRow>(
    db,
    "holds",
    `SELECT id, debit_account, credit_account, remaining, expires_at
       FROM ledger.holds
      WHERE debit_account = $1
      ORDER BY id
      LIMIT $2`,
    [account, limit],
  );
  return rows.map(holdFrom);
}

/** Reads open holds whose time is over, those that expired first in front. */
export async function readExpiredHolds(db: pg.Pool, now: Date, limit: number): Promise<readonly OpenHold[]> {
  const rows = await rowsOf<HoldRow>(
    db,
    "expired_holds",
    `SELECT id, debit_account, credit_account, remaining, expires_at
       FROM ledger.holds
      WHERE expires_at <= $1
      ORDER BY expires_at
      LIMIT $2`,
    [now, limit],
  );
  return rows.map(holdFrom);
}
