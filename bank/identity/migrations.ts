import { join } from "node:path";
import type { ModuleMigrations } from "@mainstay/platform";

/** Identity's migrations, for `migrate` and for test databases. */
export const identityMigrations: ModuleMigrations = {
  name: "identity",
  folder: join(import.meta.dirname, "migrations"),
};
