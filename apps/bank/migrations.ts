import { accountsMigrations } from "@mainstay/accounts";
import { identityMigrations } from "@mainstay/identity";
import { inboxMigrations } from "@mainstay/inbox";
import { ledgerMigrations } from "@mainstay/ledger";
import { notificationsMigrations } from "@mainstay/notifications";
import { paymentsMigrations } from "@mainstay/payments";
import type { ModuleMigrations } from "@mainstay/platform";

/** The bank's migrations, in the order in which its modules build on each other. */
export const bankMigrations: readonly ModuleMigrations[] = [
  ledgerMigrations,
  identityMigrations,
  accountsMigrations,
  paymentsMigrations,
  notificationsMigrations,
  inboxMigrations,
];
