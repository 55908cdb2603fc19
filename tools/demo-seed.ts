import { createHash } from "node:crypto";
import { createAccounts, createEventHub, type Accounts, type TransferDescription } from "@mainstay/accounts";
import { createIdentity, no_customer_facts } from "@mainstay/identity";
import { addMs, newId, present, type Clock, type Id } from "@mainstay/kernel";
import { accountId, createFeedConsumer, createLedger, type Ledger } from "@mainstay/ledger";
import { savePayees } from "@mainstay/payments";
import {
  createDatabase,
  createLogger,
  sleep,
  systemClock,
  systemRandom,
  type Database,
} from "@mainstay/platform";
import { demoLife, demo_days, type Movement } from "./demo/life.ts";
import { demo_people, type DemoPerson } from "./demo/people.ts";

/** Where the demo bank's money comes from and goes to: apart from what the real scheme settles. */
const outside_account = accountId("settlement/demo/GBP");
/** Whom the demo's cards settle with. */
const cards_account = accountId("cards/demo/GBP");
/** How long the feed may take to catch up, in milliseconds. */
const feed_wait_ms_max = 60_000;

type Holder = { readonly person: DemoPerson; readonly id: Id<"person">; readonly account: DemoAccount };
type DemoAccount = Awaited<ReturnType<Accounts["openCurrentAccount"]>>;

/** A clock that stands where it is put. */
function settableClock(start: Date): Clock & { readonly set: (now: Date) => void } {
  let now = start;
  return {
    now: () => now,
    set: (next) => {
      now = next;
    },
  };
}

/** The same person has the same id in every demo bank, so that filling it again finds them. */
function personIdOf(person: DemoPerson): Id<"person"> {
  const bytes = createHash("sha256").update(`demo person ${person.key}`).digest();
  return newId("person", {
    clock: { now: () => new Date("2026-01-01T00:00:00Z") },
    random: { bytes: (length) => bytes.subarray(0, length) },
  });
}

function sideOf(
  movement: Movement,
  other: DemoAccount | undefined,
  name: string,
): TransferDescription["debit"] {
  return {
    counterpartyName: name,
    counterpartySortCode: other?.sortCode ?? null,
    counterpartyAccountNumber: other?.accountNumber ?? null,
    reference: movement.reference,
    category: movement.category,
    paymentId: null,
    leavesAt: null,
  };
}

/** Posts the movements one after the other, each at its own time, and keeps what each was for. */
async function postLife(
  ledger: Ledger,
  clock: ReturnType<typeof settableClock>,
  holders: ReadonlyMap<string, Holder>,
  life: readonly Movement[],
): Promise<ReadonlyMap<string, TransferDescription>> {
  const descriptions = new Map<string, TransferDescription>();
  for (const [index, movement] of life.entries()) {
    const own = present(holders.get(movement.person), movement.person);
    const friend = movement.to === undefined ? undefined : holders.get(movement.to);
    const outside = movement.channel === "card" ? cards_account : outside_account;
    const theirs = friend === undefined ? outside : accountId(friend.account.id);
    const ours = accountId(own.account.id);
    const isIn = movement.direction === "in";
    const id = `demo/${index}`;
    clock.set(movement.at);
    descriptions.set(id, {
      debit: sideOf(movement, friend?.account, movement.counterparty),
      credit: sideOf(
        movement,
        friend && own.account,
        friend ? own.account.holderName : movement.counterparty,
      ),
    });
    const outcome = await ledger.post({
      id,
      type: "transfer",
      kind: movement.channel === "card" ? "card-clearing" : isIn ? "pay-in" : "payment",
      debitAccount: isIn ? theirs : ours,
      creditAccount: isIn ? ours : theirs,
      amount: { minor: movement.minor, currency: "GBP" },
    });
    if (outcome.status !== "posted") throw new Error(`The demo's movement ${id} was ${outcome.status}.`);
  }
  return descriptions;
}

/**
 * Lets the customers' feed take all that was posted, under the bank's own name for it: the bank goes on from
 * there.
 */
async function fillFeed(database: Database, clock: Clock, accounts: Accounts): Promise<void> {
  const consumer = createFeedConsumer({
    pool: database.pool,
    clock,
    name: "accounts",
    pollMs: 20,
    handle: (_entries, page) => accounts.takeFeed(page),
  });
  try {
    for (let waited_ms = 0; waited_ms < feed_wait_ms_max; waited_ms += 50) {
      await sleep(50);
      if ((await consumer.lagMs()) === 0) return;
    }
    throw new Error("The demo's feed didn't catch up.");
  } finally {
    await consumer.stop();
  }
}

async function saveFriends(
  database: Database,
  holders: ReadonlyMap<string, Holder>,
  life: readonly Movement[],
): Promise<void> {
  const payees = new Map<string, Parameters<typeof savePayees>[1][number]>();
  for (const movement of life) {
    const own = present(holders.get(movement.person), movement.person);
    const friend = movement.to === undefined ? undefined : holders.get(movement.to);
    if (friend === undefined) continue;
    const { sortCode, accountNumber, holderName } = friend.account;
    payees.set(`${movement.person} ${movement.to}`, {
      id: newId("payee", { clock: systemClock, random: systemRandom }),
      personId: own.id,
      name: holderName,
      sortCode,
      accountNumber,
      bankName: "Mainstay",
      lastPaidAt: movement.at,
    });
  }
  await savePayees(database, [...payees.values()]);
}

async function openAccounts(accounts: Accounts): Promise<Map<string, Holder>> {
  const holders = new Map<string, Holder>();
  for (const person of demo_people) {
    const id = personIdOf(person);
    const holderName = `${person.firstName} ${person.lastName}`;
    holders.set(person.key, {
      person,
      id,
      account: await accounts.openCurrentAccount({ personId: id, holderName }),
    });
  }
  return holders;
}

/**
 * Fills a demo bank: customers with months of life, posted through the ledger at their own times. People come
 * last, so that what a crash left half done is gone on with; a bank that has them is left alone.
 */
export async function seedDemo(options: {
  readonly bankUrl: string;
  readonly say: (line: string) => void;
}): Promise<void> {
  const log = createLogger({ name: "demo", level: "warn" });
  const url = new URL(options.bankUrl);
  // Nobody relies on the demo's life before it is whole: only the last commit waits for the disk, and for all
  // before it.
  url.searchParams.set("options", "-c synchronous_commit=off");
  const database = createDatabase({ url: url.href, connections_max: 6, applicationName: "mainstay-demo" });
  try {
    await seed(database, options.say, log);
    await database.pool.query("SET synchronous_commit = on; SELECT pg_current_xact_id()");
  } finally {
    await database.close();
  }
}

async function seed(
  database: Database,
  say: (line: string) => void,
  log: ReturnType<typeof createLogger>,
): Promise<void> {
  const now = systemClock.now();
  const midnight = new Date(now.toISOString().slice(0, 10));
  const clock = settableClock(addMs(midnight, -demo_days * 86_400_000));
  const ledger = createLedger({ pool: database.pool, clock });
  const identity = createIdentity({
    database,
    clock,
    random: systemRandom,
    log,
    config: {
      relyingParty: { id: "localhost", name: "Mainstay", origins: ["http://localhost"] },
      isDemo: true,
      staffAssertionPublicKey: "",
      edgeSecret: "",
    },
    ports: {
      identityCheck: { check: () => Promise.reject(new Error("nobody is checked here")) },
      openFirstAccount: () => Promise.resolve(),
      deliverSignals: () => Promise.reject(new Error("nobody logs in here")),
      customerFacts: no_customer_facts,
    },
  });
  const known = await identity.people(demo_people.map(personIdOf));
  if (known.length === demo_people.length) return;
  say("Filling the demo bank with some months of life …");
  let descriptions: ReadonlyMap<string, TransferDescription> = new Map();
  const accounts = createAccounts({
    database,
    ledger,
    clock,
    random: systemRandom,
    hub: createEventHub(),
    describe: () => Promise.resolve(descriptions),
  });
  await ledger.openAccount({ id: outside_account, kind: "settlement", currency: "GBP" });
  await ledger.openAccount({ id: cards_account, kind: "cards", currency: "GBP" });
  const holders = await openAccounts(accounts);
  // A filling that was cut short goes on with the life that it began.
  const opened = present([...holders.values()][0], "a holder").account.openedAt;
  const until = opened < midnight ? addMs(opened, (demo_days + 1) * 86_400_000 - 1) : now;
  const life = demoLife(until < now ? until : now);
  descriptions = await postLife(ledger, clock, holders, life);
  clock.set(now);
  await fillFeed(database, clock, accounts);
  await saveFriends(database, holders, life);
  for (const [index, person] of demo_people.entries()) {
    const { firstName, lastName, dateOfBirth, email, phone, address } = person;
    const answers = { firstName, lastName, dateOfBirth, email, phone, address };
    await identity.addDemoPerson({ id: personIdOf(person), answers, createdAt: addMs(opened, index) });
  }
  await identity.stop();
  await ledger.idle();
}
