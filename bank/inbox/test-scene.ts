import { createECDH, randomBytes } from "node:crypto";
import { newId, type Id, type Random } from "@mainstay/kernel";
import { messageIdOf, type Delivery, type Email, type MailEvent } from "@mainstay/mail";
import { createDatabase, createLogger, type Database } from "@mainstay/platform";
import { createTestDatabase, fakeClock, seededRandom, type FakeClock } from "@mainstay/testkit";
import type { MessageDelivery } from "@mainstay/wire";
import { createInbox, type Inbox } from "./inbox.ts";
import { inboxMigrations } from "./migrations.ts";
import type { Push, PushOutcome } from "./push-service.ts";
import { isPushServiceKnown } from "./rules.ts";
import type { InboxCustomer, PushTarget } from "./types.ts";

/** The outside world of a test: what it was handed, and how it behaves. */
export type Outside = {
  /** What arrived in mailboxes. */
  mails: Email[];
  deliver: (email: Email) => Promise<Delivery>;
  events: MailEvent[];
  /** Answers what the provider is asked; by what arrived, unless a test says otherwise. */
  find: (messageId: string) => Promise<"taken" | "not-taken">;
  pushes: { readonly target: PushTarget; readonly push: Push }[];
  pushOutcome: (target: PushTarget) => PushOutcome;
  news: string[];
};

/** An inbox on a database of its own, and the world around it. */
export type InboxScene = {
  readonly inbox: Inbox;
  readonly database: Database;
  readonly clock: FakeClock;
  readonly outside: Outside;
  /** Forgets what came, and behaves well again. */
  readonly calm: () => void;
  /** The same bank after a start: whatever the other one had in hand is as a crash left it. */
  readonly restarted: () => Inbox;
  readonly delivery: (changes?: Partial<MessageDelivery>) => MessageDelivery;
  /** How each channel of a delivery stands, by the change feed. */
  readonly statesOf: (id: string) => Promise<Record<string, string>>;
  readonly close: () => Promise<void>;
};

export const ada: InboxCustomer = {
  personId: "person_ada" as Id<"person">,
  ref: "cus_ada",
  firstName: "Ada",
  email: "ada@example.com",
};
export const ben: InboxCustomer = {
  personId: "person_ben" as Id<"person">,
  ref: "cus_ben",
  firstName: "Ben <b>&amp;</b>",
  email: "ben@example.com",
};
export const demo: InboxCustomer = {
  personId: "person_demo" as Id<"person">,
  ref: "cus_demo",
  firstName: "Nia",
  email: null,
};

/** Keys as a browser makes them. */
export function browserKeys(): Pick<PushTarget, "p256dh" | "auth"> {
  const pair = createECDH("prime256v1");
  return {
    p256dh: pair.generateKeys("base64url"),
    auth: randomBytes(16).toString("base64url"),
  };
}

/** A bank's inbox in that world. */
function makeInbox(given: {
  readonly database: Database;
  readonly clock: FakeClock;
  readonly random: Random;
  readonly outside: Outside;
}): Inbox {
  const { outside, ...rest } = given;
  return createInbox({
    ...rest,
    log: createLogger({ name: "test", level: "silent" }),
    mailer: { send: (email) => outside.deliver(email), close: () => undefined },
    mailProvider: {
      find: (messageId) => outside.find(messageId),
      events: async (after) => outside.events.filter((event) => event.number > after),
    },
    pushService: {
      publicKey: "a-public-key",
      isKnown: (endpoint) => isPushServiceKnown(endpoint, []),
      send: async (target, push) => {
        outside.pushes.push({ target, push });
        return outside.pushOutcome(target);
      },
    },
    customers: {
      byRefs: async (refs) => [ada, ben, demo].filter(({ ref }) => refs.includes(ref)),
      registrantOn: async (installation) =>
        installation === "inst_of_rita"
          ? { personId: null, firstName: "Rita", email: "rita@example.com" }
          : null,
    },
    onNews: (personId) => void outside.news.push(personId),
  });
}

export async function createInboxScene(): Promise<InboxScene> {
  const testDatabase = await createTestDatabase({ modules: [inboxMigrations] });
  const database = createDatabase({ url: testDatabase.url, connections_max: 8, applicationName: "test" });
  const clock = fakeClock("2026-11-24T08:00:00Z");
  const random = seededRandom(7);
  const outside: Outside = {} as Outside;
  const calm = (): void => {
    Object.assign(outside, {
      mails: [],
      deliver: async (email: Email) => {
        outside.mails.push(email);
        return { state: "sent" };
      },
      events: [],
      find: async (messageId: string) =>
        outside.mails.some((mail) => messageIdOf(mail.id) === messageId) ? "taken" : "not-taken",
      pushes: [],
      pushOutcome: () => ({ state: "sent" }),
      news: [],
    } satisfies Outside);
  };
  calm();
  const make = () => makeInbox({ database, clock, random, outside });
  const inbox = make();
  const ids = { clock, random };
  return {
    inbox,
    database,
    clock,
    outside,
    calm,
    restarted: make,
    delivery: (changes) => ({
      id: newId("dlv", ids),
      message: newId("msg", ids),
      incident: newId("inc", ids),
      customer: ada.ref,
      subject: "Sorry about Tuesday",
      text: "Hello {first_name},\n\nyou couldn't log in from 08:02 to 08:03.\n\nYour money stayed safe.",
      channels: ["inbox", "email", "push"],
      isUrgent: false,
      ...changes,
    }),
    statesOf: async (id) => {
      const changes = await inbox.changesAfter(0);
      return Object.fromEntries(
        changes.filter((change) => change.id === id).map(({ channel, state }) => [channel, state]),
      );
    },
    close: async () => {
      await database.close();
      await testDatabase.drop();
    },
  };
}
