export * from "./client-data.ts";
export * from "./dpop-proof.ts";
export * from "./options.ts";
export * from "./passkey.ts";
export * from "./proof-nonces.ts";
export * from "./proof-verifier.ts";
export * from "./verify-assertion.ts";
export * from "./verify-registration.ts";
