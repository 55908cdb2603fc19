import { createDatabase } from "@mainstay/platform";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import {
  createFeedConsumer,
  type AccountId,
  type FeedConsumer,
  type FeedEntry,
  type FeedPage,
} from "./index.ts";
import { createTestBook } from "./test-book.ts";

const book = await createTestBook();
const { ledger, db, clock, open, openWith, transfer, hold, id } = book;
const running: FeedConsumer[] = [];

afterEach(async () => {
  for (const consumer of running.splice(0)) await consumer.stop();
});
afterAll(book.close);

/** Starts a consumer that keeps what it gets; `fail` makes its next handling throw. */
function consume(name: string, options: { pollMs?: number; wake?: boolean } = {}) {
  const entries: FeedEntry[] = [];
  const pages: FeedPage[] = [];
  const errors: unknown[] = [];
  let failures = 0;
  const consumer = createFeedConsumer({
    ...{ pool: db.pool, clock, name, pollMs: options.pollMs ?? 20 },
    ...(options.wake === true ? { ledger } : {}),
    handle(news, page) {
      entries.push(...news);
      pages.push(page);
      if (failures > 0) {
        failures -= 1;
        throw new Error("the consumer fell over");
      }
    },
    onError: (error) => errors.push(error),
  });
  running.push(consumer);
  const numbersOf = (account: AccountId) =>
    entries.filter((entry) => entry.account === account).map((entry) => Number(entry.number));
  return { consumer, entries, pages, errors, numbersOf, fail: () => (failures += 1) };
}

/** Calls ledger.post by hand, in a session's own transaction, as another process would. */
async function postIn(
  client: { query: (text: string, values: unknown[]) => Promise<unknown> },
  from: AccountId,
  to: AccountId,
) {
  const [first, second] = [from, to].toSorted();
  await client.query(
    `SELECT ledger.post($1, $2, ARRAY[$3], ARRAY[$4::INTEGER], ARRAY[$5::INTEGER], ARRAY[1::BIGINT],
                        ARRAY['GBP'], ARRAY['payment'])`,
    [clock.now(), [first, second], id(), from === first ? 1 : 2, from === first ? 2 : 1],
  );
}

/** Waits for what will be so: another test's transaction on the same server may hold the feed up. */
const eventually = (check: () => unknown) => vi.waitFor(check, { timeout: 10_000 });

describe("the change feed", () => {
  test("delivers every entry with its transfer, and holds and releases too", async () => {
    const [ada, ben] = [await openWith(1_000n), await open()];
    const sent = transfer(ada, ben, 10n, { details: { note: "tea" } });
    const held = hold(ada, ben, 5n);
    await ledger.post(sent);
    await ledger.post(held);
    const got = consume("everything");
    await eventually(() => expect(got.numbersOf(ada)).toEqual([1, 2]));
    const entry = got.entries.find((one) => one.account === ben);
    expect(entry).toMatchObject({ number: 1n, balanceAfter: 10n, transferId: sent.id });
    expect(entry?.transfer).toEqual(await ledger.transfer(sent.id));
    const transfers = got.pages.flatMap((page) => page.transfers.map((one) => one.id));
    expect(transfers).toEqual(expect.arrayContaining([sent.id, held.id]));
  });

  test("wakes at once for what this process posts, and goes on where it stopped", async () => {
    const [ada, ben] = [await openWith(1_000n), await open()];
    const first = consume("waking", { pollMs: 600_000, wake: true });
    await eventually(() => expect(first.numbersOf(ada)).toEqual([1]));
    await ledger.post(transfer(ada, ben, 1n));
    await eventually(() => expect(first.numbersOf(ada)).toEqual([1, 2]));
    await first.consumer.stop();
    await ledger.post(transfer(ada, ben, 1n));
    const second = consume("waking");
    await eventually(() => expect(second.numbersOf(ada)).toEqual([3]));
  });

  test("delivers a page again until it has been handled", async () => {
    const [ada, ben] = [await openWith(1_000n), await open()];
    const got = consume("clumsy");
    await eventually(() => expect(got.numbersOf(ada)).toEqual([1]));
    got.fail();
    await ledger.post(transfer(ada, ben, 1n));
    await eventually(() => expect(got.numbersOf(ada)).toEqual([1, 2, 2]));
    expect(got.errors).toHaveLength(1);
  });

  test("keeps each account's order when transaction ids don't follow entry numbers", async () => {
    const [ada, ben] = [await openWith(1_000n), await open()];
    const got = consume("inverted");
    await eventually(() => expect(got.numbersOf(ada)).toEqual([1]));
    const early = await db.pool.connect();
    try {
      // The first writer takes its transaction id, then is overtaken on the account by the second.
      await early.query("BEGIN");
      await early.query("SELECT pg_current_xact_id()");
      await ledger.post(transfer(ada, ben, 1n));
      await postIn(early, ada, ben);
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(got.numbersOf(ada)).toEqual([1]);
      await early.query("COMMIT");
    } finally {
      early.release();
    }
    await eventually(() => expect(got.numbersOf(ada)).toEqual([1, 2, 3]));
    const { rows } = await db.pool.query<{ inverted: boolean }>(
      `SELECT late.xmin::TEXT::BIGINT < early.xmin::TEXT::BIGINT AS inverted
         FROM ledger.entries early, ledger.entries late
        WHERE early.account = $1 AND early.number = 2 AND late.account = $1 AND late.number = 3`,
      [ada],
    );
    expect(rows).toEqual([{ inverted: true }]);
  });

  test("waits for a slow writer on the server, says how far behind it is, and skips nothing", async () => {
    const [ada, ben] = [await openWith(1_000n), await open()];
    const got = consume("stalled");
    await eventually(() => expect(got.numbersOf(ada)).toEqual([1]));
    await eventually(async () => expect(await got.consumer.lagMs()).toBe(0));
    const slow = await db.pool.connect();
    try {
      await slow.query("BEGIN");
      await postIn(slow, ben, ada).catch(() => undefined);
      const [cyd, dan] = [await openWith(1_000n), await open()];
      await ledger.post(transfer(cyd, dan, 1n));
      clock.advance(5_000);
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(got.numbersOf(cyd)).toEqual([]);
      expect(await got.consumer.lagMs()).toBe(5_000);
      await slow.query("COMMIT");
      await eventually(() => expect(got.numbersOf(cyd)).toEqual([1, 2]));
    } finally {
      slow.release();
    }
  });

  test("ends a writer that stays too long, so that it stalls nobody for ever", async () => {
    const slow = await db.pool.connect();
    const ended = new Promise((resolve) => slow.once("error", resolve));
    await slow.query("SET transaction_timeout = '50ms'");
    await slow.query("BEGIN");
    await slow.query("SELECT pg_current_xact_id()");
    await ended;
    slow.release(true);
  });
});

describe("after a restore on another server", () => {
  test("the feed goes on with what was not read, then with what is posted anew", async () => {
    const [ada, ben] = [await openWith(1_000n), await open()];
    const before = consume("restored");
    await eventually(() => expect(before.numbersOf(ada)).toEqual([1]));
    await before.consumer.stop();
    await ledger.post(transfer(ada, ben, 1n));
    // The book comes from a server whose transaction ids were far ahead of ours.
    const superuser = createDatabase({
      ...{ url: book.database.superuserUrl, connections_max: 1, applicationName: "restore" },
    });
    await superuser.pool.query(
      `SET session_replication_role = replica;
       UPDATE ledger.transfers SET feed_xid = (feed_xid::TEXT::BIGINT + 1000000)::TEXT::XID8;
       UPDATE ledger.accounts SET feed_xid = (feed_xid::TEXT::BIGINT + 1000000)::TEXT::XID8;
       UPDATE ledger.feed_cursors SET xid = (xid::TEXT::BIGINT + 1000000)::TEXT::XID8;`,
    );
    const blocked = consume("restored");
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(blocked.entries).toEqual([]);
    await blocked.consumer.stop();
    await superuser.pool.query("SET session_replication_role = origin");
    await superuser.pool.query("SELECT ledger.raise_epoch()");
    await superuser.close();

    await ledger.post(transfer(ada, ben, 1n));
    const after = consume("restored");
    await eventually(() => expect(after.numbersOf(ada)).toEqual([2, 3]));
    const { rows } = await db.pool.query(
      "SELECT book, epoch FROM ledger.feed_cursors WHERE consumer = 'restored'",
    );
    expect(rows).toEqual([{ book: "gb1", epoch: 2 }]);
  });
});
