import { createHttpServer, createLogger, createMetrics, problem, type HttpServer } from "@mainstay/platform";
import { staff_problems, type ConsoleGate } from "@mainstay/staff";
import { edge_secret_header, type StaffRole } from "@mainstay/wire";
import { afterAll, beforeAll, expect, test } from "vitest";
import { addIncidentRoutes, addLedgerReportRoute } from "./routes.ts";
import { createScene, good_version, noon, priya, signalOf, type Scene } from "./test-scene.ts";

const edgeSecret = "an edge's secret of thirty-two characters";
let scene: Scene;
let server: HttpServer;

/** Lets in who names a role; who may be staff at all is tested where they are. */
const gate: ConsoleGate = {
  checkOrigin: () => undefined,
  require: async (request, roles = []) => {
    const role = request.headers["x-role"] as StaffRole | undefined;
    if (role === undefined) throw problem(staff_problems, "not_logged_in");
    if (roles.length > 0 && !roles.includes(role)) throw problem(staff_problems, "role_missing");
    return { id: "ses_1" as never, staff: { ...priya, roles: [role] }, expiresAt: new Date(noon) };
  },
  setCookie: () => undefined,
  clearCookie: () => undefined,
};

beforeAll(async () => {
  scene = await createScene();
  const log = createLogger({ name: "test", level: "silent" });
  server = await createHttpServer({ name: "control", log, ready: {}, metrics: createMetrics("control") });
  addIncidentRoutes(server, { incidents: scene.incidents, gate });
  addLedgerReportRoute(server, { incidents: scene.incidents, edgeSecret });
});

afterAll(async () => {
  await scene.close();
  await server.close();
});

type Body = { readonly id: string; readonly number: string };

async function call(
  method: "GET" | "POST" | "PATCH",
  url: string,
  given: {
    readonly role?: StaffRole;
    readonly body?: object;
    readonly headers?: Record<string, string>;
  } = {},
) {
  const { role, body, headers = {} } = given;
  const answer = await server.inject({
    ...{ method, url },
    headers: { ...headers, ...(role === undefined ? {} : { "x-role": role }) },
    ...(body === undefined ? {} : { payload: body }),
  });
  return { status: answer.statusCode, text: answer.body, headers: answer.headers };
}

const bodyOf = (answer: { readonly text: string }) => JSON.parse(answer.text) as Body;

const scope = {
  versions: ["1.4.0"],
  platforms: [],
  components: ["log-in"],
  from: new Date(noon).toISOString(),
  until: null,
};

async function open(role: StaffRole = "release-manager") {
  const body = { commandId: scene.commandId(), title: "iPhones can’t log in", severity: 2, scope };
  return call("POST", "/api/incidents", { role, body });
}

test("release managers change, auditors and administrators read, nobody else does either", async () => {
  const opened = await open();
  expect(bodyOf(opened)).toMatchObject({ number: "INC-0001", state: "triage", source: "staff" });
  const { id } = bodyOf(opened);
  for (const role of ["auditor", "admin"] as const) {
    expect((await call("GET", "/api/incidents", { role })).status).toBe(200);
    expect((await call("GET", `/api/incidents/${id}/affected`, { role })).status).toBe(200);
    expect(bodyOf(await open(role))).toMatchObject({ code: "role_missing" });
    const note = { commandId: scene.commandId(), text: "x" };
    expect((await call("POST", `/api/incidents/${id}/notes`, { role, body: note })).status).toBe(403);
    const merge = { commandId: scene.commandId(), into: id };
    expect((await call("POST", `/api/incidents/${id}/merge`, { role, body: merge })).status).toBe(403);
    const change = { commandId: scene.commandId(), expectedState: "triage", severity: 1 };
    expect((await call("PATCH", `/api/incidents/${id}`, { role, body: change })).status).toBe(403);
  }
  for (const path of ["", `/${id}`, `/${id}/affected`, `/${id}/affected.csv`, "/stream", `/${id}/stream`]) {
    expect((await call("GET", `/api/incidents${path}`)).status).toBe(401);
    expect((await call("GET", `/api/incidents${path}`, { role: "onboarding" })).status).toBe(403);
  }
});

test("support sees which incidents concern a customer, and no more", async () => {
  const role = "support";
  const concerning = await call("GET", "/api/incidents/concerning?customer=cus-77", { role });
  expect([concerning.status, bodyOf(concerning)]).toEqual([200, { incidents: [] }]);
  expect((await call("GET", "/api/incidents", { role })).status).toBe(403);
  expect(
    (await call("GET", "/api/incidents/concerning?customer=cus-77", { role: "onboarding" })).status,
  ).toBe(403);
});

test("what doesn't fit is refused in words that say what to do, and changes nothing", async () => {
  const role = "release-manager";
  const { id } = bodyOf(await open());
  const close = { commandId: scene.commandId(), expectedState: "investigating", state: "resolved" };
  const closed = await call("PATCH", `/api/incidents/${id}`, { role, body: close });
  expect([closed.status, bodyOf(closed)]).toMatchObject([
    409,
    { code: "incident_changed", detail: "It is triage now." },
  ]);
  const at = new Date(noon + 3_600_000).toISOString();
  const note = { commandId: scene.commandId(), text: "x", at };
  const ahead = await call("POST", `/api/incidents/${id}/notes`, { role, body: note });
  expect([ahead.status, bodyOf(ahead)]).toMatchObject([422, { code: "time_ahead" }]);
  const html = { commandId: scene.commandId(), text: "<script>alert(1)</script>" };
  const noted = await call("POST", `/api/incidents/${id}/notes`, { role, body: html });
  // It is text and stays text: whoever shows it, shows it so.
  expect(noted.headers["content-type"]).toContain("application/json");
  expect(JSON.stringify(bodyOf(noted))).toContain("<script>alert(1)</script>");
  const unknown = await call("GET", `/api/incidents/inc_${"0".repeat(22)}`, { role });
  expect([unknown.status, bodyOf(unknown)]).toMatchObject([404, { code: "incident_unknown" }]);
  expect((await call("POST", "/api/incidents", { role, body: { title: "x" } })).status).toBe(400);
});

test("the affected are exported whole, as a file, and the audit says who took it", async () => {
  const { id, number } = bodyOf(await open());
  await scene.deliver(
    signalOf("login-failed", 1, { at: 5, over: { reason: '=1+1,"x"' } }),
    signalOf("login-succeeded", 1, { at: 35, version: good_version }),
  );
  await scene.settle();
  const answer = await call("GET", `/api/incidents/${id}/affected.csv`, { role: "auditor" });
  expect(answer.headers["content-type"]).toBe("text/csv; charset=utf-8");
  expect(answer.headers["content-disposition"]).toBe(`attachment; filename="${number}-affected.csv"`);
  const [head, row, ...rest] = answer.text.split("\r\n");
  expect(head).toMatch(/^customer,installation,known_by,/);
  expect(row).toContain(`cus-1,ins_0000000000000000000001,log-in,ios,ios-27,1.4.0,"'=1+1,""x""",1,`);
  expect(row).toContain(",30.000,1.3.0");
  expect(rest).toEqual([""]);
  const { rows } = await scene.database.pool.query<{ actor_name: string }>(
    "SELECT actor_name FROM staff.audit WHERE action = 'incidents.exported' AND subject = $1",
    [id],
  );
  expect(rows).toEqual([{ actor_name: priya.name }]);
});

test("a stream says at once that its incident may have changed, and whenever it does", async () => {
  const { id } = bodyOf(await open());
  const address = await server.listen({ host: "127.0.0.1", port: 0 });
  const ending = new AbortController();
  const headers = { "x-role": "auditor" };
  const stream = await fetch(`${address}/api/incidents/${id}/stream`, { headers, signal: ending.signal });
  const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
  const word = `data: ${JSON.stringify({ type: "changed", incident: id })}\n\n`;
  expect((await reader?.read())?.value).toBe(word);
  const line = { kind: "note", title: "x", detail: null, at: scene.clock.now(), by: null, happening: "x" };
  await scene.incidents.record(id, line);
  expect((await reader?.read())?.value).toBe(word);
  ending.abort();
});

test("only the bank reports of the ledger", async () => {
  const body = {
    at: scene.clock.now().toISOString(),
    ok: false,
    wrong: [{ name: "Balances", examples: [] }],
  };
  expect((await call("POST", "/internal/ledger-reports", { body })).status).toBe(404);
  const headers = { [edge_secret_header]: edgeSecret };
  expect((await call("POST", "/internal/ledger-reports", { body, headers })).status).toBe(200);
  const [incident] = (await scene.incidents.listOpen()).filter(({ source }) => source === "ledger");
  expect(incident).toMatchObject({ title: "The ledger’s checker found the book wrong", severity: 1 });
});
