import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { newId } from "@mainstay/kernel";
import type { Delivery, Email } from "@mainstay/mail";
import { createDatabase, createLogger, type DomainEvent } from "@mainstay/platform";
import { createTestDatabase, fakeClock, seededRandom } from "@mainstay/testkit";
import { notificationsMigrations } from "./migrations.ts";
import { attempts_max, createNotifications } from "./notifications.ts";

const testDatabase = await createTestDatabase({ modules: [notificationsMigrations] });
const database = createDatabase({ url: testDatabase.url, connections_max: 3, applicationName: "test" });
afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

const clock = fakeClock();
const random = seededRandom(1);
let sent: Email[] = [];
let deliver: (email: Email) => Promise<Delivery> = async () => ({ state: "sent" });

const notifications = createNotifications({
  database,
  clock,
  log: createLogger({ name: "test", level: "silent" }),
  mailer: {
    send: (email) => {
      sent.push(email);
      return deliver(email);
    },
    close: () => undefined,
  },
  contactOf: async (personId) =>
    personId.startsWith("person_demo") ? undefined : { firstName: "Ada <b>", email: "ada@example.com" },
});

function event(kind: string, payload: Record<string, unknown> = {}, subject = "person_ada"): DomainEvent {
  return { id: newId("evt", { clock, random }), kind, subject, payload, occurredAt: clock.now() };
}

async function stateOf(id: string): Promise<string | undefined> {
  const { rows } = await database.pool.query("SELECT state FROM notifications.emails WHERE event_id = $1", [
    id,
  ]);
  return rows[0]?.state;
}

beforeEach(() => {
  sent = [];
  deliver = async () => ({ state: "sent" });
});

describe("an event", () => {
  it.each([
    ["accounts.account-opened", {}, "Welcome to Mainstay"],
    [
      "identity.device-added",
      { openedBy: "passkey", deviceName: "Chrome on a Mac" },
      "A new device logged in",
    ],
    ["identity.passkey-added", { during: "security" }, "A passkey was added"],
    ["identity.recovered", { deviceName: "Safari on an iPhone" }, "A recovery code was used"],
  ])("%s is told once, however often it is read", async (kind, payload, subject) => {
    const told = event(kind, payload);
    await notifications.takeEvent(told);
    await notifications.takeEvent(told);
    expect(await notifications.sendNext()).toBe(true);
    expect(await notifications.sendNext()).toBe(false);
    expect(sent).toMatchObject([{ recipient: "ada@example.com", subject }]);
    expect(await stateOf(told.id)).toBe("sent");
  });

  it.each([
    ["identity.device-added", { openedBy: "registration" }],
    ["identity.passkey-added", { during: "registration" }],
    ["identity.passkey-removed", {}],
    ["identity.registration-passed", { firstName: "Rita", email: "rita@example.com", decidedBy: "check" }],
    ["constructor", {}],
  ])("%s of %j is told to nobody", async (kind, payload) => {
    await notifications.takeEvent(event(kind, payload));
    expect(await notifications.sendNext()).toBe(false);
  });

  it.each([
    ["identity.registration-passed", "You can finish opening your account"],
    ["identity.registration-failed", "We can't open an account for you"],
  ])("%s by staff is told to somebody who isn't a customer yet", async (kind, subject) => {
    const payload = { firstName: "Rita", email: "rita@example.com", decidedBy: "staff" };
    await notifications.takeEvent(event(kind, payload, "reg_of_rita"));
    await notifications.sendNext();
    expect(sent).toMatchObject([{ recipient: "rita@example.com", subject }]);
    expect(sent[0]?.textBody).toContain("Hello Rita");
  });

  it("about a demo customer is told to nobody", async () => {
    await notifications.takeEvent(event("accounts.account-opened", {}, "person_demo"));
    expect(await notifications.sendNext()).toBe(false);
  });

  it("carries what people typed as text, in HTML too", async () => {
    await notifications.takeEvent(
      event("identity.device-added", { openedBy: "passkey", deviceName: "<script>" }),
    );
    await notifications.sendNext();
    expect(sent[0]?.textBody).toContain("Ada <b>, <script> logged in");
    expect(sent[0]?.htmlBody).toContain("Ada &lt;b&gt;, &lt;script&gt; logged in");
    expect(sent[0]?.htmlBody).not.toContain("<script>");
  });
});

describe("an e-mail that isn't taken", () => {
  it("is tried again with growing waits, and given up after the last", async () => {
    deliver = async () => ({ state: "again", problem: "451" });
    const told = event("accounts.account-opened");
    await notifications.takeEvent(told);
    expect(await notifications.sendNext()).toBe(true);
    expect(await notifications.sendNext()).toBe(false);
    expect(await stateOf(told.id)).toBe("waiting");
    for (let attempt = 2; attempt <= attempts_max + 3; attempt += 1) {
      clock.advance(10 * 60_000);
      await notifications.sendNext();
    }
    expect(sent).toHaveLength(attempts_max);
    expect(await stateOf(told.id)).toBe("failed");
  });

  it("for good is given up at once", async () => {
    deliver = async () => ({ state: "never", problem: "550" });
    const told = event("accounts.account-opened");
    await notifications.takeEvent(told);
    await notifications.sendNext();
    expect(await stateOf(told.id)).toBe("failed");
  });

  it("as far as anybody knows isn't sent a second time", async () => {
    deliver = async () => ({ state: "uncertain", problem: "the connection broke" });
    const told = event("accounts.account-opened");
    await notifications.takeEvent(told);
    await notifications.sendNext();
    clock.advance(10 * 60_000);
    expect(await notifications.sendNext()).toBe(false);
    expect(await stateOf(told.id)).toBe("uncertain");
  });

  it("because the process was killed meanwhile isn't sent a second time either", async () => {
    const told = event("accounts.account-opened");
    await notifications.takeEvent(told);
    await database.pool.query("UPDATE notifications.emails SET state = 'sending' WHERE event_id = $1", [
      told.id,
    ]);
    const running = notifications.start();
    while ((await stateOf(told.id)) === "sending") await new Promise((resolve) => setTimeout(resolve, 5));
    await running.stop();
    expect(await stateOf(told.id)).toBe("uncertain");
    expect(sent).toEqual([]);
  });
});
