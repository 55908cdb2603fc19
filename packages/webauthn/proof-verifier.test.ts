import { generateKeyPairSync } from "node:crypto";
import { createDeviceClient, fakeClock, seededRandom, type ProofFaults } from "@mainstay/testkit";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createProofVerifier, jwkThumbprint, nonce_slot_ms } from "./index.ts";

const origin = "http://localhost:8080";
const path = "/api/session";

function setUp() {
  const clock = fakeClock();
  const verifier = createProofVerifier({ clock, random: seededRandom(1), origins: [origin] });
  const device = createDeviceClient({ origin, transport: () => Promise.reject(new Error("not used")) });
  const nonce = verifier.nonceFor(device.thumbprint, "ses_1");
  const proof = (faults: ProofFaults = {}) => device.proofFor("GET", path, { nonce, ...faults });
  const verify = (text: string, session = "ses_1") =>
    verifier.verify({ proof: text, method: "GET", path, session });
  return { clock, verifier, device, nonce, proof, verify };
}

describe("a device's proof", () => {
  test("made for this request, session and nonce is accepted once", () => {
    const { device, proof, verify } = setUp();
    const text = proof();
    expect(verify(text)).toMatchObject({
      ok: true,
      value: { thumbprint: device.thumbprint, nextNonce: null },
    });
    expect(verify(text)).toEqual({ ok: false, error: { reason: "replayed" } });
  });

  test("says which key made it by the thumbprint of RFC 7638", () => {
    const { device } = setUp();
    expect(jwkThumbprint({ kty: "EC", crv: "P-256", x: device.jwk.x, y: device.jwk.y })).toBe(
      device.thumbprint,
    );
  });

  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const wrong: [name: string, faults: ProofFaults, reason: string][] = [
    ["for another method", { method: "POST" }, "method_wrong"],
    ["for another path", { address: `${origin}/api/devices` }, "address_wrong"],
    ["for another server", { address: `https://evil.example${path}` }, "address_wrong"],
    ["signed by another key", { key: privateKey }, "signature_wrong"],
    ["of another type", { header: { typ: "JWT" } }, "type_wrong"],
    ["with no signature", { header: { alg: "none" } }, "algorithm_wrong"],
    ["with a symmetric signature", { header: { alg: "HS256" } }, "algorithm_wrong"],
    [
      "with a key of another curve",
      { header: { jwk: { kty: "EC", crv: "P-384", x: "a", y: "b" } } },
      "key_wrong",
    ],
    [
      "with a point off the curve",
      { header: { jwk: { kty: "EC", crv: "P-256", x: "A".repeat(43), y: "A".repeat(43) } } },
      "key_wrong",
    ],
    ["without an id", { claims: { jti: undefined } }, "malformed"],
    ["with a short id", { id: "short" }, "malformed"],
    ["with an endless id", { id: "x".repeat(65) }, "malformed"],
    ["without a time", { claims: { iat: undefined } }, "malformed"],
  ];
  test.each(wrong)("%s is refused", (_name, faults, reason) => {
    const { proof, verify } = setUp();
    expect(verify(proof(faults))).toEqual({ ok: false, error: { reason } });
  });

  test("may have been made by a clock that is a day off", () => {
    const { proof, verify } = setUp();
    expect(verify(proof({ claims: { iat: 2_000_000_000 } })).ok).toBe(true);
    expect(verify(proof({ claims: { iat: -86_400 } })).ok).toBe(true);
  });

  test("never throws, whatever it is", () => {
    const { verify } = setUp();
    fc.assert(
      fc.property(fc.string({ maxLength: 3_000 }), (text) => {
        expect(verify(text).ok).toBe(false);
      }),
      { seed: 20_261_122 },
    );
  });
});

describe("the server's nonce", () => {
  test("is asked for where there is none, and handed out", () => {
    const { device, nonce, verify } = setUp();
    const answer = verify(device.proofFor("GET", path));
    expect(answer).toEqual({ ok: false, error: { reason: "nonce_wrong", nonce } });
  });

  test("is bound to the session and to the key", () => {
    const { proof, verify, verifier } = setUp();
    expect(verify(proof(), "ses_2")).toMatchObject({ ok: false, error: { reason: "nonce_wrong" } });
    const theirs = verifier.nonceFor("another", "ses_1");
    expect(verify(proof({ nonce: theirs }))).toMatchObject({ ok: false, error: { reason: "nonce_wrong" } });
  });

  test("is accepted for one slot more, with its successor handed out, and then no longer", () => {
    const { clock, proof, verify, nonce } = setUp();
    clock.advance(nonce_slot_ms);
    const answer = verify(proof());
    expect(answer.ok && answer.value.nextNonce).toMatch(/^[0-9a-z]+\./);
    expect(answer.ok && answer.value.nextNonce).not.toBe(nonce);
    clock.advance(nonce_slot_ms);
    expect(verify(proof())).toMatchObject({ ok: false, error: { reason: "nonce_wrong" } });
  });

  test("of one process is worth nothing to another, so that no proof is taken twice", () => {
    const { clock, proof } = setUp();
    const other = createProofVerifier({ clock, random: seededRandom(2), origins: [origin] });
    const answer = other.verify({ proof: proof(), method: "GET", path, session: "ses_1" });
    expect(answer).toMatchObject({ ok: false, error: { reason: "nonce_wrong" } });
  });

  test("doesn't let a proof in twice at a slot's border", () => {
    const { clock, proof, verify } = setUp();
    const text = proof();
    expect(verify(text).ok).toBe(true);
    clock.advance(nonce_slot_ms);
    expect(verify(text)).toEqual({ ok: false, error: { reason: "replayed" } });
  });
});
