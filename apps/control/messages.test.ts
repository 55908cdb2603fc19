import type { AddressInfo } from "node:net";
import { addMs, asId, newId, ok } from "@mainstay/kernel";
import { createMailProvider } from "@mainstay/mail";
import {
  createMessages,
  messagesMigrations,
  type IncidentsPort,
  type MessagesService,
} from "@mainstay/messages";
import { createDatabase, createLogger, systemClock, systemRandom, type Database } from "@mainstay/platform";
import { staffMigrations, type Confirmations, type StaffMember } from "@mainstay/staff";
import { createTestDatabase, seededRandom } from "@mainstay/testkit";
import type { Message } from "@mainstay/wire";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestBank, test_edge_secret, test_push_keys, type TestBank } from "../bank/test-bank.ts";
import { startSimulator } from "../simulator/simulator.ts";
import { createBankClient, type BankClient } from "./bank-client.ts";

/** The whole way of a message: control, the bank, the mail server and its provider, each as it is. */
const log = createLogger({ name: "test", level: "silent" });
const random = seededRandom(4);
const simulator = await startSimulator({
  ...{ httpPort: 0, mailPort: 0, bankUrl: "http://127.0.0.1:1", log },
  ...{ clock: systemClock, random: systemRandom },
  schemeSecret: "no message is sent in this test at all",
});
const incident_id = `inc_${"1".repeat(22)}`;
const staffOf = (letter: string): StaffMember => ({
  id: asId("staff", `staff_${letter.repeat(22)}`),
  name: letter,
  roles: ["release-manager"],
});
const [priya, tom] = [staffOf("p"), staffOf("t")];

let bank: TestBank;
let client: BankClient;
let database: Database;
let drop: () => Promise<void>;
let messages: MessagesService;
const customers = new Map<string, { readonly ref: string; readonly email: string }>();
/** The answers of the bank that get lost on their way. */
let lost = 0;

/** Signatures that always fit: what passkeys prove is tested where they are. */
const confirmations: Confirmations = {
  begin: async () => ({
    id: newId("apc", { clock: bank.clock, random }),
    options: { challenge: "" } as never,
    expiresAt: addMs(bank.clock.now(), 300_000),
  }),
  finish: async ({ staff, credential }) =>
    ok({ personId: staff.id, nonce: "", publicKey: { algorithm: -7, spki: "" }, credential }),
};

const failed_at = new Date("2026-11-23T08:41:12Z");
const affected = ["Ada", "Ben", "Cleo"];
const people = () =>
  affected.map((name, index) => ({
    customer: customers.get(name)?.ref ?? "",
    isRegistration: false,
    installations: [`ins_${name}`],
    firstFailureAt: addMs(failed_at, index * 60_000),
    lastFailureAt: addMs(failed_at, index * 60_000),
    backAt: name === "Cleo" ? null : addMs(failed_at, 900_000),
    isBack: name !== "Cleo",
    out_ms: 900_000,
    tries: index + 1,
  }));
const incidents: IncidentsPort = {
  affectedPeople: async () => ({ people: people(), unknown: 0 }),
  find: async (id) => ({
    ...{ id, number: "INC-0041", title: "Log-ins failed", state: "monitoring", severity: 3, source: "guard" },
    ...{ openedAt: failed_at, openedBy: priya, resolvedAt: null, commander: null, mergedInto: null },
    scope: {
      ...{ versions: ["8.4.1"], platforms: ["ios"], components: ["log-in"], from: failed_at },
      until: addMs(failed_at, 720_000),
    },
    ...{ reviewedAt: null, takenBackAt: null },
  }),
  listOpen: async () => [],
  recordIn: async () => undefined,
  listen: () => () => undefined,
};

beforeAll(async () => {
  const mailProvider = createMailProvider({ url: simulator.url });
  bank = await createTestBank({
    mailServer: { host: "127.0.0.1", port: simulator.mailbox.port },
    messages: { mailProvider, pushKeys: test_push_keys, pushServices: [] },
  });
  for (const name of [...affected, "Dora"]) {
    const { personId } = await bank.customer(name, "Marlow");
    const { rows } = await bank.database.pool.query<{ ref: string; email: string }>(
      "SELECT customer_ref AS ref, email FROM identity.people WHERE id = $1",
      [personId],
    );
    // An address of their own each, since that is what is counted.
    const email = `${name.toLowerCase()}@example.com`;
    await bank.asOwner("UPDATE identity.people SET email = $2 WHERE id = $1", [personId, email]);
    customers.set(name, { ref: rows[0]?.ref ?? "", email });
  }
  await bank.server.listen({ host: "127.0.0.1", port: 0 });
  const bankUrl = `http://127.0.0.1:${(bank.server.server.address() as AddressInfo).port}`;
  client = createBankClient({ bankUrl, edgeSecret: test_edge_secret });
  const made = await createTestDatabase({
    modules: [staffMigrations, messagesMigrations],
    role: "mainstay_control",
  });
  ({ drop } = made);
  database = createDatabase({ url: made.url, connections_max: 3, applicationName: "test" });
  messages = createMessages({
    ...{ database, clock: bank.clock, random, log, incidents, confirmations },
    bank: {
      ...client,
      deliverMessages: async (deliveries) => {
        const taken = await client.deliverMessages(deliveries);
        lost -= 1;
        if (lost >= 0) throw new Error("the answer was lost");
        return taken;
      },
    },
  });
});
afterAll(async () => {
  await messages.stop();
  await client.close();
  await database.close();
  await drop();
  await bank.close();
  await simulator.stop();
});

async function send(): Promise<string> {
  const commandId = newId("cmd", { clock: bank.clock, random });
  const drafted = await messages.draft(priya, { commandId, incidentId: incident_id });
  if (!drafted.ok) throw new Error(drafted.error.code);
  for (const staff of [priya, tom]) {
    const begun = await messages.signOptions(staff, drafted.value);
    if (!begun.ok) throw new Error(begun.error.code);
    const given = { messageId: drafted.value, ceremonyId: begun.value.id, credential: {} as never };
    const signed = await messages.sign(staff, given);
    if (!signed.ok) throw new Error(signed.error.code);
  }
  return drafted.value;
}

/** Lets that many seconds pass, at control and at the bank. */
async function pass(seconds: number): Promise<void> {
  const { sendNextEmail, clearUpNext, takeMailEvents } = bank.inbox.work;
  for (let second = 0; second < seconds; second += 1) {
    bank.clock.advance(1_000);
    await messages.work();
    while ((await clearUpNext()) || (await sendNextEmail()));
    while (await takeMailEvents());
  }
}

async function emailStates(id: string): Promise<Message["deliveries"]> {
  const read = await messages.read(id, { id: tom.id, mayAct: true });
  return read.ok ? read.value.deliveries.filter(({ channel }) => channel === "email") : [];
}
const arrived = () => simulator.mailbox.messages().flatMap(({ to }) => to);
const wanted = affected.map((name) => `${name.toLowerCase()}@example.com`);

test("a server that refuses, then drops, and lost answers: each has it once, nobody else does", async () => {
  lost = 2;
  simulator.faults.set({ mail: "refuse" });
  const id = await send();
  await pass(5);
  expect(arrived()).toEqual([]);
  simulator.faults.set({ mail: "drop-after-data" });
  await pass(30);
  simulator.faults.set({ mail: "accept" });
  await pass(60);
  expect(arrived().toSorted()).toEqual(wanted.toSorted());
  expect(await emailStates(id)).toEqual([{ channel: "email", state: "sent", count: 3 }]);
  const toBen = simulator.mailbox.messages().find(({ to }) => to.includes("ben@example.com"));
  expect(toBen?.text).toContain("Hello Ben, on 23 November 2026");
  expect(toBen?.text).toContain("you tried twice and were refused, first at 08:42");
  // Who is out was written to before all others.
  expect(simulator.mailbox.messages().at(-1)?.to).toEqual(["cleo@example.com"]);
});

test("a server that takes and then gives back says so in control, and is asked no second time", async () => {
  const before = arrived().length;
  simulator.faults.set({ mail: "accept-then-bounce" });
  const id = await send();
  await pass(10);
  expect(arrived()).toHaveLength(before + 3);
  expect(await emailStates(id)).toEqual([{ channel: "email", state: "bounced", count: 3 }]);
  simulator.faults.set({ mail: "refuse-for-good" });
  const refused = await send();
  await pass(10);
  expect(await emailStates(refused)).toEqual([{ channel: "email", state: "failed", count: 3 }]);
  const page = await messages.deliveries({ messageId: refused, after: "" });
  const problems = page.ok ? page.value.deliveries.flatMap(({ channels }) => channels) : [];
  expect(problems.find(({ channel }) => channel === "email")?.problem).toContain("550");
});

test("words that name a customer are refused by the bank's word alone", async () => {
  const commandId = newId("cmd", { clock: bank.clock, random });
  const drafted = await messages.draft(priya, { commandId, incidentId: incident_id });
  const edited = await messages.edit(priya, {
    ...{ messageId: drafted.ok ? drafted.value : "", draft: 1, channels: ["inbox"] },
    ...{ commandId: newId("cmd", { clock: bank.clock, random }), subject: "You couldn’t log in" },
    text: "It kept Ada Marlow out, and you. Sorry.",
  });
  expect(edited).toMatchObject({ error: { code: "customer_data" } });
});
