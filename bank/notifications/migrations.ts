import { join } from "node:path";
import type { ModuleMigrations } from "@mainstay/platform";

/** The migrations of what the bank writes to its customers. */
export const notificationsMigrations: ModuleMigrations = {
  name: "notifications",
  folder: join(import.meta.dirname, "migrations"),
};
