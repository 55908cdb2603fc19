import { addMs } from "@mainstay/kernel";
import type { MessageDelivery } from "@mainstay/wire";
import {
  applyChanges,
  countWaitingOf,
  deliveredOf,
  lockProgress,
  noteHanded,
  putOff,
  readChangesCursor,
  selectDue,
  settle,
  takeInHand,
  type DueDelivery,
} from "./delivery-store.ts";
import {
  day_ms,
  deliveries_per_second_max,
  first_wait_ms,
  in_hand_ms_max,
  messages_per_customer_and_day_max,
  wait_ms_max,
} from "./limits.ts";
import { lockMessage, selectSending, updateMessage } from "./message-store.ts";
import type { Context } from "./types.ts";

/** What a turn of handing over came to. */
export type Handed = {
  /** How many deliveries the bank was asked to take. */
  readonly count: number;
  /** Whether there may be more that is due as soon as the second is over. */
  readonly hasMore: boolean;
};

const second_ms = 1_000;

function deliveryToJson(due: DueDelivery): MessageDelivery {
  const { id, message_id, incident_id, customer, subject, text, channels, is_urgent } = due;
  return {
    ...{ id, customer, subject, text, channels },
    message: message_id,
    incident: incident_id,
    isUrgent: is_urgent,
  };
}

/** Takes the next batch in hand, by the limits; empty where nothing is due or the second isn't over. */
async function takeBatch(context: Context): Promise<{ batch: readonly DueDelivery[]; hasMore: boolean }> {
  const { db, clock } = context;
  return db.transaction().execute(async (trx) => {
    const last = await lockProgress(trx);
    const now = clock.now();
    if (now.getTime() - last.getTime() < second_ms) return { batch: [], hasMore: true };
    const since = addMs(now, -day_ms);
    const due = await selectDue(trx, { now, since, limit: deliveries_per_second_max });
    if (due.length === 0) return { batch: [], hasMore: false };
    const isFull = ({ lately }: DueDelivery) => lately >= messages_per_customer_and_day_max;
    for (const full of due.filter(isFull)) {
      await putOff(trx, [full.id], addMs(full.oldest_at ?? now, day_ms));
    }
    const fresh = due.filter((one) => !isFull(one));
    if (fresh.length > 0) {
      const ids = fresh.map(({ id }) => id);
      await takeInHand(trx, ids, { now, until: addMs(now, in_hand_ms_max) });
      await noteHanded(trx, now);
    }
    return { batch: fresh, hasMore: true };
  });
}

/** Writes what the bank said of a batch; what it wouldn't take as it stands is tried one by one. */
async function handBatch(context: Context, batch: readonly DueDelivery[]): Promise<void> {
  const { db, clock, bank, log } = context;
  const taken = await bank.deliverMessages(batch.map(deliveryToJson));
  const at = clock.now();
  if (taken === null) {
    const [only] = batch;
    if (batch.length > 1) {
      for (const one of batch) await handBatch(context, [one]);
    } else if (only !== undefined) {
      log.error(
        { delivery: only.id, message: only.message_id },
        "the bank won't take this delivery: look at it",
      );
      await settle(db, [only.id], { state: "refused", at });
    }
    return;
  }
  const ids = (isKnown: boolean) =>
    taken.flatMap(({ id, outcome }) => ((outcome !== "unknown") === isKnown ? [id] : []));
  await settle(db, ids(true), { state: "handed", at });
  await settle(db, ids(false), { state: "unknown", at });
}

/**
 * Hands the bank the next batch. Where the answer is lost the batch is handed over again: the bank takes each
 * id once. Throws nothing for a bank that is away.
 */
export async function handOver(context: Context): Promise<Handed> {
  const { db, clock, log } = context;
  const { batch, hasMore } = await takeBatch(context);
  if (batch.length === 0) return { count: 0, hasMore };
  try {
    await handBatch(context, batch);
  } catch (error) {
    const attempts = Math.max(...batch.map((one) => one.attempts));
    const wait_ms = Math.min(first_wait_ms * 2 ** Math.min(attempts, 20), wait_ms_max);
    log.warn({ count: batch.length, wait_ms, error }, "the bank didn't say what it took; it is asked again");
    const ids = batch.map(({ id }) => id);
    await putOff(db, ids, addMs(clock.now(), wait_ms));
  }
  await noteSent(context);
  return { count: batch.length, hasMore };
}

/** Notes messages of which everybody who could be told has been handed to the bank. */
async function noteSent({ db, clock, incidents }: Context): Promise<void> {
  for (const message of await selectSending(db)) {
    if (message.sent_at !== null || (await countWaitingOf(db, message.id)) > 0) continue;
    const delivered = await deliveredOf(db, message.id);
    const told = [...delivered.values()].filter((state) => state === "handed").length;
    if (delivered.size === 0) continue;
    await db.transaction().execute(async (trx) => {
      const current = await lockMessage(trx, message.id);
      if (current?.sent_at !== null) return;
      const now = clock.now();
      await updateMessage(trx, message.id, { sent_at: now });
      await incidents.recordIn(trx, message.incident_id, {
        kind: "message-sent",
        title: `Message sent to ${told}`,
        detail: message.subject,
        at: now,
        by: null,
        happening: `message-sent ${message.id}`,
      });
    });
  }
}

/** How many pages of the bank's feed are read in one turn. */
const pages_max = 20;

/** Reads on in the bank's feed of how deliveries stand. Answers how many changes there were. */
export async function readChanges({ db, bank }: Context): Promise<number> {
  let read = 0;
  for (let page = 0; page < pages_max; page += 1) {
    const changes = await bank.deliveryChanges(await readChangesCursor(db));
    if (changes.length === 0) break;
    const applied = changes.map((change) => ({ ...change, at: new Date(change.at) }));
    await db.transaction().execute((trx) => applyChanges(trx, applied));
    read += changes.length;
  }
  return read;
}
