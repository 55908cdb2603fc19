import { checksMigrations } from "@mainstay/checks";
import { incidentsMigrations } from "@mainstay/incidents";
import { messagesMigrations } from "@mainstay/messages";
import { rolloutsMigrations } from "@mainstay/rollouts";
import { probesMigrations } from "@mainstay/probes";
import { signalsMigrations } from "@mainstay/signals";
import { staffMigrations } from "@mainstay/staff";
import { statusMigrations } from "@mainstay/status";

/** What the database "control" is made of, in the order in which it is migrated. */
export const controlMigrations = [
  staffMigrations,
  checksMigrations,
  rolloutsMigrations,
  signalsMigrations,
  incidentsMigrations,
  messagesMigrations,
  probesMigrations,
  statusMigrations,
] as const;
