import { err, ok, type Id, type Result } from "@mainstay/kernel";
import type { FeedPage } from "@mainstay/ledger";
import type { Account, Category, Customer, CustomerFound, Transactions } from "@mainstay/wire";
import { createDirectory } from "./directory.ts";
import type { AccountErrorCode } from "./errors.ts";
import type { EventHub } from "./events.ts";
import { readPage } from "./reads.ts";
import * as service from "./service.ts";
import * as staff from "./staff-reads.ts";
import * as store from "./store.ts";
import type { CurrentAccount, FeedRow } from "./types.ts";

/** The door of current accounts. Whatever isn't the asker's is answered as if it did not exist. */
export type Accounts = {
  /** Opens a person's current account; a repeat answers the same one. */
  readonly openCurrentAccount: (holder: {
    readonly personId: Id<"person">;
    readonly holderName: string;
  }) => Promise<CurrentAccount>;
  /** The same for a synthetic customer of the live probes, whose account bears a few pounds of debt. */
  readonly openProbeAccount: (holder: {
    readonly personId: Id<"person">;
    readonly holderName: string;
  }) => Promise<CurrentAccount>;
  /** Finishes openings that a crash left half done; answers how many. */
  readonly recoverOpenings: () => Promise<number>;
  /** A person's accounts with their balances. */
  readonly accountsOf: (personId: Id<"person">) => Promise<readonly Account[]>;
  /**
   * Open accounts by id or by account number, many at once, whosever they are: for modules, never for a
   * customer.
   */
  readonly byIds: (ids: readonly string[]) => Promise<readonly CurrentAccount[]>;
  readonly byNumbers: (accountNumbers: readonly string[]) => Promise<readonly CurrentAccount[]>;
  /** A page of the feed, newest first. */
  readonly feed: (asked: {
    readonly personId: Id<"person">;
    readonly accountId: Id<"acc">;
    readonly before?: string | undefined;
    readonly limit?: number | undefined;
    readonly words?: string | undefined;
  }) => Promise<Result<Transactions, AccountErrorCode>>;
  readonly transaction: (asked: {
    readonly personId: Id<"person">;
    readonly id: string;
  }) => Promise<Result<FeedRow, AccountErrorCode>>;
  /** Sets category or note; null leaves it. */
  readonly annotate: (change: {
    readonly personId: Id<"person">;
    readonly id: string;
    readonly category: Category | null;
    readonly note: string | null;
  }) => Promise<Result<FeedRow, AccountErrorCode>>;
  /** What staff see: whose account a text names (null where it names none), numbers, balances and feed. */
  readonly forStaff: {
    readonly ownersOf: (text: string) => Promise<readonly string[] | null>;
    readonly accountNumbersOf: (
      personIds: readonly string[],
    ) => Promise<ReadonlyMap<string, CustomerFound["accounts"]>>;
    readonly moneyOf: (
      personId: Id<"person">,
    ) => Promise<Pick<Customer, "accounts" | "transactions" | "older">>;
  };
  /** Takes a page of the ledger's change feed; again changes nothing. */
  readonly takeFeed: (page: FeedPage) => Promise<void>;
  readonly hub: EventHub;
};

/** Makes the door. */
export function createAccounts(deps: service.AccountsDeps): Accounts {
  const { database } = deps;
  const directory = createDirectory(deps);
  const orNotFound = (row: FeedRow | undefined): Result<FeedRow, AccountErrorCode> =>
    row === undefined ? err("account_not_found") : ok(row);
  return {
    openCurrentAccount: (holder) => service.openCurrentAccount(deps, holder),
    openProbeAccount: (holder) => service.openProbeAccount(deps, holder),
    recoverOpenings: () => service.recoverOpenings(deps),
    accountsOf: (personId) => service.accountsOf(deps, personId),
    byIds: directory.byIds,
    byNumbers: directory.byNumbers,
    feed: async ({ personId, accountId, before, limit, words }) => {
      const own = await store.accountsOfPerson(database, personId);
      if (!own.some((account) => account.id === accountId)) return err("account_not_found");
      return readPage(database, { accountId, before, limit, words });
    },
    transaction: async ({ personId, id }) => orNotFound(await store.feedRowOfPerson(database, id, personId)),
    annotate: async (change) => orNotFound(await service.annotate(deps, change)),
    forStaff: {
      ownersOf: (text) => staff.ownersOf(deps, text),
      accountNumbersOf: (personIds) => staff.accountNumbersOf(deps, personIds),
      moneyOf: (personId) => staff.moneyOf(deps, personId),
    },
    takeFeed: (page) => service.takeFeed(deps, page),
    hub: deps.hub,
  };
}
