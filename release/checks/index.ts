import { join } from "node:path";
import type { ModuleMigrations } from "@mainstay/platform";

export type { Demand, DemandedChecks } from "./demanded.ts";
export { checks_problems } from "./errors.ts";
export { addCheckRoutes } from "./routes.ts";
export { createChecksService, type ChecksService, type VersionChecks } from "./service.ts";

/** The tables of checks, in control's database. */
export const checksMigrations: ModuleMigrations = {
  name: "checks",
  folder: join(import.meta.dirname, "migrations"),
};
