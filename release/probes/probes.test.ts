import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { check_cookie, createCheckTickets, createDatabase, createLogger } from "@mainstay/platform";
import { createTestDatabase, seededRandom } from "@mainstay/testkit";
import { injectTransport, type Transport } from "@mainstay/testkit/client";
import { edge_secret_header, type Plan, type ProbeCustomers } from "@mainstay/wire";
import { createTestBank, test_edge_secret, test_origin } from "../../apps/bank/test-bank.ts";
import { createProbes, probesMigrations, type FailingProbe } from "./index.ts";

const bank = await createTestBank();
const made = await createTestDatabase({ modules: [probesMigrations], role: "mainstay_control" });
const database = createDatabase({ url: made.url, connections_max: 3, applicationName: "test" });
afterAll(async () => {
  await bank.close();
  await database.close();
  await made.drop();
});

const tickets = createCheckTickets(test_edge_secret);
const toBank = injectTransport(bank.server);

/** What goes wrong between the probe and the bank. */
const world = { broken: null as RegExp | null, candidate: null as string | null, isAway: false };
const told: (FailingProbe & { readonly what: "opened" | "recovered" })[] = [];
const seen: { readonly path: string; readonly version: string }[] = [];

/** Stands where the edge does: gives out what the ticket says, and passes the rest on. */
const edge: Transport = async (request) => {
  const cookie = new RegExp(`${check_cookie}=([^;]+)`).exec(request.headers["cookie"] ?? "")?.[1];
  const version = tickets.read(cookie)?.version ?? "none";
  seen.push({ path: request.path, version });
  if (world.isAway) throw new TypeError("fetch failed");
  const json = (status: number, body: object) => ({
    ...{ status, setCookies: [], headers: { "content-type": "application/json" } },
    text: JSON.stringify(body),
  });
  if (world.broken?.test(`${version} ${request.path}`)) return json(503, { code: "busy" });
  if (request.path === "/assignment") return json(200, { version });
  return toBank(request);
};

const platformPlan = (candidate: string | null) => ({
  ...{ stable: "1.4.0", previous: null, recommended: null, minimum: null, storeUrl: null },
  rollout: candidate === null ? null : ({ candidate } as Plan["platforms"]["web"]["rollout"]),
});

const probes = createProbes({
  ...{
    database,
    clock: bank.clock,
    random: seededRandom(7),
    origin: test_origin,
    edgeSecret: test_edge_secret,
  },
  log: createLogger({ name: "test", level: "silent" }),
  hasBrowser: false,
  transportOf: () => edge,
  plan: async () => {
    const one = platformPlan(world.candidate);
    return { epoch: 1, platforms: { ios: one, android: one, web: one }, takenBack: [] };
  },
  protocols: async () =>
    new Map([
      ["1.4.0", "login/1"],
      ["1.5.0", "login/2"],
    ]),
  putCustomers: async (customers) => {
    const answer = await bank.server.inject({
      method: "PUT",
      url: "/internal/probe-customers",
      headers: { [edge_secret_header]: test_edge_secret, "content-type": "application/json" },
      payload: JSON.stringify({ customers }),
    });
    return (JSON.parse(answer.body) as ProbeCustomers).customers;
  },
  incidents: {
    openFromProbe: async (failing) => told.push({ ...failing, what: "opened" }),
    probeRecovered: async (recovered) => told.push({ ...recovered, what: "recovered" }),
  },
});

/** One round, and half a minute in which the bank does its work. */
async function round() {
  const results = await probes.round();
  bank.clock.advance(30_000);
  await bank.payments.sendDue();
  await bank.readFeed();
  return results;
}

const pennies = async () =>
  (await database.pool.query("SELECT payer, outcome FROM probes.pennies ORDER BY ordered_at, payment_id"))
    .rows;

beforeEach(() => {
  Object.assign(world, { broken: null, candidate: null, isAway: false });
  told.length = 0;
  seen.length = 0;
});

const passed = { "log-in": "passed", balances: "passed", payments: "passed" };

describe("a round", () => {
  test("logs in, reads the balance and moves a penny, to and fro; each arrives exactly once", async () => {
    for (let count = 0; count < 4; count += 1) {
      expect(await round()).toMatchObject([
        { version: "1.4.0", of: "stable", outcomes: passed, reason: null },
      ]);
    }
    expect(await pennies()).toEqual([
      { payer: "one", outcome: "arrived" },
      { payer: "two", outcome: "arrived" },
      { payer: "one", outcome: "arrived" },
      { payer: "two", outcome: null },
    ]);
    const [{ sum }] = (await bank.database.pool.query("SELECT sum(posted)::INT AS sum FROM ledger.accounts"))
      .rows;
    expect(sum).toBe(0);
    expect(await probes.measures()).toMatchObject([
      { component: "log-in", hasPassed: true, isFailing: false },
      { component: "balances", hasPassed: true },
      { component: "payments", hasPassed: true },
    ]);
  });

  test("is held under a check's ticket of the very version, so that nothing of it counts", async () => {
    world.candidate = "1.5.0";
    const results = await round();
    expect(results.map(({ version, of }) => [version, of])).toEqual([
      ["1.4.0", "stable"],
      ["1.5.0", "candidate"],
    ]);
    expect(results.every(({ outcomes }) => outcomes["log-in"] === "passed")).toBe(true);
    expect(new Set(seen.map(({ version }) => version))).toEqual(new Set(["1.4.0", "1.5.0"]));
    const { rows } = await bank.database.pool.query("SELECT signal FROM identity.login_signals");
    expect(rows).toEqual([]);
  });

  test("makes no new device, whatever the number of rounds", async () => {
    const { rows } = await bank.database.pool.query("SELECT count(*)::INT AS n FROM identity.devices");
    for (let count = 0; count < 3; count += 1) await round();
    const after = await bank.database.pool.query("SELECT count(*)::INT AS n FROM identity.devices");
    expect(after.rows[0].n).toBeLessThanOrEqual(rows[0].n + 1);
  });
});

describe("three failures in a row", () => {
  test("of the log-in on stable open an incident of everybody's; three passes end it", async () => {
    world.broken = /1\.4\.0 \/api\/login/;
    const results = await round();
    // The session of the round before shows that the rest works.
    expect(results[0]).toMatchObject({
      outcomes: { "log-in": "failed", balances: "passed", payments: "passed" },
      reason: "the log-in was answered busy",
    });
    await round();
    expect(told).toEqual([]);
    await round();
    await round();
    expect(told).toMatchObject([
      {
        ...{ what: "opened", component: "log-in", version: null, platform: null },
        sentence: "Logging in failed 3 times in a row on what everybody has: the log-in was answered busy",
      },
    ]);
    world.broken = null;
    for (let count = 0; count < 3; count += 1) await round();
    expect(told).toMatchObject([
      { what: "opened" },
      { what: "recovered", component: "log-in", version: null },
    ]);
  });

  test("on the candidate alone name the candidate; taken back, it fails nobody any more", async () => {
    world.candidate = "1.5.0";
    world.broken = /1\.5\.0 \/api\/login/;
    for (let count = 0; count < 3; count += 1) await round();
    expect(told).toMatchObject([{ what: "opened", component: "log-in", version: "1.5.0" }]);
    world.candidate = null;
    await round();
    expect(told).toMatchObject([{ what: "opened" }, { what: "recovered", version: "1.5.0" }]);
  });

  test("an edge that isn't there fails the log-in, and a penny isn't missed for it", async () => {
    await round();
    world.isAway = true;
    for (let count = 0; count < 3; count += 1) await round();
    expect(told.map(({ component }) => component)).toEqual(["log-in", "balances", "payments"]);
    world.isAway = false;
    for (let count = 0; count < 3; count += 1) await round();
    expect((await pennies()).map(({ outcome }) => outcome)).not.toContain("lost");
    expect(told.filter(({ what }) => what === "recovered")).toHaveLength(3);
  });

  test("a penny that doesn't arrive is a failure of payments", async () => {
    await round();
    await probes.round();
    // The bank sends nothing: time goes by, and its work isn't done.
    bank.clock.advance(40_000);
    const [result] = await probes.round();
    expect(result).toMatchObject({ outcomes: { "log-in": "passed", payments: "failed" } });
    expect(result?.reason).toMatch(/^the penny “probe \w{10}” hasn’t arrived$/);
    await bank.payments.sendDue();
    await bank.readFeed();
    expect(await round()).toMatchObject([{ outcomes: passed }]);
  });
});

test("a probe on demand says whether one gets in on a version, for the watch after a rollout", async () => {
  expect(await probes.probeVersion("1.4.0")).toBe("passed");
  world.broken = /1\.5\.0 \/api\/login/;
  expect(await probes.probeVersion("1.5.0")).toBe("failed");
  expect(await probes.probeVersion("9.9.9")).toBe("failed");
});
