import type { LoginChallenge } from "@mainstay/wire";
import { expect, test } from "vitest";
import { login1 } from "./login-1.ts";
import { login2 } from "./login-2.ts";

/** The worked example of docs/reference/login-protocols.md; the key is that of RFC 9449 §4.1. */
const deviceKey = {
  kty: "EC",
  x: "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",
  y: "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA",
  crv: "P-256",
};
const challenge: LoginChallenge = {
  id: "lgc_0351zSMq07Iva4X1j6koV4",
  expiresAt: "2026-11-22T12:05:00.000Z",
  options: {
    challenge: "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
    rpId: "localhost",
    timeout: 300_000,
    allowCredentials: [],
    userVerification: "required",
  },
  nonce: "c.AAAAAAAAAAAAAAAAAAAAAA",
};

test("login/1 has the challenge signed as it stands, under the newest nonce", async () => {
  expect(await login1.challengeOf(challenge, deviceKey)).toBe(challenge.options.challenge);
  expect(login1.nonceOf(challenge)).toBeUndefined();
});

test("login/2 has it signed together with this device's key, under the challenge's own nonce", async () => {
  expect(await login2.challengeOf(challenge, deviceKey)).toBe("1PU8Kd-mHbPa9vCIzjiSTt2fJcXn3Ote_0d760ZZ_M0");
  expect(login2.nonceOf(challenge)).toBe("c.AAAAAAAAAAAAAAAAAAAAAA");
});
