import { present } from "@mainstay/kernel";
import { checkLedger } from "@mainstay/ledger";
import { createDatabase, systemClock, type Database, type EmbeddedPostgres } from "@mainstay/platform";
import { granted, randomId, registerCustomer, type TestCustomer } from "@mainstay/testkit/client";
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

/**
 * Starts the bank's process on a scratch database, lets customers open accounts and be paid by the scheme,
 * and then has each pay others again and again: every payment with two fresh device proofs and a passkey's
 * signature.
 */
export async function measureHttp(options: {
  readonly postgres: EmbeddedPostgres;
  readonly seconds: number;
  /** How many customers there are; each pays one payment at a time, on a connection of their own. */
  readonly customers: number;
}): Promise<HttpResult> {
  const { postgres, seconds, customers } = options;
  const bank = await startBenchBank(postgres);
  const database = createDatabase({ url: bank.databaseUrl, connections_max: 2, applicationName: "bench" });
  const payers: Payer[] = [];
  try {
    for (let count = 0; count < customers; count += 1) payers.push(await openPayer(bank, count));
    const turns = payers.map(() => 0);
    const payOnce = async (index: number): Promise<void> => {
      const payer = payers[index] as Payer;
      const turn = turns[index] ?? 0;
      turns[index] = turn + 1;
      await pay(payer, payers[(index + 1 + (turn % friends_max)) % payers.length] as Payer);
    };
    // Plans, caches and the just-in-time compiler are warm before anything is measured.
    await Promise.all(payers.map((_, index) => payOnce(index)));
    await drained(database);
    const before = {
      ...readProcessorTime(postgres.pid),
      bank_s: processSeconds(bank.pid),
      at: performance.now(),
    };
    const callers = payers.map((_, index) => index);
    const load = await runClosedLoop({
      seconds,
      callers: callers.length,
      call: async () => {
        // There are as many callers as customers, so one of them is always free.
        const index = present(callers.pop(), "a free customer");
        await payOnce(index);
        callers.push(index);
        return 1;
      },
    });
    await drained(database);
    const after = {
      ...readProcessorTime(postgres.pid),
      bank_s: processSeconds(bank.pid),
      at: performance.now(),
    };
    const payments = turns.reduce((sum, count) => sum + count, 0) - payers.length;
    const report = await checkLedger(database.pool, { clock: systemClock });
    const perPayment = (from: number, to: number): number => ((to - from) / payments) * 1_000;
    const bank_cpu_ms = perPayment(before.bank_s, after.bank_s);
    const postgres_cpu_ms = perPayment(before.postgres_s, after.postgres_s);
    return {
      http_tps: payments / ((after.at - before.at) / 1_000),
      payment_cpu_ms: bank_cpu_ms + postgres_cpu_ms,
      bank_cpu_ms,
      postgres_cpu_ms,
      p50_ms: load.p50_ms,
      p99_ms: load.p99_ms,
      payments,
      ledger_ok: report.ok,
    };
  } finally {
    for (const payer of payers) payer.close();
    await database.close();
    await bank.stop();
  }
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
      id: randomId("pay"),
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
