import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { launchBrowser } from "@mainstay/browser";
import { acceptKeys, publishVersion, readPublicKeys, readReleaseKey } from "@mainstay/catalog";
import { createChecksService } from "@mainstay/checks";
import { runChecks, type CheckedVersion, type CheckOrder, type CheckServer } from "@mainstay/checks/runner";
import {
  createCheckTickets,
  createDatabase,
  createLogger,
  systemClock,
  systemRandom,
  type Database,
} from "@mainstay/platform";
import { createProbes, type FailingProbe } from "@mainstay/probes";
import { runMainstay } from "@mainstay/testkit/mainstay";
import { findFreePorts } from "@mainstay/testkit/ports";
import { check_journeys, login_journeys, type CheckJourney, type CheckRun } from "@mainstay/wire";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createBankClient } from "../../apps/control/bank-client.ts";
import { runRelease } from "../../tools/release/run.ts";
import { portsOf } from "../../tools/start/environment.ts";
import { buildSpeaking, type ProtocolBuild } from "../support/protocol-builds.ts";
import { planOf, plannedRollout } from "../support/test-plan.ts";

/** Speaks the older protocol, speaks the newer one, and one that says the newer and does the older. */
const versions = {
  first: { version: "7.1.0", speaks: "login/1", declares: "login/1" },
  second: { version: "7.2.0", speaks: "login/2", declares: "login/2" },
  conflicting: { version: "7.3.0", speaks: "login/1", declares: "login/2" },
} as const satisfies Record<string, ProtocolBuild & { readonly version: string }>;
type Name = keyof typeof versions;

const port = await findFreePorts();
const mainstay = await runMainstay({ name: "protocols", port, environment: { MAINSTAY_DEMO: "0" } });
const browser = await launchBrowser();
const folder = await mkdtemp(join(tmpdir(), "mainstay-protocols-"));
let server: CheckServer;
/** By which processes of this Mainstay know one another. */
let edgeSecret: string;

async function publish(name: Name): Promise<void> {
  const source = join(folder, name);
  await buildSpeaking(versions[name], source);
  await publishVersion({
    source,
    catalog: join(mainstay.dataFolder, "catalog"),
    publication: { version: versions[name].version, platforms: ["web"], summary: `Made to test: ${name}` },
    privateKey: readReleaseKey(join(mainstay.dataFolder, "keys", "release.pem")),
    keys: acceptKeys(readPublicKeys(join(mainstay.dataFolder, "release-keys.json"))),
    pages: [],
  });
}

beforeAll(async () => {
  // One after the other: each build uses all processors by itself.
  for (const name of Object.keys(versions) as Name[]) await publish(name);
  const secrets = JSON.parse(await readFile(join(mainstay.dataFolder, "secrets.json"), "utf8")) as {
    edgeSecret: string;
  };
  ({ edgeSecret } = secrets);
  const tickets = createCheckTickets(edgeSecret);
  server = {
    origin: mainstay.appUrl,
    ticketFor: (version) => tickets.sign({ version, until: Date.now() + 600_000 }),
    payIn: async (account, amount) => {
      const answer = await fetch(`${mainstay.simulatorUrl}/api/pay-in`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ account, amount }),
      });
      expect(answer.status).toBe(200);
    },
  };
});

afterAll(async () => {
  await browser.close();
  await mainstay.stop();
  await rm(folder, { recursive: true, force: true });
});

const checked = (name: Name): CheckedVersion => ({
  version: versions[name].version,
  protocol: versions[name].declares,
});

function check(candidate: Name, stable: Name, change: Partial<CheckOrder> = {}): Promise<CheckRun> {
  return runChecks({
    browser,
    candidate: { ...checked(candidate), manifestSha256: "" },
    stable: checked(stable),
    live: [],
    servers: { now: server, next: null },
    pictureFolder: join(folder, "pictures"),
    ...change,
  });
}

/** The journeys that aren't green, each with why. */
const reds = (run: CheckRun): Record<string, string | null> =>
  Object.fromEntries(
    run.cells.filter(({ result }) => result !== "passed").map(({ journey, reason }) => [journey, reason]),
  );

describe("both login protocols at once", () => {
  test("the newer one is green in every journey, for customers who come from the older one", async () => {
    const run = await check("second", "first");
    expect(reds(run)).toEqual({});
    expect(run.cells.map(({ journey }) => journey)).toEqual([...check_journeys]);
    expect(new Set(run.cells.map(({ protocol }) => protocol))).toEqual(new Set(["login/2"]));
  });

  test("and so is the older one, for customers who come from the newer one", async () => {
    expect(reds(await check("first", "second"))).toEqual({});
  });

  test("a version whose log-in conflicts with its protocol is red where it logs in alone", async () => {
    const run = await check("conflicting", "first");
    const red = reds(run);
    expect(Object.keys(red)).toEqual(check_journeys.filter((journey) => login_journeys.includes(journey)));
    // What the server said stands in every red cell, and a picture of what the customer saw.
    expect(new Set(Object.values(red))).toEqual(new Set(["client_proof_invalid"]));
    for (const cell of run.cells.filter(({ result }) => result === "failed")) {
      expect(cell.steps.at(-1)).toMatchObject({ title: "logs in with the passkey", passed: false });
      expect((await readFile(cell.picture ?? "")).length).toBeGreaterThan(1_000);
    }
  });

  test("every live version is tried on the next server too, and the candidate on both", async () => {
    const live = [checked("first"), checked("second")];
    const journeys = ["register", "log-in-new-passkey-returning"] as const;
    const servers = { now: server, next: server };
    const run = await check("second", "first", { live, servers, journeys });
    expect(
      run.cells.map(({ server: at, version, protocol, result }) => [at, version, protocol, result]),
    ).toEqual(
      [
        { at: "now", ...checked("second") },
        { at: "next", ...checked("second") },
        { at: "next", ...checked("first") },
      ].flatMap(({ at, version, protocol }) => journeys.map(() => [at, version, protocol, "passed"])),
    );
  });
});

/** Types `npm run release -- publish` for a build, as this Mainstay's operator; answers all that it said. */
async function typePublish(name: Name, version: string): Promise<{ code: number; said: string }> {
  const said: string[] = [];
  const say = (line: string): void => void said.push(line);
  const words = ["publish", join(folder, name), "--version", version, "--platforms", "web"];
  const environment = { MAINSTAY_DATA: mainstay.dataFolder, MAINSTAY_PORT: String(port) };
  const code = await runRelease({ words, environment, folder, say }, say);
  return { code, said: said.join("\n") };
}

/** The database of control, in control's role. */
async function openControl(): Promise<Database> {
  const url = await mainstay.databaseUrl("mainstay_control", "control");
  return createDatabase({ url, connections_max: 2, applicationName: "protocols" });
}

test("a live probe sees in a browser what a bundle does against its manifest", async () => {
  const database = await openControl();
  const bank = createBankClient({ bankUrl: `http://127.0.0.1:${portsOf(port).bank}`, edgeSecret });
  const opened: FailingProbe[] = [];
  const [stable, candidate] = [versions.second, versions.conflicting];
  const rollout = plannedRollout(candidate.version);
  const probes = createProbes({
    ...{ database, edgeSecret, clock: systemClock, random: systemRandom, origin: mainstay.appUrl },
    log: createLogger({ name: "test", level: "silent" }),
    hasBrowser: true,
    plan: async () => planOf({ stable: stable.version, rollout }),
    protocols: async () => new Map([stable, candidate].map(({ version, declares }) => [version, declares])),
    putCustomers: bank.putProbeCustomers,
    incidents: {
      openFromProbe: async (failing) => opened.push(failing),
      probeRecovered: () => Promise.resolve(),
    },
  });
  try {
    const rounds = [await probes.round(), await probes.round(), await probes.round()];
    for (const results of rounds) {
      expect(results.map(({ version, kind, outcomes }) => [version, kind, outcomes["log-in"]])).toEqual([
        [stable.version, "protocol", "passed"],
        [stable.version, "browser", "passed"],
        // The bank would let this version in, if it did what it says.
        [candidate.version, "protocol", "passed"],
        [candidate.version, "browser", "failed"],
      ]);
      expect(results.at(-1)?.reason).toContain("client_proof_invalid");
    }
    expect(opened).toMatchObject([{ component: "log-in", version: candidate.version }]);
  } finally {
    await probes.stop();
    await bank.close();
    await database.close();
  }
});

/** An incident's review demands a journey of every later version. */
async function demand(journey: CheckJourney): Promise<void> {
  const database = await openControl();
  const checks = createChecksService({ database, clock: systemClock, random: systemRandom });
  await checks.demand(database.sql, {
    incident: { id: "inc_0000000000000000000041", number: "INC-0041" },
    ...{ journey, title: "Log in with a new passkey", failedOn: versions.conflicting.version },
    by: { id: "staff_1", name: "Amara Cole" },
  });
  await database.close();
}

test("what an incident demands the bad build fails, and isn't published; the good one is", async () => {
  await demand("log-in-new-passkey-returning");
  const catalog = join(mainstay.dataFolder, "catalog");
  const refused = await typePublish("conflicting", "7.4.0");
  expect(refused.code).toBe(1);
  expect(refused.said.split("\n").at(-1)).toBe(
    "7.4.0 isn't published and nothing was kept: every version must pass “Log in with a new passkey” " +
      "(log-in-new-passkey-returning, INC-0041), and 7.4.0 fails it, at “logs in with the passkey” " +
      "(client_proof_invalid).",
  );
  expect((await readdir(catalog)).filter((name) => name.includes("7.4.0") || name.startsWith("."))).toEqual(
    [],
  );
  const published = await typePublish("second", "7.4.0");
  expect(published.said).toContain("7.4.0 is published (");
  expect(published.said).toMatch(/Control knows of it\.$/);
  expect(published.code).toBe(0);
});
