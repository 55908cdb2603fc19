import type { Currency } from "@mainstay/kernel";
import type pg from "pg";
import type { AccountKind } from "./account-kinds.ts";

/** The most lines of a trial balance: accounts of the bank's own are few, and each has its line. */
export const balance_lines_max = 500;

/** One line of the trial balance, in minor units. */
export type BalanceLine = {
  readonly currency: Currency;
  readonly kind: AccountKind;
  /** An account of the bank's own, or null for the sum of customers' accounts of a kind. */
  readonly account: string | null;
  readonly accounts: bigint;
  readonly debit: bigint;
  readonly credit: bigint;
  readonly held: bigint;
  readonly entries: bigint;
};

type LineRow = {
  currency: Currency;
  kind: AccountKind;
  account: string | null;
  accounts: bigint;
  debit: string;
  credit: string;
  held: string;
  entries: string;
};

/** Adds up all balances; reads every account once. */
export async function readBalances(client: pg.PoolClient): Promise<readonly BalanceLine[]> {
  const { rows } = await client.query<LineRow>(
    `SELECT currency, kind, account, count(*) AS accounts,
            COALESCE(-sum(posted) FILTER (WHERE posted < 0), 0)::TEXT AS debit,
            COALESCE(sum(posted) FILTER (WHERE posted > 0), 0)::TEXT AS credit,
            sum(held)::TEXT AS held,
            sum(entry_count)::TEXT AS entries
       FROM (SELECT currency, kind, posted, held, entry_count,
                    CASE WHEN kind NOT IN ('customer', 'pot') THEN id END AS account
               FROM ledger.accounts) AS each
      GROUP BY currency, kind, account
      ORDER BY currency, kind, account
      LIMIT $1`,
    [balance_lines_max],
  );
  return rows.map((row) => ({
    ...row,
    debit: BigInt(row.debit),
    credit: BigInt(row.credit),
    held: BigInt(row.held),
    entries: BigInt(row.entries),
  }));
}

/** How far a reader of the change feed has come. */
export type FeedPlace = {
  readonly consumer: string;
  readonly movedAt: Date;
  /** The booking time of the oldest transfer that it hasn't handled; null when there is none. */
  readonly oldestAt: Date | null;
};

/** The place of each reader of the change feed; the feed's index serves each. */
export async function readFeedPlaces(client: pg.PoolClient, limit: number): Promise<readonly FeedPlace[]> {
  const { rows } = await client.query<{ consumer: string; moved_at: Date; oldest_at: Date | null }>(
    `SELECT cursor.consumer, cursor.moved_at, oldest.booked_at AS oldest_at
       FROM ledger.feed_cursors AS cursor
       LEFT JOIN LATERAL (
              SELECT booked_at
                FROM ledger.transfers
               WHERE (feed_epoch, feed_xid) > (cursor.epoch, cursor.xid)
               ORDER BY feed_epoch, feed_xid
               LIMIT 1
            ) AS oldest ON TRUE
      ORDER BY cursor.consumer
      LIMIT $1`,
    [limit],
  );
  return rows.map((row) => ({ consumer: row.consumer, movedAt: row.moved_at, oldestAt: row.oldest_at }));
}
