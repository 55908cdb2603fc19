import { hash } from "node:crypto";
import canonicalize from "canonicalize";
import { err, present, type Result } from "@mainstay/kernel";
import {
  verifyAssertion,
  type AssertionFailure,
  type AssertionJson,
  type PasskeyPublicKey,
  type RelyingParty,
  type VerifiedAssertion,
} from "@mainstay/webauthn";

/** How long what was shown may be approved (DESIGN §4), in milliseconds. */
export const approval_ms_max = 5 * 60_000;

/**
 * What a customer was shown, as JSON: amount, payee, fee, name check and a nonce of its own. Whoever makes an
 * approval stores it, and hands in the same again when the approval comes.
 */
export type Shown = Readonly<Record<string, unknown>>;

/**
 * The canonical text of what was shown (RFC 8785): the same for the same content, whatever the order of its
 * fields.
 */
export function canonicalOf(shown: Shown): string {
  return present(canonicalize(shown), "canonical form");
}

/**
 * The challenge that the passkey signs: SHA-256 of the canonical text, base64url (dynamic linking, (EU)
 * 2018/389 art. 5).
 */
export function challengeOf(canonical: string): string {
  return hash("sha256", canonical, "base64url");
}

/** All that is needed to show anybody, offline, that this passkey approved exactly this. JSON. */
export type ApprovalEvidence = {
  readonly canonical: string;
  readonly passkeyId: string;
  readonly credentialId: string;
  readonly publicKey: PasskeyPublicKey;
  readonly relyingParty: Pick<RelyingParty, "id" | "origins">;
  readonly clientDataJSON: string;
  readonly authenticatorData: string;
  readonly signature: string;
  /** RFC 3339, UTC. */
  readonly approvedAt: string;
};

/** Gathers the evidence of an approval that was verified. */
export function evidenceOf(approved: {
  readonly canonical: string;
  readonly passkey: { readonly id: string; readonly publicKey: PasskeyPublicKey };
  readonly credential: AssertionJson;
  readonly relyingParty: RelyingParty;
  readonly at: Date;
}): ApprovalEvidence {
  const { canonical, passkey, credential, relyingParty, at } = approved;
  const { clientDataJSON, authenticatorData, signature } = credential.response;
  return {
    canonical,
    passkeyId: passkey.id,
    credentialId: credential.id,
    publicKey: passkey.publicKey,
    relyingParty: { id: relyingParty.id, origins: relyingParty.origins },
    clientDataJSON,
    authenticatorData,
    signature,
    approvedAt: at.toISOString(),
  };
}

/**
 * Verifies kept evidence without any server: the passkey signed the canonical text and nothing else. With
 * `shown`, also that the text is what the record says was shown. That the key is the customer's is the word
 * of the bank's audit.
 */
export function verifyApprovalEvidence(
  evidence: ApprovalEvidence,
  shown?: Shown,
): Result<VerifiedAssertion, AssertionFailure | "shown_differs"> {
  if (shown !== undefined && canonicalOf(shown) !== evidence.canonical) return err("shown_differs");
  const { credentialId, clientDataJSON, authenticatorData, signature } = evidence;
  return verifyAssertion({
    assertion: {
      id: credentialId,
      rawId: credentialId,
      response: { clientDataJSON, authenticatorData, signature },
    },
    challenge: challengeOf(evidence.canonical),
    relyingParty: evidence.relyingParty,
    publicKey: evidence.publicKey,
    signCount: null,
  });
}
