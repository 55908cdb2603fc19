import { generateKeyPairSync } from "node:crypto";
import type { AddressInfo } from "node:net";
import { createDatabase, createLogger, createStaffAssertionSigner, systemRandom } from "@mainstay/platform";
import { createTestDatabase, type TestDatabase } from "@mainstay/testkit";
import {
  answers_of_ada,
  createSoftwarePasskey,
  createVisitor,
  granted,
  injectTransport,
  randomId,
  type DeviceClient,
} from "@mainstay/testkit/client";
import { edge_secret_header, type CreationOptions, type Referral, type StaffRole } from "@mainstay/wire";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestBank, test_origin, type TestBank } from "../../apps/bank/test-bank.ts";
import { controlMigrations } from "../../apps/control/migrations.ts";
import { createControl } from "../../apps/control/server.ts";

const origin = "http://console.localhost:8081";
const edgeSecret = "an edge's secret of thirty-two characters";
const { publicKey, privateKey } = generateKeyPairSync("ed25519");
const staffAssertionKey = privateKey.export({ type: "pkcs8", format: "pem" }).toString();

let bank: TestBank;
let control: Awaited<ReturnType<typeof createControl>>;
let controlDatabase: TestDatabase;
let cookie: string;

beforeAll(async () => {
  bank = await createTestBank({
    identity: {
      relyingParty: { id: "localhost", name: "Mainstay", origins: [test_origin] },
      isDemo: false,
      staffAssertionPublicKey: publicKey.export({ type: "spki", format: "pem" }).toString(),
      edgeSecret,
    },
    identityCheck: { check: async () => ({ result: "refer", reasons: ["Two sources disagree."] }) },
  });
  await bank.server.listen({ host: "127.0.0.1", port: 0 });
  controlDatabase = await createTestDatabase({ modules: controlMigrations, role: "mainstay_control" });
  const database = createDatabase({
    url: controlDatabase.url,
    connections_max: 4,
    applicationName: "test",
  });
  control = await createControl({
    database,
    clock: bank.clock,
    random: systemRandom,
    log: createLogger({ name: "test", level: "silent" }),
    origin,
    bankUrl: `http://127.0.0.1:${(bank.server.server.address() as AddressInfo).port}`,
    consoleFiles: new Map(),
    edgeSecret,
    staffAssertionKey,
    releaseKeys: () => new Map(),
    isProduction: true,
    hasBackgroundWork: false,
  });
  control.addHook("onClose", () => database.close());
  cookie = await joinAsFirst();
});

afterAll(async () => {
  await control.close();
  await controlDatabase.drop();
  await bank.close();
});

async function ask(method: "GET" | "POST", url: string, payload?: object) {
  const answer = await control.inject({
    method,
    url,
    headers: { host: "console.localhost:8081", origin, cookie: cookie ?? "" },
    ...(payload === undefined ? {} : { payload }),
  });
  return { status: answer.statusCode, body: answer.json<Record<string, unknown>>(), headers: answer.headers };
}

/** Makes the first member of staff, who has every role; answers their cookie. */
async function joinAsFirst(): Promise<string> {
  const headers = { [edge_secret_header]: edgeSecret };
  const link = await control.inject({ url: "/internal/first-staff-link", headers });
  const token = link.json<{ url: string }>().url.split("#")[1];
  const begun = await ask("POST", "/api/staff/passkey/options", { token, name: "Amara Cole" });
  const credential = createSoftwarePasskey({ origin }).create(begun.body["options"] as CreationOptions);
  const joined = await ask("POST", "/api/staff/passkey", { id: begun.body["id"], credential });
  return String(joined.headers["set-cookie"]).split(";")[0] ?? "";
}

/** Someone who answers every question and is referred. */
async function applicant(lastName: string): Promise<{ device: DeviceClient; path: string; id: string }> {
  const { device } = createVisitor({ origin: test_origin, transport: injectTransport(bank.server) });
  const id = randomId("reg");
  const path = `/api/registrations/${id}`;
  const email = `${lastName}@example.com`.toLowerCase();
  granted(await device.call("PUT", path, { answers: { ...answers_of_ada, lastName, email } }));
  expect(granted(await device.call("POST", `${path}/check`))).toMatchObject({ state: "referred" });
  return { device, path, id };
}

const waiting = async () => ((await ask("GET", "/api/bank/referrals")).body["referrals"] as Referral[]) ?? [];

const decide = (id: string, decision: "pass" | "fail") =>
  ask("POST", `/api/bank/referrals/${id}/decision`, { decision, reason: "The document is genuine." });

/** Asks the bank itself, past control, with control's key. */
async function askBank(roles: StaffRole[] | null, token = "") {
  const sign = createStaffAssertionSigner({
    privateKey: staffAssertionKey,
    clock: bank.clock,
    random: systemRandom,
  });
  const staff = { sub: "staff_0000000000000000000001", name: "Somebody" };
  const assertion = roles === null ? token : sign({ ...staff, roles });
  const headers = assertion === "" ? {} : { "x-staff-assertion": assertion };
  return { assertion, ...(await bank.server.inject({ url: "/staff/referrals", headers })) };
}

test("staff see who was referred, and whoever they pass can go on to a passkey", async () => {
  const { device, path, id } = await applicant("Passer");
  const referral = (await waiting()).find(({ registrationId }) => registrationId === id);
  expect(referral).toMatchObject({ name: "Ada Passer", reasons: ["Two sources disagree."] });
  const early = await device.call("POST", `${path}/passkey/options`);
  expect(early.status).toBeGreaterThanOrEqual(400);
  expect((await decide(id, "pass")).status).toBe(200);
  expect(await waiting()).toEqual([]);
  expect(granted(await device.call("GET", path))).toMatchObject({ state: "passed" });
  expect((await device.call("POST", `${path}/passkey/options`)).status).toBe(200);
});

test("whoever they fail gets no account", async () => {
  const { device, path, id } = await applicant("Failer");
  expect((await decide(id, "fail")).status).toBe(200);
  expect(granted(await device.call("GET", path))).toMatchObject({ state: "failed" });
  expect((await device.call("POST", `${path}/passkey/options`)).status).toBeGreaterThanOrEqual(400);
});

test("the same decision again changes nothing, and the opposite one is a conflict", async () => {
  const { device, path, id } = await applicant("Twice");
  expect((await decide(id, "pass")).status).toBe(200);
  expect((await decide(id, "pass")).status).toBe(200);
  const opposite = await decide(id, "fail");
  expect([opposite.status, opposite.body["code"]]).toEqual([409, "referral_decided"]);
  expect(granted(await device.call("GET", path))).toMatchObject({ state: "passed" });
});

test("a registration or a decision that there isn't is refused and moves nothing", async () => {
  const { device, path, id } = await applicant("Waiter");
  expect((await decide(randomId("reg"), "pass")).status).toBe(404);
  const url = `/api/bank/referrals/${id}/decision`;
  for (const body of [{}, { decision: "maybe", reason: "because" }, { decision: "pass", reason: "" }]) {
    expect((await ask("POST", url, body)).body).toMatchObject({ code: "bad_request" });
  }
  expect(granted(await device.call("GET", path))).toMatchObject({ state: "referred" });
});

test("the bank checks the roles itself, and takes control's word once", async () => {
  expect((await askBank(["onboarding"])).statusCode).toBe(200);
  const other = await askBank(["payments", "auditor"]);
  expect(other.json()).toMatchObject({ code: "staff_role_required", status: 403 });
  const used = await askBank(["onboarding"]);
  expect((await askBank(null, used.assertion)).json()).toMatchObject({ code: "staff_required", status: 401 });
  expect((await askBank(null)).json()).toMatchObject({ code: "staff_required" });
});
