/**
 * A customer's device without a browser, for tests, benches and the demo's seed: none of it needs a test
 * runner.
 */
export * from "@mainstay/client";
export * from "./customer.ts";
