import { join } from "node:path";
import type { ModuleMigrations } from "@mainstay/platform";

export { addStatusRoutes } from "./routes.ts";
export { createStatus, type StatusDeps, type StatusService } from "./service.ts";
export type { IncidentFacts, IncidentLine, IncidentsPort, ProbesPort } from "./types.ts";

/** The status page's tables, in control's database. */
export const statusMigrations: ModuleMigrations = {
  name: "status",
  folder: join(import.meta.dirname, "migrations"),
};
