import { spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import {
  fetchTransport,
  granted,
  logIn,
  randomId,
  registerCustomer,
  type TestCustomer,
} from "@mainstay/testkit/client";
import { runMainstay } from "@mainstay/testkit/mainstay";
import { findFreePorts } from "@mainstay/testkit/ports";
import type { Account, Payment } from "@mainstay/wire";
import { afterAll, describe, expect, it } from "vitest";

const customers_count = 6;
const paid_in_minor = 50_000;
/** How long customers pay one another before everything is killed, in milliseconds. */
const load_ms = 2_500;
const payments_max = 2_000;

const port = await findFreePorts();
// No undo window: approving and sending follow one another, so that the kill finds payments at every step.
const environment = { MAINSTAY_DEMO: "0", MAINSTAY_UNDO_WINDOW_MS: "0" };
const start = () => runMainstay({ name: "killed", port, environment });
let mainstay = await start();
afterAll(() => mainstay.stop());

type Customer = TestCustomer & { readonly account: Account };

const reach = { origin: mainstay.appUrl, transport: fetchTransport(mainstay.appUrl) };

async function newCustomer(index: number): Promise<Customer> {
  const lastName = `Load${"abcdefgh".charAt(index)}`;
  const customer = await registerCustomer({
    ...reach,
    answers: { lastName, email: `load${index}@example.com` },
  });
  const { accounts } = granted<{ accounts: Account[] }>(await customer.device.call("GET", "/api/accounts"));
  const [account] = accounts;
  if (account === undefined) throw new Error("the customer has no account");
  const paid = await fetch(`${mainstay.simulatorUrl}/api/pay-in`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ account: account.iban, amount: "500.00", from: "Load Ltd", reference: "Start" }),
  });
  expect(paid.status).toBe(200);
  return { ...customer, account };
}

/** Orders and approves one payment; the id is kept whatever becomes of it. */
async function payOnce(from: Customer, to: Customer, seen: Seen): Promise<void> {
  const id = randomId("pay");
  seen.asked.set(id, from);
  const { sortCode, accountNumber, holderName } = to.account;
  const order = granted<Payment>(
    await from.device.call("POST", "/api/payments", {
      id,
      accountId: from.account.id,
      payee: { name: holderName, sortCode, accountNumber },
      amount: { minor: 100, currency: "GBP" },
      reference: "",
    }),
  );
  if (order.approval === null) throw new Error("nothing to approve");
  const credential = from.passkey.get(order.approval.options);
  granted(await from.device.call("POST", `/api/payments/${id}/approve`, { credential }));
  seen.approved.add(id);
}

type Seen = { readonly asked: Map<string, Customer>; readonly approved: Set<string> };

/** One customer pays the next, again and again, until the bank is gone. */
async function payUntilGone(from: Customer, to: Customer, seen: Seen): Promise<void> {
  try {
    while (seen.asked.size < payments_max) await payOnce(from, to, seen);
  } catch {
    // The bank was killed under this request: whether it counted is what the test finds out.
  }
}

async function stateOf(customer: Customer, id: string): Promise<Payment["state"] | "unknown"> {
  const answer = await customer.device.call("GET", `/api/payments/${id}`);
  return answer.status === 404 ? "unknown" : granted<Payment>(answer).state;
}

function checkLedger(): Promise<number | null> {
  const program = join(import.meta.dirname, "../../tools/ledger-check/main.ts");
  const child = spawn(process.execPath, [program], {
    env: { PATH: "/usr/bin:/bin", MAINSTAY_DATA: mainstay.dataFolder, MAINSTAY_PORT: String(port) },
    stdio: "ignore",
  });
  return new Promise((resolve) => child.once("close", resolve));
}

describe("everything is killed while customers pay one another", () => {
  const seen: Seen = { asked: new Map(), approved: new Set() };
  let customers: Customer[] = [];

  it("loses nothing that was acknowledged, and sends nothing twice", async () => {
    customers = await Promise.all(Array.from({ length: customers_count }, (_, index) => newCustomer(index)));
    const paying = customers.map((customer, index) =>
      payUntilGone(customer, customers[(index + 1) % customers.length] ?? customer, seen),
    );
    await wait(load_ms);
    await mainstay.killEverything();
    await Promise.all(paying);
    expect(seen.approved.size).toBeGreaterThan(0);

    mainstay = await start();
    const sent = new Map<Customer, number>(customers.map((customer) => [customer, 0]));
    for (const customer of customers) granted(await logIn(customer.device, customer.passkey));
    for (const [id, customer] of seen.asked) {
      const settled = ["sent", "awaiting_approval", "unknown"];
      await expect
        .poll(() => stateOf(customer, id), { timeout: 20_000 })
        .toSatisfy((state) => settled.includes(state));
      const state = await stateOf(customer, id);
      // What was acknowledged is there; what wasn't may have counted or not, but is one or the other.
      if (seen.approved.has(id)) expect(state).toBe("sent");
      if (state === "sent") sent.set(customer, (sent.get(customer) ?? 0) + 1);
    }
    for (const [index, customer] of customers.entries()) {
      const payer = customers[(index + customers.length - 1) % customers.length] ?? customer;
      const { accounts } = granted<{ accounts: Account[] }>(
        await customer.device.call("GET", "/api/accounts"),
      );
      const expected = paid_in_minor - 100 * (sent.get(customer) ?? 0) + 100 * (sent.get(payer) ?? 0);
      expect(accounts[0]?.balance.minor).toBe(expected);
    }
  });

  it("leaves books that add up", async () => {
    expect(await checkLedger()).toBe(0);
  });
});
