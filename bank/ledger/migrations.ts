import { join } from "node:path";
import type { ModuleMigrations } from "@mainstay/platform";

/** The ledger's migrations, for `migrate` and for test databases. */
export const ledgerMigrations: ModuleMigrations = {
  name: "ledger",
  folder: join(import.meta.dirname, "migrations"),
};
