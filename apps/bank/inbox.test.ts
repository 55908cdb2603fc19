import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { makePushKeys } from "@mainstay/inbox";
import { addMs } from "@mainstay/kernel";
import { createMailProvider, messageIdOf } from "@mainstay/mail";
import { createLogger, systemClock, systemRandom } from "@mainstay/platform";
import {
  answers_of_ada,
  createVisitor,
  granted,
  injectTransport,
  randomId,
  type TestCustomer,
} from "@mainstay/testkit/client";
import {
  edge_secret_header,
  type DeliveryChanges,
  type Inbox,
  type IncidentBanners,
  type MessageDelivery,
  type MessagesTaken,
  type Payment,
  type Thread,
} from "@mainstay/wire";
import { activationHeaders, testActivation } from "../../tests/support/activation.ts";
import { startSimulator } from "../simulator/simulator.ts";
import { createLedgerReporter } from "./ledger-reports.ts";
import { createTestBank, test_edge_secret, test_origin, type TestBank } from "./test-bank.ts";

/** The real outside world: a mail server with faults, its provider, and a push service. */
const simulator = await startSimulator({
  httpPort: 0,
  mailPort: 0,
  bankUrl: "http://127.0.0.1:1",
  schemeSecret: "no message is sent in this test at all",
  clock: systemClock,
  random: systemRandom,
  log: createLogger({ name: "test", level: "silent" }),
});
let bank: TestBank;
let ada: TestCustomer & { ref: string };
let ben: TestCustomer & { ref: string };

async function customer(firstName: string) {
  const made = await bank.customer(firstName, "Marlow");
  const { rows } = await bank.database.pool.query<{ ref: string }>(
    "SELECT customer_ref AS ref FROM identity.people WHERE id = $1",
    [made.personId],
  );
  return { ...made, ref: rows[0]?.ref ?? "" };
}

beforeAll(async () => {
  bank = await createTestBank({
    mailServer: { host: "127.0.0.1", port: simulator.mailbox.port },
    messages: {
      mailProvider: createMailProvider({ url: simulator.url }),
      pushKeys: makePushKeys(),
      pushServices: [new URL(simulator.url).origin],
    },
  });
  ada = await customer("Ada");
  ben = await customer("Ben");
});
afterAll(async () => {
  await bank.close();
  await simulator.stop();
});
beforeEach(() => void simulator.faults.set({ mail: "accept", push: "accept" }));

async function internal<T>(method: "GET" | "PUT" | "POST", url: string, body?: unknown): Promise<T> {
  const answer = await bank.server.inject({
    method,
    url,
    headers: {
      [edge_secret_header]: test_edge_secret,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
  });
  if (answer.statusCode !== 200) throw new Error(`${answer.statusCode} ${answer.body}`);
  return answer.json() as T;
}

const delivery = (changes: Partial<MessageDelivery> = {}): MessageDelivery => ({
  id: randomId("dlv"),
  message: randomId("msg"),
  incident: randomId("inc"),
  customer: ada.ref,
  subject: "Sorry about Tuesday",
  text: "Hello {first_name},\n\nyou were out for a minute.",
  channels: ["inbox", "email", "push"],
  isUrgent: false,
  ...changes,
});

async function deliver(...deliveries: MessageDelivery[]): Promise<string[]> {
  const answer = await internal<MessagesTaken>("POST", "/internal/message-deliveries", { deliveries });
  return answer.taken.map(({ outcome }) => outcome);
}

async function statesOf(id: string): Promise<Record<string, string>> {
  const { changes } = await internal<DeliveryChanges>("GET", "/internal/message-deliveries?after=0");
  return Object.fromEntries(
    changes.filter((change) => change.id === id).map(({ channel, state }) => [channel, state]),
  );
}

async function work(): Promise<void> {
  const { sendNextEmail, sendNextPush, clearUpNext, takeMailEvents } = bank.inbox.work;
  while ((await clearUpNext()) || (await sendNextEmail()) || (await sendNextPush()));
  while (await takeMailEvents());
}

const inboxOf = async (who: TestCustomer) => granted<Inbox>(await who.device.call("GET", "/api/inbox"));
const arrived = (id: string) =>
  simulator.mailbox.messages().filter(({ messageId }) => messageId === messageIdOf(id));

describe("release control's doors", () => {
  it.each([
    ["POST", "/internal/message-deliveries", { deliveries: [] }],
    ["GET", "/internal/message-deliveries?after=0", undefined],
    ["PUT", "/internal/incident-banners", { banners: [] }],
    ["POST", "/internal/payments-delayed", { spans: [] }],
  ] as const)("%s %s is nothing to whoever has not the secret", async (method, url, body) => {
    for (const secret of [undefined, "", "not the secret"]) {
      const answer = await bank.server.inject({
        method,
        url,
        headers: secret === undefined ? {} : { [edge_secret_header]: secret },
        ...(body === undefined ? {} : { payload: body }),
      });
      expect([answer.statusCode, answer.json()]).toMatchObject([404, { code: "not_found" }]);
    }
  });

  it.each([
    { deliveries: [] },
    { deliveries: [{ id: "dlv_short" }] },
    { deliveries: Array.from({ length: 101 }, () => ({})) },
    { deliveries: "all" },
    {},
  ])("a batch that isn't one is refused: %#", async (body) => {
    await expect(internal("POST", "/internal/message-deliveries", body)).rejects.toThrow("400");
  });

  it("a text that nobody can fill in is refused, and says which", async () => {
    const bad = delivery({ text: "Your balance is {balance}" });
    await expect(deliver(bad)).rejects.toThrow(/422.*placeholder_unknown.*\{balance\}/s);
    expect(await deliver({ ...bad, text: "All is well" })).toEqual(["taken"]);
  });

  it("a whole batch of the longest texts fits", async () => {
    const long = Array.from({ length: 100 }, () =>
      delivery({ text: "€".repeat(4_000), channels: ["inbox"] }),
    );
    expect(new Set(await deliver(...long))).toEqual(new Set(["taken"]));
  });
});

describe("a message to those affected", () => {
  it("reaches its customer in the app, by e-mail and by push, and nobody else", async () => {
    const { publicKey } = granted<{ publicKey: string }>(await ada.device.call("GET", "/api/push"));
    const subscribed = await fetch(`${simulator.url}/api/push/subscriptions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ applicationServerKey: publicKey }),
    });
    granted(await ada.device.call("PUT", "/api/push", await subscribed.json()));
    expect(granted(await ada.device.call("GET", "/api/push"))).toMatchObject({ isSubscribed: true });
    const sent = delivery();
    expect(await deliver(sent)).toEqual(["taken"]);
    await work();
    expect(await statesOf(sent.id)).toEqual({ inbox: "sent", email: "sent", push: "sent" });
    expect(arrived(sent.id)).toMatchObject([{ to: ["ada.marlow@example.com"], subject: sent.subject }]);
    const pushes = (await (await fetch(`${simulator.url}/api/push/messages`)).json()) as {
      pushes: { text: string }[];
    };
    expect(JSON.parse(pushes.pushes[0]?.text ?? "{}")).toMatchObject({ subject: sent.subject });
    expect((await inboxOf(ben)).threads).toEqual([]);
    const thread = (await inboxOf(ada)).threads.find(({ incident }) => incident === sent.incident);
    granted<Thread>(await ada.device.call("POST", `/api/inbox/${thread?.id}/read`, {}));
    expect(await statesOf(sent.id)).toMatchObject({ inbox: "read" });
  });

  it("is tried again where the mail server says later, and arrives once", async () => {
    simulator.faults.set({ mail: "refuse" });
    const sent = delivery({ channels: ["email"] });
    await deliver(sent);
    await work();
    expect([arrived(sent.id).length, await statesOf(sent.id)]).toEqual([0, { email: "waiting" }]);
    simulator.faults.set({ mail: "accept" });
    bank.clock.advance(5_000);
    await work();
    expect([arrived(sent.id).length, await statesOf(sent.id)]).toEqual([1, { email: "sent" }]);
  });

  it("is failed where the mail server says never", async () => {
    simulator.faults.set({ mail: "refuse-for-good" });
    const sent = delivery({ channels: ["email"] });
    await deliver(sent);
    await work();
    expect(await statesOf(sent.id)).toEqual({ email: "failed" });
  });

  it("is bounced where the mail server takes it and it comes back", async () => {
    simulator.faults.set({ mail: "accept-then-bounce" });
    const sent = delivery({ channels: ["email"] });
    await deliver(sent);
    await work();
    // The simulator bounces by its own clock, a moment later.
    for (let tries = 0; tries < 100 && (await statesOf(sent.id))["email"] !== "bounced"; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      await work();
    }
    expect(await statesOf(sent.id)).toEqual({ email: "bounced" });
  });

  it("is uncertain where the connection breaks, and cleared up by asking: it arrives once", async () => {
    simulator.faults.set({ mail: "drop-after-data" });
    const sent = delivery({ channels: ["email"] });
    await deliver(sent);
    await work();
    expect(await statesOf(sent.id)).toEqual({ email: "uncertain" });
    simulator.faults.set({ mail: "accept" });
    bank.clock.advance(60_000);
    await work();
    expect([arrived(sent.id).length, await statesOf(sent.id)]).toEqual([1, { email: "sent" }]);
  });
});

describe("a registration whose last step failed", () => {
  it("is told at its address, by the installation that it ran on", async () => {
    const activation = testActivation();
    const from = { headers: activationHeaders(activation) };
    const path = `/api/registrations/${randomId("reg")}`;
    const { device } = createVisitor({ origin: test_origin, transport: injectTransport(bank.server) });
    const answers = { ...answers_of_ada, firstName: "Rita", email: "rita@example.com" };
    granted(await device.call("PUT", path, { answers }));
    granted(await device.call("POST", `${path}/check`));
    const early = delivery({ customer: activation.installation, channels: ["inbox", "email"] });
    expect(await deliver(early)).toEqual(["unknown"]);
    granted(await device.call("POST", `${path}/passkey/options`, undefined, from));
    expect(await deliver(early)).toEqual(["taken"]);
    await work();
    expect(await statesOf(early.id)).toEqual({ inbox: "none", email: "sent" });
    expect(arrived(early.id)).toMatchObject([{ to: ["rita@example.com"] }]);
    expect(arrived(early.id)[0]?.text).toContain("Hello Rita,");
  });
});

describe("banners and live news", () => {
  it("reach those concerned over the stream that they hold, and nobody else", async () => {
    const incident = randomId("inc");
    const heard: string[] = [];
    const subscription = bank.accounts.hub.subscribe(ada.personId);
    const bens = bank.accounts.hub.subscribe(ben.personId);
    void (async () => {
      for await (const event of subscription?.events ?? []) heard.push(event.type);
    })();
    void (async () => {
      for await (const event of bens?.events ?? []) heard.push(`ben's ${event.type}`);
    })();
    const banner: IncidentBanners["banners"][number] = {
      incident,
      title: "Logging in failed this morning",
      text: "It works again.",
      updatedAt: bank.clock.now().toISOString(),
      customers: [ada.ref],
    };
    await internal("PUT", "/internal/incident-banners", { banners: [banner] });
    await new Promise((resolve) => setImmediate(resolve));
    expect(heard).toEqual(["inbox"]);
    expect((await inboxOf(ada)).banners).toMatchObject([{ title: banner.title }]);
    expect((await inboxOf(ben)).banners).toEqual([]);
    subscription?.end();
    bens?.end();
  });
});

describe("payments that waited", () => {
  it("are those not approved when their customer was out, and approved after or never", async () => {
    const { rows } = await bank.database.pool.query<{ id: string; number: string }>(
      `SELECT id, account_number AS number
         FROM accounts.accounts
        WHERE person_id = ANY ($1)
        ORDER BY (person_id = $2) DESC`,
      [[ada.personId, ben.personId], ada.personId],
    );
    const order = async () =>
      granted<Payment>(
        await ada.device.call("POST", "/api/payments", {
          id: randomId("pay"),
          accountId: rows[0]?.id,
          payee: { name: "Ben Marlow", sortCode: "004217", accountNumber: rows[1]?.number },
          amount: { minor: 100, currency: "GBP" },
          reference: "Tea",
        }),
      );
    const from = bank.clock.now();
    await order();
    bank.clock.advance(1_000);
    const delayed = async (since: Date, until: Date, who = ada.ref) =>
      (
        await internal<{ delayed: number }>("POST", "/internal/payments-delayed", {
          spans: [{ customer: who, from: since.toISOString(), until: until.toISOString() }],
        })
      ).delayed;
    expect(await delayed(from, addMs(from, 60_000))).toBe(1);
    expect(await delayed(addMs(from, -60_000), addMs(from, -1))).toBe(0);
    expect(await delayed(addMs(from, 3_600_000), addMs(from, 3_700_000))).toBe(0);
    expect(await delayed(from, addMs(from, 60_000), ben.ref)).toBe(0);
    expect(await delayed(from, addMs(from, 60_000), "cus_nobody")).toBe(0);
  });
});

describe("the checker's word for release control", () => {
  const report = (wrong: string[]) => ({
    ok: wrong.length === 0,
    checkedAt: new Date("2026-11-24T08:00:00Z"),
    lines: ["sums", "balances"].map((name) => ({
      name,
      checked: 10n,
      took_ms: 1,
      mismatches: wrong.includes(name) ? 1n : 0n,
      examples: wrong.includes(name) ? ["x".repeat(900)] : [],
    })),
  });

  it("is given at the start, when the book becomes wrong, and when it is right again", async () => {
    const told: string[] = [];
    let isAway = false;
    const reporter = createLedgerReporter(async ({ ok, wrong }) => {
      if (isAway) throw new Error("control is away");
      told.push(ok ? "right" : wrong.map(({ name }) => name).join());
    });
    await reporter.tell();
    for (const wrong of [[], [], ["sums"], ["sums"], ["sums", "balances"]]) {
      reporter.note(report(wrong));
      await reporter.tell();
      await reporter.tell();
    }
    isAway = true;
    reporter.note(report([]));
    await expect(reporter.tell()).rejects.toThrow("away");
    isAway = false;
    await reporter.tell();
    expect(told).toEqual(["right", "sums", "sums,balances", "right"]);
  });
});
