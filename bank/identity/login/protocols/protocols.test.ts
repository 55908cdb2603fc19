import {
  beginLogIn,
  finishLogIn,
  granted,
  logIn,
  signedChallengeOf,
  type CallOptions,
  type CreateRequest,
  type DeviceClient,
  type SoftwarePasskey,
  type TestChallenge,
  type TestProtocol,
} from "@mainstay/testkit";
import { login_protocols } from "@mainstay/wire";
import { describe, expect, test } from "vitest";
import { createIdentityScene, problemOf } from "../../../../tests/support/identity-scene.ts";
import { challenge_ms_max } from "../rules.ts";
import { findProtocol } from "./registry.ts";

const scene = await createIdentityScene();
const { visitor, customer, clock } = scene;

async function begin(device: DeviceClient, protocol: TestProtocol): Promise<TestChallenge> {
  return granted(await beginLogIn(device, { protocol }));
}

/** Answers a challenge with what a client says it signs and carries, right or wrong. */
async function answer(
  device: DeviceClient,
  passkey: SoftwarePasskey,
  challenge: TestChallenge,
  how: { readonly protocol: TestProtocol; readonly signed: string } & Pick<CallOptions, "nonce" | "isSingle">,
) {
  const { protocol, signed, ...options } = how;
  const credential = passkey.get({ ...challenge.options, challenge: signed });
  const request = { protocol, challengeId: challenge.id, credential, deviceName: "Phone" };
  const { status, body } = await device.call("POST", "/api/login", request, options);
  return status === 200 ? "in" : (body as { code: string }).code;
}

/** Adds a passkey to whoever is logged in on the device. */
async function addPasskey(device: DeviceClient) {
  const { passkey } = visitor();
  const offer = granted<{ id: string; options: CreateRequest }>(
    await device.call("POST", "/api/passkeys/options"),
  );
  const credential = passkey.create(offer.options);
  granted(
    await device.call("POST", "/api/passkeys", { challengeId: offer.id, credential, deviceName: "Phone" }),
  );
  return passkey;
}

describe.each(login_protocols)("%s", (protocol) => {
  test("logs in with a passkey, on the device that made it and on a fresh one", async () => {
    const { device, passkey } = await customer();
    expect((await logIn(device, passkey, { protocol })).status).toBe(200);
    expect((await logIn(visitor().device, passkey, { protocol })).status).toBe(200);
  });

  test.each(login_protocols)("logs in with a passkey that was made in a session of %s", async (before) => {
    const { device, passkey } = await customer();
    granted(await logIn(device, passkey, { protocol: before }));
    const added = await addPasskey(device);
    granted(await device.call("POST", "/api/logout"));
    expect((await logIn(device, added, { protocol })).status).toBe(200);
    expect((await logIn(visitor().device, added, { protocol })).status).toBe(200);
  });

  test("takes no challenge of the other", async () => {
    const { device, passkey } = await customer();
    const other: TestProtocol = protocol === "login/1" ? "login/2" : "login/1";
    const challenge = await begin(device, other);
    const signed = signedChallengeOf(protocol, challenge, device.thumbprint);
    const nonce = challenge.nonce === undefined ? {} : { nonce: challenge.nonce };
    expect(await answer(device, passkey, challenge, { protocol, signed, ...nonce })).toBe(
      "login_challenge_expired",
    );
  });

  test("takes an answer once, from the device that asked, within five minutes", async () => {
    const { device, passkey } = await customer();
    const once = await begin(device, protocol);
    expect((await finishLogIn(device, passkey, once, { protocol })).status).toBe(200);
    const again = await finishLogIn(device, passkey, once, { protocol });
    expect(problemOf(again)).toMatchObject({ status: 409, code: "login_challenge_expired" });
    const elsewhere = await finishLogIn(visitor().device, passkey, await begin(device, protocol), {
      protocol,
    });
    expect(problemOf(elsewhere).code).toBe("login_challenge_expired");
    const late = await begin(device, protocol);
    clock.advance(challenge_ms_max - 1);
    expect((await finishLogIn(device, passkey, late, { protocol })).status).toBe(200);
    const tooLate = await begin(device, protocol);
    clock.advance(challenge_ms_max);
    const refused = await finishLogIn(device, passkey, tooLate, { protocol });
    expect(problemOf(refused).code).toBe("login_challenge_expired");
  });

  test("can be begun at one process and finished at another", async () => {
    const { device, passkey } = await customer();
    const challenge = await begin(device, protocol);
    const { transport } = await scene.anotherProcess();
    const signed = signedChallengeOf(protocol, challenge, device.thumbprint);
    const credential = passkey.get({ ...challenge.options, challenge: signed });
    const request = { protocol, challengeId: challenge.id, credential, deviceName: "Phone" };
    const body = JSON.stringify(request);
    const send = (nonce: string | undefined) =>
      transport({
        method: "POST",
        path: "/api/login",
        headers: {
          dpop: device.proofFor("POST", "/api/login", nonce === undefined ? {} : { nonce }),
          "content-type": "application/json",
        },
        body,
      });
    const first = await send(challenge.nonce);
    // Only the usual nonces belong to a process; a challenge's is known to all of them.
    expect(first.status).toBe(protocol === "login/1" ? 401 : 200);
    const last = protocol === "login/1" ? await send(first.headers["dpop-nonce"]) : first;
    expect(last.status).toBe(200);
  });
});

describe("login/2 binds what is signed to the device key", () => {
  const derive = (challenge: TestChallenge, thumbprint: string) =>
    signedChallengeOf("login/2", challenge, thumbprint);
  type Case = readonly [
    name: string,
    sign: (challenge: TestChallenge, own: string, other: TestChallenge) => string,
  ];
  const wrong: readonly Case[] = [
    ["the random as it stands, as login/1 does", ({ options }) => options.challenge],
    [
      "another random",
      (challenge, own) =>
        derive({ ...challenge, options: { ...challenge.options, challenge: "A".repeat(43) } }, own),
    ],
    ["another device's key", (challenge) => derive(challenge, visitor().device.thumbprint)],
    ["another challenge's id", (challenge, own, other) => derive({ ...challenge, id: other.id }, own)],
    ["another challenge", (_challenge, own, other) => derive(other, own)],
  ];
  test.each(wrong)("and refuses %s as this client's fault, which blocks nobody", async (_name, sign) => {
    const { device, passkey } = await customer();
    for (let count = 0; count < 9; count += 1) {
      const [challenge, other] = [await begin(device, "login/2"), await begin(device, "login/2")];
      const signed = sign(challenge, device.thumbprint, other);
      const { nonce = "" } = challenge;
      expect(await answer(device, passkey, challenge, { protocol: "login/2", signed, nonce })).toBe(
        "client_proof_invalid",
      );
    }
    expect((await logIn(device, passkey, { protocol: "login/2" })).status).toBe(200);
  });

  test("and signs the text that the reference prints", () => {
    const signed = findProtocol("login/2")?.signedChallengeOf({
      id: "lgc_0351zSMq07Iva4X1j6koV4",
      challenge: "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
      thumbprint: "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I",
      nonce: "c.AAAAAAAAAAAAAAAAAAAAAA",
    });
    expect(signed).toBe("1PU8Kd-mHbPa9vCIzjiSTt2fJcXn3Ote_0d760ZZ_M0");
  });
});

describe("login/2 demands the challenge's own nonce", () => {
  const answerWith = async (
    nonceOf: (challenge: TestChallenge, other: TestChallenge, device: DeviceClient) => string | undefined,
  ) => {
    const { device, passkey } = await customer();
    const [challenge, other] = [await begin(device, "login/2"), await begin(device, "login/2")];
    const nonce = nonceOf(challenge, other, device);
    const signed = signedChallengeOf("login/2", challenge, device.thumbprint);
    const carried = nonce === undefined ? {} : { nonce };
    return answer(device, passkey, challenge, { protocol: "login/2", signed, ...carried });
  };

  test("and takes it", async () => {
    expect(await answerWith(({ nonce }) => nonce)).toBe("in");
  });

  test("and refuses the server's usual one, another challenge's, and one made up", async () => {
    expect(await answerWith(() => undefined)).toBe("client_proof_invalid");
    expect(await answerWith((_challenge, other) => other.nonce)).toBe("client_proof_invalid");
    expect(await answerWith(() => `c.${"A".repeat(22)}`)).toBe("client_proof_invalid");
  });

  test("which no other request takes", async () => {
    const { device, passkey } = await customer();
    const challenge = await begin(device, "login/2");
    const { nonce = "" } = challenge;
    const asked = await device.call(
      "POST",
      "/api/login/challenges",
      { protocol: "login/2" },
      { nonce, isSingle: true },
    );
    expect(problemOf(asked).code).toBe("use_dpop_nonce");
    const signed = challenge.options.challenge;
    const one = await begin(device, "login/1");
    expect(await answer(device, passkey, one, { protocol: "login/1", signed, nonce })).toBe(
      "client_proof_invalid",
    );
  });

  test("and a replayed answer, proof and all, is refused", async () => {
    const { device, passkey } = await customer();
    const challenge = await begin(device, "login/2");
    const signed = signedChallengeOf("login/2", challenge, device.thumbprint);
    const credential = passkey.get({ ...challenge.options, challenge: signed });
    const request = { protocol: "login/2", challengeId: challenge.id, credential, deviceName: "Phone" };
    const { nonce = "" } = challenge;
    const proof = device.proofFor("POST", "/api/login", { nonce });
    granted(await device.call("POST", "/api/login", request, { proof }));
    const again = await device.call("POST", "/api/login", request, { proof });
    expect(problemOf(again)).toMatchObject({ status: 409, code: "login_challenge_expired" });
  });

  test("in a proof that its device has signed", async () => {
    const { device, passkey } = await customer();
    const challenge = await begin(device, "login/2");
    const { nonce = "" } = challenge;
    const signed = signedChallengeOf("login/2", challenge, device.thumbprint);
    const credential = passkey.get({ ...challenge.options, challenge: signed });
    const request = { protocol: "login/2", challengeId: challenge.id, credential, deviceName: "Phone" };
    const proof = `${device.proofFor("POST", "/api/login", { nonce }).slice(0, -86)}${"A".repeat(86)}`;
    const refused = await device.call("POST", "/api/login", request, { proof });
    expect(problemOf(refused).code).toBe("client_proof_invalid");
  });
});
