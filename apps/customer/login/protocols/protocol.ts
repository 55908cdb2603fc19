import type { LoginChallenge, LoginProtocol } from "@mainstay/wire";
import type { PublicJwk } from "../device-key.ts";

/**
 * One login protocol as the app speaks it: what the passkey signs, and under which nonce the device's key
 * vouches for the answer. docs/reference/login-protocols.md is the text that both sides are written from.
 */
export type SpokenProtocol = {
  readonly name: LoginProtocol;
  /** What the passkey is to sign as WebAuthn's challenge, base64url. */
  readonly challengeOf: (challenge: LoginChallenge, deviceKey: PublicJwk) => Promise<string>;
  /** The nonce that the proof of the answer carries; undefined is the newest that the server gave. */
  readonly nonceOf: (challenge: LoginChallenge) => string | undefined;
};
