import type { Accounts } from "@mainstay/accounts";
import type { CustomerIdentity, Identity } from "@mainstay/identity";
import {
  createInbox,
  createPushService,
  isPushServiceKnown,
  type CustomerPort,
  type Inbox,
  type InboxCustomer,
  type OutSpan,
  type PushKeys,
} from "@mainstay/inbox";
import { present, type Clock, type Random } from "@mainstay/kernel";
import type { Mailer, MailProvider } from "@mainstay/mail";
import type { Payments } from "@mainstay/payments";
import type { Database, Logger } from "@mainstay/platform";

/** What messages need of the outside world. */
export type MessagesOptions = {
  /** Whoever runs the mail server; null where there is nobody to ask. */
  readonly mailProvider: MailProvider | null;
  readonly pushKeys: PushKeys;
  /** Origins of push services that pushes go to beside those of browsers: the simulator's. */
  readonly pushServices: readonly string[];
};

/** A customer as the inbox sees them; null for the live probes' own, whom nobody writes to. */
function inboxCustomerOf({ personId, ref, firstName, email, kind }: CustomerIdentity): InboxCustomer | null {
  if (kind === "probe") return null;
  // The demo's customers read their messages in the app; their addresses are nobody's.
  return { personId, ref, firstName, email: kind === "demo" ? null : email };
}

function customersOf(identity: Identity): CustomerPort {
  const byRefs: CustomerPort["byRefs"] = async (refs) =>
    (await identity.customers({ refs })).flatMap((customer) => inboxCustomerOf(customer) ?? []);
  return {
    byRefs,
    registrantOn: async (installation) => {
      const registrant = await identity.registrantOn(installation);
      if (registrant === null || registrant.personId === null) return registrant;
      const [customer] = await identity.customers({ people: [registrant.personId] });
      return inboxCustomerOf(present(customer, "a customer of a registration that was completed"));
    },
  };
}

/** Makes the inbox and fills its ports. */
export function createMessages(
  deps: {
    readonly database: Database;
    readonly clock: Clock;
    readonly random: Random;
    readonly log: Logger;
    readonly mailer: Mailer;
    readonly identity: Identity;
    readonly accounts: Accounts;
  },
  options: MessagesOptions,
): Inbox {
  const { identity, accounts, ...rest } = deps;
  return createInbox({
    ...rest,
    mailProvider: options.mailProvider,
    pushService: createPushService({
      keys: options.pushKeys,
      isKnown: (endpoint) => isPushServiceKnown(endpoint, options.pushServices),
    }),
    customers: customersOf(identity),
    onNews: (personId) => accounts.hub.send(personId, { type: "inbox" }),
  });
}

/** Answers how many payments waited while customers were out, by their references. */
export function paymentsDelayedOf(modules: {
  readonly identity: Identity;
  readonly payments: Pick<Payments, "delayed">;
}): (spans: readonly OutSpan[]) => Promise<number> {
  return async (spans) => {
    const refs = [...new Set(spans.map((span) => span.customer))];
    const found = await modules.identity.customers({ refs });
    const people = new Map(found.map(({ ref, personId }) => [ref, personId]));
    return modules.payments.delayed(
      spans.flatMap(({ customer, from, until }) => {
        const personId = people.get(customer);
        return personId === undefined ? [] : [{ personId, from, until }];
      }),
    );
  };
}
