import { setTimeout as wait } from "node:timers/promises";
import pg from "pg";
import {
  beginLogIn,
  fetchTransport,
  finishLogIn,
  granted,
  registerCustomer,
  type TestChallenge,
  type TestCustomer,
} from "@mainstay/testkit/client";
import { runMainstay } from "@mainstay/testkit/mainstay";
import { findFreePorts } from "@mainstay/testkit/ports";
import { activation_header, login_protocols } from "@mainstay/wire";
import { afterAll, describe, expect, test } from "vitest";

const phones_count = 4;
/** How long phones log in before everything is killed, in milliseconds. */
const load_ms = 1_500;

const port = await findFreePorts();
const start = () => runMainstay({ name: "signals", port, environment: { MAINSTAY_DEMO: "0" } });
let mainstay = await start();
afterAll(() => mainstay.stop());

type Phone = TestCustomer & { readonly headers: Record<string, string> };
const reach = { origin: mainstay.appUrl, transport: fetchTransport(mainstay.appUrl) };
/** What phones were told: the challenges of log-ins that were begun, and of those that succeeded. */
const seen = { begun: new Set<string>(), succeeded: new Set<string>() };

async function newPhone(index: number): Promise<Phone> {
  const lastName = `Told${"abcdefgh".charAt(index)}`;
  const answers = { lastName, email: `told${index}@example.com` };
  const customer = await registerCustomer({ ...reach, answers });
  const { activation } = granted<{ activation: string }>(await customer.device.call("GET", "/assignment"));
  return { ...customer, headers: { [activation_header]: activation } };
}

async function logInOnce({ device, passkey, headers }: Phone, round: number): Promise<void> {
  const options = { protocol: login_protocols[round % 2] ?? "login/1", headers };
  const challenge = granted<TestChallenge>(await beginLogIn(device, options));
  seen.begun.add(challenge.id);
  granted(await finishLogIn(device, passkey, challenge, options));
  seen.succeeded.add(challenge.id);
}

async function logInUntilGone(phone: Phone): Promise<void> {
  try {
    for (let round = 0; ; round += 1) await logInOnce(phone, round);
  } catch {
    // Everything was killed under this request: whether it counted is what the test finds out.
  }
}

/** Asks control's database, which runs beside us. */
async function askControl<Row extends pg.QueryResultRow>(statement: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: await mainstay.databaseUrl("mainstay_owner", "control") });
  await client.connect();
  try {
    return (await client.query<Row>(statement)).rows;
  } finally {
    await client.end();
  }
}

const arrived = async (kind: string) => {
  const rows = await askControl<{ attempt: string }>(
    `SELECT attempt FROM signals.arrivals WHERE kind = '${kind}' AND way = 'passkey' ORDER BY number`,
  );
  return rows.map(({ attempt }) => attempt);
};

describe("everything is killed while customers log in", () => {
  test("control hears of each log-in that somebody was told of, once", async () => {
    const phones = await Promise.all(Array.from({ length: phones_count }, (_, index) => newPhone(index)));
    const loggingIn = phones.map(logInUntilGone);
    await wait(load_ms);
    await mainstay.killEverything();
    await Promise.all(loggingIn);
    expect(seen.succeeded.size).toBeGreaterThan(phones_count);

    mainstay = await start();
    const missing = async () => {
      const told = new Set(await arrived("login-succeeded"));
      return [...seen.succeeded].filter((attempt) => !told.has(attempt));
    };
    await expect.poll(missing, { timeout: 20_000 }).toEqual([]);
    const [begun, succeeded] = [await arrived("login-begun"), await arrived("login-succeeded")];
    expect(new Set(begun).size).toBe(begun.length);
    expect(new Set(succeeded).size).toBe(succeeded.length);
    // Whoever was let in had begun, and what a phone was told of has arrived.
    expect([...seen.begun].filter((attempt) => !begun.includes(attempt))).toEqual([]);
    expect(succeeded.filter((attempt) => !begun.includes(attempt))).toEqual([]);
    // One more for each phone at most: committed, and the answer lost.
    expect(succeeded.length - seen.succeeded.size).toBeLessThanOrEqual(phones_count);
  });
});
