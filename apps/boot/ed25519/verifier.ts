/**
 * Verifies Ed25519 signatures in browsers that can't (`page/bundle.ts`): a file of its own, so that nobody
 * else fetches it.
 */
export { verifyAsync } from "@noble/ed25519";
