import type { Clock, Currency } from "@mainstay/kernel";
import { readWithin, shareFor } from "@mainstay/platform";
import type pg from "pg";
import { readBalances, readFeedPlaces, type BalanceLine, type FeedPlace } from "./overview-store.ts";

/** How long the sums are shared between those who look, and how long adding up may take, in milliseconds. */
export const overview_keep_ms = 5_000;
export const overview_statement_ms_max = 5_000;
/** The most readers of the change feed that are shown. */
const places_max = 20;

/** The balances of one currency: debit and credit are equal, or the book is wrong. In minor units. */
export type CurrencyBalance = {
  readonly currency: Currency;
  readonly debit: bigint;
  readonly credit: bigint;
  readonly lines: readonly Omit<BalanceLine, "currency" | "entries">[];
};

/** The book in figures, all as of one instant. */
export type Overview = {
  readonly asOf: Date;
  readonly currencies: readonly CurrencyBalance[];
  readonly accounts: bigint;
  /** Transfers that moved money; each made two entries. */
  readonly transfers: bigint;
  readonly feed: readonly FeedPlace[];
};

const sumOf = <T>(rows: readonly T[], value: (row: T) => bigint): bigint =>
  rows.reduce((sum, row) => sum + value(row), 0n);

/** Puts the lines of each currency together, with its sums. */
export function trialBalanceOf(lines: readonly BalanceLine[]): readonly CurrencyBalance[] {
  const currencies = [...new Set(lines.map(({ currency }) => currency))];
  return currencies.map((currency) => {
    const own = lines.filter((line) => line.currency === currency);
    return {
      currency,
      debit: sumOf(own, ({ debit }) => debit),
      credit: sumOf(own, ({ credit }) => credit),
      lines: own.map(({ currency: _currency, entries: _entries, ...line }) => line),
    };
  });
}

/**
 * Makes the reader of the book in figures. It reads every account once (about a second for a few millions),
 * at most every five seconds however many look, and is given up as `busy` after five seconds.
 */
export function createOverview(deps: {
  readonly pool: pg.Pool;
  readonly clock: Clock;
}): () => Promise<Overview> {
  const { pool, clock } = deps;
  return shareFor(clock, overview_keep_ms, () =>
    readWithin(pool, overview_statement_ms_max, async (client) => {
      const lines = await readBalances(client);
      const feed = await readFeedPlaces(client, places_max);
      return {
        asOf: clock.now(),
        currencies: trialBalanceOf(lines),
        accounts: sumOf(lines, ({ accounts }) => accounts),
        transfers: sumOf(lines, ({ entries }) => entries) / 2n,
        feed,
      };
    }),
  );
}
