import { createBatcher } from "@mainstay/platform";
import { batch_max, queue_max } from "./queue.ts";
import type { Accounts } from "./rules.ts";
import { readTransfers } from "./store.ts";
import type { LedgerDeps } from "./types.ts";

/** How many holds' accounts a process remembers, so that a capture needn't look them up. */
const remembered_max = 10_000;

/** Finds the accounts of holds and transfers that others name. */
export type Targets = {
  /** Remembers a hold that was posted: its accounts never change. */
  readonly remember: (id: string, accounts: Accounts) => void;
  /** The accounts of a posted hold or transfer; null when there is none. */
  readonly find: (id: string) => Accounts | Promise<Accounts | null>;
};

/** Makes the finder; the database is asked for many at once. */
export function createTargets(deps: Pick<LedgerDeps, "pool">): Targets {
  const remembered = new Map<string, Accounts>();
  const read = createBatcher<string, Accounts | null>({
    name: "the ledger's targets",
    batch_max,
    queue_max,
    run: async (ids) => {
      const found = new Map((await readTransfers(deps.pool, ids)).map((row) => [row.id, row]));
      return ids.map((id) => {
        const row = found.get(id);
        if (row === undefined) return null;
        return { debit: row.debitAccount, credit: row.creditAccount, currency: row.amount.currency };
      });
    },
  });
  return {
    remember(id, accounts) {
      remembered.set(id, accounts);
      if (remembered.size <= remembered_max) return;
      const [oldest] = remembered.keys();
      if (oldest !== undefined) remembered.delete(oldest);
    },
    find: (id) => remembered.get(id) ?? read(id),
  };
}
