import { generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { addMs, type Clock } from "@mainstay/kernel";
import { beforeEach, describe, expect, test } from "vitest";
import { systemRandom } from "./clock.ts";
import {
  clock_skew_s_max,
  createStaffAssertionSigner,
  createStaffAssertionVerifier,
  staff_assertion_s,
} from "./staff-assertion.ts";

const pem = (pair: { privateKey: KeyObject; publicKey: KeyObject }) => ({
  privateKey: pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  publicKey: pair.publicKey.export({ type: "spki", format: "pem" }).toString(),
});
const pair = generateKeyPairSync("ed25519");
const keys = pem(pair);
const staff = { sub: "staff_0000000000000000000001", name: "Amara Cole", roles: ["onboarding" as const] };

let now: Date;
const clock: Clock = { now: () => now };
const clockAt = (ms: number): Clock => ({ now: () => addMs(now, ms) });
const signer = (from: Clock = clock) =>
  createStaffAssertionSigner({ privateKey: keys.privateKey, clock: from, random: systemRandom });
const verifier = () => createStaffAssertionVerifier({ publicKey: keys.publicKey, clock });

beforeEach(() => {
  now = new Date("2026-11-22T12:00:00Z");
});

/** Signs any header and claims with the right key: what is wrong is then what they say. */
function forge(header: object, claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part(header)}.${part(claims)}`;
  return `${signed}.${sign(null, Buffer.from(signed), pair.privateKey).toString("base64url")}`;
}

const good_header = { alg: "EdDSA", typ: "staff+jwt" };
const goodClaims = () => ({
  ...staff,
  aud: "bank",
  iat: now.getTime() / 1_000,
  exp: now.getTime() / 1_000 + staff_assertion_s,
  jti: "once",
});

describe("control's word for a member of staff", () => {
  test("tells the bank who asks and with which roles", () => {
    const told = verifier().verify(signer()(staff));
    expect(told).toMatchObject({ ok: true, value: { ...staff, aud: "bank" } });
  });

  test("is taken once", () => {
    const { verify } = verifier();
    const token = signer()(staff);
    expect(verify(token).ok).toBe(true);
    expect(verify(token)).toEqual({ ok: false, error: "replayed" });
    expect(verify(signer()(staff)).ok).toBe(true);
  });

  test("runs out after a minute, also for the memory of what was used", () => {
    const { verify } = verifier();
    const [used, unused] = [signer()(staff), signer()(staff)];
    expect(verify(used).ok).toBe(true);
    now = addMs(now, (staff_assertion_s + 1) * 1_000);
    expect(verify(used)).toEqual({ ok: false, error: "expired" });
    expect(verify(unused)).toEqual({ ok: false, error: "expired" });
  });

  test("may come from a clock that is a little ahead, and not from the future", () => {
    const { verify } = verifier();
    expect(verify(signer(clockAt(clock_skew_s_max * 1_000))(staff)).ok).toBe(true);
    const early = signer(clockAt((clock_skew_s_max + 1) * 1_000))(staff);
    expect(verify(early)).toEqual({ ok: false, error: "invalid" });
  });

  test.each<[string, () => string]>([
    ["without a signature", () => signer()(staff).replace(/\.[^.]*$/, ".")],
    [
      "signed by another key",
      () => {
        const other = pem(generateKeyPairSync("ed25519"));
        return createStaffAssertionSigner({ privateKey: other.privateKey, clock, random: systemRandom })(
          staff,
        );
      },
    ],
    [
      "with a claim changed",
      () => {
        const [header, , signature] = signer()(staff).split(".");
        const claims = Buffer.from(JSON.stringify({ ...goodClaims(), roles: ["admin"] })).toString(
          "base64url",
        );
        return `${header}.${claims}.${signature}`;
      },
    ],
    ["of no algorithm", () => forge({ ...good_header, alg: "none" }, goodClaims())],
    ["of another kind of token", () => forge({ ...good_header, typ: "JWT" }, goodClaims())],
    ["for somebody else", () => forge(good_header, { ...goodClaims(), aud: "control" })],
    [
      "that would last longer",
      () => forge(good_header, { ...goodClaims(), exp: now.getTime() / 1_000 + 3_600 }),
    ],
    ["with a role that there isn't", () => forge(good_header, { ...goodClaims(), roles: ["owner"] })],
    ["in more parts", () => `${signer()(staff)}.x`],
    ["too long to read", () => `${signer()(staff)}${"A".repeat(5_000)}`],
    ["that is no token", () => "hello"],
  ])("%s is refused", (_what, make) => {
    expect(verifier().verify(make())).toEqual({ ok: false, error: "invalid" });
  });

  test("that is missing is said to be missing", () => {
    expect(verifier().verify(undefined)).toEqual({ ok: false, error: "missing" });
  });
});
