import { createHash } from "node:crypto";
import { newId, type Id } from "@mainstay/kernel";
import type { AffectedPeople, AffectedPerson, IncidentRecord } from "@mainstay/incidents";
import type { Message } from "@mainstay/wire";
import { deliveredOf, insertDeliveries, type QueuedDelivery } from "./delivery-store.ts";
import { day_ms, late_days_max } from "./limits.ts";
import { lockMessage, selectSending, updateMessage } from "./message-store.ts";
import { fillIn, missingFor, placeholdersOf } from "./placeholders.ts";
import type { DeliveriesTable, MessagesTable } from "./tables.ts";
import type { Context, Words } from "./types.ts";

/** Whom a message reaches now, and whom later. */
export type Reach = {
  /** Everything can be filled in for these. */
  readonly people: readonly AffectedPerson[];
  readonly unfilled: Message["unfilled"];
  readonly recipients: Message["recipients"];
};

/** Reads from the list of the affected whom a text could go to at this moment. */
export function reachOf(
  words: Words,
  known: { readonly incident: IncidentRecord; readonly affected: AffectedPeople },
): Reach {
  const { incident, affected } = known;
  const names = placeholdersOf(words);
  const people: AffectedPerson[] = [];
  const missing = new Map<string, number>();
  for (const person of affected.people) {
    const lacking = missingFor(names, { person, incident });
    if (lacking.length === 0) people.push(person);
    for (const name of lacking) missing.set(name, (missing.get(name) ?? 0) + 1);
  }
  return {
    people,
    unfilled: [...missing].map(([name, count]) => ({ name, people: count })),
    recipients: {
      now: people.length,
      notBack: people.filter(({ isBack }) => !isBack).length,
      later: affected.people.length - people.length + affected.unknown,
    },
  };
}

/** A delivery's id, made of the message and the customer: the same two always give the same. */
export function deliveryIdOf(messageId: string, customer: string): Id<"dlv"> {
  const hash = createHash("sha256").update(`${messageId}\n${customer}`).digest();
  return newId("dlv", {
    clock: { now: () => new Date(hash.readUIntBE(0, 6)) },
    random: { bytes: (length) => hash.subarray(6, 6 + length) },
  });
}

/**
 * Whether somebody has this message already. Who was written to as the installation of a registration, and
 * has
 * an account by now, has it under the installation; unless the bank knew nobody there.
 */
function isTold(
  { customer, installations }: AffectedPerson,
  delivered: ReadonlyMap<string, DeliveriesTable["state"]>,
): boolean {
  if (delivered.has(customer)) return true;
  return installations.some((installation) => {
    const state = delivered.get(installation);
    return state !== undefined && state !== "unknown";
  });
}

/** Whether nobody more is written to: the incident goes on as another one, or was over long ago. */
function isEnded(incident: IncidentRecord, now: Date): boolean {
  if (incident.mergedInto !== null) return true;
  const { resolvedAt } = incident;
  return resolvedAt !== null && now.getTime() - resolvedAt.getTime() > late_days_max * day_ms;
}

/**
 * Queues a message for everybody who is known to be affected and hasn't got it. Answers how many that were.
 */
async function queueMessage(context: Context, message: MessagesTable): Promise<number> {
  const { db, clock, incidents } = context;
  const incident = await incidents.find(message.incident_id);
  if (incident === null) return 0;
  const affected = await incidents.affectedPeople(message.incident_id);
  const { people } = reachOf(message, { incident, affected });
  const delivered = await deliveredOf(db, message.id);
  const rows = people
    .filter((person) => !isTold(person, delivered))
    .map((person): QueuedDelivery => {
      const { customer, isBack } = person;
      const subject = fillIn(message.subject, { person, incident });
      const text = fillIn(message.text, { person, incident });
      return { id: deliveryIdOf(message.id, customer), customer, subject, text, is_urgent: !isBack };
    });
  const now = clock.now();
  const isOver = isEnded(incident, now);
  if (rows.length === 0 && !isOver) return 0;
  return db.transaction().execute(async (trx) => {
    const current = await lockMessage(trx, message.id);
    if (current?.state !== "sending") return 0;
    if (isOver) {
      await updateMessage(trx, message.id, { state: "ended", ended_at: now });
      return 0;
    }
    return insertDeliveries(trx, message.id, { rows, now });
  });
}

/**
 * Queues everything that goes out for whoever has become known since. Answers how many deliveries were new.
 */
export async function queueNew(context: Context): Promise<number> {
  let queued = 0;
  for (const message of await selectSending(context.db)) queued += await queueMessage(context, message);
  return queued;
}
