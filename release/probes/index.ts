import { join } from "node:path";
import type { ModuleMigrations } from "@mainstay/platform";

export { createProbes, type Probes, type ProbesDeps } from "./probes.ts";
export { fresh_ms_max } from "./rules.ts";
export type { FailingProbe, Measure, ProbedComponent, ProbeIncidents } from "./types.ts";

/** The probes' tables, in control's database. */
export const probesMigrations: ModuleMigrations = {
  name: "probes",
  folder: join(import.meta.dirname, "migrations"),
};
