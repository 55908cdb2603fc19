import { generateKeyPairSync } from "node:crypto";
import { get } from "node:http";
import type { AddressInfo } from "node:net";
import { keyNameOf, signBytes } from "@mainstay/catalog";
import { createDatabase, createLogger, sha256Of, type Database, type HttpServer } from "@mainstay/platform";
import { verifyConfirmation, type Confirmation } from "@mainstay/staff";
import { createTestDatabase, fakeClock, seededRandom } from "@mainstay/testkit";
import { createSoftwarePasskey } from "@mainstay/testkit/client";
import { newId } from "@mainstay/kernel";
import {
  check_journeys,
  edge_secret_header,
  type Approval,
  type CheckRun,
  type CreationOptions,
  type Plan,
  type Releases,
  type RequestOptions,
  type Rollout,
  type RolloutCommanded,
  type StaffInvited,
  type StaffRole,
} from "@mainstay/wire";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { controlMigrations } from "./migrations.ts";
import { createControl } from "./server.ts";

const origin = "http://console.localhost:8081";
const host = "console.localhost:8081";
const edgeSecret = "an edge's secret of thirty-two characters";
const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const staffKeys = generateKeyPairSync("ed25519");
const clock = fakeClock();
const random = seededRandom(5);

let control: HttpServer;
let database: Database;
let drop: () => Promise<void>;

type Person = { cookie: string; device: ReturnType<typeof createSoftwarePasskey> };
let priya: Person;
let tom: Person;
let auditor: Person;
let onboarder: Person;

type Call = { by?: Person; body?: unknown; secret?: string };

async function call<T>(method: "GET" | "POST" | "PUT", url: string, given: Call = {}) {
  const { by, body, secret } = given;
  const answer = await control.inject({
    method,
    url,
    headers: {
      host,
      ...(method === "GET" ? {} : { origin }),
      ...(by ? { cookie: by.cookie } : {}),
      ...(secret === undefined ? {} : { [edge_secret_header]: secret }),
    },
    ...(body === undefined ? {} : { payload: body as object }),
  });
  const cookie = String(answer.headers["set-cookie"]).split(";")[0] ?? "";
  return { status: answer.statusCode, body: answer.json<T & { code?: string }>(), cookie };
}

async function joinBy(link: string, name: string): Promise<Person> {
  const token = link.slice(link.indexOf("#") + 1);
  const device = createSoftwarePasskey({ origin });
  const begun = await call<{ id: string; options: CreationOptions }>("POST", "/api/staff/passkey/options", {
    body: { token, name },
  });
  const credential = device.create(begun.body.options);
  const joined = await call("POST", "/api/staff/passkey", { body: { id: begun.body.id, credential } });
  expect(joined.status).toBe(200);
  return { cookie: joined.cookie, device };
}

async function invite(name: string, roles: readonly StaffRole[]): Promise<Person> {
  const body = { name, roles };
  const { body: invited } = await call<StaffInvited>("POST", "/api/staff/invitations", { by: priya, body });
  return joinBy(invited.url, name);
}

const commandId = () => newId("cmd", { clock, random });
const internal = <T>(method: "GET" | "POST", path: string, body?: unknown) =>
  call<T>(method, `/internal/${path}`, { secret: edgeSecret, ...(body === undefined ? {} : { body }) });

function manifestOf(version: string): string {
  return JSON.stringify({
    version,
    platforms: ["ios", "android", "web"],
    summary: "Quicker start",
    loginProtocol: "login/2",
    api: { from: 1, to: 1 },
    minimumShell: null,
    entry: "index.js",
    preloads: [],
    styles: [],
    files: [{ path: "index.js", sha256: sha256Of(Buffer.from(version)), bytes: 5 }],
  });
}

async function publish(version: string, result: "passed" | "failed" | null = "passed"): Promise<void> {
  const manifest = manifestOf(version);
  const signature = JSON.stringify(signBytes("manifest", Buffer.from(manifest), privateKey));
  expect((await internal("POST", "versions", { manifest, signature })).status).toBe(200);
  if (result === null) return;
  const run: CheckRun = {
    id: newId("chk", { clock, random }),
    candidate: version,
    manifestSha256: sha256Of(Buffer.from(manifest)),
    stable: "1.0.0",
    startedAt: clock.now().toISOString(),
    endedAt: clock.now().toISOString(),
    servers: { now: "this one", next: null },
    browser: "Chromium",
    cells: check_journeys.map((journey) => ({
      ...{ version, protocol: "login/2", server: "now", journey, title: journey, ms: 1_000, steps: [] },
      ...{ result: journey === "recover" ? result : "passed", reason: null, picture: null },
    })),
  };
  expect((await internal("POST", "checks", run)).status).toBe(200);
}

async function start(version: string, by = priya) {
  return call<RolloutCommanded>("POST", "/api/rollouts", {
    by,
    body: { commandId: commandId(), version, platforms: ["ios", "android", "web"] },
  });
}

async function press(rollout: string, verb: string, by: Person, expected: object) {
  const body = { commandId: commandId(), reason: "A test.", ...expected };
  return call<RolloutCommanded>("POST", `/api/rollouts/${rollout}/${verb}`, { by, body });
}

async function sign(approval: string, by: Person, faults = {}) {
  const path = `/api/approvals/${approval}/sign`;
  type Begun = Omit<Approval, "id"> & { id: string; options: RequestOptions };
  const begun = await call<Begun>("POST", `${path}/options`, { by, body: {} });
  if (begun.status !== 200) return begun;
  const credential = by.device.get(begun.body.options, faults);
  return call<Approval>("POST", path, { by, body: { ceremonyId: begun.body.id, credential } });
}

beforeAll(async () => {
  const made = await createTestDatabase({ modules: controlMigrations, role: "mainstay_control" });
  ({ drop } = made);
  database = createDatabase({ url: made.url, connections_max: 6, applicationName: "test" });
  control = await createControl({
    database,
    clock,
    random,
    log: createLogger({ name: "test", level: "silent" }),
    origin,
    bankUrl: "http://127.0.0.1:1",
    consoleFiles: new Map(),
    edgeSecret,
    staffAssertionKey: staffKeys.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    releaseKeys: () => new Map([[keyNameOf(publicKey), publicKey]]),
    isProduction: true,
    hasBackgroundWork: false,
  });
  const link = await internal<{ url: string }>("GET", "first-staff-link");
  priya = await joinBy(link.body.url, "Priya Nair");
  tom = await invite("Tom Okafor", ["release-manager"]);
  auditor = await invite("Ada Audit", ["auditor"]);
  onboarder = await invite("Olu Board", ["onboarding"]);
  await publish("1.0.0");
});

afterAll(async () => {
  await control.close();
  await database.close();
  await drop();
});

describe("who may do what", () => {
  test("an auditor reads and changes nothing; another role, or nobody, does neither", async () => {
    expect((await call("GET", "/api/releases")).body.code).toBe("not_logged_in");
    expect((await call("GET", "/api/releases", { by: onboarder })).body.code).toBe("role_missing");
    expect((await call<Releases>("GET", "/api/releases", { by: auditor })).body.versions).toHaveLength(1);
    expect((await start("1.0.0", auditor)).body.code).toBe("role_missing");
    const put = { commandId: commandId(), recommended: null, minimum: null, storeUrl: null, reason: "none" };
    expect((await call("PUT", "/api/platforms/ios", { by: auditor, body: put })).body.code).toBe(
      "role_missing",
    );
  });

  test("the edge's secret opens what is internal; without it nothing is there", async () => {
    for (const path of ["plan", "versions", "rollouts", "protocols"]) {
      expect((await call("GET", `/internal/${path}`)).status).toBe(404);
      expect((await call("GET", `/internal/${path}`, { secret: "wrong" })).body.code).toBe("not_found");
      expect((await internal("GET", path)).status).toBe(200);
    }
  });

  test("in production the catalog's next version waits for a rollout", async () => {
    const manifest = manifestOf("1.0.1");
    const signature = JSON.stringify(signBytes("manifest", Buffer.from(manifest), privateKey));
    const body = { manifest, signature, adopt: true };
    expect((await internal("POST", "versions", body)).body).toMatchObject({ code: "adopt_refused" });
  });
});

describe("a rollout, from its page", () => {
  let id: string;

  test("starts, and its page says how many each button touches", async () => {
    await publish("1.1.0");
    const started = await start("1.1.0");
    expect(started.body).toMatchObject({ state: "running", approval: null });
    id = started.body.rollout ?? "";
    const { body: page } = await call<Rollout>("GET", `/api/rollouts/${id}`, { by: auditor });
    expect(page.actions.rollBack).toMatchObject({ allowed: false, why: "takes the role release-manager" });
    const own = await call<Rollout>("GET", `/api/rollouts/${id}`, { by: priya });
    expect(own.body.actions.rollBack).toMatchObject({ allowed: true, why: null });
    expect(own.body.stages.map(({ state }) => state).slice(0, 2)).toEqual(["now", "not-reached"]);
    expect(own.body.events.map(({ kind }) => kind)).toEqual(["started"]);
    expect((await call("GET", `/api/rollouts/${id}/series`, { by: priya })).status).toBe(200);
    const behind = (query: string, of = id) =>
      call("GET", `/api/rollouts/${of}/log-ins${query}`, { by: priya });
    expect((await behind("?segment=all&arm=candidate&outcome=failed")).body).toEqual({ logIns: [] });
    expect((await behind("")).status).toBe(400);
    expect((await behind("?segment=all&outcome=maybe")).status).toBe(400);
    expect((await behind("?segment=all", `rol_${"9".repeat(22)}`)).status).toBe(404);
  });

  test("with opposite buttons pressed on an old page changes nothing, and says so", async () => {
    const expected = { expectedState: "running", expectedStage: 0 };
    expect((await press(id, "pause", tom, expected)).body.state).toBe("paused");
    const late = await press(id, "advance", priya, expected);
    expect(late).toMatchObject({ status: 409, body: { code: "rollout_changed" } });
    expect((await press(id, "resume", priya, { ...expected, expectedState: "paused" })).body.state).toBe(
      "running",
    );
  });

  test("goes beyond 20 % by the passkeys of two people, over the same words", async () => {
    for (let stage = 0; stage < 4; stage += 1) {
      const done = await press(id, "advance", priya, { expectedState: "running", expectedStage: stage });
      expect(done.body.approval).toBeNull();
    }
    const asked = await press(id, "advance", priya, { expectedState: "running", expectedStage: 4 });
    const approval = asked.body.approval;
    expect(approval).toMatchObject({ state: "unsigned", kind: "advance", canSign: true });
    expect(approval?.text).toContain("roll out 1.1.0 on ios, android, web to 50 %");
    const key = approval?.id ?? "";
    expect((await sign(key, tom)).body.code).toBe("first_person_needed");
    expect((await sign(key, priya, { challenge: "AAAA" })).body.code).toBe("confirmation_refused");
    expect((await sign(key, priya)).body).toMatchObject({ state: "waiting", canSign: false });
    // The same person again, an auditor, and another's passkey are no second person.
    expect((await sign(key, priya)).body.code).toBe("second_person_needed");
    expect((await sign(key, auditor)).body.code).toBe("role_missing");
    expect((await sign(key, { ...tom, device: priya.device })).body.code).toBe("confirmation_refused");
    const before = await internal<Plan>("GET", "plan");
    expect(before.body.platforms.ios.rollout?.share).toBe(0.2);
    expect((await sign(key, tom)).body).toMatchObject({ state: "carried-out" });
    expect((await internal<Plan>("GET", "plan")).body.platforms.ios.rollout?.share).toBe(0.5);
    // What is kept proves both signatures to anyone, without this process.
    const { rows } = await database.pool.query<
      Record<"text" | "first_signature" | "second_signature", string>
    >("SELECT text, first_signature, second_signature FROM rollouts.approvals WHERE id = $1", [key]);
    const [kept] = rows;
    const relyingParty = { id: "console.localhost", name: "", origins: [origin] };
    for (const text of [kept?.first_signature, kept?.second_signature]) {
      const confirmation = JSON.parse(text ?? "") as Confirmation;
      expect(verifyConfirmation(confirmation, { text: kept?.text ?? "", relyingParty })).toBe(true);
      expect(verifyConfirmation(confirmation, { text: `${kept?.text} `, relyingParty })).toBe(false);
    }
    const audit = await call<{ entries: { action: string }[]; isWhole: boolean }>("GET", "/api/staff/audit", {
      by: priya,
    });
    expect(audit.body.isWhole).toBe(true);
    const actions = audit.body.entries.map(({ action }) => action);
    expect(actions).toEqual(
      expect.arrayContaining(["approvals.asked", "approvals.signed-first", "approvals.signed-second"]),
    );
  });

  test("is rolled back by one person, by the operator too, and then nobody may have it", async () => {
    const body = { commandId: commandId(), reason: "Customers call." };
    const done = await internal<{ state: string }>("POST", `rollouts/${id}/roll-back`, body);
    expect(done.body.state).toBe("rolled-back");
    expect((await internal<Plan>("GET", "plan")).body.takenBack).toEqual([
      { version: "1.1.0", platforms: expect.arrayContaining(["ios", "android", "web"]) as unknown },
    ]);
    const again = await start("1.1.0");
    expect(again).toMatchObject({ status: 409, body: { code: "version_taken_back" } });
    const list = await call<Releases>("GET", "/api/releases", { by: auditor });
    const states = list.body.versions.map(({ version, state }) => `${version} ${state}`);
    expect(states).toEqual(["1.1.0 rolled-back", "1.0.0 stable"]);
  });
});

test("a red check stops a version; two people and a reason let it out to 1 %", async () => {
  await publish("1.2.0", "failed");
  expect((await start("1.2.0")).body.code).toBe("checks_red");
  const asked = await call<Approval>("POST", "/api/checks/1.2.0/override", {
    by: tom,
    body: { commandId: commandId(), reason: "The next server goes live on Thursday." },
  });
  expect(asked.body).toMatchObject({
    kind: "override-checks",
    state: "unsigned",
    first: { name: "Tom Okafor" },
  });
  expect((await sign(asked.body.id, tom)).status).toBe(200);
  expect((await sign(asked.body.id, priya)).body).toMatchObject({ state: "carried-out" });
  const { body } = await call<{ override: Approval }>("GET", "/api/checks/1.2.0", { by: auditor });
  expect(body.override).toMatchObject({ state: "carried-out" });
  const started = await start("1.2.0");
  const id = started.body.rollout ?? "";
  const expected = { expectedState: "running", expectedStage: 0 };
  expect((await press(id, "advance", priya, expected)).body.code).toBe("override_limited");
  expect((await press(id, "roll-back", priya, expected)).body.state).toBe("rolled-back");
});

test("a version that is altered, or isn't known, is answered clearly and changes nothing", async () => {
  const manifest = manifestOf("3.0.0");
  const signature = JSON.stringify(signBytes("manifest", Buffer.from(`${manifest} `), privateKey));
  const refused = await internal("POST", "versions", { manifest, signature });
  expect(refused).toMatchObject({ status: 422, body: { code: "version_refused" } });
  expect((await start("9.9.9")).body.code).toBe("version_unknown");
  expect((await call("GET", "/api/releases/9.9.9", { by: priya })).body.code).toBe("version_unknown");
  const wrong = await call("POST", "/api/rollouts", {
    by: priya,
    body: { commandId: commandId(), version: "1.2", platforms: ["ios"] },
  });
  expect(wrong.body.code).toBe("bad_request");
  expect((await internal("GET", "plan?after=-2")).body).toMatchObject({ code: "bad_request" });
});

test("the bank away, a login protocol isn't retired, nor one that is needed", async () => {
  const needed = await internal("POST", "retire-protocol", { protocol: "login/2" });
  expect(needed).toMatchObject({
    status: 409,
    body: { code: "protocol_needed", detail: expect.stringContaining("1.0.0") as unknown },
  });
  const away = await internal("POST", "retire-protocol", { protocol: "login/1" });
  expect(away.body).toMatchObject({ code: "bank_unavailable" });
});

test("whoever watches is told of each change on a stream, which ends with the server", async () => {
  await control.listen({ host: "127.0.0.1", port: 0 });
  const { port } = control.server.address() as AddressInfo;
  let heard = "";
  const ended = new Promise<void>((resolve, reject) => {
    const request = get(
      { port, path: "/api/releases/events-stream", headers: { host, cookie: priya.cookie } },
      (answer) => {
        expect(answer.headers["content-type"]).toContain("text/event-stream");
        answer.on("data", (chunk: Buffer) => (heard += chunk.toString("utf8")));
        answer.on("close", resolve);
      },
    );
    request.on("error", reject);
  });
  await expect.poll(() => heard).toContain('"type":"changed"');
  heard = "";
  await publish("1.3.0");
  await expect.poll(() => heard).toContain('"type":"changed"');
  // An edge that waits for a newer plan is answered too, rather than cut off.
  const { epoch } = (await internal<Plan>("GET", "plan")).body;
  const waiting = fetch(`http://127.0.0.1:${port}/internal/plan?after=${epoch}`, {
    headers: { [edge_secret_header]: edgeSecret },
  });
  await new Promise((resolve) => setTimeout(resolve, 200));
  await control.close();
  await ended;
  expect(((await (await waiting).json()) as Plan).epoch).toBe(epoch);
});
