export * from "./assert.ts";
export * from "./bounded-map.ts";
export * from "./clock.ts";
export * from "./currency.ts";
export * from "./id.ts";
export * from "./money.ts";
export * from "./result.ts";
export * from "./seeded.ts";
