import { sql, type Transaction } from "kysely";
import type { Clock, Id } from "@mainstay/kernel";
import type { Database } from "./postgres.ts";
import type { Logger } from "./log.ts";

/** Something that happened. `kind` is `<module>.<what>`; `subject` the id of whom or what it concerns. */
export type DomainEvent = {
  readonly id: Id<"evt">;
  readonly kind: string;
  readonly subject: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly occurredAt: Date;
};

type OutboxTables = {
  "platform.outbox": {
    xid: string;
    id: string;
    kind: string;
    subject: string;
    payload: unknown;
    occurred_at: Date;
  };
};

/** The most events that a consumer takes at once. */
export const outbox_batch_max = 200;
/** How long a consumer sleeps when there is nothing to read, in milliseconds. */
const idle_ms = 250;
/** How long a consumer waits after a failure before it tries the same event again, in milliseconds. */
const failure_ms_max = 30_000;

/** Writes an event in the transaction of the change that it tells of: both are there, or neither. */
export async function publish(transaction: Transaction<unknown>, event: DomainEvent): Promise<void> {
  await transaction
    .withTables<OutboxTables>()
    .insertInto("platform.outbox")
    .values({
      xid: sql`pg_current_xact_id()`,
      id: event.id,
      kind: event.kind,
      subject: event.subject,
      payload: sql`${JSON.stringify(event.payload)}::JSONB`,
      occurred_at: event.occurredAt,
    })
    .execute();
}

type Row = {
  xid: string;
  id: string;
  kind: string;
  subject: string;
  payload: Record<string, unknown>;
  occurred_at: Date;
};

async function readBatch(database: Database, consumer: string): Promise<Row[]> {
  // Only transactions older than the oldest running one: a slow commit with a smaller id can't be skipped.
  const { rows } = await database.pool.query<Row>(
    `WITH cursor AS (
       SELECT xid, id FROM platform.outbox_cursors WHERE consumer = $1
       UNION ALL
       SELECT '0'::XID8, '' WHERE NOT EXISTS (SELECT FROM platform.outbox_cursors WHERE consumer = $1)
     )
     SELECT outbox.xid::TEXT AS xid, outbox.id, kind, subject, payload, occurred_at
       FROM platform.outbox AS outbox, cursor
      WHERE (outbox.xid, outbox.id) > (cursor.xid, cursor.id)
        AND outbox.xid < pg_snapshot_xmin(pg_current_snapshot())
      ORDER BY outbox.xid, outbox.id
      LIMIT $2`,
    [consumer, outbox_batch_max],
  );
  return rows;
}

async function moveCursor(database: Database, consumer: string, row: Row, now: Date): Promise<void> {
  await database.pool.query(
    `INSERT INTO platform.outbox_cursors (consumer, xid, id, moved_at)
     VALUES ($1, $2::XID8, $3, $4)
     ON CONFLICT (consumer) DO UPDATE
        SET xid = EXCLUDED.xid, id = EXCLUDED.id, moved_at = EXCLUDED.moved_at`,
    [consumer, row.xid, row.id, now],
  );
}

/**
 * Reads the outbox in order and hands each event to `handle`, at least once; `handle` must be idempotent by
 * event id. A failing event is tried again with growing waits and holds up what follows: order matters more
 * than speed. One process runs a consumer of a given name. `stop()` ends it after the event in hand.
 */
export function createOutboxConsumer(options: {
  readonly database: Database;
  readonly name: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly handle: (event: DomainEvent) => Promise<void>;
}): { readonly stop: () => Promise<void> } {
  const { database, name, clock, log, handle } = options;
  const stopping = new AbortController();
  let failures = 0;

  async function turn(): Promise<number> {
    const rows = await readBatch(database, name);
    for (const row of rows) {
      if (stopping.signal.aborted) return 0;
      await handle({
        id: row.id as Id<"evt">,
        kind: row.kind,
        subject: row.subject,
        payload: row.payload,
        occurredAt: row.occurred_at,
      });
      await moveCursor(database, name, row, clock.now());
    }
    return rows.length;
  }

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      let wait_ms = 0;
      try {
        wait_ms = (await turn()) > 0 ? 0 : idle_ms;
        failures = 0;
      } catch (error) {
        failures += 1;
        wait_ms = Math.min(idle_ms * 2 ** failures, failure_ms_max);
        log.warn(
          { consumer: name, failures, error },
          "an event could not be handled and will be tried again",
        );
      }
      if (wait_ms > 0) await sleep(wait_ms, stopping.signal);
    }
  }

  const done = loop();
  return {
    stop: async () => {
      stopping.abort();
      await done;
    },
  };
}

/** Sleeps, or wakes early when the signal is aborted. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const wake = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", wake);
      resolve();
    };
    const timer = setTimeout(wake, ms);
    signal?.addEventListener("abort", wake);
  });
}
