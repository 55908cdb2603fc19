import { money, seededNumbers, type Clock } from "@mainstay/kernel";
import {
  accountId,
  createLedger,
  type AccountId,
  type Ledger,
  type Outcome,
  type Transfer,
  type PlainTransfer,
} from "@mainstay/ledger";
import type { Database } from "@mainstay/platform";

/**
 * A book filled for the bench, and the calls that load it. Each call answers how many transfers it had
 * decided.
 */
export type BenchBook = {
  readonly ledger: Ledger;
  /** (a) between two customers at random. */
  readonly spread: () => Promise<number>;
  /** (b) as (a), but half of all transfers have one hot account on one of their sides. */
  readonly hot: () => Promise<number>;
  /** (c) as (a), one call of the database for each transfer, on 16 connections. */
  readonly single: () => Promise<number>;
  /** (d) 70 % plain, 10 % holds, 10 % captures and releases, 5 % in linked pairs, 5 % refused. */
  readonly mixed: () => Promise<number>;
};

/** What each customer begins with, in pence. */
const initial_balance = 10_000_000n;
/** How many accounts one statement opens. */
const open_max = 10_000;
const single_writers = 16;
/** Callers that fill the book. */
const fillers = 1_000;
/** More than any customer has. */
const too_much = 1_000_000_000_000n;

const hot = accountId("settlement/hot/GBP");
const equity = accountId("equity/GBP");

/** Seeded: the load is the same in every run. */
function createDice(seed: number): (sides: number) => number {
  const next = seededNumbers(seed);
  return (sides) => next() % sides;
}

function customer(index: number): AccountId {
  return accountId(`acc_${String(index).padStart(22, "0")}`);
}

async function openAccounts(db: Database, accounts: number): Promise<AccountId[]> {
  const ids = Array.from({ length: accounts }, (_, index) => customer(index));
  for (let from = 0; from < accounts; from += open_max) {
    await db.pool.query(
      `SELECT count(ledger.open_account(now(), id, 'customer', 'GBP', 0, NULL))
         FROM unnest($1::TEXT[]) AS id`,
      [ids.slice(from, from + open_max)],
    );
  }
  await db.pool.query("SELECT ledger.open_account(now(), $1, 'settlement', 'GBP', NULL, NULL)", [hot]);
  await db.pool.query("SELECT ledger.open_account(now(), $1, 'equity', 'GBP', NULL, NULL)", [equity]);
  return ids;
}

function mustBe(status: Outcome["status"], outcome: Outcome | undefined): void {
  if (outcome?.status !== status)
    throw new Error(`the bench's transfer came out as ${JSON.stringify(outcome)}`);
}

/** Makes transfers at random between customers, under ids as wide as the bank's and sorted by time too. */
function createMaker(ids: readonly AccountId[]) {
  const dice = createDice(1);
  let count = 0;
  const newId = () => `pay_${String((count += 1)).padStart(22, "0")}`;
  return {
    dice,
    newId,
    plain: (debitAccount: AccountId, creditAccount: AccountId, minor?: bigint): PlainTransfer => ({
      ...{ id: newId(), type: "transfer", kind: "payment", debitAccount, creditAccount },
      amount: money(minor ?? BigInt(1 + dice(1_000)), "GBP"),
    }),
    pair(): [AccountId, AccountId] {
      const from = dice(ids.length);
      const to = (from + 1 + dice(ids.length - 1)) % ids.length;
      return [ids[from] as AccountId, ids[to] as AccountId];
    },
  };
}
type Maker = ReturnType<typeof createMaker>;

async function post(door: Ledger, what: Transfer, status: Outcome["status"] = "posted"): Promise<number> {
  mustBe(status, await door.post(what));
  return 1;
}

/** (d): what a day brings. */
function createMixed(ledger: Ledger, { dice, newId, plain, pair }: Maker): () => Promise<number> {
  const holds: string[] = [];

  function takeHold(): string | undefined {
    const at = dice(Math.max(1, holds.length));
    const [last, taken] = [holds.pop(), holds[at]];
    if (last === undefined || taken === undefined) return last;
    if (at < holds.length) holds[at] = last;
    return taken;
  }

  async function hold(): Promise<number> {
    const made = { ...plain(...pair()), type: "hold", kind: "card" } as const;
    await post(ledger, made);
    holds.push(made.id);
    return 1;
  }

  async function linkedPair(): Promise<number> {
    const [from, to] = pair();
    const outcomes = await ledger.postLinked([plain(from, to), plain(from, equity)]);
    for (const outcome of outcomes) mustBe("posted", outcome);
    return outcomes.length;
  }

  return async () => {
    // 390 calls make 400 transfers, because a linked pair is two: 280, 40, 40, 20 and 20 of them.
    const draw = dice(390);
    if (draw < 280) return post(ledger, plain(...pair()));
    if (draw < 320) return hold();
    if (draw < 360) {
      const holdId = takeHold();
      if (holdId === undefined) return hold();
      return post(ledger, { id: newId(), kind: "card", holdId, type: draw < 340 ? "capture" : "release" });
    }
    if (draw < 370) return linkedPair();
    return post(ledger, plain(...pair(), too_much), "refused");
  };
}

/** Gives each customer money through the ledger itself, in no order of theirs. */
async function fill(ledger: Ledger, ids: readonly AccountId[], { dice, plain }: Maker): Promise<void> {
  const shuffled = ids.map((id) => ({ id, place: dice(2 ** 31) })).toSorted((a, b) => a.place - b.place);
  await Promise.all(
    Array.from({ length: fillers }, async () => {
      for (let next = shuffled.pop(); next !== undefined; next = shuffled.pop()) {
        await post(ledger, plain(equity, next.id, initial_balance));
      }
    }),
  );
}

/** Opens and fills the book. */
export async function createBenchBook(options: {
  readonly db: Database;
  readonly clock: Clock;
  readonly accounts: number;
}): Promise<BenchBook> {
  const { db, clock } = options;
  const ids = await openAccounts(db, options.accounts);
  const ledger = createLedger({ pool: db.pool, clock });
  const unbatched = createLedger({ pool: db.pool, clock, writers: single_writers, batch_max: 1 });
  const maker = createMaker(ids);
  const { dice, plain, pair } = maker;
  await fill(ledger, ids, maker);
  return {
    ledger,
    spread: () => post(ledger, plain(...pair())),
    async hot() {
      const [from, to] = pair();
      const draw = dice(4);
      return post(ledger, draw === 0 ? plain(hot, to) : draw === 1 ? plain(from, hot) : plain(from, to));
    },
    single: () => post(unbatched, plain(...pair())),
    mixed: createMixed(ledger, maker),
  };
}
