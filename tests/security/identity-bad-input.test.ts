import { answers_of_ada, granted, randomId, type Answer, type TestCustomer } from "@mainstay/testkit";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { createIdentityScene, problemOf } from "../support/identity-scene.ts";

const scene = await createIdentityScene();
const { visitor, customer } = scene;

/** Every endpoint of identity that takes a body, with one that fits its schema. */
const key = "A".repeat(22);
const assertion = {
  id: key,
  rawId: key,
  type: "public-key",
  response: { clientDataJSON: key, authenticatorData: key, signature: key },
  clientExtensionResults: {},
};
const created = { ...assertion, response: { clientDataJSON: key, attestationObject: key } };
const passkeyRequest = () => ({ challengeId: randomId("pkc"), credential: created, deviceName: "Phone" });
const endpoints: readonly (readonly [method: string, path: string, body: () => Record<string, unknown>])[] = [
  ["PUT", `/api/registrations/${randomId("reg")}`, () => ({ answers: answers_of_ada })],
  ["POST", `/api/registrations/${randomId("reg")}/passkey`, passkeyRequest],
  ["POST", "/api/login/challenges", () => ({ protocol: "login/1" })],
  [
    "POST",
    "/api/login",
    () => ({ protocol: "login/1", challengeId: randomId("lgc"), credential: assertion, deviceName: "Phone" }),
  ],
  ["POST", "/api/passkeys", passkeyRequest],
  ["POST", "/api/recovery", () => ({ email: "ada@example.com", code: "0000-0000-0000-0000" })],
  ["POST", "/api/recovery/passkey", passkeyRequest],
];

/** Every endpoint that needs a session, with an id where one can stand. */
const session_endpoints: readonly (readonly [method: string, path: string])[] = [
  ["GET", "/api/session"],
  ["POST", "/api/logout"],
  ["GET", "/api/devices"],
  ["DELETE", `/api/devices/${randomId("dev")}`],
  ["GET", "/api/security"],
  ["GET", "/api/passkeys"],
  ["POST", "/api/passkeys/options"],
  ["POST", "/api/passkeys"],
  ["DELETE", `/api/passkeys/${randomId("pk")}`],
  ["POST", "/api/recovery-codes"],
];

let ada: TestCustomer;
beforeAll(async () => {
  ada = await customer();
});

/** Each refusal is a problem document with a code of its own, and never the server's fault. */
function expectRefusal(answer: Answer, status?: number): void {
  expect(answer.headers["content-type"]).toMatch(/^application\/problem\+json/);
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(answer.status).toBeLessThan(500);
  if (status !== undefined) expect(answer.status).toBe(status);
  expect(problemOf(answer).code).toMatch(/^[a-z_]+$/);
}

describe.each(endpoints)("%s %s", (method, path, body) => {
  test("refuses what isn't JSON, is too large, or of another kind", async () => {
    const { device } = ada;
    for (const text of ["{", "null", "[]", '"text"', "1e999", '{"__proto__":{}}x', ""]) {
      expectRefusal(await device.call(method, path, text), 400);
    }
    const large = JSON.stringify({ ...body(), filler: "x".repeat(70_000) });
    expectRefusal(await device.call(method, path, large), 413);
    const xml = { headers: { "content-type": "application/xml" } };
    expectRefusal(await device.call(method, path, "<a/>", xml), 415);
  });

  test("refuses a field too many, one too few, and every field of a wrong type", async () => {
    const { device } = ada;
    expectRefusal(await device.call(method, path, { ...body(), extra: 1 }), 400);
    for (const field of Object.keys(body())) {
      const { [field]: _left, ...rest } = body();
      expectRefusal(await device.call(method, path, rest), 400);
      for (const value of [null, 0, -1, 2 ** 53, true, [], "x".repeat(5_000), { $ne: null }, ["a"]]) {
        expectRefusal(await device.call(method, path, { ...body(), [field]: value }), 400);
      }
    }
  });

  test("answers any JSON at all without a fault of its own", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.jsonValue({ maxDepth: 3 }),
        fc.constantFrom(...Object.keys(body())),
        async (value, field) => {
          const answer = await ada.device.call(method, path, { ...body(), [field]: value });
          expect(answer.status).toBeLessThan(500);
        },
      ),
      { seed: 20_261_122, numRuns: 25 },
    );
  });

  test("needs a proof, and one made for it", async () => {
    const { device } = ada;
    expectRefusal(await device.call(method, path, body(), { proof: null }), 401);
    expectRefusal(await device.call(method, path, body(), { proof: "a.b.c" }), 401);
    expectRefusal(
      await device.call(method, path, body(), { proof: device.proofFor("GET", "/api/session") }),
      401,
    );
    expectRefusal(await device.call(method, path, body(), { proof: "x".repeat(9_000) }), 401);
  });
});

describe.each(session_endpoints)("%s %s", (method, path) => {
  const body = method === "POST" && path === "/api/passkeys" ? passkeyRequest() : undefined;

  test("is nobody's without a session, whatever the cookie says", async () => {
    const { device } = visitor();
    for (const cookie of [
      "",
      "mainstay_session=",
      "mainstay_session=x",
      `mainstay_session=${"é".repeat(43)}`,
    ]) {
      const answer = await device.call(method, path, body, { headers: { cookie } });
      expect(problemOf(answer)).toMatchObject({ status: 401, code: "session_required" });
    }
  });
});

describe("ids", () => {
  test.each([
    "",
    "x",
    "reg_",
    "reg_!",
    `reg_${"0".repeat(23)}`,
    "..%2f..%2fetc",
    "%00",
    "💥",
    "a".repeat(300),
  ])("that are no ids (%j) are refused", async (id) => {
    const { device } = ada;
    for (const path of [`/api/registrations/${encodeURIComponent(id)}`]) {
      const answer = await device.call("GET", path);
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
    }
    const deleted = await device.call("DELETE", `/api/passkeys/${encodeURIComponent(id)}`);
    expect(deleted.status).toBeLessThan(500);
    expect(deleted.status).toBeGreaterThanOrEqual(400);
  });

  test("of another customer are answered like ids of nobody, wherever they stand", async () => {
    const bea = await customer();
    const session = granted<{ deviceId: string }>(await bea.device.call("GET", "/api/session"));
    type List = { passkeys: { id: string }[] };
    const { passkeys } = granted<List>(await bea.device.call("GET", "/api/passkeys"));
    const offer = granted<{ id: string }>(await bea.device.call("POST", "/api/passkeys/options"));
    const login = granted<{ id: string }>(
      await bea.device.call("POST", "/api/login/challenges", { protocol: "login/1" }),
    );
    const ask = ada.device.call;
    const loginBody = { protocol: "login/1", credential: assertion, deviceName: "Phone" };
    const pairs: [theirs: Promise<Answer>, nobodys: Promise<Answer>][] = [
      [ask("DELETE", `/api/devices/${session.deviceId}`), ask("DELETE", `/api/devices/${randomId("dev")}`)],
      [ask("DELETE", `/api/passkeys/${passkeys[0]?.id}`), ask("DELETE", `/api/passkeys/${randomId("pk")}`)],
      [
        ask("POST", "/api/passkeys", { ...passkeyRequest(), challengeId: offer.id }),
        ask("POST", "/api/passkeys", passkeyRequest()),
      ],
      [
        ask("POST", "/api/login", { ...loginBody, challengeId: login.id }),
        ask("POST", "/api/login", { ...loginBody, challengeId: randomId("lgc") }),
      ],
    ];
    for (const [theirs, nobodys] of pairs) expect(problemOf(await theirs)).toEqual(problemOf(await nobodys));
    granted(await bea.device.call("GET", "/api/session"));
  });
});

test("nothing of all this was our fault, and the audit holds", async () => {
  const { verifyAudit } = await import("@mainstay/identity");
  expect((await verifyAudit(scene.db)).brokenAt).toBeNull();
});
