export * from "./client.ts";
export * from "./clock.ts";
export * from "./database.ts";
