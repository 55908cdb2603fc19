import { err, newId, ok, type Id, type Result } from "@mainstay/kernel";
import { htmlOf, textOf } from "@mainstay/mail";
import type { ChannelState, MessageChannel, MessageDelivery, MessagesTaken } from "@mainstay/wire";
import { writeChannels, type ChannelChange } from "./change-store.ts";
import { findTaken, insertDelivery } from "./delivery-store.ts";
import type { InboxDeps, Transaction } from "./deps.ts";
import { insertEmail } from "./email-store.ts";
import { insertPushes } from "./push-store.ts";
import { fillIn, paragraphsOf, previewOf, unknownPlaceholders } from "./rules.ts";
import { addEntry, insertThread } from "./thread-store.ts";
import type { Addressee } from "./types.ts";

/** How many deliveries are written at once, each on a connection of its own. */
const lanes_max = 3;

type Outcome = MessagesTaken["taken"][number];

/** Why a batch is refused whole: which delivery, and which placeholder. */
export type DeliverRefusal = { readonly code: "placeholder_unknown"; readonly detail: string };

/** What the taking of deliveries tells whoever sends them. */
export type DeliveringParts = { readonly wakeSenders: () => void };

/**
 * Takes deliveries, each once and whole: thread, e-mail and pushes in one transaction. Given again, a
 * delivery is `known` and changes nothing. A batch in which a text holds a placeholder that the bank can't
 * fill in is refused before any of it is taken.
 */
export async function takeDeliveries(
  deps: InboxDeps,
  parts: DeliveringParts,
  deliveries: readonly MessageDelivery[],
): Promise<Result<readonly Outcome[], DeliverRefusal>> {
  for (const { id, subject, text } of deliveries) {
    const [placeholder] = unknownPlaceholders(`${subject}\n${text}`);
    if (placeholder === undefined) continue;
    return err({ code: "placeholder_unknown", detail: `${id}: nobody can fill in {${placeholder}}` });
  }
  const ids = deliveries.map((delivery) => delivery.id);
  const taken = new Set(await findTaken(deps.database.sql, ids));
  const find = await addressees(
    deps,
    deliveries.filter((delivery) => !taken.has(delivery.id)),
  );
  const outcomes: Outcome[] = [];
  const due: { readonly at: number; readonly delivery: MessageDelivery; readonly addressee: Addressee }[] =
    [];
  for (const [at, delivery] of deliveries.entries()) {
    const { id } = delivery;
    const addressee = taken.has(id) ? null : find(delivery.customer);
    outcomes[at] = { id, outcome: taken.has(id) ? "known" : "unknown" };
    if (addressee === null) continue;
    // The same id further on in the batch finds it taken.
    taken.add(id);
    due.push({ at, delivery, addressee });
  }
  const lane = async (): Promise<void> => {
    for (let next = due.shift(); next !== undefined; next = due.shift()) {
      const { at, delivery, addressee } = next;
      const isNew = await takeOne(deps, delivery, addressee);
      outcomes[at] = { id: delivery.id, outcome: isNew ? "taken" : "known" };
      if (isNew && addressee.personId !== null) deps.onNews(addressee.personId);
    }
  };
  await Promise.all(Array.from({ length: lanes_max }, lane));
  parts.wakeSenders();
  return ok(outcomes);
}

/** Looks up whom deliveries are for: customers at once, and installations on which somebody registered. */
async function addressees(
  deps: InboxDeps,
  deliveries: readonly MessageDelivery[],
): Promise<(reference: string) => Addressee | null> {
  const references = [...new Set(deliveries.map((delivery) => delivery.customer))];
  const found = new Map<string, Addressee | null>();
  for (const customer of await deps.customers.byRefs(references)) found.set(customer.ref, customer);
  for (const reference of references) {
    if (!found.has(reference)) found.set(reference, await deps.customers.registrantOn(reference));
  }
  return (reference) => found.get(reference) ?? null;
}

/** Takes one delivery in one transaction; false where another request was quicker. */
function takeOne(deps: InboxDeps, delivery: MessageDelivery, addressee: Addressee): Promise<boolean> {
  const now = deps.clock.now();
  const { personId } = addressee;
  const hasInbox = personId !== null && delivery.channels.includes("inbox");
  const threadId = hasInbox ? newId("thr", deps) : null;
  const subject = fillIn(delivery.subject, addressee);
  const text = fillIn(delivery.text, addressee);
  return deps.database.sql.transaction().execute(async (sql) => {
    if (!(await insertDelivery(sql, { delivery, personId, threadId, now }))) return false;
    const filled = { delivery, addressee, threadId, subject, text, now };
    const states: Partial<Record<MessageChannel, ChannelState>> = {};
    for (const channel of delivery.channels)
      states[channel] = await channel_takers[channel](sql, deps, filled);
    await writeChannels(
      sql,
      delivery.channels.map((channel): ChannelChange => ({
        deliveryId: delivery.id,
        channel,
        state: states[channel] ?? "none",
        at: now,
        problem: null,
      })),
    );
    return true;
  });
}

/** A delivery with what the bank filled in. */
type Filled = {
  readonly delivery: MessageDelivery;
  readonly addressee: Addressee;
  readonly threadId: Id<"thr"> | null;
  readonly subject: string;
  readonly text: string;
  readonly now: Date;
};
type Taker = (sql: Transaction, deps: InboxDeps, filled: Filled) => Promise<ChannelState>;

/** What each channel writes, and how it stands then. */
const channel_takers: Readonly<Record<MessageChannel, Taker>> = {
  inbox: async (sql, deps, { delivery, addressee, threadId, subject, text, now }) => {
    if (addressee.personId === null || threadId === null) return "none";
    const thread = { personId: addressee.personId, id: threadId, subject, incident: delivery.incident };
    await insertThread(sql, { ...thread, begunBy: "bank", now });
    const author = { author: "bank", staffName: null, staffId: null } as const;
    await addEntry(sql, thread, {
      entry: { ...author, id: newId("ent", deps), at: now, text },
      preview: previewOf(text),
      waitsFor: "nobody",
      isUnread: true,
    });
    return "sent";
  },
  email: async (sql, _deps, { delivery, addressee, subject, text, now }) => {
    if (addressee.email === null) return "none";
    const letter = { subject, paragraphs: paragraphsOf(text) };
    await insertEmail(sql, {
      id: delivery.id,
      recipient: addressee.email,
      subject,
      textBody: textOf(letter),
      htmlBody: htmlOf(letter),
      isUrgent: delivery.isUrgent,
      now,
    });
    return "waiting";
  },
  push: async (sql, _deps, { delivery, addressee, threadId, subject, now }) => {
    const { personId } = addressee;
    if (personId === null) return "none";
    const push = { source: delivery.id, deliveryId: delivery.id, threadId, subject, personId, now };
    return (await insertPushes(sql, push)) === 0 ? "none" : "waiting";
  },
};
