import { err, ok, type Clock, type Random, type Result } from "@mainstay/kernel";
import {
  isProofSigned,
  readProof,
  type DeviceKeyJwk,
  type ProofFailure,
  type ReadProof,
} from "./dpop-proof.ts";
import { createProofNonces } from "./proof-nonces.ts";

/** The most proofs of one slot of time that are remembered; the next is refused as `busy`. */
export const proofs_remembered_max = 1_000_000;

/**
 * A proof that holds: whose key made it, and the nonce for the next one where the one used is no longer the
 * newest.
 */
export type VerifiedProof = {
  readonly thumbprint: string;
  readonly jwk: DeviceKeyJwk;
  readonly nextNonce: string | null;
  /** The caller's own nonce that the proof carries (`isOwnNonce`), for the caller to check; else null. */
  readonly ownNonce: string | null;
};

/** A proof that doesn't hold. With `nonce_wrong` comes the nonce with which the client should try again. */
export type RefusedProof =
  | { readonly reason: Exclude<ProofFailure, "nonce_wrong"> | "key_unexpected" | "busy" }
  | { readonly reason: "nonce_wrong"; readonly nonce: string };

/** What is being asked, as this server sees it. */
export type ProofContext = {
  readonly proof: string;
  readonly method: string;
  /** The request's path, without query. */
  readonly path: string;
  /** The session that the request claims to be part of; "" for none. */
  readonly session: string;
  /** The key that must have made it, where one is known; any other is `key_unexpected`. */
  readonly thumbprint?: string;
  /** SHA-256 of the token that came with the proof, base64url: the proof must name it (RFC 9449 §4.3). */
  readonly tokenHash?: string;
  /**
   * Recognises nonces that the caller hands out and checks itself, once each: such a proof is neither refused
   * for its nonce nor remembered here.
   */
  readonly isOwnNonce?: (nonce: string) => boolean;
};

/** Verifies the proofs of requests (RFC 9449). */
export type ProofVerifier = {
  readonly verify: (context: ProofContext) => Result<VerifiedProof, RefusedProof>;
  /** A fresh nonce for a device, when it gets a session other than the one that it asked under. */
  readonly nonceFor: (thumbprint: string, session: string) => string;
};

/**
 * Remembers proofs by their ids for as long as their nonces are accepted: those of this slot and the one
 * before.
 */
function createReplayMemory() {
  let slots = new Map<number, Set<string>>();
  return (slot: number, currentSlot: number, id: string): "new" | "replayed" | "full" => {
    let seen = slots.get(slot);
    if (seen === undefined) {
      seen = new Set();
      slots = new Map([...slots].filter(([kept]) => kept >= currentSlot - 1));
      slots.set(slot, seen);
    }
    if (seen.has(id)) return "replayed";
    if (seen.size >= proofs_remembered_max) return "full";
    seen.add(id);
    return "new";
  };
}

function keyOf({ thumbprint, jwk }: ReadProof): Pick<VerifiedProof, "thumbprint" | "jwk"> {
  return { thumbprint, jwk };
}

/**
 * Makes the verifier of one process. `origins` are those under which clients reach it: a proof names the
 * address that it was made for, without query. The signature comes last, being what costs most (about 0.1
 * ms).
 */
export function createProofVerifier(deps: {
  readonly clock: Clock;
  readonly random: Random;
  readonly origins: readonly string[];
}): ProofVerifier {
  const nonces = createProofNonces(deps);
  const remember = createReplayMemory();

  function verify(context: ProofContext): Result<VerifiedProof, RefusedProof> {
    const read = readProof(context.proof);
    if (!read.ok) return err({ reason: read.error } as RefusedProof);
    const proof = read.value;
    if (context.thumbprint !== undefined && proof.thumbprint !== context.thumbprint) {
      return err({ reason: "key_unexpected" });
    }
    if (proof.method !== context.method) return err({ reason: "method_wrong" });
    if (!deps.origins.some((origin) => proof.address === origin + context.path)) {
      return err({ reason: "address_wrong" });
    }
    if (context.tokenHash !== undefined && proof.tokenHash !== context.tokenHash) {
      return err({ reason: "token_wrong" });
    }
    const binding = { thumbprint: proof.thumbprint, session: context.session };
    if (proof.nonce !== null && context.isOwnNonce?.(proof.nonce) === true) {
      if (!isProofSigned(proof)) return err({ reason: "signature_wrong" });
      return ok({ ...keyOf(proof), nextNonce: null, ownNonce: proof.nonce });
    }
    const slot = proof.nonce === null ? null : nonces.slotOf(proof.nonce, binding);
    if (slot === null) return err({ reason: "nonce_wrong", nonce: nonces.current(binding) });
    if (!isProofSigned(proof)) return err({ reason: "signature_wrong" });
    const now = nonces.currentSlot();
    const memory = remember(slot, now, proof.id + proof.thumbprint);
    if (memory === "replayed") return err({ reason: "replayed" });
    if (memory === "full") return err({ reason: "busy" });
    const nextNonce = slot === now ? null : nonces.current(binding);
    return ok({ ...keyOf(proof), nextNonce, ownNonce: null });
  }

  return { verify, nonceFor: (thumbprint, session) => nonces.current({ thumbprint, session }) };
}
