import { newId, present } from "@mainstay/kernel";
import { checkLedger } from "@mainstay/ledger";
import {
  createDatabase,
  systemClock,
  systemRandom,
  type Database,
  type EmbeddedPostgres,
} from "@mainstay/platform";
import { granted, registerCustomer, type TestCustomer } from "@mainstay/testkit/client";
import type { Account, Payment } from "@mainstay/wire";
import { startBenchBank, type BenchBank } from "./http-bank.ts";
import { connectTransport } from "./http-client.ts";
import { runClosedLoop } from "./load.ts";
import { processSeconds, readProcessorTime } from "./processor-time.ts";

/** What a customer's whole payment over HTTP costs. */
export type HttpResult = {
  /** Whole payments a second: ordered, approved, sent and in both feeds. */
  readonly http_tps: number;
  /** Processor time of bank and PostgreSQL for one of them, in milliseconds. */
  readonly payment_cpu_ms: number;
  readonly bank_cpu_ms: number;
  readonly postgres_cpu_ms: number;
  /** Of one whole payment as the customer waits for it: two requests. */
  readonly p50_ms: number;
  readonly p99_ms: number;
  readonly payments: number;
  readonly ledger_ok: boolean;
};

/** How many others each customer pays by turns. */
const friends_max = 10;
/** What each customer begins with, in pounds: nobody runs out. */
const first_pounds = "900000.00";
/** How long what was begun may take to end, in milliseconds. */
const drain_ms_max = 60_000;

type Payer = TestCustomer & { readonly account: Account; readonly close: () => void };

/** What is measured. */
type HttpOptions = {
  readonly postgres: EmbeddedPostgres;
  /** How long each round takes, and how many there are; the median by payments a second is the result. */
  readonly seconds: number;
  readonly rounds: number;
  /** How many customers there are; each pays one payment at a time, on a connection of their own. */
  readonly customers: number;
};

/**
 * Starts the bank's process on a scratch database, lets customers open accounts and be paid by the
 * scheme, and then has each pay others again and again: every payment with two fresh device proofs and a
 * passkey's signature.
 */
export async function measureHttp(options: HttpOptions): Promise<HttpResult> {
  const { postgres, seconds, rounds, customers } = options;
  const bank = await startBenchBank(postgres);
  const database = createDatabase({ url: bank.databaseUrl, connections_max: 2, applicationName: "bench" });
  const payers: Payer[] = [];
  try {
    for (let count = 0; count < customers; count += 1) payers.push(await openPayer(bank, count));
    const crowd = createCrowd(payers);
    // Plans, caches and the just-in-time compiler are warm before anything is measured.
    await Promise.all(payers.map(() => crowd.payOnce()));
    await drained(database);
    const measured: Omit<HttpResult, "ledger_ok">[] = [];
    for (let round = 0; round < rounds; round += 1) {
      measured.push(await measureRound({ bank, postgres, database, crowd, seconds, customers }));
    }
    const inOrder = measured.toSorted((one, other) => one.http_tps - other.http_tps);
    const median = present(inOrder[Math.floor(inOrder.length / 2)], "a round");
    const report = await checkLedger(database.pool, { clock: systemClock });
    return { ...median, ledger_ok: report.ok };
  } finally {
    for (const payer of payers) payer.close();
    await database.close();
    await bank.stop();
  }
}

/** Customers of whom each pays the next few by turns. */
function createCrowd(payers: readonly Payer[]) {
  const free = payers.map((_, index) => index);
  const turns = payers.map(() => 0);
  let count = 0;
  return {
    count: () => count,
    async payOnce(): Promise<void> {
      // There are as many callers as customers, so one of them is always free.
      const index = present(free.pop(), "a free customer");
      const turn = turns[index] ?? 0;
      turns[index] = turn + 1;
      const payee = payers[(index + 1 + (turn % friends_max)) % payers.length];
      await pay(present(payers[index], "a payer"), present(payee, "a payee"));
      count += 1;
      free.push(index);
    },
  };
}

async function measureRound(parts: {
  readonly bank: BenchBank;
  readonly postgres: EmbeddedPostgres;
  readonly database: Database;
  readonly crowd: ReturnType<typeof createCrowd>;
  readonly seconds: number;
  readonly customers: number;
}): Promise<Omit<HttpResult, "ledger_ok">> {
  const { bank, postgres, database, crowd, seconds, customers } = parts;
  const read = () => ({
    count: crowd.count(),
    bank_s: processSeconds(bank.pid),
    postgres_s: readProcessorTime(postgres.pid).postgres_s,
    at_ms: performance.now(),
  });
  const before = read();
  const call = async () => {
    await crowd.payOnce();
    return 1;
  };
  const load = await runClosedLoop({ seconds, callers: customers, call });
  await drained(database);
  const after = read();
  const payments = after.count - before.count;
  const bank_cpu_ms = ((after.bank_s - before.bank_s) / payments) * 1_000;
  const postgres_cpu_ms = ((after.postgres_s - before.postgres_s) / payments) * 1_000;
  return {
    http_tps: payments / ((after.at_ms - before.at_ms) / 1_000),
    payment_cpu_ms: bank_cpu_ms + postgres_cpu_ms,
    bank_cpu_ms,
    postgres_cpu_ms,
    p50_ms: load.p50_ms,
    p99_ms: load.p99_ms,
    payments,
  };
}

async function openPayer(bank: BenchBank, number: number): Promise<Payer> {
  const { transport, close } = connectTransport(bank.httpPort);
  const answers = { lastName: lastNameOf(number), email: `customer${number}@example.com` };
  const customer = await registerCustomer({ origin: bank.origin, transport, answers });
  const { accounts } = granted<{ accounts: Account[] }>(await customer.device.call("GET", "/api/accounts"));
  const [account] = accounts;
  if (account === undefined) throw new Error("a customer has no account");
  const paid = await fetch(`${bank.simulator.url}/api/pay-in`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ account: account.iban, amount: first_pounds }),
  });
  if (!paid.ok) throw new Error(`a customer could not be paid: ${await paid.text()}`);
  return { ...customer, account, close };
}

/** A name of letters alone, another for each number. */
function lastNameOf(number: number): string {
  const letters = String(number).replaceAll(/\d/g, (digit) => "abcdefghij".charAt(Number(digit)));
  return `Mar${letters}`;
}

async function pay(payer: Payer, payee: Payer): Promise<void> {
  const { holderName, sortCode, accountNumber } = payee.account;
  const ordered = granted<Payment>(
    await payer.device.call("POST", "/api/payments", {
      id: newId("pay", { clock: systemClock, random: systemRandom }),
      accountId: payer.account.id,
      payee: { name: holderName, sortCode, accountNumber },
      amount: { minor: 1, currency: "GBP" },
      reference: "Bench",
    }),
  );
  if (ordered.approval === null) throw new Error("there is nothing to approve");
  const credential = payer.passkey.get(ordered.approval.options);
  const approved = granted<Payment>(
    await payer.device.call("POST", `/api/payments/${ordered.id}/approve`, { credential }),
  );
  if (approved.state === "refused") throw new Error(`a payment was refused: ${approved.reason}`);
}

/** Waits until all that was approved has been sent and stands in the feeds of both. */
async function drained(database: Database): Promise<void> {
  const until = performance.now() + drain_ms_max;
  while (performance.now() < until) {
    const { rows } = await database.pool.query<{ waiting: boolean }>(
      `SELECT EXISTS (SELECT FROM payments.payments
                       WHERE state IN ('posting', 'leaving', 'sending', 'undoing'))
              OR EXISTS (SELECT FROM ledger.transfers
                          WHERE feed_xid > (SELECT xid
                                              FROM ledger.feed_cursors
                                             WHERE consumer = 'accounts')) AS waiting`,
    );
    if (rows[0]?.waiting === false) return;
    await new Promise((done) => setTimeout(done, 20));
  }
  throw new Error("payments were not sent in time");
}
