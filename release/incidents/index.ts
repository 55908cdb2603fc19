import { join } from "node:path";
import type { ModuleMigrations } from "@mainstay/platform";

export { incidents_problems } from "./errors.ts";
export { createIncidents, type Incidents } from "./incidents.ts";
export { createRegulator } from "./regulator/regulator.ts";
export { createReviews, type Reviews } from "./review/review.ts";
export { addReviewRoutes } from "./review/routes.ts";
export { addIncidentRoutes, addLedgerReportRoute } from "./routes.ts";
export type {
  AffectedPeople,
  AffectedPerson,
  Change,
  FailingProbe,
  IncidentRecord,
  Line,
  Scope,
} from "./types.ts";

/** Incidents' tables, in control's database. */
export const incidentsMigrations: ModuleMigrations = {
  name: "incidents",
  folder: join(import.meta.dirname, "migrations"),
};
