import { newId } from "@mainstay/kernel";
import { createDatabase, createHttpServer, createLogger, type HttpServer } from "@mainstay/platform";
import {
  addStaffRoutes,
  createConfirmations,
  createConsoleGate,
  createStaffService,
  staffMigrations,
  verifyConfirmation,
  type Confirmation,
} from "@mainstay/staff";
import { createTestDatabase, fakeClock, seededRandom } from "@mainstay/testkit";
import { createSoftwarePasskey } from "@mainstay/testkit/client";
import type {
  Audit,
  CreationOptions,
  Message,
  MessageDeliveries,
  Messages,
  RequestOptions,
  StaffInvited,
  StaffRole,
} from "@mainstay/wire";
import { afterAll, beforeAll, expect, test } from "vitest";
import { addMessageRoutes, createMessages, messagesMigrations, type MessagesService } from "./index.ts";
import { createFakeBank, createFakeIncidents, incident_id, personOf } from "./test-scene.ts";

const origin = "http://console.localhost:8081";
const relyingParty = { id: "console.localhost", name: "Mainstay console", origins: [origin] };
const made = await createTestDatabase({
  modules: [staffMigrations, messagesMigrations],
  role: "mainstay_control",
});
const database = createDatabase({ url: made.url, connections_max: 4, applicationName: "test" });
const log = createLogger({ name: "test", level: "silent" });
const clock = fakeClock("2026-11-23T09:11:48Z");
const random = seededRandom(8);
const bank = createFakeBank();
const { record, incidents } = createFakeIncidents();
const commandId = () => newId("cmd", { clock, random });

type Person = { readonly cookie: string; readonly device: ReturnType<typeof createSoftwarePasskey> };
type Call = { readonly by?: Person; readonly body?: unknown };
let server: HttpServer;
let messages: MessagesService;
let priya: Person;
let tom: Person;
let auditor: Person;
let onboarder: Person;

async function call<T>(method: "GET" | "POST" | "PUT", url: string, { by, body }: Call = {}) {
  const headers = { ...(method === "GET" ? {} : { origin }), ...(by ? { cookie: by.cookie } : {}) };
  const payload = body === undefined ? {} : { payload: body as object };
  const answer = await server.inject({ method, url, headers, ...payload });
  const cookie = String(answer.headers["set-cookie"]).split(";")[0] ?? "";
  return { status: answer.statusCode, body: answer.json<T & { code?: string; detail?: string }>(), cookie };
}

async function joinBy(link: string, name: string): Promise<Person> {
  const token = link.slice(link.indexOf("#") + 1);
  const device = createSoftwarePasskey({ origin });
  type Begun = { id: string; options: CreationOptions };
  const begun = await call<Begun>("POST", "/api/staff/passkey/options", { body: { token, name } });
  const credential = device.create(begun.body.options);
  const joined = await call("POST", "/api/staff/passkey", { body: { id: begun.body.id, credential } });
  return { cookie: joined.cookie, device };
}

async function invite(name: string, roles: readonly StaffRole[]): Promise<Person> {
  const { body } = await call<StaffInvited>("POST", "/api/staff/invitations", {
    by: priya,
    body: { name, roles },
  });
  return joinBy(body.url, name);
}

async function sign(id: string, by: Person, faults = {}) {
  type Begun = { id: string; text: string; options: RequestOptions };
  const begun = await call<Begun>("POST", `/api/messages/${id}/sign/options`, { by, body: {} });
  if (begun.status !== 200) return begun;
  const credential = by.device.get(begun.body.options, faults);
  const body = { ceremonyId: begun.body.id, credential };
  return {
    ...(await call<Message>("POST", `/api/messages/${id}/sign`, { by, body })),
    signed: begun.body.text,
  };
}

beforeAll(async () => {
  const service = createStaffService({ database, clock, random, origin, relyingParty });
  const gate = createConsoleGate({ service, origin });
  server = await createHttpServer({ name: "control", log, ready: {} });
  addStaffRoutes(server, service, gate);
  messages = createMessages({
    ...{ database, clock, random, log, incidents, bank: bank.bank },
    confirmations: createConfirmations({ database, clock, random, relyingParty }),
  });
  addMessageRoutes(server, { service: messages, gate });
  priya = await joinBy((await service.makeFirstLink()) ?? "", "Priya Nair");
  tom = await invite("Tom Okafor", ["release-manager"]);
  auditor = await invite("Ada Audit", ["auditor"]);
  onboarder = await invite("Olu Board", ["onboarding"]);
  record.people = [personOf("person_ruth"), personOf("person_sofia", { isBack: false, backAt: null })];
});
afterAll(async () => {
  await server.close();
  await messages.stop();
  await database.close();
  await made.drop();
});

async function draft(by = priya): Promise<Message> {
  const body = { commandId: commandId() };
  return (await call<Message>("POST", `/api/incidents/${incident_id}/messages`, { by, body })).body;
}

test("an auditor reads and changes nothing; another role, or nobody, does neither", async () => {
  const { id } = await draft();
  const body = { commandId: commandId() };
  const draftPath = `/api/incidents/${incident_id}/messages`;
  for (const path of ["/api/messages", draftPath, `/api/messages/${id}`, `/api/messages/${id}/deliveries`]) {
    expect((await call("GET", path)).body.code).toBe("not_logged_in");
    expect((await call("GET", path, { by: onboarder })).body.code).toBe("role_missing");
    expect((await call("GET", path, { by: auditor })).status).toBe(200);
  }
  const words = { subject: "You couldn’t log in", text: "We took it back.", channels: ["inbox"] };
  const edit = { ...words, commandId: commandId(), draft: 1 };
  for (const by of [auditor, onboarder]) {
    expect((await call("POST", draftPath, { by, body })).body.code).toBe("role_missing");
    expect((await call("PUT", `/api/messages/${id}`, { by, body: edit })).body.code).toBe("role_missing");
    const options = await call("POST", `/api/messages/${id}/sign/options`, { by, body: {} });
    expect(options.body.code).toBe("role_missing");
    const declined = await call("POST", `/api/messages/${id}/decline`, { by, body: {} });
    expect(declined.body.code).toBe("role_missing");
  }
  const seen = await call<Message>("GET", `/api/messages/${id}`, { by: auditor });
  expect(seen.body).toMatchObject({ canSign: false, whyNot: "It takes the role release-manager." });
});

test("what isn't there is told alike from every door", async () => {
  const nothing = `/api/messages/msg_${"0".repeat(22)}`;
  const words = {
    commandId: commandId(),
    draft: 1,
    subject: "Nothing",
    text: "Nothing at all.",
    channels: ["inbox"],
  };
  const answers = [
    await call("GET", nothing, { by: priya }),
    await call("GET", `${nothing}/deliveries`, { by: priya }),
    await call("PUT", nothing, { by: priya, body: words }),
    await call("POST", `${nothing}/preview`, { by: priya, body: { customer: "person_ruth" } }),
    await call("POST", `${nothing}/sign/options`, { by: priya, body: {} }),
    await call("POST", `${nothing}/decline`, { by: priya, body: {} }),
  ];
  expect(answers.map(({ status, body }) => `${status} ${body.code}`)).toEqual(
    answers.map(() => "404 message_unknown"),
  );
  const unknown = await call("POST", `/api/incidents/inc_${"0".repeat(22)}/messages`, {
    by: priya,
    body: { commandId: commandId() },
  });
  expect(unknown.body.code).toBe("incident_unknown");
});

test("words that can't go out are refused with a sentence, wrong bodies at the door", async () => {
  const { id } = await draft();
  const put = (said: object) =>
    call("PUT", `/api/messages/${id}`, {
      by: priya,
      body: {
        ...{ commandId: commandId(), draft: 1, subject: "You couldn’t log in" },
        ...{ text: "We took it back.", channels: ["inbox"], ...said },
      },
    });
  const unknown = await put({ text: "Hello {last_name}, sorry." });
  expect(unknown).toMatchObject({ status: 422, body: { code: "placeholder_unknown" } });
  expect(unknown.body.detail).toContain("{last_name}");
  const leak = await put({ text: "It hit GB35 MNST 0042 1712 3456 78 first." });
  expect(leak).toMatchObject({ status: 422, body: { code: "customer_data" } });
  expect(leak.body.detail).toContain("GB35 MNST 0042 1712 3456 78");
  for (const wrong of [
    { text: "x".repeat(4_001) },
    { channels: [] },
    { channels: ["post"] },
    { subject: "" },
    { more: 1 },
  ]) {
    expect((await put(wrong)).status).toBe(400);
  }
});

test("two passkeys sign the same words; a stranger's hand, or the same hand twice, doesn't", async () => {
  const { id, subject } = await draft();
  const forged = await sign(id, priya, { challenge: "AAAA" });
  expect(forged).toMatchObject({ status: 422, body: { code: "confirmation_refused" } });
  const stranger = await sign(id, { ...priya, device: tom.device });
  expect(stranger.body.code).toBe("confirmation_refused");
  expect((await sign(id, priya)).body).toMatchObject({ state: "waiting", first: { name: "Priya Nair" } });
  expect((await sign(id, priya)).body.code).toBe("second_person_needed");
  expect((await sign(id, tom)).body).toMatchObject({ state: "sending", second: { name: "Tom Okafor" } });
  clock.advance(1_000);
  await messages.work();
  expect([...bank.state.taken.values()].map(({ customer }) => customer)).toEqual([
    "person_sofia",
    "person_ruth",
  ]);
  expect(bank.state.taken.values().next().value?.subject).toBe(subject.replace("{date}", "23 November 2026"));
  const deliveries = await call<MessageDeliveries>("GET", `/api/messages/${id}/deliveries`, { by: auditor });
  expect(deliveries.body.deliveries).toHaveLength(2);
  const kept = await database.pool.query<{ text: string; signature: string }>(
    "SELECT text, signature FROM messages.signatures WHERE message_id = $1 ORDER BY place",
    [id],
  );
  for (const { text, signature } of kept.rows) {
    const confirmation = JSON.parse(signature) as Confirmation;
    expect(verifyConfirmation(confirmation, { text, relyingParty })).toBe(true);
    expect(verifyConfirmation(confirmation, { text: `${text} `, relyingParty })).toBe(false);
    expect(text).toContain("to: 2 people now");
  }
  expect(kept.rows).toHaveLength(2);
  const audit = await call<Audit>("GET", "/api/staff/audit", { by: auditor });
  const actions = audit.body.entries.filter((entry) => entry.subject === id).map(({ action }) => action);
  expect(actions).toEqual(["messages.signed-second", "messages.signed-first", "messages.drafted"]);
  expect(audit.body.isWhole).toBe(true);
  expect((await call<Messages>("GET", "/api/messages", { by: auditor })).body.waiting).toBe(0);
});
