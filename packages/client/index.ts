/**
 * A customer's device without a browser: a key, proofs, cookies, a passkey, and the log-in by each protocol.
 * For live probes, and, by way of the testkit, for tests and benches.
 */
export * from "./device-client.ts";
export * from "./log-in.ts";
export * from "./software-passkey.ts";
