import { join } from "node:path";
import type { ModuleMigrations } from "@mainstay/platform";

/** The migrations of payments, payees and the scheme's messages. */
export const paymentsMigrations: ModuleMigrations = {
  name: "payments",
  folder: join(import.meta.dirname, "migrations"),
};
