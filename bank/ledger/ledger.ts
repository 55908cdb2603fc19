import { assert, err, ok, type BusinessDate, type Result } from "@mainstay/kernel";
import { createBatcher } from "@mainstay/platform";
import { defaultLimits } from "./account-kinds.ts";
import { isAccountCode, type AccountCode, type InputCode } from "./errors.ts";
import { isAccountId } from "./ids.ts";
import { createPoster } from "./poster.ts";
import { batch_max, createQueue, queue_max } from "./queue.ts";
import { accountsFrom, groupError, inputError, targetOf, type Accounts, type Prepared } from "./rules.ts";
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

/** How many batches may be in flight unless told otherwise: a third gains nothing on one server. */
const writers_default = 2;
/** How many holds' accounts a process remembers, so that a capture needn't look them up. */
const remembered_max = 10_000;

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

function invalid(code: InputCode): Outcome {
  return { status: "refused", code, refusedAt: null, replayed: false };
}

/**
 * Answers a group of which a member is wrong in itself: that one says why, the others that they belong with
 * it.
 */
function invalidGroup(codes: readonly (InputCode | null)[]): readonly Outcome[] {
  return codes.map((code) =>
    code === null
      ? { status: "refused", code: "linked_refused", refusedAt: null, replayed: false }
      : invalid(code),
  );
}

function detailsOf(transfer: Transfer): string | null {
  return transfer.details === undefined || transfer.details === null
    ? null
    : JSON.stringify(transfer.details);
}

/** Finds the accounts of holds and transfers that others name; the database is asked for many at once. */
function createTargets(deps: LedgerDeps) {
  const remembered = new Map<string, Accounts>();
  const read = createBatcher<string, Accounts | null>({
    name: "the ledger's targets",
    batch_max,
    queue_max,
    run: async (ids) => {
      const found = new Map((await store.readTransfers(deps.pool, ids)).map((row) => [row.id, row]));
      return ids.map((id) => {
        const row = found.get(id);
        if (row === undefined) return null;
        return { debit: row.debitAccount, credit: row.creditAccount, currency: row.amount.currency };
      });
    },
  });
  return {
    /** Remembers a hold that was posted: its accounts never change. */
    remember(id: string, accounts: Accounts): void {
      remembered.set(id, accounts);
      if (remembered.size <= remembered_max) return;
      const [oldest] = remembered.keys();
      if (oldest !== undefined) remembered.delete(oldest);
    },
    find: (id: string): Accounts | Promise<Accounts | null> => remembered.get(id) ?? read(id),
  };
}

/** Makes the ledger's door for one process. */
export function createLedger(deps: LedgerDeps & { readonly batch_max?: number }): Ledger {
  const { pool, clock } = deps;
  const targets = createTargets(deps);
  const listeners = new Set<() => void>();
  const queue = createQueue({
    post: createPoster(deps),
    writers: deps.writers ?? writers_default,
    ...(deps.batch_max === undefined ? {} : { batch_max: deps.batch_max }),
    onPosted: () => {
      for (const listener of listeners) listener();
    },
  });

  function ownAccounts(transfer: Transfer): Accounts | null {
    if (transfer.type !== "transfer" && transfer.type !== "hold") return null;
    return {
      debit: transfer.debitAccount,
      credit: transfer.creditAccount,
      currency: transfer.amount.currency,
    };
  }

  async function prepare(
    transfer: Transfer,
    detailsJson: string | null,
    group: readonly Transfer[],
  ): Promise<Prepared> {
    const leader = group[0]?.id ?? null;
    const target = targetOf(transfer);
    if (target === null) return { transfer, accounts: ownAccounts(transfer), detailsJson, leader };
    // A hold and its capture may stand in one group.
    const sibling = group.find(({ id }) => id === target);
    const named = (sibling && ownAccounts(sibling)) ?? (await targets.find(target));
    return { transfer, accounts: named && accountsFrom(transfer, named), detailsJson, leader };
  }

  /** Remembers the accounts of a hold that was posted. */
  function remember({ transfer, accounts }: Prepared, outcome: Outcome | undefined): void {
    if (transfer.type === "hold" && outcome?.status === "posted" && accounts !== null) {
      targets.remember(transfer.id, accounts);
    }
  }

  async function postOther(transfer: Transfer, detailsJson: string | null): Promise<Outcome> {
    const prepared = await prepare(transfer, detailsJson, []);
    const outcome = await queue.add(prepared);
    remember(prepared, outcome);
    return outcome;
  }

  function post(transfer: Transfer): Promise<Outcome> {
    const detailsJson = detailsOf(transfer);
    const code = inputError(transfer, detailsJson);
    if (code !== null) return Promise.resolve(invalid(code));
    if (transfer.type !== "transfer") return postOther(transfer, detailsJson);
    // By far the most frequent, and nothing needs to be looked up for it: no step is taken in between.
    return queue.add({ transfer, accounts: ownAccounts(transfer), detailsJson, leader: null });
  }

  async function postLinked(transfers: readonly Transfer[]): Promise<readonly Outcome[]> {
    const wrong = groupError(transfers);
    if (wrong !== null) return transfers.map(() => invalid(wrong));
    const details = transfers.map(detailsOf);
    const codes = transfers.map((transfer, index) => inputError(transfer, details[index] ?? null));
    if (codes.some((code) => code !== null)) return invalidGroup(codes);
    const group = await Promise.all(
      transfers.map((transfer, index) => prepare(transfer, details[index] ?? null, transfers)),
    );
    const outcomes = await queue.addGroup(group);
    for (const [index, item] of group.entries()) remember(item, outcomes[index]);
    return outcomes;
  }

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
    post,
    postLinked,
    async balances(ids) {
      assert(ids.length <= store.page_max, "too many accounts in one read");
      return new Map((await store.readAccounts(pool, ids)).map((account) => [account.id, account]));
    },
    account: async (id) => (await store.readAccounts(pool, [id]))[0] ?? null,
    balanceAt: (question) =>
      "bookedAt" in question
        ? store.balanceBookedAt(pool, question.account, question.bookedAt)
        : store.balanceValuedAt(pool, question.account, question.valueDate),
    async entries({ account, before = 2n ** 63n - 1n, after = 0n, limit = 50, order = "descending" }) {
      assert(limit > 0 && limit <= store.page_max, "a page has 1 to page_max entries");
      return store.readEntries(pool, { account, before, after, limit, ascending: order === "ascending" });
    },
    transfer: async (id) => (await store.readTransfers(pool, [id]))[0] ?? null,
    async transfers(ids) {
      assert(ids.length <= store.page_max, "too many transfers in one read");
      return new Map((await store.readTransfers(pool, ids)).map((transfer) => [transfer.id, transfer]));
    },
    openHolds: (account, limit = store.page_max) => store.readHolds(pool, account, limit),
    onPosted(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    queue: queue.size,
    idle: queue.idle,
  };
}
