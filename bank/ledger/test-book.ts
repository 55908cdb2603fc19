import { money, type Money } from "@mainstay/kernel";
import { createDatabase, type Database } from "@mainstay/platform";
import { createTestDatabase, fakeClock, type FakeClock, type TestDatabase } from "@mainstay/testkit";
import {
  accountId,
  createLedger,
  ledgerMigrations,
  type AccountId,
  type AccountKind,
  type Hold,
  type Ledger,
  type PlainTransfer,
} from "./index.ts";

/** A ledger on a database of its own, for one test file. */
export type TestBook = {
  readonly database: TestDatabase;
  /** In the role that the bank's process has. */
  readonly db: Database;
  readonly clock: FakeClock;
  readonly ledger: Ledger;
  /** Opens an account under a new name. */
  readonly open: (
    kind?: AccountKind,
    limits?: { floor?: bigint | null; ceiling?: bigint | null },
  ) => Promise<AccountId>;
  /** Opens a customer's account with so many pence in it. */
  readonly openWith: (minor: bigint) => Promise<AccountId>;
  /** A transfer under a new id. */
  readonly transfer: (
    from: AccountId,
    to: AccountId,
    minor: bigint,
    more?: Partial<PlainTransfer>,
  ) => PlainTransfer;
  /** A hold under a new id. */
  readonly hold: (from: AccountId, to: AccountId, minor: bigint, more?: Partial<Hold>) => Hold;
  /** A new id. */
  readonly id: (prefix?: string) => string;
  readonly close: () => Promise<void>;
};

/** Pence. */
export function gbp(minor: bigint): Money {
  return money(minor, "GBP");
}

/** Makes a ledger for a test file, with an account from which money comes. */
export async function createTestBook(): Promise<TestBook> {
  const database = await createTestDatabase({ modules: [ledgerMigrations] });
  const db = createDatabase({ url: database.url, connections_max: 6, applicationName: "ledger-test" });
  const clock = fakeClock();
  const ledger = createLedger({ pool: db.pool, clock });
  let count = 0;
  const id = (prefix = "t") => `${prefix}${(count += 1)}`;
  const source = accountId("settlement/test/GBP");

  async function open(kind: AccountKind = "customer", limits = {}): Promise<AccountId> {
    const account = accountId(id("acc_"));
    const opened = await ledger.openAccount({ id: account, kind, currency: "GBP", ...limits });
    if (!opened.ok) throw new Error(opened.error);
    return account;
  }

  await ledger.openAccount({ id: source, kind: "settlement", currency: "GBP" });
  const transfer: TestBook["transfer"] = (debitAccount, creditAccount, minor, more = {}) => ({
    ...{ id: id(), type: "transfer", kind: "payment", debitAccount, creditAccount, amount: gbp(minor) },
    ...more,
  });
  return {
    database,
    db,
    clock,
    ledger,
    open,
    async openWith(minor) {
      const account = await open();
      const outcome = await ledger.post(transfer(source, account, minor));
      if (outcome.status !== "posted") throw new Error(outcome.code);
      return account;
    },
    transfer,
    hold: (debitAccount, creditAccount, minor, more = {}) => ({
      ...{ id: id("h"), type: "hold", kind: "card", debitAccount, creditAccount, amount: gbp(minor) },
      ...more,
    }),
    id,
    async close() {
      await ledger.idle();
      await db.close();
      await database.drop();
    },
  };
}
