import type pg from "pg";
import { rowsOf, type TransferRow } from "./store.ts";

/**
 * A place in the change feed: up to and with `xid` of `epoch` everything was handled; `id` is the last
 * transfer's.
 */
export type FeedCursor = { readonly epoch: number; readonly xid: string; readonly id: string };

const start: FeedCursor = { epoch: 0, xid: "0", id: "" };

/** Reads a consumer's place; the beginning of the book when it has none. */
export async function readCursor(db: pg.Pool, consumer: string): Promise<FeedCursor> {
  const [row] = await rowsOf<{ epoch: number; xid: string; id: string }>(
    db,
    "cursor",
    `SELECT epoch, xid, id
       FROM ledger.feed_cursors
      WHERE consumer = $1`,
    [consumer],
  );
  return row ?? start;
}

/** Moves a consumer's place forward. */
export async function moveCursor(
  db: pg.Pool,
  now: Date,
  consumer: string,
  cursor: FeedCursor,
): Promise<void> {
  await rowsOf(db, "move_cursor", "SELECT ledger.move_cursor($1, $2, $3, $4, $5)", [
    now,
    consumer,
    cursor.epoch,
    cursor.xid,
    cursor.id,
  ]);
}

/**
 * Reads what comes after a place: about `limit` transfers, whole places of the feed, none that could be
 * overtaken.
 */
export async function readFeedPage(
  db: pg.Pool,
  after: FeedCursor,
  limit: number,
): Promise<readonly TransferRow[]> {
  return rowsOf<TransferRow>(
    db,
    "feed",
    `SELECT *
       FROM ledger.read_feed($1, $2, $3)`,
    [after.epoch, after.xid, limit],
  );
}

/** The booking time of the first transfer after a place, readable yet or not; null when there is none. */
export async function readOldestAfter(db: pg.Pool, after: FeedCursor): Promise<Date | null> {
  const [row] = await rowsOf<{ booked_at: Date }>(
    db,
    "oldest_after",
    `SELECT booked_at
       FROM ledger.transfers
      WHERE (feed_epoch, feed_xid) > ($1, $2::XID8)
      ORDER BY feed_epoch, feed_xid
      LIMIT 1`,
    [after.epoch, after.xid],
  );
  return row?.booked_at ?? null;
}
