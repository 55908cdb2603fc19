import { join } from "node:path";
import type { ModuleMigrations } from "@mainstay/platform";

export type { BankPort } from "./bank-port.ts";
export { cohortOf, isCandidate } from "./cohort.ts";
export { addRolloutInternalRoutes } from "./internal-routes.ts";
export { addRolloutConsoleRoutes, type ConsoleRouteDeps } from "./routes.ts";
export { createRolloutsService, type RolloutsService } from "./service.ts";
export { default_stages, holdout_share } from "./stages.ts";
export type { NumberedEvent } from "./event-store.ts";
export type { RolloutRecord } from "./types.ts";

/** The tables of rollouts, in control's database. */
export const rolloutsMigrations: ModuleMigrations = {
  name: "rollouts",
  folder: join(import.meta.dirname, "migrations"),
};
