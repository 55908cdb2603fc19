import { hash } from "node:crypto";
import { randomText } from "../../deps.ts";
import { assertion_verdicts } from "../rules.ts";
import { nonce_prefix } from "./nonce.ts";
import type { DemandedProtocol } from "./protocol.ts";

/** What is hashed begins with this, so that the hash can't be one that stands for anything else. */
const domain = "mainstay login challenge";

/**
 * `login/2`: what the passkey signs names the device key that the session will be bound to, and the proof of
 * the answer carries the nonce that came with this very challenge. The fields can hold no line feed, so the
 * text has one reading.
 */
export const login2: DemandedProtocol = {
  name: "login/2",
  makeNonce: (random) => nonce_prefix + randomText(random, 16),
  isNonceRight: (challenge, nonce) => nonce !== null && nonce === challenge.nonce,
  signedChallengeOf: ({ id, challenge, thumbprint }) =>
    hash("sha256", [domain, "login/2", id, challenge, thumbprint].join("\n"), "base64url"),
  // What is signed follows from the challenge's own answer: who signs something else derives it wrongly.
  verdicts: { ...assertion_verdicts, challenge_wrong: "wrong_client" },
};
