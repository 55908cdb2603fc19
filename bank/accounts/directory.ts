import { createBoundedMap, type BoundedMap, type Clock } from "@mainstay/kernel";
import type { Database } from "@mainstay/platform";
import { bank_details } from "./bank-details.ts";
import { accountsByIds, accountsByNumbers } from "./store.ts";
import type { CurrentAccount } from "./types.ts";

/** How long an account that was read is believed, in milliseconds: its holder's name hardly ever changes. */
export const directory_ms_max = 5_000;
/** How many accounts are kept in memory. */
export const directory_accounts_max = 20_000;

type Kept = { readonly account: CurrentAccount; readonly until_ms: number };

/** Finds open accounts, many at once, by id or by account number. */
export type Directory = {
  readonly byIds: (ids: readonly string[]) => Promise<readonly CurrentAccount[]>;
  readonly byNumbers: (accountNumbers: readonly string[]) => Promise<readonly CurrentAccount[]>;
};

/**
 * Makes a directory that remembers for a few seconds whom it has found. What it hasn't found it asks for each
 * time.
 */
export function createDirectory(deps: { readonly database: Database; readonly clock: Clock }): Directory {
  const { database, clock } = deps;
  const keptByIds = createBoundedMap<string, Kept>(directory_accounts_max);
  const keptByNumbers = createBoundedMap<string, Kept>(directory_accounts_max);

  async function find(
    keys: readonly string[],
    kept: BoundedMap<string, Kept>,
    read: (missing: readonly string[]) => Promise<readonly CurrentAccount[]>,
  ): Promise<readonly CurrentAccount[]> {
    const now_ms = clock.now().getTime();
    const found: CurrentAccount[] = [];
    const missing: string[] = [];
    for (const key of keys) {
      const known = kept.get(key);
      if (known !== undefined && now_ms < known.until_ms) found.push(known.account);
      else missing.push(key);
    }
    if (missing.length === 0) return found;
    const until_ms = now_ms + directory_ms_max;
    for (const account of await read(missing)) {
      keptByIds.set(account.id, { account, until_ms });
      keptByNumbers.set(account.accountNumber, { account, until_ms });
      found.push(account);
    }
    return found;
  }

  return {
    byIds: (ids) => find(ids, keptByIds, (missing) => accountsByIds(database, missing)),
    byNumbers: (numbers) =>
      find(numbers, keptByNumbers, (missing) => accountsByNumbers(database, bank_details.sortCode, missing)),
  };
}
