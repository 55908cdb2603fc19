import { generateKeyPairSync, sign } from "node:crypto";
import { verifyAuthenticationResponse, verifyRegistrationResponse } from "@simplewebauthn/server";
import { createSoftwarePasskey, type PasskeyFaults } from "@mainstay/testkit";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  creationOptions,
  requestOptions,
  verifyAssertion,
  verifyRegistration,
  type AssertionJson,
  type RegisteredPasskey,
} from "./index.ts";

const origin = "http://localhost:8080";
const relyingParty = { id: "localhost", name: "Mainstay", origins: [origin] };
const challenge = Buffer.alloc(32, 7).toString("base64url");
const user = {
  handle: Buffer.alloc(32, 1).toString("base64url"),
  name: "ada@example.com",
  displayName: "Ada",
};
const creation = creationOptions({ relyingParty, user, challenge, exclude: [] });
const request = requestOptions({ relyingParty, challenge, allow: [] });

async function register(counts = false) {
  const device = createSoftwarePasskey({ origin, counts });
  const made = device.create(creation);
  const passkey = await verifyRegistration({ registration: made, challenge, relyingParty });
  if (!passkey.ok) throw new Error(passkey.error);
  const library = await verifyRegistrationResponse({
    response: {
      ...made,
      authenticatorAttachment: "platform",
      response: { ...made.response, transports: [] },
    },
    expectedChallenge: challenge,
    expectedOrigin: origin,
    expectedRPID: "localhost",
  });
  if (!library.verified) throw new Error("the oracle refuses the passkey");
  return { device, passkey: passkey.value, oracle: library.registrationInfo.credential };
}

function judge(
  passkey: RegisteredPasskey,
  assertion: AssertionJson,
  signCount: number | null = passkey.signCount,
) {
  return verifyAssertion({ assertion, challenge, relyingParty, publicKey: passkey.publicKey, signCount });
}

type Oracle = Awaited<ReturnType<typeof register>>["oracle"];

async function isAcceptedByOracle(oracle: Oracle, assertion: AssertionJson, counter = 0): Promise<boolean> {
  try {
    const { verified } = await verifyAuthenticationResponse({
      response: {
        ...assertion,
        response: { ...assertion.response, userHandle: assertion.response.userHandle ?? "" },
        type: "public-key",
        clientExtensionResults: {},
      },
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: "localhost",
      credential: { ...oracle, counter },
    });
    return verified;
  } catch {
    return false;
  }
}

describe("an assertion", () => {
  test("of the right passkey for this challenge is accepted", async () => {
    const { device, passkey, oracle } = await register();
    const assertion = device.get(request);
    expect(judge(passkey, assertion)).toEqual({ ok: true, value: { signCount: 0, isBackedUp: false } });
    expect(await isAcceptedByOracle(oracle, assertion)).toBe(true);
  });

  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const wrong: [name: string, faults: PasskeyFaults, code: string][] = [
    ["made for another challenge", { challenge: "AAAA" }, "challenge_wrong"],
    ["made on another site", { origin: "https://mainstay.example" }, "origin_wrong"],
    ["of another ceremony", { type: "webauthn.create" }, "type_wrong"],
    ["for another relying party", { rpId: "console.localhost" }, "relying_party_wrong"],
    ["without the person verified", { isUserVerified: false }, "user_not_verified"],
    ["without the person present", { isUserPresent: false }, "user_not_present"],
    ["signed by another key", { key: privateKey }, "signature_wrong"],
  ];
  test.each(wrong)("%s is refused by its own code", async (_name, faults, code) => {
    const { device, passkey, oracle } = await register();
    const assertion = device.get(request, faults);
    expect(judge(passkey, assertion)).toEqual({ ok: false, error: code });
    expect(await isAcceptedByOracle(oracle, assertion)).toBe(false);
  });

  test("whose counter stands still or goes back is refused, and one that goes on accepted", async () => {
    const { device, passkey, oracle } = await register(true);
    const first = device.get(request);
    expect(judge(passkey, first, 0)).toMatchObject({ ok: true, value: { signCount: 1 } });
    expect(judge(passkey, first, 1)).toEqual({ ok: false, error: "sign_count_wrong" });
    expect(await isAcceptedByOracle(oracle, first, 1)).toBe(false);
    expect(judge(passkey, first, null).ok).toBe(true);
  });

  test("from a frame inside another site is refused", async () => {
    const { device, passkey } = await register();
    const good = device.get(request);
    const data = {
      type: "webauthn.get",
      challenge,
      origin,
      crossOrigin: true,
      topOrigin: "https://evil.example",
    };
    const clientDataJSON = Buffer.from(JSON.stringify(data)).toString("base64url");
    const framed = { ...good, response: { ...good.response, clientDataJSON } };
    expect(judge(passkey, framed)).toEqual({ ok: false, error: "cross_origin" });
  });

  test("with any bit changed is refused", async () => {
    const { device, passkey, oracle } = await register();
    const good = device.get(request);
    const parts = ["clientDataJSON", "authenticatorData", "signature"] as const;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...parts),
        fc.nat(),
        fc.nat({ max: 7 }),
        async (part, position, bit) => {
          const bytes = Buffer.from(good.response[part], "base64url");
          const index = position % bytes.length;
          bytes.writeUInt8(bytes.readUInt8(index) ^ (1 << bit), index);
          const changed = { ...good, response: { ...good.response, [part]: bytes.toString("base64url") } };
          expect(judge(passkey, changed).ok).toBe(false);
          // The library reads a signature's DER less strictly: some changes there are none to it.
          if (part !== "signature") expect(await isAcceptedByOracle(oracle, changed)).toBe(false);
        },
      ),
      { seed: 20_261_122, numRuns: 300 },
    );
  });

  test("of any shape at all is answered and never throws", async () => {
    const { passkey } = await register();
    const text = fc.string({ maxLength: 200 });
    fc.assert(
      fc.property(text, text, text, (clientDataJSON, data, signature) => {
        const response = { clientDataJSON, authenticatorData: data, signature };
        expect(judge(passkey, { id: "a", rawId: "a", response }).ok).toBe(false);
      }),
      { seed: 20_261_122 },
    );
  });
});

describe("the other algorithms", () => {
  const kinds = [
    { algorithm: -8, pair: generateKeyPairSync("ed25519"), digest: null },
    { algorithm: -257, pair: generateKeyPairSync("rsa", { modulusLength: 2048 }), digest: "sha256" },
  ] as const;
  test.each(kinds)("$algorithm verifies, and only with its own key", async ({ algorithm, pair, digest }) => {
    const { device, passkey } = await register();
    const good = device.get(request);
    const clientData = Buffer.from(good.response.clientDataJSON, "base64url");
    const { createHash } = await import("node:crypto");
    const signed = Buffer.concat([
      Buffer.from(good.response.authenticatorData, "base64url"),
      createHash("sha256").update(clientData).digest(),
    ]);
    const signature = sign(digest, signed, pair.privateKey).toString("base64url");
    const assertion = { ...good, response: { ...good.response, signature } };
    const spki = pair.publicKey.export({ type: "spki", format: "der" }).toString("base64");
    expect(judge({ ...passkey, publicKey: { algorithm, spki } }, assertion).ok).toBe(true);
    expect(judge(passkey, assertion)).toEqual({ ok: false, error: "signature_wrong" });
  });
});

describe("a new passkey", () => {
  const wrong: [name: string, faults: PasskeyFaults, code: string][] = [
    ["for another challenge", { challenge: "AAAA" }, "challenge_wrong"],
    ["made on another site", { origin: "https://mainstay.example" }, "origin_wrong"],
    ["of another ceremony", { type: "webauthn.get" }, "type_wrong"],
    ["for another relying party", { rpId: "console.localhost" }, "attestation_wrong"],
    ["without the person verified", { isUserVerified: false }, "attestation_wrong"],
  ];
  test.each(wrong)("%s is refused", async (_name, faults, code) => {
    const registration = createSoftwarePasskey({ origin }).create(creation, faults);
    expect(await verifyRegistration({ registration, challenge, relyingParty })).toEqual({
      ok: false,
      error: code,
    });
  });

  test("of garbage is refused and never throws", async () => {
    const registration = createSoftwarePasskey({ origin }).create(creation);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        const attestationObject = Buffer.from(bytes).toString("base64url");
        const garbled = { ...registration, response: { ...registration.response, attestationObject } };
        expect((await verifyRegistration({ registration: garbled, challenge, relyingParty })).ok).toBe(false);
      }),
      { seed: 20_261_122, numRuns: 50 },
    );
  });
});
