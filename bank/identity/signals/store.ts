import { sql as raw } from "kysely";
import type { Database } from "@mainstay/platform";
import type { Signal } from "@mainstay/wire";
import { tables, type Sql } from "../tables.ts";

/** Writes a signal in the transaction of what it tells of. */
export async function insertSignal(sql: Sql, signal: Signal): Promise<void> {
  await tables(sql)
    .insertInto("identity.login_signals")
    .values({ signal: signalJson(signal) })
    .execute();
}

/** A signal as a statement writes it. */
export function signalJson(signal: Signal) {
  return raw<Signal>`${JSON.stringify(signal)}::JSONB`;
}

/** A signal that waits. */
export type WaitingSignal = { readonly position: bigint; readonly signal: Signal };

/** The signals that have waited longest. */
export async function findWaiting(database: Database, limit: number): Promise<WaitingSignal[]> {
  const { rows } = await database.pool.query<WaitingSignal>({
    name: "identity-waiting-signals",
    text: `SELECT position, signal
             FROM identity.login_signals
            ORDER BY position
            LIMIT $1`,
    values: [limit],
  });
  return rows;
}

export async function deleteSignals(database: Database, positions: readonly bigint[]): Promise<void> {
  await database.pool.query({
    name: "identity-delete-signals",
    text: `DELETE FROM identity.login_signals
            WHERE position = ANY($1::BIGINT[])`,
    values: [positions],
  });
}

/** Drops the oldest beyond so many (fewer, where positions have gaps); answers how many that were. */
export async function dropOldest(database: Database, kept_max: number): Promise<number> {
  const { rowCount } = await database.pool.query(
    `DELETE FROM identity.login_signals
      WHERE position <= (SELECT max(position) FROM identity.login_signals) - $1::BIGINT`,
    [kept_max],
  );
  return rowCount ?? 0;
}

/** How many wait, at most: by the distance between the oldest and the newest. */
export async function countWaiting(database: Database): Promise<number> {
  const { rows } = await database.pool.query<{ waiting: bigint }>(
    `SELECT COALESCE(max(position) - min(position) + 1, 0) AS waiting
       FROM identity.login_signals`,
  );
  return Number(rows[0]?.waiting ?? 0n);
}
