import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { asId, newId } from "@mainstay/kernel";
import type { Email } from "@mainstay/mail";
import { createDatabase, createLogger } from "@mainstay/platform";
import { staffMigrations, type StaffMember } from "@mainstay/staff";
import { createTestDatabase, fakeClock, seededRandom } from "@mainstay/testkit";
import { createStatus, statusMigrations, type IncidentFacts, type IncidentLine } from "./index.ts";
import { gap_ms_max } from "./judging.ts";
import { doubtUnfinished } from "./mail-store.ts";
import { clearDoubts, emailOf, sendNext, type MailDeps } from "./mails.ts";
import type { StatusTables } from "./tables.ts";
import { offered_components, type Measure } from "./types.ts";

const made = await createTestDatabase({
  modules: [staffMigrations, statusMigrations],
  role: "mainstay_control",
});
const database = createDatabase({ url: made.url, connections_max: 4, applicationName: "test" });
afterAll(async () => {
  await database.close();
  await made.drop();
});

const clock = fakeClock("2026-11-23T08:50:00Z");
const random = seededRandom(1);
const log = createLogger({ name: "test", level: "silent" });
const origin = "http://localhost:8080";
const priya: StaffMember = {
  id: asId("staff", "staff_0000000000000000000001"),
  name: "Priya",
  roles: ["release-manager"],
};
const commandId = () => newId("cmd", { clock, random });

/** The world around the page: what probes say, which incidents there are, where mails go. */
const world = {
  broken: new Set<string>(),
  incidents: [] as IncidentFacts[],
  people: { people: 0, back: 0 },
  lines: [] as { incident: string; line: IncidentLine }[],
  mails: [] as Email[],
  delivery: "sent" as "sent" | "again" | "never" | "uncertain",
  isSilent: false,
};

const measures = async (): Promise<readonly Measure[]> =>
  world.isSilent
    ? []
    : offered_components.map((component) => ({
        ...{ component, version: "1.4.0", of: "stable", at: clock.now() },
        hasPassed: !world.broken.has(component),
        isFailing: world.broken.has(component),
      }));

const status = createStatus({
  ...{ database, clock, random, log, origin },
  edgeSecret: "a secret of the edge that only this test knows",
  probes: { measures, measuredAt: async () => clock.now() },
  incidents: {
    list: async () => world.incidents,
    peopleOf: async () => world.people,
    record: async (incident, line) => void world.lines.push({ incident, line }),
  },
  mailer: {
    send: async (email) => {
      if (world.delivery === "sent") world.mails.push(email);
      return world.delivery === "sent" ? { state: "sent" } : { state: world.delivery, problem: "refused" };
    },
    close: () => undefined,
  },
  mailProvider: null,
  listen: () => () => undefined,
});

const incident = (changes: Partial<IncidentFacts> = {}): IncidentFacts => ({
  ...{ id: "inc_0000000000000000000041", number: "INC-0041", state: "triage", severity: 2 },
  ...{ source: "guard", openedAt: clock.now(), resolvedAt: null, takenBackAt: null },
  scope: {
    ...{ versions: ["1.5.0"], platforms: ["ios"], components: ["log-in"] },
    ...{ from: new Date("2026-11-23T08:41:00Z"), until: null },
  },
  ...changes,
});

const stateOf = async (id: string) =>
  (await status.read()).components.find((component) => component.id === id)?.state;
const sendAll = async () => {
  while (await status.sendNext());
};
const linkIn = (email: Email | undefined, path: string) =>
  new RegExp(`${origin}${path}\\?token=(\\S+)`).exec(email?.textBody ?? "")?.[1] ?? "";

beforeEach(async () => {
  clock.advance(1_000);
  Object.assign(world, {
    broken: new Set(),
    people: { people: 0, back: 0 },
    delivery: "sent",
    isSilent: false,
  });
  world.mails.length = 0;
});

/** Subscribes and confirms; answers the token that ends it. */
async function subscribe(email: string): Promise<void> {
  await status.subscriptions.ask({ email, place: "127.0.0.1" });
  await sendAll();
  const asking = world.mails.find(({ recipient }) => recipient === email);
  expect(await status.subscriptions.confirm(linkIn(asking, "/status/confirm"))).toBe(true);
  world.mails.length = 0;
}

describe("an incident steps through its states", () => {
  test("each is told once, in words from the record, to page, timeline and whoever subscribed", async () => {
    await subscribe("ada@example.com");
    world.incidents = [incident()];
    await status.work();
    await status.work();
    expect(await stateOf("log-in")).toBe("partly");
    world.incidents = [incident({ state: "investigating" })];
    await status.work();
    clock.advance(1_000);
    world.incidents = [incident({ state: "identified" })];
    await status.work();
    clock.set(new Date("2026-11-23T09:04:00Z"));
    world.incidents = [incident({ state: "monitoring" })];
    await status.work();
    expect(await stateOf("log-in")).toBe("works");
    clock.set(new Date("2026-11-23T09:34:00Z"));
    world.people = { people: 31, back: 31 };
    const until = new Date("2026-11-23T09:31:00Z");
    world.incidents = [
      incident({ state: "resolved", resolvedAt: clock.now(), scope: { ...incident().scope, until } }),
    ];
    await status.work();
    const [shown] = (await status.read()).incidents;
    expect(shown).toMatchObject({
      ...{ number: "INC-0041", title: "Log in, on iPhone", state: "works-again" },
      ...{ startedAt: "2026-11-23T08:41:00.000Z", endedAt: "2026-11-23T09:31:00.000Z" },
    });
    expect(shown?.updates.map(({ state, text }) => [state, text])).toEqual([
      ["works-again", "All 31 people who were kept out are back in."],
      ["watching", "Everybody has had the version before it again since 09:04. Nobody needs to do anything."],
      ["cause-found", "We’ve found the cause and are putting it right."],
      [
        "looking-into-it",
        "Some people on iPhone can’t log in with our newest version. " +
          "Balances and feed and payments in the UK work. We’re looking into it.",
      ],
    ]);
    expect(world.lines.map(({ line }) => line.title)).toEqual([
      "Status page: looking into it",
      "Status page: cause found",
      "Status page: watching",
      "Status page: works again",
    ]);
    await sendAll();
    await sendAll();
    expect(world.mails.map(({ subject }) => subject)).toEqual([
      "Log in, on iPhone: looking into it",
      "Log in, on iPhone: cause found",
      "Log in, on iPhone: watching",
      "Log in, on iPhone: works again",
    ]);
    expect(new Set(world.mails.map(({ id }) => id)).size).toBe(4);
    const [mail] = world.mails;
    const end = linkIn(mail, "/status/unsubscribe");
    expect(mail?.headers).toEqual({
      "List-Unsubscribe": `<${origin}/status/unsubscribe?token=${end}>`,
      "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    });
  });

  test("a duplicate that was merged, and what the ledger's checker found, aren't the public's", async () => {
    const ledger = incident({ id: "inc_0000000000000000000043", number: "INC-0043", source: "ledger" });
    world.incidents = [incident({ state: "merged" }), ledger];
    await status.work();
    expect((await status.read()).incidents).toEqual([]);
    expect(await stateOf("log-in")).toBe("works");
    world.incidents = [];
  });
});

describe("what staff may do", () => {
  test("they make it worse by hand, never better; the same command twice is one", async () => {
    await status.work();
    const given = { component: "payments", reason: "Banks abroad report trouble" } as const;
    const down = { ...given, commandId: commandId(), state: "partly" } as const;
    expect(await status.override(priya, down)).toMatchObject({ ok: true });
    expect(await stateOf("payments")).toBe("partly");
    const better = { ...given, commandId: commandId(), state: "works" } as const;
    expect(await status.override(priya, better)).toEqual({ ok: false, error: "override_not_worse" });
    world.broken.add("payments");
    const milder = { ...given, commandId: commandId(), state: "partly" } as const;
    expect(await status.override(priya, milder)).toEqual({ ok: false, error: "override_not_worse" });
    await status.work();
    expect(await stateOf("payments")).toBe("down");
    world.broken.clear();
    await status.override(priya, { ...given, commandId: commandId(), state: null });
    expect(await stateOf("payments")).toBe("works");
    // Told again late, the first command changes nothing.
    await status.override(priya, down);
    expect(await stateOf("payments")).toBe("works");
    const pots = { ...given, component: "pots", commandId: commandId(), state: "down" } as const;
    expect(await status.override(priya, pots)).toEqual({ ok: false, error: "component_not_offered" });
    const { rows } = await database.pool.query("SELECT action FROM staff.audit ORDER BY number");
    expect(rows.map(({ action }) => action)).toEqual(["status.overridden", "status.override-ended"]);
  });

  test("they amend an update, and add one that subscribers get", async () => {
    world.incidents = [incident({ id: "inc_0000000000000000000044", number: "INC-0044" })];
    await status.work();
    await sendAll();
    world.mails.length = 0;
    const id = "inc_0000000000000000000044";
    const [written] =
      (await status.readForConsole()).incidents.find((one) => one.incident === id)?.updates ?? [];
    const amend = { commandId: commandId(), incident: id, update: written?.id ?? "", text: "Put otherwise." };
    expect(await status.amendUpdate(priya, amend)).toMatchObject({ ok: true });
    const add = { commandId: commandId(), incident: id, text: "More in an hour." };
    clock.advance(1_000);
    expect(await status.addUpdate(priya, add)).toMatchObject({ ok: true });
    expect(await status.addUpdate(priya, add)).toMatchObject({ ok: true });
    await sendAll();
    expect(world.mails).toHaveLength(1);
    const shown = (await status.readForConsole()).incidents.find((one) => one.incident === id);
    expect(shown?.updates.map(({ text, amendedBy }) => [text, amendedBy?.name])).toEqual([
      ["More in an hour.", "Priya"],
      ["Put otherwise.", "Priya"],
    ]);
    const nobody = { commandId: commandId(), incident: "inc_0000000000000000000099", text: "Hello?" };
    expect(await status.addUpdate(priya, nobody)).toEqual({ ok: false, error: "incident_not_public" });
    world.incidents = [];
  });
});

test("while nobody judged, nothing is claimed: the time in between isn't measured", async () => {
  await status.work();
  expect(await stateOf("log-in")).toBe("works");
  const stopped = clock.now();
  clock.advance(gap_ms_max + 3_600_000);
  expect(await stateOf("log-in")).toBe("unknown");
  await status.work();
  expect(await stateOf("log-in")).toBe("works");
  const { rows } = await database.pool.query(
    "SELECT state, at FROM status.changes WHERE component = 'log-in' ORDER BY number DESC LIMIT 2",
  );
  expect(rows).toMatchObject([{ state: "works" }, { state: "unknown", at: stopped }]);
  world.isSilent = true;
  await status.work();
  expect((await status.read()).overall).toBe("unknown");
});

describe("mail of changes", () => {
  const place = "192.0.2.1";

  test("takes two yeses; asking again is answered alike and sends nothing more", async () => {
    const ask = (email: string) => status.subscriptions.ask({ email, place });
    expect(await ask("Eve@example.com")).toBe(true);
    expect(await ask("eve@example.com")).toBe(true);
    await sendAll();
    expect(world.mails.map(({ recipient }) => recipient)).toEqual(["Eve@example.com"]);
    const token = linkIn(world.mails[0], "/status/confirm");
    expect(await status.subscriptions.confirm(`${token}x`)).toBe(false);
    expect(await status.subscriptions.confirm(token)).toBe(true);
    expect(await status.subscriptions.confirm(token)).toBe(true);
    world.mails.length = 0;
    clock.advance(3_600_000);
    expect(await ask("eve@example.com")).toBe(true);
    await sendAll();
    expect(world.mails).toEqual([]);
  });

  test("a link of confirmation runs out, and one that ends it is no link of confirmation", async () => {
    await status.subscriptions.ask({ email: "late@example.com", place });
    await sendAll();
    const token = linkIn(world.mails[0], "/status/confirm");
    expect(await status.subscriptions.end(token)).toBe(false);
    clock.advance(49 * 3_600_000);
    expect(await status.subscriptions.confirm(token)).toBe(false);
  });

  test("one click ends it: the address is gone, with what waited for it", async () => {
    await subscribe("bye@example.com");
    world.incidents = [incident({ id: "inc_0000000000000000000045", number: "INC-0045" })];
    await status.work();
    const { rows } = await database.pool.query(
      "SELECT id FROM status.subscribers WHERE email = 'bye@example.com'",
    );
    const token = status.subscriptions.endToken(rows[0].id);
    expect(await status.subscriptions.end(token)).toBe(true);
    expect(await status.subscriptions.end(token)).toBe(true);
    await sendAll();
    expect(world.mails.map(({ recipient }) => recipient)).not.toContain("bye@example.com");
    world.incidents = [];
  });

  test("one place can't have mails sent without end", async () => {
    const asked = [];
    for (let count = 0; count < 12; count += 1) {
      asked.push(await status.subscriptions.ask({ email: `n${count}@example.com`, place: "198.51.100.7" }));
    }
    expect(asked.filter((one) => !one)).toHaveLength(2);
    await sendAll();
  });

  test("a server that says later is asked again, later and not for ever", async () => {
    await subscribe("slow@example.com");
    world.incidents = [incident({ id: "inc_0000000000000000000046", number: "INC-0046" })];
    world.delivery = "again";
    await status.work();
    for (let turn = 0; turn < 12; turn += 1) {
      await sendAll();
      clock.advance(600_000);
    }
    const { rows } = await database.pool.query(
      "SELECT DISTINCT state, attempts FROM status.mails WHERE state NOT IN ('sent', 'waiting')",
    );
    expect(rows).toEqual([{ state: "failed", attempts: 8 }]);
    world.incidents = [];
  });

  test("killed in the middle, nobody is written to twice or forgotten: the provider is asked", async () => {
    const db = database.sql.withTables<StatusTables>();
    await sendAll();
    await subscribe("one@example.com");
    world.incidents = [incident({ id: "inc_0000000000000000000047", number: "INC-0047" })];
    await status.work();
    const taken = new Set<string>();
    const deps: MailDeps = {
      ...{ db, clock, log, origin, subscriptions: status.subscriptions },
      mailer: { send: () => new Promise(() => undefined), close: () => undefined },
      provider: { find: async (id) => (taken.has(id) ? "taken" : "not-taken") },
    };
    // Each hangs in the middle of a mail, and never comes back.
    const waiting = async () =>
      (await database.pool.query("SELECT id FROM status.mails WHERE state = 'waiting'")).rows.length;
    const count = await waiting();
    for (let turn = 0; turn < count; turn += 1) {
      void sendNext(deps);
      while ((await waiting()) > count - turn - 1) await new Promise((done) => setTimeout(done, 5));
    }
    const { rows } = await database.pool.query(
      "SELECT id FROM status.mails WHERE state = 'sending' ORDER BY id",
    );
    taken.add(`<${rows[0].id}@mainstay.example>`);
    await doubtUnfinished(db);
    await clearDoubts(deps);
    await sendAll();
    expect(new Set(world.mails.map(({ id }) => id))).toEqual(new Set(rows.slice(1).map(({ id }) => id)));
    world.incidents = [];
  });

  test("an address or a title with markup in it stays text", () => {
    const update = { title: "<b>Log in</b>", state: "watching", text: "<script>", at: clock.now() };
    const mail = {
      id: "stm_1",
      subscriber: "sub_1",
      email: "a@example.com",
      askedAt: clock.now(),
      attempts: 1,
    };
    const email = emailOf({ origin, subscriptions: status.subscriptions }, { ...mail, update });
    expect(email.htmlBody).not.toMatch(/<b>Log|<script>/);
  });
});
