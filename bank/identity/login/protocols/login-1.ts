import { assertion_verdicts } from "../rules.ts";
import type { DemandedProtocol } from "./protocol.ts";

/** `login/1`: the passkey signs the challenge as it was handed out; proofs carry the server's usual nonce. */
export const login1: DemandedProtocol = {
  name: "login/1",
  makeNonce: () => null,
  isNonceRight: (_challenge, nonce) => nonce === null,
  signedChallengeOf: ({ challenge }) => challenge,
  verdicts: assertion_verdicts,
};
