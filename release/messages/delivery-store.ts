import { sql } from "kysely";
import type { ChannelState, MessageChannel } from "@mainstay/wire";
import type { MessagesDb, MessagesTransaction } from "./message-store.ts";
import type { DeliveriesTable } from "./tables.ts";

/** What is queued: a message as one customer reads it. */
export type QueuedDelivery = Pick<DeliveriesTable, "id" | "customer" | "subject" | "text" | "is_urgent">;

/** How many rows one statement writes. */
const rows_max = 1_000;

/** Queues deliveries of a message; who has theirs already is passed over. Answers how many were new. */
export async function insertDeliveries(
  trx: MessagesTransaction,
  messageId: string,
  given: { readonly rows: readonly QueuedDelivery[]; readonly now: Date },
): Promise<number> {
  let added = 0;
  for (let from = 0; from < given.rows.length; from += rows_max) {
    const rows = given.rows.slice(from, from + rows_max);
    const result = await trx
      .insertInto("messages.deliveries")
      .values(
        rows.map((row) => ({
          ...row,
          message_id: messageId,
          queued_at: given.now,
          next_at: given.now,
          state: "waiting" as const,
          attempts: 0,
          begun_at: null,
          settled_at: null,
        })),
      )
      // Twice the same customer, or another process that queued at the same time: the first one stands.
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    added += Number(result.numInsertedOrUpdatedRows ?? 0n);
  }
  return added;
}

/** Who has a delivery of a message, and how it stands. */
export async function deliveredOf(
  db: MessagesDb,
  messageId: string,
): Promise<ReadonlyMap<string, DeliveriesTable["state"]>> {
  const rows = await db
    .selectFrom("messages.deliveries")
    .select(["customer", "state"])
    .where("message_id", "=", messageId)
    .execute();
  return new Map(rows.map(({ customer, state }) => [customer, state]));
}

/**
 * Takes the turn of handing over: the next process waits for the end of this transaction. Answers when a
 * batch
 * was last taken in hand.
 */
export async function lockProgress(trx: MessagesTransaction): Promise<Date> {
  const row = await trx
    .selectFrom("messages.progress")
    .select("handed_at")
    // One batch at a time, whichever process: this is what the limit of a second is counted by.
    .forUpdate()
    .executeTakeFirstOrThrow();
  return row.handed_at;
}

export async function noteHanded(trx: MessagesTransaction, at: Date): Promise<void> {
  await trx.updateTable("messages.progress").set({ handed_at: at }).execute();
}

/** A delivery that is due, with what its message adds to it. */
export type DueDelivery = DeliveriesTable & {
  readonly incident_id: string;
  readonly channels: MessageChannel[];
  /** How many incident messages the customer was handed since `since`, and the oldest of these. */
  readonly lately: number;
  readonly oldest_at: Date | null;
};

/** What is due, the urgent first; each customer's oldest alone, so that a batch has nobody twice. */
export async function selectDue(
  trx: MessagesTransaction,
  asked: { readonly now: Date; readonly since: Date; readonly limit: number },
): Promise<DueDelivery[]> {
  const { rows } = await sql<DueDelivery>`
    SELECT due.*,
           message.incident_id,
           message.channels,
           lately.count AS lately,
           lately.oldest_at
      FROM messages.deliveries AS due
      JOIN messages.messages AS message
        ON message.id = due.message_id
     CROSS JOIN LATERAL (
             SELECT count(*)::INTEGER AS count,
                    min(other.begun_at) AS oldest_at
               FROM messages.deliveries AS other
              WHERE other.customer = due.customer
                AND other.id <> due.id
                AND other.begun_at > ${asked.since}
                AND other.state IN ('waiting', 'handed')
           ) AS lately
     WHERE due.state = 'waiting'
       AND due.next_at <= ${asked.now}
       AND NOT EXISTS (
             SELECT
               FROM messages.deliveries AS earlier
              WHERE earlier.customer = due.customer
                AND earlier.state = 'waiting'
                AND (earlier.queued_at, earlier.id) < (due.queued_at, due.id)
           )
     ORDER BY due.is_urgent DESC, due.queued_at, due.id
     LIMIT ${asked.limit}`.execute(trx);
  return rows;
}

/** Puts deliveries off until then, without counting an attempt. */
export async function putOff(trx: MessagesDb, ids: readonly string[], until: Date): Promise<void> {
  if (ids.length === 0) return;
  await trx
    .updateTable("messages.deliveries")
    .set({ next_at: until })
    .where("id", "in", [...ids])
    .where("state", "=", "waiting")
    .execute();
}

/** Takes deliveries in hand: they are due again at `until`, should nobody say what came of them. */
export async function takeInHand(
  trx: MessagesTransaction,
  ids: readonly string[],
  at: { readonly now: Date; readonly until: Date },
): Promise<void> {
  await trx
    .updateTable("messages.deliveries")
    .set((eb) => ({
      attempts: eb("attempts", "+", 1),
      next_at: at.until,
      begun_at: eb.fn.coalesce("begun_at", eb.val(at.now)),
    }))
    .where("id", "in", [...ids])
    .execute();
}

/** Writes what the bank said of deliveries. */
export async function settle(
  db: MessagesDb,
  ids: readonly string[],
  said: { readonly state: "handed" | "unknown" | "refused"; readonly at: Date },
): Promise<void> {
  if (ids.length === 0) return;
  await db
    .updateTable("messages.deliveries")
    .set({ state: said.state, settled_at: said.at })
    .where("id", "in", [...ids])
    .where("state", "=", "waiting")
    .execute();
}

export async function countWaitingOf(db: MessagesDb, messageId: string): Promise<number> {
  const row = await db
    .selectFrom("messages.deliveries")
    .select((eb) => eb.fn.countAll<bigint>().as("count"))
    .where("message_id", "=", messageId)
    .where("state", "=", "waiting")
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

export async function readChangesCursor(db: MessagesDb): Promise<number> {
  const row = await db.selectFrom("messages.progress").select("changes_read").executeTakeFirstOrThrow();
  return Number(row.changes_read);
}

/**
 * Writes how channels stand, and how far the feed was read: both or neither. Unknown deliveries are passed
 * over.
 */
export async function applyChanges(
  trx: MessagesTransaction,
  changes: readonly {
    readonly number: number;
    readonly id: string;
    readonly channel: MessageChannel;
    readonly state: ChannelState;
    readonly at: Date;
    readonly problem: string | null;
  }[],
): Promise<void> {
  for (const { number, id, channel, state, at, problem } of changes) {
    await sql`
      INSERT INTO messages.channels AS known (delivery_id, channel, state, at, problem, number)
      SELECT id, ${channel}, ${state}, ${at}, ${problem}, ${number}
        FROM messages.deliveries
       WHERE id = ${id}
      ON CONFLICT (delivery_id, channel) DO UPDATE
         SET state = EXCLUDED.state,
             at = EXCLUDED.at,
             problem = EXCLUDED.problem,
             number = EXCLUDED.number
       WHERE known.number < EXCLUDED.number`.execute(trx);
  }
  const last = changes.at(-1);
  if (last === undefined) return;
  await sql`
    UPDATE messages.progress
       SET changes_read = GREATEST(changes_read, ${last.number})`.execute(trx);
}

/** Counts by message, channel and state; what the bank hasn't said anything of yet waits. */
export async function countChannels(
  db: MessagesDb,
  messageIds: readonly string[],
): Promise<{ message_id: string; channel: MessageChannel; state: ChannelState; count: number }[]> {
  const { rows } = await sql<{
    message_id: string;
    channel: MessageChannel;
    state: ChannelState;
    count: number;
  }>`
    SELECT delivery.message_id,
           wanted.channel,
           CASE
             WHEN delivery.state = 'unknown' THEN 'none'
             WHEN delivery.state = 'refused' THEN 'failed'
             ELSE COALESCE(known.state, 'waiting')
           END AS state,
           count(*)::INTEGER AS count
      FROM messages.deliveries AS delivery
      JOIN messages.messages AS message
        ON message.id = delivery.message_id
     CROSS JOIN LATERAL unnest(message.channels) AS wanted (channel)
      LEFT JOIN messages.channels AS known
        ON known.delivery_id = delivery.id
       AND known.channel = wanted.channel
     WHERE delivery.message_id = ANY (${messageIds}::TEXT[])
     GROUP BY 1, 2, 3
     ORDER BY 1, 2, 3`.execute(db);
  return rows;
}

/** A page of a message's deliveries with their channels, in the order of their ids. */
export async function selectDeliveries(
  db: MessagesDb,
  asked: { readonly messageId: string; readonly after: string; readonly limit: number },
): Promise<DeliveriesTable[]> {
  return db
    .selectFrom("messages.deliveries")
    .selectAll()
    .where("message_id", "=", asked.messageId)
    .where("id", ">", asked.after)
    .orderBy("id")
    .limit(asked.limit)
    .execute();
}

export async function selectChannels(db: MessagesDb, deliveryIds: readonly string[]) {
  if (deliveryIds.length === 0) return [];
  return db
    .selectFrom("messages.channels")
    .selectAll()
    .where("delivery_id", "in", [...deliveryIds])
    .execute();
}
