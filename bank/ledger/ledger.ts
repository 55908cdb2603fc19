import { assert, err, ok, type BusinessDate, type Result } from "@mainstay/kernel";
import { defaultLimits } from "./account-kinds.ts";
import { isAccountCode, type AccountCode } from "./errors.ts";
import { isAccountId } from "./ids.ts";
import { createPosting } from "./posting.ts";
import * as store from "./store.ts";
import type {
  Account,
  AccountId,
  Entry,
  LedgerDeps,
  NewAccount,
  OpenHold,
  Outcome,
  PostedTransfer,
  Transfer,
} from "./types.ts";

/** The greatest number that an entry can have. */
const number_max = 2n ** 63n - 1n;

/** A page of an account's entries: `before` and `after` are entry numbers, both excluded. */
export type EntriesPage = {
  readonly account: AccountId;
  readonly before?: bigint;
  readonly after?: bigint;
  /** At most `page_max`; 50 when left out. */
  readonly limit?: number;
  /** Newest first unless "ascending". */
  readonly order?: "ascending" | "descending";
};

/**
 * The ledger's door. Every function may throw when the database can't be reached; a repeated post is safe
 * then.
 */
export type Ledger = {
  /** Opens an account; the same once more changes nothing. */
  readonly openAccount: (account: NewAccount) => Promise<Result<Account, AccountCode>>;
  /** Sets both bounds, in minor units; null is none. */
  readonly setLimits: (limits: {
    readonly id: AccountId;
    readonly floor: bigint | null;
    readonly ceiling: bigint | null;
  }) => Promise<Result<Account, AccountCode>>;
  /** Closes an account that is empty and has no open holds. */
  readonly closeAccount: (id: AccountId) => Promise<Result<Account, AccountCode>>;
  /** Posts one transfer. The same id with the same content gets the first outcome again. */
  readonly post: (transfer: Transfer) => Promise<Outcome>;
  /** Posts all of the transfers or none; one outcome for each, in order. */
  readonly postLinked: (transfers: readonly Transfer[]) => Promise<readonly Outcome[]>;
  /** Reads accounts with their balances, as of one instant; unknown ids are left out. */
  readonly balances: (ids: readonly AccountId[]) => Promise<ReadonlyMap<AccountId, Account>>;
  /** Reads one account; null when there is none. */
  readonly account: (id: AccountId) => Promise<Account | null>;
  /** A past balance, in minor units: by booking time, or at the end of a business date by value date. */
  readonly balanceAt: (
    question:
      | { readonly account: AccountId; readonly bookedAt: Date }
      | { readonly account: AccountId; readonly valueDate: BusinessDate },
  ) => Promise<bigint>;
  /** Reads a page of an account's statement. */
  readonly entries: (page: EntriesPage) => Promise<readonly Entry[]>;
  /** Reads a posted transfer; null when there is none (refused ones included). */
  readonly transfer: (id: string) => Promise<PostedTransfer | null>;
  /** Reads several posted transfers; unknown ids are left out. */
  readonly transfers: (ids: readonly string[]) => Promise<ReadonlyMap<string, PostedTransfer>>;
  /** The open holds that debit an account. */
  readonly openHolds: (account: AccountId, limit?: number) => Promise<readonly OpenHold[]>;
  /** Calls back after each batch that this process has posted; answers how to stop. */
  readonly onPosted: (listener: () => void) => () => void;
  /** How many callers wait, and how many batches are in flight. */
  readonly queue: () => { readonly waiting: number; readonly inFlight: number };
  /** Resolves when nothing waits and nothing is in flight: call it before the pool is closed. */
  readonly idle: () => Promise<void>;
};

/** Makes the ledger's door for one process. `batch_max` below the usual is for measurements. */
export function createLedger(deps: LedgerDeps & { readonly batch_max?: number }): Ledger {
  const { pool, clock } = deps;
  const posting = createPosting(deps);

  /** Turns the database's word about an account into a result. */
  async function settle(id: AccountId, word: string): Promise<Result<Account, AccountCode>> {
    if (isAccountCode(word)) return err(word);
    const [account] = await store.readAccounts(pool, [id]);
    assert(word === "posted" && account !== undefined, `the ledger answered ${word}`);
    return ok(account);
  }

  return {
    async openAccount(account) {
      if (!isAccountId(account.id)) return err("account_malformed");
      const limits = defaultLimits(account.kind);
      const { floor = limits.floor, ceiling = limits.ceiling } = account;
      return settle(account.id, await store.openAccount(pool, clock.now(), { ...account, floor, ceiling }));
    },
    setLimits: async (limits) => settle(limits.id, await store.setLimits(pool, limits)),
    closeAccount: async (id) => settle(id, await store.closeAccount(pool, clock.now(), id)),
    post: posting.post,
    postLinked: posting.postLinked,
    async balances(ids) {
      assert(ids.length <= store.page_max, "too many accounts in one read");
      return new Map((await store.readAccounts(pool, ids)).map((account) => [account.id, account]));
    },
    account: async (id) => (await store.readAccounts(pool, [id]))[0] ?? null,
    balanceAt: (question) =>
      "bookedAt" in question
        ? store.balanceBookedAt(pool, question.account, question.bookedAt)
        : store.balanceValuedAt(pool, question.account, question.valueDate),
    async entries({ account, before = number_max, after = 0n, limit = 50, order = "descending" }) {
      assert(limit > 0 && limit <= store.page_max, "a page has 1 to page_max entries");
      return store.readEntries(pool, { account, before, after, limit, ascending: order === "ascending" });
    },
    transfer: async (id) => (await store.readTransfers(pool, [id]))[0] ?? null,
    async transfers(ids) {
      assert(ids.length <= store.page_max, "too many transfers in one read");
      return new Map((await store.readTransfers(pool, ids)).map((transfer) => [transfer.id, transfer]));
    },
    openHolds: (account, limit = store.page_max) => store.readHolds(pool, account, limit),
    onPosted: posting.onPosted,
    queue: posting.queue.size,
    idle: posting.queue.idle,
  };
}
