import { join } from "node:path";
import type { ModuleMigrations } from "@mainstay/platform";

export { signals_problems, type Refusal } from "./errors.ts";
export { logins_threshold } from "./guards.ts";
export { type Intake, type Taken } from "./intake.ts";
export { type LoginSeries, type SignalReads } from "./reads.ts";
export { type AttemptRow } from "./reads-store.ts";
export { addSignalRoutes, verdictToken } from "./routes.ts";
export { createSignals, type Signals, type SignalsDeps } from "./signals.ts";
export { type OutcomeCell } from "./record-store.ts";
export type { Arrival, FirstFailure, ProbePort, RolloutsPort, WatchedRollout } from "./types.ts";
export { type VerdictAnswer } from "./verdict.ts";

/** Signals' tables, in control's database. */
export const signalsMigrations: ModuleMigrations = {
  name: "signals",
  folder: join(import.meta.dirname, "migrations"),
};
