import { sql } from "kysely";
import type { BusinessDate, Currency, Id } from "@mainstay/kernel";
import type { Database } from "@mainstay/platform";
import type { Category, Transaction } from "@mainstay/wire";
import type { CurrentAccount, FeedRow } from "./types.ts";

type AccountRow = {
  id: Id<"acc">;
  person_id: Id<"person">;
  holder_name: string;
  name: string;
  currency: "GBP";
  sort_code: string;
  account_number: string;
  iban: string;
  state: "opening" | "open";
  opened_at: Date;
};

type TransactionRow = {
  amount: bigint;
  balance_after: bigint | null;
  created_at: Date;
  booked_at: Date | null;
  leaves_at: Date | null;
  value_date: BusinessDate | null;
  id: Id<"tx">;
  account_id: Id<"acc">;
  currency: Currency;
  state: Transaction["state"];
  kind: Transaction["kind"];
  counterparty_name: string;
  counterparty_sort_code: string | null;
  counterparty_account_number: string | null;
  reference: string;
  category: Category;
  note: string;
  payment_id: Id<"pay"> | null;
};

type Tables = { "accounts.accounts": AccountRow; "accounts.transactions": TransactionRow };

/** How many rows of one account's feed a search looks through, newest first. */
export const search_rows_max = 5_000;

function toAccount(row: AccountRow): CurrentAccount {
  return {
    id: row.id,
    personId: row.person_id,
    holderName: row.holder_name,
    name: row.name,
    currency: row.currency,
    sortCode: row.sort_code,
    accountNumber: row.account_number,
    iban: row.iban,
    state: row.state,
    openedAt: row.opened_at,
  };
}

function toFeedRow(row: TransactionRow): FeedRow {
  return {
    id: row.id,
    accountId: row.account_id,
    amount: row.amount,
    balanceAfter: row.balance_after,
    currency: row.currency,
    state: row.state,
    kind: row.kind,
    counterpartyName: row.counterparty_name,
    counterpartySortCode: row.counterparty_sort_code,
    counterpartyAccountNumber: row.counterparty_account_number,
    reference: row.reference,
    category: row.category,
    note: row.note,
    paymentId: row.payment_id,
    leavesAt: row.leaves_at,
    createdAt: row.created_at,
    bookedAt: row.booked_at,
    valueDate: row.value_date,
  };
}

/** The tables of this module, for statements in a transaction of the caller's. */
function tables(database: Pick<Database, "sql">) {
  return database.sql.withTables<Tables>();
}

/** Adds an account in state `opening`; false where the person has one already or the number is taken. */
export async function insertAccount(database: Database, account: CurrentAccount): Promise<boolean> {
  const result = await tables(database)
    .insertInto("accounts.accounts")
    .values({
      id: account.id,
      person_id: account.personId,
      holder_name: account.holderName,
      name: account.name,
      currency: account.currency,
      sort_code: account.sortCode,
      account_number: account.accountNumber,
      iban: account.iban,
      state: account.state,
      opened_at: account.openedAt,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}

/**
 * Turns an account from `opening` to `open`; false where another hand did it before. In the caller's
 * transaction.
 */
export async function markOpen(transaction: Pick<Database, "sql">["sql"], id: Id<"acc">): Promise<boolean> {
  const result = await transaction
    .withTables<Tables>()
    .updateTable("accounts.accounts")
    .set({ state: "open" })
    .where("id", "=", id)
    .where("state", "=", "opening")
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** The accounts of a person, open or not yet. */
export async function accountsOfPerson(
  database: Database,
  personId: Id<"person">,
): Promise<readonly CurrentAccount[]> {
  const rows = await tables(database)
    .selectFrom("accounts.accounts")
    .selectAll()
    .where("person_id", "=", personId)
    .orderBy("opened_at")
    .execute();
  return rows.map(toAccount);
}

/** The open accounts of many people: the index that keeps one a person serves it. */
export async function accountsOfPeople(
  database: Database,
  personIds: readonly string[],
): Promise<readonly CurrentAccount[]> {
  const { rows } = await database.pool.query<AccountRow>({
    name: "accounts-of-people",
    text: `SELECT *
             FROM accounts.accounts
            WHERE person_id = ANY ($1::TEXT[])
              AND state = 'open'`,
    values: [personIds],
  });
  return rows.map(toAccount);
}

/** Accounts that were begun and not finished. */
export async function unopenedAccounts(
  database: Database,
  limit: number,
): Promise<readonly CurrentAccount[]> {
  const rows = await tables(database)
    .selectFrom("accounts.accounts")
    .selectAll()
    .where("state", "=", "opening")
    .limit(limit)
    .execute();
  return rows.map(toAccount);
}

/** Open accounts by id, for whoever has to pay from many at once. */
export async function accountsByIds(
  database: Database,
  ids: readonly string[],
): Promise<readonly CurrentAccount[]> {
  const { rows } = await database.pool.query<AccountRow>({
    name: "accounts-by-ids",
    text: `SELECT *
             FROM accounts.accounts
            WHERE id = ANY ($1::TEXT[])
              AND state = 'open'`,
    values: [ids],
  });
  return rows.map(toAccount);
}

/** Open accounts by account number, for whoever has to pay many at once. All ours have one sort code. */
export async function accountsByNumbers(
  database: Database,
  sortCode: string,
  accountNumbers: readonly string[],
): Promise<readonly CurrentAccount[]> {
  const { rows } = await database.pool.query<AccountRow>({
    name: "accounts-by-numbers",
    text: `SELECT *
             FROM accounts.accounts
            WHERE sort_code = $1
              AND account_number = ANY ($2::TEXT[])
              AND state = 'open'`,
    values: [sortCode, accountNumbers],
  });
  return rows.map(toAccount);
}

/** What a written row may have kept from before: when it came, and what the customer has set. */
type WrittenRow = Pick<TransactionRow, "id" | "created_at" | "category" | "note">;

/**
 * Writes feed rows, set-based. A row that is there already changes only while it is leaving, and never back:
 * news that comes twice, or late, changes nothing. Answers the rows that are new or changed, as they then
 * stand.
 */
export async function writeFeedRows(
  database: Database,
  rows: readonly FeedRow[],
): Promise<readonly FeedRow[]> {
  const columns = <Value>(pick: (row: FeedRow) => Value): readonly Value[] => rows.map(pick);
  const { rows: written } = await database.pool.query<WrittenRow>({
    name: "accounts-write-feed",
    text: `INSERT INTO accounts.transactions AS known (
             amount, balance_after, created_at, booked_at, leaves_at, value_date, id, account_id, currency,
             state, kind, counterparty_name, counterparty_sort_code, counterparty_account_number, reference,
             category, payment_id
           )
           SELECT *
             FROM unnest(
               $1::BIGINT[], $2::BIGINT[], $3::TIMESTAMPTZ[], $4::TIMESTAMPTZ[], $5::TIMESTAMPTZ[],
               $6::DATE[], $7::TEXT[], $8::TEXT[], $9::TEXT[], $10::TEXT[], $11::TEXT[], $12::TEXT[],
               $13::TEXT[], $14::TEXT[], $15::TEXT[], $16::TEXT[], $17::TEXT[]
             )
           ON CONFLICT (id) DO UPDATE
              SET state = EXCLUDED.state,
                  amount = EXCLUDED.amount,
                  balance_after = EXCLUDED.balance_after,
                  booked_at = EXCLUDED.booked_at,
                  value_date = EXCLUDED.value_date,
                  leaves_at = EXCLUDED.leaves_at
            WHERE known.state = 'leaving'
              AND EXCLUDED.state <> 'leaving'
           RETURNING id, created_at, category, note`,
    values: [
      columns((row) => row.amount),
      columns((row) => row.balanceAfter),
      columns((row) => row.createdAt),
      columns((row) => row.bookedAt),
      columns((row) => row.leavesAt),
      columns((row) => row.valueDate),
      columns((row) => row.id),
      columns((row) => row.accountId),
      columns((row) => row.currency),
      columns((row) => row.state),
      columns((row) => row.kind),
      columns((row) => row.counterpartyName),
      columns((row) => row.counterpartySortCode),
      columns((row) => row.counterpartyAccountNumber),
      columns((row) => row.reference),
      columns((row) => row.category),
      columns((row) => row.paymentId),
    ],
  });
  const changed = new Map(written.map((row) => [row.id, row]));
  return rows.flatMap((row) => {
    const kept = changed.get(row.id);
    return kept ? [{ ...row, createdAt: kept.created_at, category: kept.category, note: kept.note }] : [];
  });
}

/** Where a page of the feed ends: the time and id of its last row. */
export type FeedPosition = { readonly createdAt: Date; readonly id: string };

/** One page of an account's feed, newest first, after a position. */
export async function feedPage(
  database: Database,
  page: { readonly accountId: string; readonly before: FeedPosition | null; readonly limit: number },
): Promise<readonly FeedRow[]> {
  let query = tables(database)
    .selectFrom("accounts.transactions")
    .selectAll()
    .where("account_id", "=", page.accountId as Id<"acc">)
    .orderBy("created_at", "desc")
    .orderBy("id", "desc")
    .limit(page.limit);
  if (page.before !== null) {
    const { createdAt, id } = page.before;
    query = query.where(sql<boolean>`(created_at, id) < (${createdAt}, ${id})`);
  }
  return (await query.execute()).map(toFeedRow);
}

/**
 * As `feedPage`, of the rows whose counterparty, reference or note holds the words, among the newest rows.
 */
export async function searchPage(
  database: Database,
  page: {
    readonly accountId: string;
    readonly before: FeedPosition | null;
    readonly limit: number;
    readonly words: string;
  },
): Promise<readonly FeedRow[]> {
  const pattern = `%${page.words.replaceAll(/[\\%_]/g, (special) => `\\${special}`)}%`;
  const { rows } = await database.pool.query<TransactionRow>(
    `SELECT *
       FROM (SELECT *
               FROM accounts.transactions
              WHERE account_id = $1
              ORDER BY created_at DESC, id DESC
              LIMIT $2) AS newest
      WHERE (counterparty_name ILIKE $3 OR reference ILIKE $3 OR note ILIKE $3)
        AND ($4::TIMESTAMPTZ IS NULL OR (created_at, id) < ($4, $5))
      ORDER BY created_at DESC, id DESC
      LIMIT $6`,
    [
      page.accountId,
      search_rows_max,
      pattern,
      page.before?.createdAt ?? null,
      page.before?.id ?? null,
      page.limit,
    ],
  );
  return rows.map(toFeedRow);
}

/** A feed row of one of a person's accounts; undefined where it is somebody else's, or nobody's. */
export async function feedRowOfPerson(
  database: Database,
  id: string,
  personId: Id<"person">,
): Promise<FeedRow | undefined> {
  const { rows } = await database.pool.query<TransactionRow>(
    `SELECT transactions.*
       FROM accounts.transactions
       JOIN accounts.accounts ON accounts.id = transactions.account_id
      WHERE transactions.id = $1
        AND accounts.person_id = $2`,
    [id, personId],
  );
  return rows[0] && toFeedRow(rows[0]);
}

/** Sets what the customer may change of a row, and answers it; undefined where it isn't theirs. */
export async function annotateFeedRow(
  database: Database,
  change: {
    readonly id: string;
    readonly personId: Id<"person">;
    readonly category: Category | null;
    readonly note: string | null;
  },
): Promise<FeedRow | undefined> {
  const { rows } = await database.pool.query<TransactionRow>(
    `UPDATE accounts.transactions
        SET category = COALESCE($3, category),
            note = COALESCE($4, note)
       FROM accounts.accounts
      WHERE transactions.id = $1
        AND accounts.id = transactions.account_id
        AND accounts.person_id = $2
     RETURNING transactions.*`,
    [change.id, change.personId, change.category, change.note],
  );
  return rows[0] && toFeedRow(rows[0]);
}
