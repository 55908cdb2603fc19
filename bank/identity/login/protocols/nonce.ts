/** What the nonces of challenges begin with: the server's usual ones never do (packages/webauthn). */
export const nonce_prefix = "c.";

/** Says whether a proof's nonce is a challenge's: then the log-in checks it, and uses it up. */
export function isChallengeNonce(nonce: string): boolean {
  return nonce.startsWith(nonce_prefix);
}
