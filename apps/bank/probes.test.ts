import { generateKeyPairSync, randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  createDeviceClient,
  createSoftwarePasskey,
  granted,
  injectTransport,
  logIn,
  randomId,
} from "@mainstay/testkit/client";
import {
  edge_secret_header,
  probe_names,
  type Account,
  type Payment,
  type ProbeCustomer,
  type ProbeCustomers,
  type ProbeName,
} from "@mainstay/wire";
import { createTestBank, test_edge_secret, test_origin } from "./test-bank.ts";

const bank = await createTestBank();
afterAll(bank.close);

const newPasskey = () => ({
  id: randomBytes(16).toString("base64url"),
  ...generateKeyPairSync("ec", { namedCurve: "P-256" }),
});
type Keys = Readonly<Record<ProbeName, ReturnType<typeof newPasskey>>>;
const newKeys = (): Keys => ({ one: newPasskey(), two: newPasskey(), browser: newPasskey() });
const keys = newKeys();

async function put(given: Keys, secret = test_edge_secret) {
  const customers = probe_names.map((name) => ({
    name,
    credentialId: given[name].id,
    spki: given[name].publicKey.export({ type: "spki", format: "der" }).toString("base64"),
  }));
  return bank.server.inject({
    method: "PUT",
    url: "/internal/probe-customers",
    headers: { [edge_secret_header]: secret, "content-type": "application/json" },
    payload: JSON.stringify({ customers }),
  });
}

let made: ProbeCustomers;
beforeAll(async () => {
  made = JSON.parse((await put(keys)).body) as ProbeCustomers;
});

async function phoneOf(customer: ProbeCustomer, key = keys[customer.name]) {
  const options = { origin: test_origin, transport: injectTransport(bank.server) };
  const { rpId, userHandle } = customer;
  const holds = [{ id: key.id, rpId, userHandle, key: key.privateKey }];
  const device = createDeviceClient(options);
  const passkey = createSoftwarePasskey({ ...options, holds });
  return { device, passkey, answer: await logIn(device, passkey) };
}

const count = async (table: string, where = "TRUE"): Promise<number> => {
  const { rows } = await bank.database.pool.query(`SELECT count(*)::INT AS n FROM ${table} WHERE ${where}`);
  return rows[0].n;
};

it("the synthetic customers are made once, for whoever has the secret", async () => {
  expect((await put(keys, "another secret")).statusCode).toBe(404);
  expect(JSON.parse((await put(keys)).body)).toEqual(made);
  expect(await count("identity.people", "probe")).toBe(3);
  expect(await count("accounts.accounts")).toBe(3);
  expect(new Set(made.customers.map(({ holderName }) => holderName))).toEqual(
    new Set(["Probe One", "Probe Two", "Probe Browser"]),
  );
});

it("a penny goes to and fro between them, out of nobody's money, and nobody is written to", async () => {
  const [one, two] = made.customers;
  if (one === undefined || two === undefined) throw new Error("there are two");
  for (const [from, to] of [
    [one, two],
    [two, one],
  ] as const) {
    const { device, passkey, answer } = await phoneOf(from);
    granted(answer);
    const ordered = granted<Payment>(
      await device.call("POST", "/api/payments", {
        id: randomId("pay"),
        accountId: from.accountId,
        payee: { name: to.holderName, sortCode: to.sortCode, accountNumber: to.accountNumber },
        amount: { minor: 1, currency: "GBP" },
        reference: "probe",
      }),
    );
    if (ordered.approval === null) throw new Error("nothing to approve");
    const credential = passkey.get(ordered.approval.options);
    granted(await device.call("POST", `/api/payments/${ordered.id}/approve`, { credential }));
    bank.clock.advance(15_000);
    expect(await bank.payments.sendDue()).toBe(1);
    const { accounts } = granted<{ accounts: Account[] }>(await device.call("GET", "/api/accounts"));
    expect(accounts[0]?.balance.minor).toBe(from === one ? -1 : 0);
  }
  expect(await count("notifications.emails")).toBe(0);
  expect(await count("identity.audit", "action = 'logged-in'")).toBe(0);
});

it("another secret's passkeys replace them, and the first ones come back", async () => {
  const [one] = made.customers;
  if (one === undefined) throw new Error("there are two");
  const others = newKeys();
  await put(others);
  expect((await phoneOf(one)).answer.status).toBe(401);
  expect((await phoneOf(one, others.one)).answer.status).toBe(200);
  await put(keys);
  expect((await phoneOf(one)).answer.status).toBe(200);
});
