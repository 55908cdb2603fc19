import type { Random } from "@mainstay/kernel";
import type { AssertionFailure } from "@mainstay/webauthn";
import type { LoginProtocol } from "@mainstay/wire";
import type { AssertionVerdict } from "../rules.ts";

/** What of a challenge a protocol's rules look at. */
export type AskedChallenge = {
  readonly id: string;
  /** The random that was handed out, base64url. */
  readonly challenge: string;
  /** RFC 7638 thumbprint of the device key that asked for it. */
  readonly thumbprint: string;
  /** The challenge's own nonce, where its protocol gives one. */
  readonly nonce: string | null;
};

/**
 * One login protocol as the server demands it. What all have in common is in login/service.ts: a proof by
 * the device's key with each request, a challenge answered once, in five minutes, by the device that asked.
 */
export type DemandedProtocol = {
  readonly name: LoginProtocol;
  /** The nonce that is handed out with a challenge; null where proofs carry the server's usual one. */
  readonly makeNonce: (random: Random) => string | null;
  /** Whether the proof of the answer carries the nonce that it must; null is the server's usual one. */
  readonly isNonceRight: (challenge: AskedChallenge, nonce: string | null) => boolean;
  /** What the passkey must have signed as WebAuthn's challenge, base64url. */
  readonly signedChallengeOf: (challenge: AskedChallenge) => string;
  /** What a failed assertion means for the answer. */
  readonly verdicts: Readonly<Record<AssertionFailure, AssertionVerdict>>;
};
