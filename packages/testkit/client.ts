/**
 * A customer's device without a browser, for tests, benches and the demo's seed: none of it needs a test
 * runner.
 */
export * from "./customer.ts";
export * from "./device-client.ts";
export * from "./log-in.ts";
export * from "./software-passkey.ts";
