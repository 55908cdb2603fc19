import Type from "typebox";
import { createBoundedMap, newId, type Clock, type Random } from "@mainstay/kernel";
import { createTokenMaker, type Database } from "@mainstay/platform";
import * as mails from "./mail-store.ts";
import type { StatusTables } from "./tables.ts";

/** The most addresses that may wait for confirmation or be subscribed. */
export const subscribers_max = 100_000;
/** How long a link of confirmation is good, in milliseconds. */
export const confirm_ms_max = 48 * 60 * 60_000;
/** How often one address is asked within that time, and how long apart, in milliseconds. */
export const asked_max = 3;
const ask_again_ms = 10 * 60_000;
/** How many subscriptions one place may ask for in an hour, and all places together. */
export const hourly_per_place_max = 10;
export const hourly_max = 600;
const hour_ms = 60 * 60_000;
const places_max = 10_000;

/** What subscriptions are made of. */
export type SubscriptionDeps = {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly edgeSecret: string;
};

/** Who gets mail of changes. */
export type Subscriptions = {
  /**
   * Asks an address whether it wants mail. Whatever becomes of it is answered alike, so that nobody learns
   * who is subscribed. False only where one place asks for too many.
   */
  readonly ask: (given: { readonly email: string; readonly place: string }) => Promise<boolean>;
  /** Follows the link of the first mail; false where it has run out or was ended. */
  readonly confirm: (token: string) => Promise<boolean>;
  /** Ends a subscription; false for a link that isn't ours. Again changes nothing. */
  readonly end: (token: string) => Promise<boolean>;
  readonly confirmToken: (subscriber: string, askedAt: Date) => string;
  readonly endToken: (subscriber: string) => string;
};

const SubscriberToken = Type.Object({ subscriber: Type.String({ pattern: "^sub_[0-9A-Za-z]{22}$" }) });
const ConfirmToken = Type.Object({ ...SubscriberToken.properties, until: Type.Integer() });

/** Makes subscriptions. Links carry what the secret signed; no token is kept anywhere. */
export function createSubscriptions(deps: SubscriptionDeps): Subscriptions {
  const { database, clock, edgeSecret } = deps;
  const db = database.sql.withTables<StatusTables>();
  const confirmations = createTokenMaker(edgeSecret, "status-confirm", ConfirmToken);
  const endings = createTokenMaker(edgeSecret, "status-end", SubscriberToken);
  const mayAsk = createAskLimit(clock);

  async function ask(email: string): Promise<void> {
    const emailKey = email.toLowerCase();
    const at = clock.now();
    await db.transaction().execute(async (trx) => {
      const known = await mails.lockSubscriber(trx, emailKey);
      if (known === undefined) {
        if ((await mails.countSubscribers(trx)).all >= subscribers_max) return;
        const id = newId("sub", deps);
        if (!(await mails.insertSubscriber(trx, { id, email, emailKey, at }))) return;
        await mails.insertConfirmation(trx, { id: newId("stm", deps), subscriber: id, at });
        return;
      }
      const waited_ms = at.getTime() - known.askedAt.getTime();
      const isForgotten = waited_ms > confirm_ms_max;
      if (known.confirmedAt !== null || waited_ms < ask_again_ms) return;
      if (known.asked >= asked_max && !isForgotten) return;
      await mails.noteAsked(trx, known.id, { at, times: isForgotten ? 1 : known.asked + 1 });
      await mails.insertConfirmation(trx, { id: newId("stm", deps), subscriber: known.id, at });
    });
  }

  return {
    ask: async ({ email, place }) => {
      if (!mayAsk(place)) return false;
      await ask(email);
      return true;
    },
    confirm: async (token) => {
      const read = confirmations.read(token);
      if (read === null || read.until < clock.now().getTime()) return false;
      return mails.confirmSubscriber(db, read.subscriber, clock.now());
    },
    end: async (token) => {
      const read = endings.read(token);
      if (read === null) return false;
      await mails.deleteSubscriber(db, read.subscriber);
      return true;
    },
    confirmToken: (subscriber, askedAt) =>
      confirmations.sign({ subscriber, until: askedAt.getTime() + confirm_ms_max }),
    endToken: (subscriber) => endings.sign({ subscriber }),
  };
}

/** Bounds how many mails strangers can have sent, by place and in all; kept in this process's memory. */
function createAskLimit(clock: Clock): (place: string) => boolean {
  const places = createBoundedMap<string, { count: number; since_ms: number }>(places_max);
  let all = { count: 0, since_ms: 0 };
  return (place) => {
    const now_ms = clock.now().getTime();
    if (now_ms - all.since_ms >= hour_ms) all = { count: 0, since_ms: now_ms };
    const known = places.get(place);
    const own =
      known !== undefined && now_ms - known.since_ms < hour_ms ? known : { count: 0, since_ms: now_ms };
    if (own.count >= hourly_per_place_max || all.count >= hourly_max) return false;
    own.count += 1;
    all.count += 1;
    places.set(place, own);
    return true;
  };
}
