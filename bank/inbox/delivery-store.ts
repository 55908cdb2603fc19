import { sql as raw } from "kysely";
import type { MessageDelivery } from "@mainstay/wire";
import type { Sql, Transaction } from "./deps.ts";

/** Notes a delivery as taken; false where it was before. A doubled one waits here until the first is done. */
export async function insertDelivery(
  sql: Transaction,
  taken: {
    readonly delivery: MessageDelivery;
    readonly personId: string | null;
    readonly threadId: string | null;
    readonly now: Date;
  },
): Promise<boolean> {
  const { delivery, personId, threadId, now } = taken;
  const { numAffectedRows } = await raw`
    INSERT INTO inbox.deliveries (id, message, incident, customer, person_id, thread_id, taken_at)
    VALUES (${delivery.id}, ${delivery.message}, ${delivery.incident}, ${delivery.customer}, ${personId},
            ${threadId}, ${now})
    ON CONFLICT (id) DO NOTHING`.execute(sql);
  return numAffectedRows === 1n;
}

/** Those of these deliveries that have been taken. */
export async function findTaken(sql: Sql, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await raw<{ id: string }>`
    SELECT id
      FROM inbox.deliveries
     WHERE id = ANY (${ids}::TEXT[])`.execute(sql);
  return new Set(rows.map((row) => row.id));
}

/** The deliveries of a thread whose inbox is not noted as read yet. */
export async function unreadDeliveries(
  sql: Transaction,
  thread: { readonly personId: string; readonly id: string },
): Promise<readonly string[]> {
  const { rows } = await raw<{ id: string }>`
    SELECT delivery.id
      FROM inbox.deliveries AS delivery
      JOIN inbox.channels AS channel ON channel.delivery_id = delivery.id
     WHERE delivery.person_id = ${thread.personId}
       AND delivery.thread_id = ${thread.id}
       AND channel.channel = 'inbox'
       AND channel.state = 'sent'`.execute(sql);
  return rows.map((row) => row.id);
}
