import { join } from "node:path";
import type { ModuleMigrations } from "@mainstay/platform";

export {
  createConfirmations,
  verifyConfirmation,
  type Confirmation,
  type Confirmations,
} from "./confirmation.ts";
export { staff_problems } from "./errors.ts";
export { createConsoleGate, type ConsoleGate } from "./gate.ts";
export { addStaffRoutes } from "./routes.ts";
export { createStaffService, type StaffService } from "./service.ts";
export { appendAudit } from "./store.ts";
export type { Actor, AuditRecord, ConsoleSession, StaffMember } from "./types.ts";

/** Staff's tables, in control's database. */
export const staffMigrations: ModuleMigrations = {
  name: "staff",
  folder: join(import.meta.dirname, "migrations"),
};
