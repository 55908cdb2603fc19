import { staffMigrations } from "@mainstay/staff";

/** What the database "control" is made of, in the order in which it is migrated. */
export const controlMigrations = [staffMigrations] as const;
