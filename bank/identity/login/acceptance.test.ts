import { generateKeyPairSync } from "node:crypto";
import { granted, logIn, type LoginOptions, type TestCustomer } from "@mainstay/testkit";
import { edge_secret_header, login_protocols, type AcceptedProtocols } from "@mainstay/wire";
import { beforeEach, describe, expect, test } from "vitest";
import { activationHeaders, testActivation } from "../../../tests/support/activation.ts";
import { createIdentityScene, problemOf, scene_edge_secret } from "../../../tests/support/identity-scene.ts";
import { verifyAudit } from "../audit/store.ts";
import { acceptance_cache_ms_max } from "./acceptance.ts";
import { block_ms, failures_in_row_max } from "./rules.ts";

const scene = await createIdentityScene();
const { customer, clock, transport } = scene;
const { privateKey: wrongKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const path = "/internal/login-protocols";
const both = [...login_protocols];

async function ask(
  method: string,
  address: string,
  body?: unknown,
  secret: string | null = scene_edge_secret,
) {
  const answer = await transport({
    method,
    path: address,
    headers: {
      ...(secret === null ? {} : { [edge_secret_header]: secret }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  return { status: answer.status, headers: answer.headers, body: JSON.parse(answer.text) as unknown };
}

const put = (accepted: readonly string[], needed: unknown[] = []) => ask("PUT", path, { accepted, needed });
const accepted = async () => granted<AcceptedProtocols>(await ask("GET", path)).accepted;

async function codeOf(person: TestCustomer, options: LoginOptions): Promise<string> {
  const { status, body } = await logIn(person.device, person.passkey, options);
  return status === 200 ? "in" : (body as { code: string }).code;
}

beforeEach(async () => {
  granted(await put(both));
  granted(await ask("PUT", "/internal/refused-versions", []));
});

describe("the accepted protocols", () => {
  test("are both, until release control says otherwise", async () => {
    expect(await accepted()).toEqual(both);
    expect(await scene.identity.acceptedProtocols()).toEqual(both);
  });

  test.each(both)("without %s turn away who speaks it, and nobody else", async (retired) => {
    const ada = await customer();
    const [left = "login/1"] = both.filter((protocol) => protocol !== retired);
    granted(await put([left], [{ protocol: left, versions: ["1.4.0"] }]));
    expect(await codeOf(ada, { protocol: retired })).toBe("login_protocol_unsupported");
    expect(await codeOf(ada, { protocol: left })).toBe("in");
    expect(await scene.identity.acceptedProtocols()).toEqual([left]);
    granted(await put(both));
    expect(await codeOf(ada, { protocol: retired })).toBe("in");
  });

  test("end a log-in that was begun before they changed", async () => {
    const { device, passkey } = await customer();
    const begun = granted<{ id: string; options: Parameters<typeof passkey.get>[0] }>(
      await device.call("POST", "/api/login/challenges", { protocol: "login/1" }),
    );
    granted(await put(["login/2"]));
    const credential = passkey.get(begun.options);
    const request = { protocol: "login/1", challengeId: begun.id, credential, deviceName: "Phone" };
    expect(problemOf(await device.call("POST", "/api/login", request)).code).toBe(
      "login_protocol_unsupported",
    );
  });

  test("can't lose one that a version needs: the answer says which", async () => {
    const needed = [
      { protocol: "login/1", versions: ["1.3.0", "1.3.1"] },
      { protocol: "login/2", versions: ["1.4.0"] },
    ];
    const refused = await put(["login/2"], needed);
    expect(refused).toMatchObject({
      status: 409,
      body: { code: "login_protocol_needed", detail: "login/1 is needed by 1.3.0, 1.3.1." },
    });
    expect(await accepted()).toEqual(both);
    granted(await put(["login/2"], [{ protocol: "login/1", versions: [] }, ...needed.slice(1)]));
  });

  test("can't be none, nor one that isn't there", async () => {
    expect(await put([])).toMatchObject({ status: 409, body: { code: "login_protocol_last" } });
    expect(await put(["login/1", "login/9"])).toMatchObject({
      status: 422,
      body: { code: "login_protocol_unknown" },
    });
    expect(await accepted()).toEqual(both);
  });

  test("reach another process within seconds", async () => {
    const other = await scene.anotherProcess();
    expect(await other.identity.acceptedProtocols()).toEqual(both);
    granted(await put(["login/2"]));
    clock.advance(acceptance_cache_ms_max);
    expect(await other.identity.acceptedProtocols()).toEqual(["login/2"]);
  });

  test("say when somebody last logged in by each", async () => {
    const ada = await customer();
    clock.advance(60_000);
    expect(await codeOf(ada, { protocol: "login/1" })).toBe("in");
    const one = clock.now().toISOString();
    clock.advance(60_000);
    expect(await codeOf(ada, { protocol: "login/2" })).toBe("in");
    const { seen } = granted<AcceptedProtocols>(await ask("GET", path));
    expect(seen).toEqual([
      { protocol: "login/1", lastSucceededAt: one },
      { protocol: "login/2", lastSucceededAt: clock.now().toISOString() },
    ]);
  });

  test("change in the audit too", async () => {
    granted(await put(["login/2"]));
    const { rows } = await scene.db.pool.query(
      `SELECT details
         FROM identity.audit
        WHERE action = 'login-protocols-changed'
        ORDER BY number DESC
        LIMIT 1`,
    );
    expect(rows).toEqual([{ details: { before: both, after: ["login/2"] } }]);
    expect((await verifyAudit(scene.db)).brokenAt).toBeNull();
  });
});

describe("what control asks", () => {
  test.each([null, "", "wrong", scene_edge_secret.toUpperCase()])(
    "with the secret %j isn't there",
    async (secret) => {
      for (const [method, address, body] of [
        ["GET", path, undefined],
        ["PUT", path, { accepted: ["login/1"], needed: [] }],
        ["POST", "/internal/lift-failures", { version: "1.4.0" }],
        ["PUT", "/internal/refused-versions", []],
      ] as const) {
        expect((await ask(method, address, body, secret)).status).toBe(404);
      }
      expect(await accepted()).toEqual(both);
    },
  );

  test("must fit its schema", async () => {
    for (const [method, address, body] of [
      ["PUT", path, { accepted: "login/1" }],
      ["PUT", path, { accepted: ["login/1"], needed: [{ protocol: "login/1", versions: ["one"] }] }],
      ["POST", "/internal/lift-failures", { version: "1.4" }],
      ["POST", "/internal/lift-failures", { version: "1.4.0", more: true }],
      ["PUT", "/internal/refused-versions", [{ version: "1.4.0" }]],
    ] as const) {
      expect((await ask(method, address, body)).status).toBe(400);
    }
  });
});

describe("versions that are turned away", () => {
  test("are told so, by both protocols; the others come in", async () => {
    const ada = await customer();
    const refused = [{ version: "1.2.0", reason: "below the minimum" }];
    granted(await ask("PUT", "/internal/refused-versions", refused));
    const old = activationHeaders(testActivation({ version: "1.2.0" }));
    for (const protocol of both) {
      expect(await codeOf(ada, { protocol, headers: old })).toBe("client_version_unsupported");
      expect(await codeOf(ada, { protocol, headers: { "x-mainstay-version": "1.2.0" } })).toBe(
        "client_version_unsupported",
      );
      expect(await codeOf(ada, { protocol, headers: activationHeaders(testActivation()) })).toBe("in");
    }
    granted(await ask("PUT", "/internal/refused-versions", []));
    expect(await codeOf(ada, { headers: old })).toBe("in");
  });
});

describe("a rollback", () => {
  const lift = (version: string) => ask("POST", "/internal/lift-failures", { version });
  const bad = activationHeaders(testActivation({ version: "9.9.9" }));
  const good = activationHeaders(testActivation({ version: "9.9.8" }));

  async function fail(person: TestCustomer, times: number, headers: Record<string, string>) {
    const codes: string[] = [];
    for (let count = 0; count < times; count += 1) {
      codes.push(await codeOf(person, { headers, faults: { key: wrongKey } }));
    }
    return codes;
  }

  test("ends the blocks that nine failed tries on its version caused, and no others, at once", async () => {
    const [ada, bea] = [await customer(), await customer()];
    const nine = [...Array(failures_in_row_max).fill("login_failed"), ...Array(4).fill("login_blocked")];
    expect(await fail(ada, 9, bad)).toEqual(nine);
    expect(await fail(bea, 9, good)).toEqual(nine);
    expect(await codeOf(ada, { headers: good })).toBe("login_blocked");
    expect(await lift("9.9.9")).toMatchObject({ status: 200, body: { lifted: failures_in_row_max } });
    expect(await codeOf(ada, { headers: good })).toBe("in");
    expect(await codeOf(bea, { headers: good })).toBe("login_blocked");
    clock.advance(block_ms);
  });

  test("said again lifts nothing more and harms nothing", async () => {
    granted(await lift("9.9.9"));
    expect(await lift("9.9.9")).toMatchObject({ status: 200, body: { lifted: 0 } });
  });

  test("leaves what other versions have shown: five in a row are five", async () => {
    const ada = await customer();
    await fail(ada, 3, good);
    await fail(ada, 2, bad);
    granted(await lift("9.9.9"));
    await fail(ada, 1, good);
    expect(await codeOf(ada, { headers: good, faults: { key: wrongKey } })).toBe("login_failed");
    expect(await codeOf(ada, { headers: good })).toBe("login_blocked");
    clock.advance(block_ms);
  });

  test("covers clients that are still on the version for some minutes, and then no longer", async () => {
    const ada = await customer();
    granted(await lift("9.9.9"));
    expect(await fail(ada, 9, bad)).toEqual(Array(9).fill("login_failed"));
    expect(await codeOf(ada, { headers: good })).toBe("in");
    clock.advance(10 * 60_000 + 1);
    expect(await fail(ada, 6, bad)).toEqual([...Array(5).fill("login_failed"), "login_blocked"]);
    clock.advance(block_ms);
  });
});
