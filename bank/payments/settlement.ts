import { addMs, type Clock } from "@mainstay/kernel";
import type { ExternalStatement } from "@mainstay/ledger";
import type { Database } from "@mainstay/platform";
import { settlement_account } from "./posts.ts";
import { bookedSum } from "./scheme-store.ts";

/** For how long nothing may have come in before the messages and the ledger are compared, in milliseconds. */
export const settlement_quiet_ms = 2_000;

/**
 * What the scheme's messages say that the settlement account holds, for the ledger's checker; none while
 * money is coming in at this moment, because the two couldn't be read as of one instant.
 */
export async function settlementStatements(
  database: Database,
  clock: Clock,
): Promise<readonly ExternalStatement[]> {
  const sum = await bookedSum(database.pool, addMs(clock.now(), -settlement_quiet_ms));
  return sum === null
    ? []
    : [{ account: settlement_account, balance: -sum, source: "the scheme's messages" }];
}
