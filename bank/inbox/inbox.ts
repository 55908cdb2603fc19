import { err, ok, type Id, type Result } from "@mainstay/kernel";
import { sleep, type DomainEvent } from "@mainstay/platform";
import type {
  DeliveryChanges,
  Inbox as InboxView,
  IncidentBanners,
  MessageDelivery,
  MessagesTaken,
  Thread,
} from "@mainstay/wire";
import { replaceBanners } from "./banner-store.ts";
import { readChanges } from "./change-store.ts";
import { takeDeliveries, type DeliverRefusal } from "./delivering.ts";
import type { InboxDeps } from "./deps.ts";
import type { InboxCode } from "./errors.ts";
import { arePushKeys } from "./push-service.ts";
import {
  endDeviceSubscriptions,
  endSubscription,
  hasSubscription,
  repeatUnfinished,
  saveSubscription,
} from "./push-store.ts";
import { clearUpNext, doubtAfterCrash, sendNextEmail, sendNextPush, takeMailEvents } from "./senders.ts";
import * as staff from "./staff-threads.ts";
import { lockCustomer } from "./thread-store.ts";
import {
  beginThread,
  readByCustomer,
  readInbox,
  readThread,
  replyToThread,
  type ThreadOf,
  type WriteRefusal,
} from "./threads.ts";
import type { PushTarget } from "./types.ts";

/** How many e-mails, and how many pushes, are under way at once: a slow one doesn't hold up the others. */
const lanes_max = 4;
/** How often the senders look when nothing wakes them, in milliseconds. */
const idle_ms = 500;
/** How often the provider is asked for what came back, in milliseconds. */
const events_ms = 2_000;
/** The most customers that are looked up at once. */
const lookup_max = 5_000;

/** Whose device. */
type DeviceOf = { readonly personId: Id<"person">; readonly deviceId: string };

/** The door of the inbox. Whatever isn't the asker's is answered as if it did not exist. */
export type Inbox = {
  /** For release control. */
  readonly deliver: (
    deliveries: readonly MessageDelivery[],
  ) => Promise<Result<MessagesTaken["taken"], DeliverRefusal>>;
  readonly changesAfter: (number: number) => Promise<DeliveryChanges["changes"]>;
  readonly putBanners: (banners: IncidentBanners["banners"]) => Promise<void>;
  /** For the customer. */
  readonly inboxOf: (personId: Id<"person">) => Promise<InboxView>;
  readonly thread: (asked: ThreadOf) => Promise<Result<Thread, "thread_not_found">>;
  readonly read: (asked: ThreadOf) => Promise<Result<Thread, "thread_not_found">>;
  readonly begin: (begun: Parameters<typeof beginThread>[1]) => Promise<Result<Thread, WriteRefusal>>;
  readonly reply: (reply: Parameters<typeof replyToThread>[1]) => Promise<Result<Thread, WriteRefusal>>;
  readonly pushKey: (device: DeviceOf) => Promise<{ publicKey: string; isSubscribed: boolean }>;
  readonly subscribe: (device: DeviceOf, target: PushTarget) => Promise<Result<null, InboxCode>>;
  readonly unsubscribe: (personId: Id<"person">, endpoint: string) => Promise<void>;
  /** For staff: whoever calls these has checked the role and audits the look. */
  readonly staff: {
    readonly threads: (asked: { readonly isWaitingOnly: boolean }) => Promise<staff.ThreadList>;
    readonly threadsOf: (personId: Id<"person">) => ReturnType<typeof staff.listThreadsOf>;
    readonly thread: (id: string) => ReturnType<typeof staff.findForStaff>;
    readonly answer: (
      answer: Parameters<typeof staff.answerThread>[1],
    ) => ReturnType<typeof staff.answerThread>;
    readonly done: (done: Parameters<typeof staff.finishThread>[1]) => ReturnType<typeof staff.finishThread>;
  };
  /** For the outbox: a device that is logged out takes no more pushes. */
  readonly takeEvent: (event: DomainEvent) => Promise<void>;
  /** One piece of each background work; for tests. True where there was something to do. */
  readonly work: {
    readonly sendNextEmail: () => Promise<boolean>;
    readonly sendNextPush: () => Promise<boolean>;
    readonly clearUpNext: () => Promise<boolean>;
    readonly takeMailEvents: () => Promise<boolean>;
  };
  /** Clears up after a crash, then sends what waits, until stopped. */
  readonly start: () => { readonly stop: () => Promise<void> };
};

/** Makes the door. */
export function createInbox(deps: InboxDeps): Inbox {
  const { sql } = deps.database;
  const wakers = new Set<() => void>();
  const wakeSenders = (): void => {
    for (const wake of wakers) wake();
  };
  return {
    deliver: async (deliveries) => {
      const taken = await takeDeliveries(deps, { wakeSenders }, deliveries);
      return taken.ok ? ok([...taken.value]) : taken;
    },
    changesAfter: (number) => readChanges(sql, number),
    putBanners: (banners) => putBanners(deps, banners),
    inboxOf: (personId) => readInbox(deps, personId),
    thread: (asked) => readThread(deps, asked),
    read: (asked) => readByCustomer(deps, asked),
    begin: (begun) => beginThread(deps, begun),
    reply: (reply) => replyToThread(deps, reply),
    pushKey: async ({ personId, deviceId }) => ({
      publicKey: deps.pushService.publicKey,
      isSubscribed: await hasSubscription(sql, personId, deviceId),
    }),
    subscribe: (device, target) => subscribe(deps, device, target),
    unsubscribe: (personId, endpoint) => endSubscription(sql, personId, endpoint),
    staff: {
      threads: (asked) => staff.listThreads(deps, asked),
      threadsOf: (personId) => staff.listThreadsOf(deps, personId),
      thread: (id) => staff.findForStaff(deps, id),
      answer: async (answer) => {
        const answered = await staff.answerThread(deps, answer);
        wakeSenders();
        return answered;
      },
      done: (done) => staff.finishThread(deps, done),
    },
    takeEvent: async (event) => {
      const { deviceId } = event.payload;
      if (event.kind !== "identity.device-logged-out" || typeof deviceId !== "string") return;
      await endDeviceSubscriptions(sql, event.subject, deviceId);
    },
    work: {
      sendNextEmail: () => sendNextEmail(deps),
      sendNextPush: () => sendNextPush(deps),
      clearUpNext: () => clearUpNext(deps),
      takeMailEvents: () => takeMailEvents(deps),
    },
    start: () => startSending(deps, wakers),
  };
}

async function putBanners(deps: InboxDeps, banners: IncidentBanners["banners"]): Promise<void> {
  const refs = [...new Set(banners.flatMap((banner) => banner.customers))];
  const people = new Map<string, string>();
  for (let start = 0; start < refs.length; start += lookup_max) {
    // References that aren't customers' (installations) see no banner: nobody is logged in there.
    for (const { ref, personId } of await deps.customers.byRefs(refs.slice(start, start + lookup_max))) {
      people.set(ref, personId);
    }
  }
  const stored = banners.map(({ customers, updatedAt, ...banner }) => ({
    ...banner,
    updatedAt: new Date(updatedAt),
    people: customers.flatMap((ref) => people.get(ref) ?? []),
  }));
  const changed = await deps.database.sql.transaction().execute((sql) => replaceBanners(sql, stored));
  for (const personId of changed) deps.onNews(personId);
}

async function subscribe(
  deps: InboxDeps,
  device: DeviceOf,
  target: PushTarget,
): Promise<Result<null, InboxCode>> {
  if (!deps.pushService.isKnown(target.endpoint)) return err("push_service_unknown");
  if (!arePushKeys(target)) return err("push_keys_wrong");
  await deps.database.sql.transaction().execute(async (sql) => {
    await lockCustomer(sql, device.personId);
    await saveSubscription(sql, { ...target, ...device, now: deps.clock.now() });
  });
  return ok(null);
}

/** Runs the lanes until stopped; what fails is logged and tried again at the next turn. */
function startSending(deps: InboxDeps, wakers: Set<() => void>): { readonly stop: () => Promise<void> } {
  const stopping = new AbortController();

  async function lane(name: string, every_ms: number, run: () => Promise<boolean>): Promise<void> {
    while (!stopping.signal.aborted) {
      const isMore = await run().catch((error: unknown) => {
        deps.log.warn({ error, work: name }, "the inbox will try again");
        return false;
      });
      // What one lane has done another may go on with: a cleared-up e-mail is sent again.
      if (isMore) for (const wake of wakers) wake();
      if (isMore) continue;
      const waking = new AbortController();
      const wake = (): void => waking.abort();
      wakers.add(wake);
      await sleep(every_ms, AbortSignal.any([stopping.signal, waking.signal]));
      wakers.delete(wake);
    }
  }

  async function run(): Promise<void> {
    const doubted = await doubtAfterCrash(deps);
    if (doubted > 0) deps.log.warn({ doubted }, "e-mails that may have been sent will be asked about");
    await repeatUnfinished(deps.database.sql);
    const lanes = Array.from({ length: lanes_max }, () => [
      lane("e-mails", idle_ms, () => sendNextEmail(deps)),
      lane("pushes", idle_ms, () => sendNextPush(deps)),
    ]);
    await Promise.all([
      ...lanes.flat(),
      lane("unclear e-mails", idle_ms, () => clearUpNext(deps)),
      lane("e-mails that came back", events_ms, () => takeMailEvents(deps)),
    ]);
  }

  const running = run();
  return {
    stop: async () => {
      stopping.abort();
      deps.mailer.close();
      await running;
    },
  };
}
