import { generateKeyPairSync } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import {
  createDatabase,
  createLogger,
  createStaffAssertionVerifier,
  type HttpServer,
} from "@mainstay/platform";
import { createSoftwarePasskey, createTestDatabase, fakeClock, seededRandom } from "@mainstay/testkit";
import {
  edge_secret_header,
  type Audit,
  type CreationOptions,
  type RequestOptions,
  type StaffInvited,
  type StaffPeople,
} from "@mainstay/wire";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { controlMigrations } from "./migrations.ts";
import { createControl } from "./server.ts";

const origin = "http://console.localhost:8081";
const edgeSecret = "an edge's secret of thirty-two characters";
const keys = generateKeyPairSync("ed25519");
const clock = fakeClock("2026-11-22T12:00:00.000Z");

let control: HttpServer;
let bank: Server;
let database: ReturnType<typeof createDatabase>;
let drop: () => Promise<void>;
let ownerUrl: string;
/** What the stand-in for the bank was asked. */
const asked: { method: string; path: string; assertion: string; body: string }[] = [];

beforeAll(async () => {
  const made = await createTestDatabase({ modules: controlMigrations, role: "mainstay_control" });
  ({ drop, ownerUrl } = made);
  database = createDatabase({ url: made.url, connections_max: 4, applicationName: "test" });
  bank = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString("utf8")));
    request.on("end", () => {
      const assertion = String(request.headers["x-staff-assertion"]);
      asked.push({ method: String(request.method), path: String(request.url), assertion, body });
      response.setHeader("content-type", "application/json").end('{"referrals":[]}');
    });
  });
  await new Promise<void>((resolve) => bank.listen(0, "127.0.0.1", resolve));
  control = await createControl({
    database,
    clock,
    random: seededRandom(1),
    log: createLogger({ name: "test", level: "silent" }),
    origin,
    bankUrl: `http://127.0.0.1:${(bank.address() as AddressInfo).port}`,
    consoleFiles: new Map(),
    edgeSecret,
    staffAssertionKey: keys.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    releaseKeys: () => new Map(),
    isProduction: true,
    hasBackgroundWork: false,
  });
});

afterAll(async () => {
  await control.close();
  bank.close();
  await database.close();
  await drop();
});

beforeEach(() => {
  asked.length = 0;
});

type Method = "GET" | "POST" | "PATCH" | "DELETE";
type Call = { cookie?: string; body?: unknown; headers?: Record<string, string> };

async function call(method: Method, url: string, { cookie, body, headers = {} }: Call = {}) {
  const answer = await control.inject({
    method,
    url,
    headers: {
      host: "console.localhost:8081",
      ...(method === "GET" ? {} : { origin }),
      ...(cookie === undefined ? {} : { cookie }),
      ...headers,
    },
    ...(body === undefined ? {} : { payload: body as object }),
  });
  const set = answer.headers["set-cookie"];
  return {
    status: answer.statusCode,
    body: answer.json<Record<string, unknown>>(),
    cookie: typeof set === "string" ? (set.split(";")[0] ?? "") : "",
    setCookie: String(set),
  };
}

async function firstLink(secret = edgeSecret): Promise<string | null> {
  const answer = await control.inject({
    url: "/internal/first-staff-link",
    headers: { [edge_secret_header]: secret },
  });
  return answer.statusCode === 200 ? answer.json<{ url: string }>().url : null;
}

const tokenOf = (url: string) => url.slice(url.indexOf("#") + 1);

async function join(url: string, name: string) {
  const device = createSoftwarePasskey({ origin });
  const begun = await call("POST", "/api/staff/passkey/options", { body: { token: tokenOf(url), name } });
  if (begun.status !== 200) return { device, ...begun };
  const credential = device.create(begun.body["options"] as CreationOptions);
  return {
    device,
    ...(await call("POST", "/api/staff/passkey", { body: { id: begun.body["id"], credential } })),
  };
}

async function logIn(device: ReturnType<typeof createSoftwarePasskey>, faults = {}) {
  const begun = await call("POST", "/api/staff/login/challenges", { body: {} });
  const credential = device.get(begun.body["options"] as RequestOptions, faults);
  const body = { challengeId: begun.body["id"], credential };
  return { ...(await call("POST", "/api/staff/login", { body })), sent: body };
}

let admin: Awaited<ReturnType<typeof join>>;

describe("the first member of staff", () => {
  test("is let in by a link that only the start can ask for", async () => {
    expect(await firstLink("a wrong secret")).toBeNull();
    const former = await firstLink();
    const link = await firstLink();
    expect(link).toMatch(/^http:\/\/console\.localhost:8081\/join#[\w-]{43}$/);
    // Each asking makes a fresh link, and the former one stops working.
    expect((await join(former ?? "", "Too Late")).body).toMatchObject({ code: "invitation_unusable" });
    const look = await call("POST", "/api/staff/invitations/look", { body: { token: tokenOf(link ?? "") } });
    expect(look.body["roles"]).toContain("admin");
    admin = await join(link ?? "", "Amara Cole");
    expect(admin.status).toBe(200);
    expect(admin.setCookie).toMatch(/HttpOnly; SameSite=Strict$/);
    // Used once, it is worth nothing, and no other can be had.
    expect((await join(link ?? "", "Second Try")).body).toMatchObject({ code: "invitation_unusable" });
    expect(await firstLink()).toBeNull();
  });

  test("whose link has run out gets in no more", async () => {
    const invited = await call("POST", "/api/staff/invitations", {
      cookie: admin.cookie,
      body: { name: "Slow Person", roles: ["auditor"] },
    });
    clock.advance(3 * 24 * 60 * 60_000 + 1);
    const { url } = invited.body as StaffInvited;
    expect((await join(url, "Slow Person")).body).toMatchObject({ code: "invitation_unusable", status: 410 });
    // Three days have ended the administrator's session as well.
    expect((await call("GET", "/api/staff/session", { cookie: admin.cookie })).status).toBe(401);
    admin = { ...admin, ...(await logIn(admin.device)) };
    expect(admin.status).toBe(200);
  });
});

describe("a log-in", () => {
  test("ends after fifteen idle minutes, and is put off by use", async () => {
    const { cookie } = await logIn(admin.device);
    clock.advance(14 * 60_000);
    expect((await call("GET", "/api/staff/session", { cookie })).status).toBe(200);
    clock.advance(14 * 60_000);
    expect((await call("GET", "/api/staff/session", { cookie })).status).toBe(200);
    clock.advance(15 * 60_000);
    expect((await call("GET", "/api/staff/session", { cookie })).body).toMatchObject({
      code: "not_logged_in",
    });
    admin = { ...admin, ...(await logIn(admin.device)) };
  });

  test("isn't put off by what a window asks while nobody is there", async () => {
    const { cookie } = await logIn(admin.device);
    const ask = () => call("GET", "/api/staff/session", { cookie, headers: { "x-console-idle": "1" } });
    for (let minute = 0; minute < 14; minute += 1) {
      clock.advance(60_000);
      expect((await ask()).status).toBe(200);
    }
    clock.advance(60_000);
    expect((await ask()).status).toBe(401);
    admin = { ...admin, ...(await logIn(admin.device)) };
  });

  test("can't be replayed: its challenge is answered once", async () => {
    const first = await logIn(admin.device);
    expect(first.status).toBe(200);
    const again = await call("POST", "/api/staff/login", { body: first.sent });
    expect(again.body).toMatchObject({ code: "ceremony_over" });
  });

  test.each([
    ["another origin", { origin: "http://localhost:8080" }],
    ["another relying party", { rpId: "localhost" }],
    ["a person who wasn't verified", { isUserVerified: false }],
    ["another challenge", { challenge: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" }],
  ])("with a passkey of %s is refused", async (_what, faults) => {
    const answer = await logIn(admin.device, faults);
    expect(answer.body).toMatchObject({ code: "login_refused", status: 401 });
    expect(answer.cookie).toBe("");
  });

  test("by a passkey that nobody here has is refused in the same words", async () => {
    const stranger = createSoftwarePasskey({ origin });
    stranger.create({ challenge: "AAAA", rp: { id: "console.localhost" }, user: { id: "c3RhZmY" } });
    expect((await logIn(stranger)).body).toMatchObject({ code: "login_refused" });
  });

  test("is over after logging out", async () => {
    const { cookie } = await logIn(admin.device);
    expect((await call("POST", "/api/staff/logout", { cookie, body: {} })).status).toBe(200);
    expect((await call("GET", "/api/staff/session", { cookie })).status).toBe(401);
  });
});

describe("what comes from elsewhere", () => {
  test.each([
    ["another site", { origin: "http://localhost:8080" }],
    ["a page of another site", { "sec-fetch-site": "cross-site" }],
    ["a neighbouring host", { "sec-fetch-site": "same-site" }],
  ])("%s can change nothing", async (_what, headers) => {
    const answer = await call("POST", "/api/staff/logout", { cookie: admin.cookie, body: {}, headers });
    expect(answer.body).toMatchObject({ code: "origin_refused" });
    expect((await call("GET", "/api/staff/session", { cookie: admin.cookie })).status).toBe(200);
  });

  test("a request without an origin can change nothing", async () => {
    const answer = await control.inject({
      method: "POST",
      url: "/api/staff/logout",
      headers: { host: "console.localhost:8081", cookie: admin.cookie },
      payload: {},
    });
    expect(answer.json()).toMatchObject({ code: "origin_refused" });
  });

  test("another host's name is refused", async () => {
    const answer = await control.inject({ url: "/api/staff/session", headers: { host: "evil.example" } });
    expect(answer.json()).toMatchObject({ code: "host_unknown", status: 421 });
  });
});

describe("roles", () => {
  async function joinAs(name: string, roles: string[]) {
    const invited = await call("POST", "/api/staff/invitations", {
      cookie: admin.cookie,
      body: { name, roles },
    });
    return join((invited.body as StaffInvited).url, name);
  }

  test("decide what each may do", async () => {
    const onboarding = await joinAs("Nadia Haddad", ["onboarding"]);
    const { cookie } = onboarding;
    expect((await call("GET", "/api/bank/referrals", { cookie })).status).toBe(200);
    const refused = [
      call("GET", "/api/staff/people", { cookie }),
      call("GET", "/api/staff/audit", { cookie }),
      call("POST", "/api/staff/invitations", { cookie, body: { name: "A Friend", roles: ["admin"] } }),
    ];
    for (const answer of await Promise.all(refused))
      expect(answer.body).toMatchObject({ code: "role_missing" });
    const auditor = await joinAs("Omar Aziz", ["auditor"]);
    expect((await call("GET", "/api/staff/audit", { cookie: auditor.cookie })).status).toBe(200);
    expect((await call("GET", "/api/bank/referrals", { cookie: auditor.cookie })).status).toBe(403);
    expect((await call("GET", "/api/bank/referrals")).body).toMatchObject({ code: "not_logged_in" });
  });

  test("can't be taken from the last administrator", async () => {
    const people = (await call("GET", "/api/staff/people", { cookie: admin.cookie })).body as StaffPeople;
    const own = people.people.find(({ name }) => name === "Amara Cole")?.id ?? "";
    const url = `/api/staff/people/${own}`;
    for (const body of [{ roles: ["auditor"] }, { ended: true }]) {
      const answer = await call("PATCH", url, { cookie: admin.cookie, body });
      expect(answer.body).toMatchObject({ code: "last_admin" });
    }
  });

  test("end with a person's access, and so do their sessions", async () => {
    const leaver = await joinAs("Lee Vale", ["payments"]);
    const people = (await call("GET", "/api/staff/people", { cookie: admin.cookie })).body as StaffPeople;
    const id = people.people.find(({ name }) => name === "Lee Vale")?.id ?? "";
    const ended = await call("PATCH", `/api/staff/people/${id}`, {
      cookie: admin.cookie,
      body: { ended: true },
    });
    expect(ended.status).toBe(200);
    expect((await call("GET", "/api/staff/session", { cookie: leaver.cookie })).status).toBe(401);
    expect((await logIn(leaver.device)).body).toMatchObject({ code: "login_refused" });
  });

  test("an invitation that was withdrawn lets nobody in", async () => {
    const invited = await call("POST", "/api/staff/invitations", {
      cookie: admin.cookie,
      body: { name: "Mia Roe", roles: ["auditor"] },
    });
    const { invitation, url } = invited.body as StaffInvited;
    const path = `/api/staff/invitations/${invitation.id}`;
    expect((await call("DELETE", path, { cookie: admin.cookie })).status).toBe(200);
    expect((await join(url, "Mia Roe")).body).toMatchObject({ code: "invitation_unusable" });
  });
});

describe("what staff ask of the bank", () => {
  const decision = { decision: "pass", reason: "The document is genuine." };
  const registration = "reg_0000000000000000000000";

  test("goes there under control's word, which can be used once", async () => {
    const path = `/api/bank/referrals/${registration}/decision`;
    const answer = await call("POST", path, { cookie: admin.cookie, body: decision });
    expect(answer.status).toBe(200);
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({ method: "POST", path: `/staff/referrals/${registration}/decision` });
    expect(JSON.parse(asked[0]?.body ?? "")).toEqual(decision);
    const publicKey = keys.publicKey.export({ type: "spki", format: "pem" }).toString();
    const verifier = createStaffAssertionVerifier({ publicKey, clock });
    const claims = verifier.verify(asked[0]?.assertion);
    expect(claims).toMatchObject({ ok: true, value: { name: "Amara Cole", aud: "bank" } });
    expect(verifier.verify(asked[0]?.assertion)).toEqual({ ok: false, error: "replayed" });
    const audit = (await call("GET", "/api/staff/audit", { cookie: admin.cookie })).body as Audit;
    expect(audit.entries[0]).toMatchObject({ action: "bank.referral-decided", subject: registration });
  });

  test("keeps its query, and control's audit keeps nothing that is the customer's own", async () => {
    const query = "?query=Ada%20Marlow%26x&from=50";
    await call("GET", `/api/bank/customers${query}`, { cookie: admin.cookie });
    expect(asked.at(-1)?.path).toBe(`/staff/customers${query}`);
    const thread = "thr_0000000000000000000000";
    const body = { id: "ent_0000000000000000000000", text: "Dear Ada, your balance is …" };
    await call("POST", `/api/bank/threads/${thread}/entries`, { cookie: admin.cookie, body });
    const audit = (await call("GET", "/api/staff/audit", { cookie: admin.cookie })).body as Audit;
    expect(audit.entries[0]).toMatchObject({ action: "bank.thread-answered", subject: thread });
    expect(audit.entries[0]?.details).toEqual({ id: body.id });
  });

  test.each([
    ["people", "GET"],
    ["customers/a/b/c", "GET"],
    ["ledger/entries/1", "GET"],
    ["referrals/../people", "GET"],
    ["referrals/..%2Fpeople", "GET"],
    [`referrals/${registration}/decision/more`, "POST"],
  ] as const)("%s isn't passed on", async (path, method) => {
    const body = method === "POST" ? { body: decision } : {};
    const answer = await call(method, `/api/bank/${path}`, { cookie: admin.cookie, ...body });
    expect(answer.status).toBe(404);
    expect(asked).toHaveLength(0);
  });
});

describe("the audit", () => {
  test("chains every entry, and shows when one was altered", async () => {
    const read = async () => (await call("GET", "/api/staff/audit", { cookie: admin.cookie })).body as Audit;
    const before = await read();
    expect(before.isWhole).toBe(true);
    expect(before.entries.map(({ action }) => action)).toContain("staff.joined");
    // The process itself can only append.
    await expect(database.pool.query("UPDATE staff.audit SET subject = 'x'")).rejects.toThrow(
      "permission denied",
    );
    await expect(database.pool.query("DELETE FROM staff.audit")).rejects.toThrow("permission denied");
    await expect(database.pool.query("INSERT INTO staff.audit SELECT * FROM staff.audit")).rejects.toThrow(
      "permission denied",
    );
  });

  test("is found altered by whoever could get round the process", async () => {
    const read = async () => (await call("GET", "/api/staff/audit", { cookie: admin.cookie })).body as Audit;
    const invited = { name: 'Ünal "Ü" O\u2019Neil \\ \u007f', roles: ["auditor"] };
    await call("POST", "/api/staff/invitations", { cookie: admin.cookie, body: invited });
    expect((await read()).isWhole).toBe(true);
    const owner = createDatabase({ url: ownerUrl, connections_max: 1, applicationName: "test" });
    await owner.pool.query("UPDATE staff.audit SET actor_name = 'Someone Else' WHERE number = 2");
    await owner.close();
    expect((await read()).isWhole).toBe(false);
  });
});
