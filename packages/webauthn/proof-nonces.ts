import { createHmac, timingSafeEqual } from "node:crypto";
import { createBoundedMap, type Clock, type Random } from "@mainstay/kernel";

/** How long the server hands out one nonce, in milliseconds; it is accepted for as long again. */
export const nonce_slot_ms = 120_000;

/** The most nonces that are kept, so that the HMAC isn't made anew for each request of a session. */
export const nonces_kept_max = 50_000;

/** What a nonce is bound to: the device's key and the session ("" where there is none). */
export type NonceBinding = { readonly thumbprint: string; readonly session: string };

/** Makes and recognises the nonces of proofs. */
export type ProofNonces = {
  /** The nonce that a proof made now should carry. */
  readonly current: (binding: NonceBinding) => string;
  /**
   * The slot of time in which a nonce was handed out, or null for one that isn't ours, isn't theirs or is too
   * old.
   */
  readonly slotOf: (nonce: string, binding: NonceBinding) => number | null;
  readonly currentSlot: () => number;
};

/**
 * Nonces without a table: a slot of time and an HMAC of it with the device's key and session, under a key
 * that lives and dies with this process. So a proof is bound to its session, a proof made for one process is
 * worth nothing to another, and after a restart, when replays are forgotten, no proof from before it is
 * accepted.
 */
export function createProofNonces(deps: { readonly clock: Clock; readonly random: Random }): ProofNonces {
  const key = deps.random.bytes(32);
  const currentSlot = (): number => Math.floor(deps.clock.now().getTime() / nonce_slot_ms);
  const kept = createBoundedMap<string, string>(nonces_kept_max);
  const nonceOf = (slot: number, binding: NonceBinding): string => {
    const text = `${slot}\n${binding.thumbprint}\n${binding.session}`;
    const known = kept.get(text);
    if (known !== undefined) return known;
    const mac = createHmac("sha256", key).update(text).digest("base64url");
    const nonce = `${slot.toString(36)}.${mac.slice(0, 22)}`;
    kept.set(text, nonce);
    return nonce;
  };
  return {
    current: (binding) => nonceOf(currentSlot(), binding),
    slotOf: (nonce, binding) => {
      const slot = Number.parseInt(nonce, 36);
      const now = currentSlot();
      if (slot !== now && slot !== now - 1) return null;
      const expected = Buffer.from(nonceOf(slot, binding));
      const given = Buffer.from(nonce);
      return given.length === expected.length && timingSafeEqual(given, expected) ? slot : null;
    },
    currentSlot,
  };
}
