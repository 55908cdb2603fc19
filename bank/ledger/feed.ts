import { setTimeout as pause } from "node:timers/promises";
import type { Clock } from "@mainstay/kernel";
import type pg from "pg";
import type { Ledger } from "./ledger.ts";
import { moveCursor, readCursor, readFeedPage, readOldestAfter, type FeedCursor } from "./feed-store.ts";
import { transferFrom, type TransferRow } from "./store.ts";
import type { AccountId, Entry, PostedTransfer } from "./types.ts";

/** The transfers that a page of the feed aims at; one that ends within a batch takes the whole batch. */
export const feed_page_max = 1_000;
/** How long a consumer that was woken waits for more, so that a busy ledger isn't read batch by batch. */
const gather_ms = 10;
/** The longest wait before a consumer whose handler failed is tried again. */
const retry_ms_max = 30_000;
/** How soon a reader looks again for what is there and may not be read yet, in milliseconds. */
const stall_ms = 50;

/** An entry as the feed delivers it, with the transfer that made it. */
export type FeedEntry = Entry & { readonly transfer: PostedTransfer };

/** What a consumer of the change feed gets at once. */
export type FeedPage = {
  /** Each account's entries in the order of their numbers. */
  readonly entries: readonly FeedEntry[];
  /** All transfers of the page, holds and releases too, which make no entries. */
  readonly transfers: readonly PostedTransfer[];
};

export type FeedConsumerOptions = {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  /** Under this name the consumer's place is kept. */
  readonly name: string;
  /**
   * Gets what is new. A page is delivered again until the promise is kept, and may be delivered again after a
   * crash: remember the last entry number of each account and skip what isn't above it.
   */
  readonly handle: (entries: readonly FeedEntry[], page: FeedPage) => Promise<void> | void;
  /** How often to look when nobody says that there is something; what this process posts is seen at once. */
  readonly pollMs: number;
  /** Wakes the consumer after each batch that it posts. */
  readonly ledger?: Pick<Ledger, "onPosted">;
  /** Told when a page couldn't be read or handled; the page is tried again after a growing wait. */
  readonly onError?: (error: unknown) => void;
};

/** A running consumer. */
export type FeedConsumer = {
  /** Ends after the page under way has been handled. */
  readonly stop: () => Promise<void>;
  /** Looks for news at once. */
  readonly wake: () => void;
  /** The age of the oldest transfer that hasn't been handled, in milliseconds; 0 when there is none. */
  readonly lagMs: () => Promise<number>;
};

/** Adds the two entries of a transfer, if it made any. */
function addEntries(entries: FeedEntry[], row: TransferRow, transfer: PostedTransfer): void {
  if (row.debit_number === null || row.debit_balance === null) return;
  if (row.credit_number === null || row.credit_balance === null) return;
  const { bookedAt, valueDate, id: transferId, amount } = transfer;
  const common = { bookedAt, valueDate, transferId, transfer };
  entries.push(
    {
      ...common,
      account: transfer.debitAccount,
      number: row.debit_number,
      amount: { minor: -amount.minor, currency: amount.currency },
      balanceAfter: row.debit_balance,
    },
    {
      ...common,
      account: transfer.creditAccount,
      number: row.credit_number,
      amount,
      balanceAfter: row.credit_balance,
    },
  );
}

/** Says whether each account's entries stand in the order of their numbers. */
function isOrdered(entries: readonly FeedEntry[]): boolean {
  const last = new Map<AccountId, bigint>();
  for (const { account, number } of entries) {
    const before = last.get(account);
    if (before !== undefined && before > number) return false;
    last.set(account, number);
  }
  return true;
}

/** Puts each account's entries into the order of their numbers, in the places that its entries have. */
function orderByNumber(entries: readonly FeedEntry[]): FeedEntry[] {
  const queues = new Map<AccountId, FeedEntry[]>();
  const newestFirst = entries.toSorted((one, other) => (one.number > other.number ? -1 : 1));
  for (const entry of newestFirst) {
    const queue = queues.get(entry.account);
    if (queue) queue.push(entry);
    else queues.set(entry.account, [entry]);
  }
  return entries.map((place) => queues.get(place.account)?.pop() ?? place);
}

/**
 * Puts a page's rows into the order that the feed promises: each account's entries by number. An account's
 * place in the feed never goes back as its numbers grow, and a page holds whole places, so sorting within a
 * page suffices.
 */
export function pageFrom(rows: readonly TransferRow[]): FeedPage {
  const transfers: PostedTransfer[] = [];
  const entries: FeedEntry[] = [];
  for (const row of rows) {
    const transfer = transferFrom(row);
    transfers.push(transfer);
    addEntries(entries, row, transfer);
  }
  return { entries: isOrdered(entries) ? entries : orderByNumber(entries), transfers };
}

/** A wait that can be cut short. */
function createAlarm() {
  let ring: (() => void) | null = null;
  let isRung = false;
  return {
    ring(): void {
      isRung = true;
      ring?.();
    },
    async wait(ms: number): Promise<void> {
      if (!isRung) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ms);
          ring = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      ring = null;
      isRung = false;
    },
  };
}

/**
 * Starts a consumer of the change feed. It gets every posted transfer at least once, each account's entries
 * in the order of their numbers, after all that could still come before has ended. Its place is kept in the
 * database under its name.
 */
export function createFeedConsumer(options: FeedConsumerOptions): FeedConsumer {
  const { pool, clock, name, handle, pollMs, ledger, onError } = options;
  const alarm = createAlarm();
  const unsubscribe = ledger?.onPosted(alarm.ring);
  let isStopped = false;

  // Read once: nobody else moves it. Forgotten after a failure, when it may stand elsewhere.
  let cursor: FeedCursor | null = null;

  /** Handles one page, and answers how long the next may wait, in milliseconds. */
  async function step(): Promise<number> {
    cursor ??= await readCursor(pool, name);
    const rows = await readFeedPage(pool, cursor, feed_page_max);
    const last = rows.at(-1);
    if (last === undefined) {
      // What was posted while an older transaction still runs, of anybody on the server, is shown soon.
      const isStalled = (await readOldestAfter(pool, cursor)) !== null;
      return isStalled ? Math.min(pollMs, stall_ms) : pollMs;
    }
    const page = pageFrom(rows);
    await handle(page.entries, page);
    const next = { epoch: last.feed_epoch, xid: last.feed_xid, id: last.id };
    await moveCursor(pool, clock.now(), name, next);
    cursor = next;
    return rows.length >= feed_page_max ? 0 : pollMs;
  }

  async function run(): Promise<void> {
    let failures = 0;
    while (!isStopped) {
      try {
        const wait_ms = await step();
        failures = 0;
        if (wait_ms === 0 || isStopped) continue;
        await alarm.wait(wait_ms);
        // What is posted meanwhile comes in the same page.
        if (!isStopped) await pause(gather_ms);
      } catch (error) {
        onError?.(error);
        failures += 1;
        cursor = null;
        if (!isStopped) await alarm.wait(Math.min(pollMs * 2 ** failures, retry_ms_max));
      }
    }
  }

  const running = run();
  return {
    async stop() {
      isStopped = true;
      unsubscribe?.();
      alarm.ring();
      await running;
    },
    wake: alarm.ring,
    async lagMs() {
      const oldest = await readOldestAfter(pool, await readCursor(pool, name));
      return oldest === null ? 0 : Math.max(0, clock.now().getTime() - oldest.getTime());
    },
  };
}
