import type { Clock, Random } from "@mainstay/kernel";
import type { Accounts } from "@mainstay/accounts";
import type { Approvals } from "@mainstay/identity";
import type { Ledger } from "@mainstay/ledger";
import type { Database } from "@mainstay/platform";

/** What can be set. */
export type PaymentsConfig = {
  /** How long the customer may undo, in milliseconds; 0 sends at once. */
  readonly undo_window_ms: number;
};

/** What this module works with. */
export type PaymentsDeps = {
  readonly database: Database;
  readonly ledger: Ledger;
  readonly accounts: Pick<Accounts, "byIds" | "byNumbers">;
  readonly approvals: Pick<Approvals, "prepare" | "verify">;
  readonly clock: Clock;
  readonly random: Random;
  readonly config: PaymentsConfig;
};
