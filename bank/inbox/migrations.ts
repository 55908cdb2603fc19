import { join } from "node:path";
import type { ModuleMigrations } from "@mainstay/platform";

/** The migrations of messages between the bank and its customers. */
export const inboxMigrations: ModuleMigrations = {
  name: "inbox",
  folder: join(import.meta.dirname, "migrations"),
};
