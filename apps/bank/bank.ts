import { addAccountRoutes, createAccounts, createEventHub, type Accounts } from "@mainstay/accounts";
import { createIdentity, type Identity, type IdentityConfig, type IdentityPorts } from "@mainstay/identity";
import { addInboxInternalRoutes, addInboxRoutes, addInboxStaffRoutes, type Inbox } from "@mainstay/inbox";
import { asId, present, type Clock, type Random } from "@mainstay/kernel";
import {
  createBackgroundChecker,
  createFeedConsumer,
  createLedger,
  releaseExpiredHolds,
  type BackgroundChecker,
  type Ledger,
} from "@mainstay/ledger";
import { createMailer } from "@mainstay/mail";
import { createNotifications, type Notifications } from "@mainstay/notifications";
import {
  addPaymentRoutes,
  addPaymentStaffRoutes,
  settlementStatements,
  addSchemeRoutes,
  createPayments,
  steps_batch_max,
  type Payments,
} from "@mainstay/payments";
import {
  addOpenApi,
  createHttpServer,
  createMetrics,
  createOutboxConsumer,
  sleep,
  type Database,
  type HttpServer,
  type Logger,
} from "@mainstay/platform";
import type { LedgerReport } from "@mainstay/wire";
import { repeat, type Background } from "./background.ts";
import { customerFactsOf } from "./customer-facts.ts";
import { createMessages, paymentsDelayedOf, type MessagesOptions } from "./customer-messages.ts";
import { createLedgerReporter } from "./ledger-reports.ts";
import { addLedgerRoutes } from "./ledger-routes.ts";
import { addBankMetrics } from "./metrics.ts";
import type { PayIn } from "./outside.ts";
import { addNamesRoute } from "./names-in-text.ts";
import { addProbeRoutes } from "./probe-routes.ts";
import { addConfigurationRoute, addDemoPayInRoute } from "./public-routes.ts";

/** How often payments that are due are sent, in milliseconds. */
const due_ms = 200;
/** How often the customers' feed looks for news when this process has posted none, in milliseconds. */
const feed_ms = 250;
/** For how long news gathers before the feed looks again, in milliseconds. */
const feed_gather_ms = 40;
/** With fewer transfers at once the feed waits for more before it looks again. */
const feed_gather_min = 200;
/**
 * How often the recoverer looks, and how long it leaves alone what a request may have in hand, in
 * milliseconds.
 */
const recovery_ms = { every: 5_000, patience: 10_000 };
/** How often unanswered approvals are let expire and expired holds are released, in milliseconds. */
const expiry_ms = 60_000;
/** How often the whole ledger is checked, in milliseconds. */
const check_ms = 5 * 60_000;
/** What whoever is called out reads: a mismatch is an incident. */
const ledger_is_wrong = "the ledger is wrong: stop posting and find out why";
/** How often a report that release control doesn't have yet is sent again, in milliseconds. */
const report_ms = 5_000;
/** How often the age of the oldest news that isn't in the feed yet is measured, in milliseconds. */
const lag_ms = 10_000;

/** What a bank is made of. */
export type BankOptions = {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly identity: IdentityConfig;
  readonly identityCheck: IdentityPorts["identityCheck"];
  /** Release control's ear for log-ins. */
  readonly deliverSignals: IdentityPorts["deliverSignals"];
  readonly undo_window_ms: number;
  readonly schemeSecret: string;
  readonly mailServer: { readonly host: string; readonly port: number };
  readonly messages: MessagesOptions;
  /** Release control's ear for what the ledger's checker finds. */
  readonly reportLedger: (report: LedgerReport) => Promise<void>;
  /** The demo's way of being paid; without it the route isn't there. */
  readonly payIn: PayIn | null;
};

/** A bank: its modules, its HTTP server, its background work. */
export type Bank = {
  readonly server: HttpServer;
  readonly ledger: Ledger;
  readonly identity: Identity;
  readonly accounts: Accounts;
  readonly payments: Payments;
  readonly notifications: Notifications;
  readonly inbox: Inbox;
  /** Recovers what a crash has left, then starts the background work. */
  readonly start: () => Promise<void>;
  /** Ends the streams, the server and the background work; what was posted is finished. */
  readonly stop: () => Promise<void>;
};

type Modules = Omit<Bank, "server" | "start" | "stop">;

/** Makes the modules and fills the ports by which the earlier ones ask the later ones. */
function createModules(options: BankOptions): Modules {
  const { database, clock, random, log } = options;
  const ledger = createLedger({ pool: database.pool, clock });
  const later: { accounts?: Accounts; payments?: Payments; inbox?: Inbox } = {};
  const identity = createIdentity({
    database,
    clock,
    random,
    log,
    config: options.identity,
    ports: {
      identityCheck: options.identityCheck,
      deliverSignals: options.deliverSignals,
      customerFacts: customerFactsOf({
        accounts: () => present(later.accounts, "accounts"),
        threadsOf: async (personId) => [...(await present(later.inbox, "inbox").staff.threadsOf(personId))],
      }),
      openFirstAccount: async (personId, holderName) => {
        await present(later.accounts, "accounts").openCurrentAccount({ personId, holderName });
      },
    },
  });
  const accounts = createAccounts({
    database,
    ledger,
    clock,
    random,
    hub: createEventHub(),
    describe: (ids) => present(later.payments, "payments").describe(ids),
  });
  const config = { undo_window_ms: options.undo_window_ms };
  const { approvals } = identity;
  const payments = createPayments({ database, ledger, accounts, approvals, clock, random, config });
  const mailer = createMailer(options.mailServer);
  const inbox = createMessages(
    { database, clock, random, log, mailer, identity, accounts },
    options.messages,
  );
  Object.assign(later, { accounts, payments, inbox });
  const notifications = createNotifications({
    database,
    clock,
    log,
    mailer,
    contactOf: async (personId) => {
      const person = await identity.person(asId("person", personId));
      return person === null || person.demo || person.isProbe ? undefined : person;
    },
  });
  return { ledger, identity, accounts, payments, notifications, inbox };
}

/** Makes a bank. Nothing runs before `start`, and nobody is served before the server listens. */
export async function createBank(options: BankOptions): Promise<Bank> {
  const { database, log } = options;
  const modules = createModules(options);
  const { identity, accounts, payments } = modules;
  const metrics = createMetrics("bank");
  const ready = { database: async () => void (await database.pool.query("SELECT 1")) };
  const server = await createHttpServer({ name: "bank", log, ready, metrics });
  await addOpenApi(server, {
    title: "Mainstay",
    description:
      "What the customer app asks the bank. Amounts are whole minor units; errors are RFC 9457 documents.",
    version: "1",
    prefix: "/api",
  });
  addConfigurationRoute(server, {
    isDemo: options.identity.isDemo,
    undo_window_ms: options.undo_window_ms,
    identity,
  });
  addSchemeRoutes(server, { payments, schemeSecret: options.schemeSecret });
  identity.addRoutes(server);
  addAccountRoutes(server, { accounts, identity, clock: options.clock });
  addPaymentRoutes(server, { payments, identity });
  addInboxRoutes(server, { inbox: modules.inbox, identity });
  addInboxStaffRoutes(server, { inbox: modules.inbox, identity });
  addInboxInternalRoutes(server, {
    inbox: modules.inbox,
    edgeSecret: options.identity.edgeSecret,
    paymentsDelayed: paymentsDelayedOf({ identity, payments }),
  });
  addNamesRoute(server, { identity, edgeSecret: options.identity.edgeSecret });
  addProbeRoutes(server, { identity, accounts, edgeSecret: options.identity.edgeSecret });
  if (options.payIn !== null) addDemoPayInRoute(server, { identity, accounts, payIn: options.payIn });

  let work: Work | null = null;
  addPaymentStaffRoutes(server, { ...modules, database, clock: options.clock });
  addLedgerRoutes(server, {
    pool: database.pool,
    clock: options.clock,
    ledger: modules.ledger,
    staff: identity.staff,
    checker: () => work?.checker ?? null,
    check_ms,
  });
  return {
    ...modules,
    server,
    start: async () => {
      await payments.prepare();
      await accounts.recoverOpenings();
      await payments.recover(0);
      identity.start();
      work = startWork(options, modules, metrics);
    },
    stop: async () => {
      accounts.hub.endAll();
      await server.close();
      await Promise.all((work?.pieces ?? []).map((piece) => piece.stop()));
      await identity.stop();
      await modules.ledger.idle();
    },
  };
}

/** The background work, and of it the ledger's checker: staff read its reports. */
type Work = { readonly checker: BackgroundChecker; readonly pieces: readonly Background[] };

function startWork(options: BankOptions, modules: Modules, metrics: ReturnType<typeof createMetrics>): Work {
  const { database, clock, log } = options;
  const { ledger, identity, accounts, payments, notifications, inbox } = modules;
  const reporter = createLedgerReporter(options.reportLedger);
  const pool = database.pool;
  const feed = createFeedConsumer({
    pool,
    clock,
    name: "accounts",
    pollMs: feed_ms,
    ledger,
    handle: async (_entries, page) => {
      await accounts.takeFeed(page);
      // Under load, news gathers for a moment: one statement for many costs far less than many for one each.
      if (page.transfers.length < feed_gather_min) await sleep(feed_gather_ms);
    },
    onError: (error) => log.warn({ error }, "the customers' feed will be tried again"),
  });
  const checker = createBackgroundChecker({
    pool,
    clock,
    everyMs: check_ms,
    statements: () => settlementStatements(database, clock),
    onReport: (report) => {
      reporter.note(report);
      if (report.ok) return;
      const wrong = report.lines.filter((line) => line.mismatches > 0n);
      log.error({ wrong: wrong.map(({ name, examples }) => ({ name, examples })) }, ledger_is_wrong);
    },
    onError: (error) => log.warn({ error }, "the ledger could not be checked and will be again"),
  });
  const gauges = addBankMetrics(metrics, { ledger, identity });
  const every = (name: string, every_ms: number, run: () => Promise<boolean>): Background =>
    repeat({ name, every_ms, log, run });
  const pieces = [
    feed,
    checker,
    every("due payments", due_ms, async () => (await payments.sendDue()) === steps_batch_max),
    every("recovery", recovery_ms.every, async () => {
      await accounts.recoverOpenings();
      await payments.recover(recovery_ms.patience);
      return false;
    }),
    every("expiry", expiry_ms, async () => (await payments.expire()) > 0),
    every("expired holds", expiry_ms, async () => (await releaseExpiredHolds({ pool, clock, ledger })) > 0),
    every("feed lag", lag_ms, async () => {
      gauges.setFeedLag((await feed.lagMs()) / 1000);
      return false;
    }),
    every("ledger reports", report_ms, async () => {
      await reporter.tell();
      return false;
    }),
    createOutboxConsumer({ database, name: "notifications", clock, log, handle: notifications.takeEvent }),
    notifications.start(),
    createOutboxConsumer({ database, name: "inbox", clock, log, handle: inbox.takeEvent }),
    inbox.start(),
  ];
  return { checker, pieces };
}
