import { join } from "node:path";
import type { ModuleMigrations } from "@mainstay/platform";

/** The migrations of current accounts and their feed. */
export const accountsMigrations: ModuleMigrations = {
  name: "accounts",
  folder: join(import.meta.dirname, "migrations"),
};
