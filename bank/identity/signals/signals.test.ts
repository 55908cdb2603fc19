import { generateKeyPairSync } from "node:crypto";
import {
  beginLogIn,
  finishLogIn,
  granted,
  logIn,
  randomId,
  type CreateRequest,
  type LoginOptions,
  type TestChallenge,
} from "@mainstay/testkit";
import { customer_header, type Activation, type Signal } from "@mainstay/wire";
import pg from "pg";
import { describe, expect, test } from "vitest";
import { activationHeaders, testActivation } from "../../../tests/support/activation.ts";
import { createIdentityScene, problemOf } from "../../../tests/support/identity-scene.ts";
import { failures_in_row_max } from "../login/rules.ts";
import { attempts_per_window_max, attempts_window_ms } from "./rules.ts";

const scene = await createIdentityScene();
const { visitor, customer, clock } = scene;
const { privateKey: wrongKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });

/** What has been written of one installation, oldest first. */
async function signalsOf({ installation }: Activation): Promise<Signal[]> {
  const { rows } = await scene.db.pool.query<{ signal: Signal }>(
    `SELECT signal
       FROM identity.login_signals
      WHERE signal -> 'activation' ->> 'installation' = $1
      ORDER BY position`,
    [installation],
  );
  return rows.map(({ signal }) => signal);
}

const kindsOf = async (activation: Activation) =>
  (await signalsOf(activation)).map(({ kind, reason }) => (reason === null ? kind : `${kind} ${reason}`));

const under = (activation: Activation, options: LoginOptions = {}): LoginOptions => ({
  ...options,
  headers: activationHeaders(activation),
});

/** Does what the bank's process may not. */
async function asSuperuser(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: scene.database.superuserUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

describe("a log-in is told of", () => {
  test("as begun and succeeded, with the customer's reference and never their id", async () => {
    const { device, passkey, personId } = await customer();
    const activation = testActivation();
    const answer = await logIn(device, passkey, under(activation));
    const reference = answer.headers[customer_header];
    expect(reference).toMatch(/^cus_[0-9a-f]{32}$/);
    const [begun, succeeded, ...more] = await signalsOf(activation);
    expect(more).toEqual([]);
    expect(begun).toEqual({
      id: `${begun?.attempt}/begun`,
      kind: "login-begun",
      at: clock.now().toISOString(),
      activation,
      attempt: expect.stringMatching(/^lgc_/) as string,
      begunAt: clock.now().toISOString(),
      way: "passkey",
      protocol: "login/2",
      customer: null,
      reason: null,
    });
    const customerRef = reference;
    expect(succeeded).toEqual({
      ...begun,
      id: `${begun?.attempt}/succeeded`,
      kind: "login-succeeded",
      customer: customerRef,
    });
    expect(JSON.stringify([begun, succeeded])).not.toContain(personId);
    const second = await logIn(visitor().device, passkey, under(testActivation()));
    expect(second.headers[customer_header]).toBe(reference);
  });

  test("under the activation with which it was begun, whatever the device runs at its end", async () => {
    const { device, passkey } = await customer();
    const before = testActivation({ version: "1.4.0" });
    const after = { ...before, version: "1.3.0", arm: "none", rollout: null } as const;
    const challenge = granted<TestChallenge>(await beginLogIn(device, under(before)));
    clock.advance(20_000);
    granted(await finishLogIn(device, passkey, challenge, under(after)));
    const [begun, succeeded] = await signalsOf(before);
    expect(succeeded).toMatchObject({ activation: before, begunAt: begun?.at, kind: "login-succeeded" });
    expect(succeeded?.at).toBe(clock.now().toISOString());
  });

  test.each(["", "not base64 of anything", Buffer.from('{"version":"1.4.0"}').toString("base64url")])(
    "only by the edge's word: %j is none",
    async (header) => {
      const { device, passkey } = await customer();
      const { rows: before } = await scene.db.pool.query("SELECT FROM identity.login_signals");
      const headers = { "x-mainstay-verified-activation": header };
      granted(await logIn(device, passkey, { headers }));
      const { rows: after } = await scene.db.pool.query("SELECT FROM identity.login_signals");
      expect(after).toHaveLength(before.length);
    },
  );

  test("of one installation only so often in a while", async () => {
    const { device, passkey } = await customer();
    const activation = testActivation();
    for (let count = 0; count < attempts_per_window_max + 5; count += 1) {
      granted(await logIn(device, passkey, under(activation)));
    }
    expect(await signalsOf(activation)).toHaveLength(2 * attempts_per_window_max);
    clock.advance(attempts_window_ms);
    granted(await logIn(device, passkey, under(activation)));
    expect(await signalsOf(activation)).toHaveLength(2 * attempts_per_window_max + 2);
  });
});

describe("a log-in that fails is told of", () => {
  test("with its code, and with the passkey's owner where there is one", async () => {
    const { device, passkey } = await customer();
    const activation = testActivation();
    for (let count = 0; count < failures_in_row_max; count += 1) {
      await logIn(device, passkey, under(activation, { faults: { key: wrongKey } }));
    }
    await logIn(device, passkey, under(activation));
    const kinds = await kindsOf(activation);
    const failed = ["login-begun", "login-failed login_failed"];
    expect(kinds).toEqual([
      ...Array(failures_in_row_max).fill(failed).flat(),
      "login-begun",
      "login-failed login_blocked",
    ]);
    const signals = await signalsOf(activation);
    const customers = signals.filter(({ kind }) => kind === "login-failed").map((signal) => signal.customer);
    expect(new Set(customers)).toEqual(new Set([expect.stringMatching(/^cus_/)]));
    expect(new Set(signals.map(({ id }) => id)).size).toBe(signals.length);
  });

  test("without a customer where the passkey is nobody's", async () => {
    const { device, passkey } = visitor();
    passkey.create({ challenge: "AAAA", rp: { id: "localhost" }, user: { id: "AAAA" } });
    const activation = testActivation();
    await logIn(device, passkey, under(activation));
    expect((await signalsOf(activation)).at(-1)).toMatchObject({
      kind: "login-failed",
      reason: "login_failed",
      customer: null,
    });
  });

  test("as this client's fault where it derives the challenge wrongly", async () => {
    const { device, passkey } = await customer();
    const activation = testActivation();
    await logIn(device, passkey, under(activation, { faults: { challenge: "AAAA" } }));
    expect(await kindsOf(activation)).toEqual(["login-begun", "login-failed client_proof_invalid"]);
  });

  test("once where it is answered late, and not again", async () => {
    const { device, passkey } = await customer();
    const activation = testActivation();
    const challenge = granted<TestChallenge>(await beginLogIn(device, under(activation)));
    clock.advance(6 * 60_000);
    await finishLogIn(device, passkey, challenge, under(activation));
    await finishLogIn(device, passkey, challenge, under(activation));
    const failures = (await signalsOf(activation)).filter(({ kind }) => kind === "login-failed");
    // Told twice, it is one: by its id.
    expect(new Set(failures.map(({ id }) => id))).toEqual(new Set([`${challenge.id}/failed`]));
    expect(failures[0]?.reason).toBe("login_challenge_expired");
  });
});

describe("a refusal before the log-in is told of", () => {
  test("where the protocol isn't accepted", async () => {
    const activation = testActivation();
    const headers = activationHeaders(activation);
    await visitor().device.call("POST", "/api/login/challenges", { protocol: "login/9" }, { headers });
    expect(await signalsOf(activation)).toEqual([
      expect.objectContaining({
        kind: "login-failed",
        reason: "login_protocol_unsupported",
        protocol: "login/9",
        attempt: expect.stringMatching(/^lga_/) as string,
      }),
    ]);
  });

  test("where the proof is wrong: by itself before a challenge, with its log-in after one", async () => {
    const { device, passkey } = await customer();
    const activation = testActivation();
    const headers = activationHeaders(activation);
    const proof = "nonsense";
    await device.call("POST", "/api/login/challenges", { protocol: "login/2" }, { headers, proof });
    const challenge = granted<TestChallenge>(await beginLogIn(device, { headers }));
    const credential = passkey.get(challenge.options);
    const request = { protocol: "login/2", challengeId: challenge.id, credential, deviceName: "Phone" };
    await device.call("POST", "/api/login", request, { headers, proof });
    const [first, , last] = await signalsOf(activation);
    expect(first).toMatchObject({ kind: "login-failed", reason: "client_proof_invalid" });
    expect(last).toMatchObject({
      kind: "login-failed",
      reason: "client_proof_invalid",
      attempt: challenge.id,
      customer: expect.stringMatching(/^cus_/) as string,
    });
  });

  test("where a log-in's answer doesn't fit its schema", async () => {
    const { device } = visitor();
    const activation = testActivation();
    const headers = activationHeaders(activation);
    const challenge = granted<TestChallenge>(await beginLogIn(device, { headers }));
    const request = { protocol: "login/2", challengeId: challenge.id, credential: "wrong" };
    const nonce = challenge.nonce ?? "";
    expect((await device.call("POST", "/api/login", request, { headers, nonce })).status).toBe(400);
    expect((await signalsOf(activation)).at(-1)).toMatchObject({
      kind: "login-failed",
      reason: "bad_request",
      attempt: challenge.id,
    });
  });

  test("but never as part of another installation's log-in", async () => {
    const { device } = visitor();
    const [victim, thief] = [testActivation(), testActivation()];
    const challenge = granted<TestChallenge>(await beginLogIn(device, under(victim)));
    const headers = activationHeaders(thief);
    await visitor().device.call("POST", "/api/login", { challengeId: challenge.id }, { headers, proof: "x" });
    expect(await kindsOf(victim)).toEqual(["login-begun"]);
    const [own] = await signalsOf(thief);
    expect(own?.attempt).not.toBe(challenge.id);
  });

  test("but not where it asks for a nonce, nor where an answered challenge is answered again", async () => {
    const { device, passkey } = await customer();
    const activation = testActivation();
    const headers = activationHeaders(activation);
    const fresh = visitor().device;
    const asked = await fresh.call(
      "POST",
      "/api/login/challenges",
      { protocol: "login/2" },
      { headers, isSingle: true },
    );
    expect(problemOf(asked).code).toBe("use_dpop_nonce");
    const challenge = granted<TestChallenge>(await beginLogIn(device, { headers }));
    granted(await finishLogIn(device, passkey, challenge, { headers }));
    await finishLogIn(device, passkey, challenge, { headers });
    expect(await kindsOf(activation)).toEqual(["login-begun", "login-succeeded"]);
  });
});

test("our own faults are told of by nobody, and their log-in leaves nothing behind", async () => {
  const { device, passkey } = await customer();
  const activation = testActivation();
  const challenge = granted<TestChallenge>(await beginLogIn(device, under(activation)));
  await asSuperuser("ALTER TABLE identity.audit_head RENAME TO audit_head_away");
  const failed = await finishLogIn(device, passkey, challenge, under(activation));
  expect(failed.status).toBe(500);
  await asSuperuser("ALTER TABLE identity.audit_head_away RENAME TO audit_head");
  expect(await kindsOf(activation)).toEqual(["login-begun"]);
  granted(await finishLogIn(device, passkey, challenge, under(activation)));
  expect(await kindsOf(activation)).toEqual(["login-begun", "login-succeeded"]);
});

describe("the other ways in are told of", () => {
  test("opening an account", async () => {
    const { device, passkey } = visitor();
    const activation = testActivation();
    const headers = activationHeaders(activation);
    const path = `/api/registrations/${randomId("reg")}`;
    const answers = {
      firstName: "Ada",
      lastName: "Marlow",
      dateOfBirth: "1990-04-12",
      address: { line1: "14 Harbour Street", town: "Falmouth", postcode: "TR11 3AB", country: "GB" },
      email: "ada.told@example.com",
      phone: "07700 900123",
    };
    granted(await device.call("PUT", path, { answers }, { headers }));
    granted(await device.call("POST", `${path}/check`, undefined, { headers }));
    type Offer = { id: string; options: CreateRequest };
    const offer = granted<Offer>(
      await device.call("POST", `${path}/passkey/options`, undefined, { headers }),
    );
    const wrong = { ...offer.options, challenge: "AAAA" };
    const request = { challengeId: offer.id, deviceName: "Phone" };
    await device.call(
      "POST",
      `${path}/passkey`,
      { ...request, credential: passkey.create(wrong) },
      { headers },
    );
    const again = granted<Offer>(
      await device.call("POST", `${path}/passkey/options`, undefined, { headers }),
    );
    const credential = passkey.create(again.options);
    const made = { challengeId: again.id, deviceName: "Phone", credential };
    const opened = await device.call("POST", `${path}/passkey`, made, { headers });
    expect(await kindsOf(activation)).toEqual([
      "login-begun",
      "login-failed passkey_invalid",
      "login-begun",
      "login-succeeded",
    ]);
    const signals = await signalsOf(activation);
    expect(signals.at(-1)).toMatchObject({
      way: "registration",
      protocol: null,
      attempt: again.id,
      customer: opened.headers[customer_header],
    });
    expect(signals[1]).toMatchObject({ attempt: offer.id, customer: null });
  });

  test("recovery", async () => {
    const email = "told.recovery@example.com";
    const { device } = await customer({ email });
    const { codes } = granted<{ codes: string[] }>(await device.call("POST", "/api/recovery-codes"));
    const lost = visitor();
    const activation = testActivation();
    const headers = activationHeaders(activation);
    await lost.device.call("POST", "/api/recovery", { email, code: "0000-0000-0000-0000" }, { headers });
    const offer = granted<{ id: string; options: CreateRequest }>(
      await lost.device.call("POST", "/api/recovery", { email, code: codes[0] }, { headers }),
    );
    const credential = lost.passkey.create(offer.options);
    const made = { challengeId: offer.id, deviceName: "Phone", credential };
    const opened = await lost.device.call("POST", "/api/recovery/passkey", made, { headers });
    const [wrong, begun, succeeded] = await signalsOf(activation);
    const reference = opened.headers[customer_header];
    expect(wrong).toMatchObject({
      kind: "login-failed",
      reason: "recovery_failed",
      way: "recovery",
      customer: null,
    });
    expect(begun).toMatchObject({ kind: "login-begun", attempt: offer.id, customer: reference });
    expect(succeeded).toMatchObject({ kind: "login-succeeded", attempt: offer.id, customer: reference });
  });
});
