import { generateKeyPairSync } from "node:crypto";
import { keyNameOf, signBytes } from "@mainstay/catalog";
import type { Incidents } from "@mainstay/incidents";
import { asId, newId, type Result } from "@mainstay/kernel";
import {
  createDatabase,
  createHttpServer,
  createLogger,
  createMetrics,
  sha256Of,
  type Database,
  type HttpServer,
} from "@mainstay/platform";
import { createConsoleGate, createStaffService, type StaffMember } from "@mainstay/staff";
import { createTestDatabase, fakeClock, seededRandom } from "@mainstay/testkit";
import { check_journeys, edge_secret_header, type Signal } from "@mainstay/wire";
import { afterAll, beforeAll, expect, test } from "vitest";
import { addIncidentControl } from "./incident-control.ts";
import { controlMigrations } from "./migrations.ts";
import { addReleaseControl, type ReleaseControl } from "./release-control.ts";

const edgeSecret = "an edge's secret of thirty-two characters";
const headers = { [edge_secret_header]: edgeSecret };
const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const clock = fakeClock("2026-11-22T12:00:00.000Z");
const random = seededRandom(5);
const priya: StaffMember = {
  id: asId("staff", `staff_${"p".repeat(22)}`),
  name: "Priya Nair",
  roles: ["release-manager"],
};

let server: HttpServer;
let control: ReleaseControl;
let incidents: Incidents;
let database: Database;
let drop: () => Promise<void>;

beforeAll(async () => {
  const made = await createTestDatabase({ modules: controlMigrations, role: "mainstay_control" });
  ({ drop } = made);
  database = createDatabase({ url: made.url, connections_max: 8, applicationName: "test" });
  const log = createLogger({ name: "test", level: "silent" });
  const metrics = createMetrics("control");
  server = await createHttpServer({ name: "control", log, ready: {}, metrics });
  const origin = "http://console.localhost:8081";
  const relyingParty = { id: "console.localhost", name: "console", origins: [origin] };
  const staff = createStaffService({ database, clock, random, origin, relyingParty });
  const gate = createConsoleGate({ service: staff, origin });
  control = addReleaseControl(server, {
    ...{
      database,
      clock,
      random,
      log,
      metrics,
      probeVersion: async () => "failed",
      edgeSecret,
      isProduction: false,
    },
    gate,
    confirmations: {
      begin: () => Promise.reject(new Error("nobody signs here")),
      finish: () => Promise.reject(new Error("nobody signs here")),
    },
    bank: {
      liftFailures: () => Promise.resolve({ lifted: 0 }),
      refuseVersions: () => Promise.resolve(),
      acceptedProtocols: () => Promise.resolve(["login/1", "login/2"]),
      putProtocols: (accepted) => Promise.resolve(accepted),
    },
    releaseKeys: () => new Map([[keyNameOf(publicKey), publicKey]]),
  });
  incidents = addIncidentControl(server, {
    ...{ ...control, database, clock, random, log, gate, edgeSecret, staff },
    bank: { paymentsDelayed: () => Promise.resolve(0) },
  });
});

afterAll(async () => {
  await incidents.stop();
  await control.stop();
  await server.close();
  await database.close();
  await drop();
});

function valueOf<T>(result: Result<T, { readonly code: string }>): T {
  if (!result.ok) throw new Error(`refused: ${result.error.code}`);
  return result.value;
}

/** Publishes a version that every journey has passed on. */
async function publish(version: string, adopt: boolean): Promise<void> {
  const manifest = JSON.stringify({
    ...{ version, platforms: ["ios", "android", "web"], summary: "Quicker start", loginProtocol: "login/1" },
    ...{ api: { from: 1, to: 1 }, minimumShell: null, entry: "index.js", preloads: [], styles: [] },
    files: [{ path: "index.js", sha256: sha256Of(Buffer.from(version)), bytes: 5 }],
  });
  const signature = JSON.stringify(signBytes("manifest", Buffer.from(manifest), privateKey));
  valueOf(await control.rollouts.registerVersion({ manifest, signature, adopt }));
  const at = clock.now().toISOString();
  const run = {
    ...{ id: newId("chk", { clock, random }), candidate: version, stable: null, startedAt: at, endedAt: at },
    manifestSha256: sha256Of(Buffer.from(manifest)),
    ...{ servers: { now: "here", next: null }, browser: "Chromium" },
    cells: check_journeys.map((journey) => ({
      ...{ version, protocol: "login/1", server: "now", journey, title: journey, result: "passed" },
      ...{ ms: 1, reason: null, steps: [], picture: null },
    })),
  };
  const answer = await server.inject({ method: "POST", url: "/internal/checks", headers, payload: run });
  expect(answer.statusCode, answer.body).toBe(200);
}

function login(
  n: number,
  of: { rollout: string; arm: "candidate" | "stable"; kind: Signal["kind"] },
): Signal {
  const at = clock.now().toISOString();
  const installation = `ins_${String(n).padStart(22, "0")}`;
  return {
    ...{ id: `login-${n}-${of.kind}`, kind: of.kind, at, begunAt: at, attempt: `attempt-${n}` },
    activation: {
      ...{ nonce: `nonce-${String(n).padStart(16, "0")}`, installation, platform: "ios", os: "ios-18" },
      ...{ version: of.arm === "candidate" ? "1.4.0" : "1.3.0", rollout: of.rollout, arm: of.arm },
      ...{ device: "returning", customer: `cus-${n}`, issuedAt: at },
    },
    ...{ way: "passkey", protocol: "login/1", customer: null },
    reason: of.kind === "login-failed" ? "login_protocol_unsupported" : null,
  };
}

test("a version that can't log anybody in is taken back by its log-ins, and the plan says so", async () => {
  await publish("1.3.0", true);
  await publish("1.4.0", false);
  const started = await control.rollouts.start(priya, {
    commandId: newId("cmd", { clock, random }),
    ...{ version: "1.4.0", platforms: ["ios", "android"] },
  });
  const rollout = valueOf(started).rollout ?? "";
  expect((await control.rollouts.plan()).platforms.ios.rollout).toMatchObject({ id: rollout, share: 0.01 });

  clock.advance(60_000);
  const stable = { rollout, arm: "stable", kind: "login-succeeded" } as const;
  let failed = 0;
  while ((await control.rollouts.find(rollout))?.state === "running" && failed < 20) {
    failed += 1;
    clock.advance(1_000);
    const signals = [
      ...Array.from({ length: 99 }, (_, k) => login(failed * 1_000 + k, stable)),
      login(failed, { rollout, arm: "candidate", kind: "login-failed" }),
    ];
    const answer = await server.inject({
      method: "POST",
      url: "/internal/signals",
      headers,
      payload: { signals },
    });
    expect(answer.json()).toEqual({ taken: 100, refused: [] });
    while (await control.signals.work());
  }
  expect(failed).toBeLessThanOrEqual(5);

  const record = await control.rollouts.find(rollout);
  expect(record).toMatchObject({ state: "rolled-back", ended: { by: { id: "guard" } } });
  expect(record?.verdict).toMatchObject({ kind: "roll-back", candidate: { n: failed, failed } });
  const plan = await control.rollouts.plan();
  expect(plan.platforms.ios).toMatchObject({ stable: "1.3.0", rollout: null });
  expect(plan.takenBack.map(({ version, platforms }) => [version, platforms.toSorted()])).toEqual([
    ["1.4.0", ["android", "ios"]],
  ]);
  const kinds = (await control.rollouts.eventsOf(rollout)).map(({ kind }) => kind);
  expect(kinds).toEqual(expect.arrayContaining(["started", "first-failure", "alarm", "rolled-back"]));
  const verdict = await server.inject({ url: "/verdict?platform=ios", headers });
  expect(verdict.json()).toMatchObject({ action: "roll-back", state: "rolled-back", version: "1.4.0" });

  while (await incidents.work());
  const [incident, ...others] = await incidents.listOpen();
  expect(others).toEqual([]);
  const page = await incidents.readIncident(incident?.id ?? "");
  expect(page).toMatchObject({
    ...{ number: "INC-0001", source: "guard", rollouts: [rollout] },
    impact: { people: failed, backIn: 0, failedLogIns: failed, alarmToRollback_ms: 0 },
    cause: { difference: { from: "1.3.0", to: "1.4.0", changed: ["index.js"] } },
  });
  expect(page?.cause.narrowed).toContain(`${failed} of ${failed} failures were on 1.4.0`);
  const told = page?.timeline.map(({ kind }) => kind);
  expect(told).toEqual([
    ...["published", "stage", "first-failure", "alarm", "rolled-back", "opened", "cause"],
  ]);
});

test("a call for a person after a rollout is an event each time, and told twice it is one", async () => {
  const [rollout] = await control.rollouts.latestRollouts();
  const call = () => control.rollouts.callPerson(rollout?.id ?? "", "Look at the log-ins.");
  const calls = async () =>
    (await control.rollouts.eventsOf(rollout?.id ?? "")).filter(({ kind }) => kind === "called");
  valueOf(await call());
  valueOf(await call());
  expect(await calls()).toHaveLength(1);
  clock.advance(20 * 60_000);
  valueOf(await call());
  expect(await calls()).toHaveLength(2);
  const numbers = (await control.rollouts.eventsAfter(0n, 100)).map(({ number }) => number);
  expect(numbers).toEqual(numbers.toSorted((one, other) => Number(one - other)));
  expect(await control.rollouts.eventsAfter(numbers.at(-1) ?? 0n, 100)).toEqual([]);
});
