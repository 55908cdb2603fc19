import { join } from "node:path";
import type { ModuleMigrations } from "@mainstay/platform";

export { incidents_problems } from "./errors.ts";
export type { Incidents, IncidentsDeps } from "./incidents.ts";
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
