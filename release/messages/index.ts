import { join } from "node:path";
import type { ModuleMigrations } from "@mainstay/platform";

export { addMessageRoutes } from "./routes.ts";
export { createMessages, type MessagesService } from "./service.ts";
export type { IncidentsPort, MessageBank } from "./types.ts";

/** Messages' tables, in control's database. */
export const messagesMigrations: ModuleMigrations = {
  name: "messages",
  folder: join(import.meta.dirname, "migrations"),
};
