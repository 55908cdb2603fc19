import { assert, newId, present, type Clock, type Id, type Random } from "@mainstay/kernel";
import { accountId, type Account as LedgerAccount, type FeedPage, type Ledger } from "@mainstay/ledger";
import { publish, type Database } from "@mainstay/platform";
import type { Account, Category } from "@mainstay/wire";
import { bank_details, ibanOf } from "./bank-details.ts";
import type { EventHub } from "./events.ts";
import { fedTransfersOf, feedRowsOf, sourceOf } from "./feed-rules.ts";
import { completeAccountNumber } from "./modulus.ts";
import { accountView, transactionView } from "./reads.ts";
import * as store from "./store.ts";
import type { CurrentAccount, DescribeTransfers, FeedRow } from "./types.ts";

/**
 * How often a fresh account number is drawn before giving up: of ten, one in eleven has no check digit,
 * hardly any is taken.
 */
const number_draws_max = 50;
/** How far from nothing a probe's account may stand, in pence. */
const probe_minor_max = 1_000n;
/** How many half-opened accounts the recoverer takes at once. */
const recovered_max = 100;

/** What this module works with. */
export type AccountsDeps = {
  readonly database: Database;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly random: Random;
  readonly hub: EventHub;
  readonly describe: DescribeTransfers;
};

/**
 * Draws seven digits from random bytes; what lies beyond the last whole multiple is drawn again, so that none
 * is likelier.
 */
function drawSevenDigits(random: Random): string {
  const limit = 10_000_000;
  for (;;) {
    const drawn = new DataView(Uint8Array.from(random.bytes(4)).buffer).getUint32(0);
    if (drawn < 2 ** 32 - (2 ** 32 % limit)) return String(drawn % limit).padStart(7, "0");
  }
}

/**
 * Opens a person's current account in pounds, with sort code, account number and IBAN, or answers the one
 * that they have: a repeat is the same account. The bank's row comes first, then the ledger's account under
 * the same id; the recoverer finishes what a crash left between the two.
 */
export async function openCurrentAccount(
  deps: AccountsDeps,
  holder: { readonly personId: Id<"person">; readonly holderName: string },
): Promise<CurrentAccount> {
  assert(holder.holderName.trim() !== "", "an account has a holder's name");
  for (let draw = 0; draw < number_draws_max; draw += 1) {
    const [known] = await store.accountsOfPerson(deps.database, holder.personId);
    if (known !== undefined) return finishOpening(deps, known);
    const accountNumber = completeAccountNumber(bank_details.sortCode, drawSevenDigits(deps.random));
    if (accountNumber === null) continue;
    await store.insertAccount(deps.database, {
      id: newId("acc", deps),
      personId: holder.personId,
      holderName: holder.holderName.trim(),
      name: "Current account",
      currency: "GBP",
      sortCode: bank_details.sortCode,
      accountNumber,
      iban: ibanOf(bank_details.sortCode, accountNumber),
      state: "opening",
      openedAt: deps.clock.now(),
    });
  }
  throw new Error("no free account number was found");
}

async function finishOpening(deps: AccountsDeps, account: CurrentAccount): Promise<CurrentAccount> {
  if (account.state === "open") return account;
  const opened = await deps.ledger.openAccount({
    id: accountId(account.id),
    kind: "customer",
    currency: account.currency,
    floor: 0n,
  });
  assert(opened.ok, `the ledger refused to open ${account.id}`);
  await deps.database.sql.transaction().execute(async (transaction) => {
    if (!(await store.markOpen(transaction, account.id))) return;
    await publish(transaction, {
      id: newId("evt", deps),
      kind: "accounts.account-opened",
      subject: account.personId,
      payload: { accountId: account.id },
      occurredAt: deps.clock.now(),
    });
  });
  return { ...account, state: "open" };
}

/**
 * Opens a synthetic customer's account, or finds it. It may stand a few pounds to either side of nothing, so
 * that a penny can go to and fro between two of them without anybody's money.
 */
export async function openProbeAccount(
  deps: AccountsDeps,
  holder: { readonly personId: Id<"person">; readonly holderName: string },
): Promise<CurrentAccount> {
  const account = await openCurrentAccount(deps, holder);
  const id = accountId(account.id);
  const limits = { id, floor: -probe_minor_max, ceiling: probe_minor_max };
  const known = await deps.ledger.account(id);
  if (known?.floor === limits.floor && known.ceiling === limits.ceiling) return account;
  const set = await deps.ledger.setLimits(limits);
  assert(set.ok, `the ledger refused the bounds of ${account.id}`);
  return account;
}

/** Finishes the openings that a crash left half done; answers how many. */
export async function recoverOpenings(deps: AccountsDeps): Promise<number> {
  const unopened = await store.unopenedAccounts(deps.database, recovered_max);
  for (const account of unopened) await finishOpening(deps, account);
  return unopened.length;
}

/** A person's open accounts with their balances. */
export async function accountsOf(deps: AccountsDeps, personId: Id<"person">): Promise<readonly Account[]> {
  const accounts = (await store.accountsOfPerson(deps.database, personId)).filter(
    (account) => account.state === "open",
  );
  const balances = await deps.ledger.balances(accounts.map((account) => accountId(account.id)));
  return accounts.map((account) => viewWith(account, balances));
}

function viewWith(account: CurrentAccount, balances: ReadonlyMap<string, LedgerAccount>): Account {
  return accountView(
    account,
    present(balances.get(accountId(account.id)), `ledger account of ${account.id}`),
  );
}

/**
 * Takes a batch of the ledger's change feed into the customers' feed and tells whoever listens. At least once
 * is enough: the same rows again change nothing and are told to nobody.
 */
export async function takeFeed(deps: AccountsDeps, page: FeedPage): Promise<void> {
  const transfers = fedTransfersOf(page);
  const descriptions = await deps.describe([...new Set(transfers.map(sourceOf))]);
  const rows = feedRowsOf(transfers, descriptions);
  if (rows.length === 0) return;
  const written = await store.writeFeedRows(deps.database, rows);
  await tellListeners(deps, written);
}

async function tellListeners(deps: AccountsDeps, rows: readonly FeedRow[]): Promise<void> {
  if (rows.length === 0 || !deps.hub.isAnyHeard()) return;
  const ids = [...new Set(rows.map((row) => row.accountId))];
  const accounts = (await store.accountsByIds(deps.database, ids)).filter((account) =>
    deps.hub.isHeard(account.personId),
  );
  if (accounts.length === 0) return;
  const balances = await deps.ledger.balances(accounts.map((account) => accountId(account.id)));
  for (const account of accounts) {
    for (const row of rows.filter((entry) => entry.accountId === account.id)) {
      deps.hub.send(account.personId, { type: "transaction", transaction: transactionView(row) });
    }
    deps.hub.send(account.personId, { type: "account", account: viewWith(account, balances) });
  }
}

/** Sets category or note of a row of one of the person's accounts; undefined where it isn't theirs. */
export async function annotate(
  deps: AccountsDeps,
  change: {
    readonly id: string;
    readonly personId: Id<"person">;
    readonly category: Category | null;
    readonly note: string | null;
  },
): Promise<FeedRow | undefined> {
  return store.annotateFeedRow(deps.database, change);
}
