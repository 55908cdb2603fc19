import { money } from "@mainstay/kernel";
import { QueueFullError } from "@mainstay/platform";
import { expect, test } from "vitest";
import { createQueue, queue_max } from "./queue.ts";
import type { Prepared } from "./rules.ts";
import type { AccountId, Outcome } from "./types.ts";

const done: Outcome = {
  status: "posted",
  bookedAt: new Date("2026-11-22T12:00:00Z"),
  amount: money(1n, "GBP"),
  replayed: false,
};

function prepared(id: string, debit: AccountId, credit: AccountId, leader: string | null = null): Prepared {
  const amount = money(1n, "GBP");
  return {
    transfer: { id, type: "transfer", kind: "payment", debitAccount: debit, creditAccount: credit, amount },
    accounts: { debit, credit, currency: "GBP" },
    detailsJson: null,
    leader,
  };
}

/** A database that answers when it is told to, and remembers the batches that it got. */
function createSlowDatabase() {
  const batches: string[][] = [];
  const waiting: (() => void)[] = [];
  return {
    batches,
    post: (batch: readonly Prepared[]) =>
      new Promise<readonly Outcome[]>((resolve) => {
        batches.push(batch.map((item) => item.transfer.id));
        waiting.push(() => resolve(batch.map(() => done)));
      }),
    async answerFirst() {
      waiting.shift()?.();
      await new Promise(setImmediate);
    },
  };
}

test("a lone caller is served at once, and callers of one turn share a batch", async () => {
  const database = createSlowDatabase();
  const queue = createQueue({ post: database.post, writers: 2 });
  void queue.add(prepared("1", "b:a", "b:b"));
  void queue.add(prepared("2", "b:c", "b:d"));
  await Promise.resolve();
  expect(database.batches).toEqual([["1", "2"]]);
});

test("batches in flight never share an account; those who wait for one keep their order", async () => {
  const database = createSlowDatabase();
  const queue = createQueue({ post: database.post, writers: 2 });
  const add = (id: string, from: AccountId, to: AccountId) => void queue.add(prepared(id, from, to));
  add("1", "b:hot", "b:x");
  await Promise.resolve();
  add("2", "b:hot", "b:y");
  add("3", "b:y", "b:z");
  add("4", "b:p", "b:q");
  await Promise.resolve();
  // 2 waits for the hot account, and 3 for 2, whose account it shares.
  expect(database.batches).toEqual([["1"], ["4"]]);
  await database.answerFirst();
  expect(database.batches).toEqual([["1"], ["4"], ["2", "3"]]);
});

test("the same id never stands twice in a batch", async () => {
  const database = createSlowDatabase();
  const queue = createQueue({ post: database.post, writers: 1 });
  void queue.add(prepared("1", "b:a", "b:b"));
  void queue.add(prepared("1", "b:a", "b:b"));
  void queue.add(prepared("2", "b:c", "b:d"));
  await Promise.resolve();
  expect(database.batches).toEqual([["1", "2"]]);
  await database.answerFirst();
  expect(database.batches).toEqual([["1", "2"], ["1"]]);
});

test("a linked group is never split, and a batch has its limit", async () => {
  const database = createSlowDatabase();
  const queue = createQueue({ post: database.post, writers: 1, batch_max: 3 });
  const group = ["1", "2"].map((id) => prepared(id, "b:a", "b:b", "1"));
  void queue.addGroup(group);
  void queue.addGroup(["3", "4"].map((id) => prepared(id, "b:c", "b:d", "3")));
  await Promise.resolve();
  expect(database.batches).toEqual([["1", "2"]]);
  await database.answerFirst();
  expect(database.batches).toEqual([
    ["1", "2"],
    ["3", "4"],
  ]);
});

test("a failure reaches those whose batch it was, and the queue goes on", async () => {
  let calls = 0;
  const queue = createQueue({
    writers: 1,
    post: (batch) => {
      calls += 1;
      return calls === 1
        ? Promise.reject(new Error("lost the server"))
        : Promise.resolve(batch.map(() => done));
    },
  });
  await expect(queue.add(prepared("1", "b:a", "b:b"))).rejects.toThrow("lost the server");
  expect(await queue.add(prepared("1", "b:a", "b:b"))).toEqual(done);
  await queue.idle();
  expect(queue.size()).toEqual({ waiting: 0, inFlight: 0 });
});

test("more than queue_max waiting callers are turned away", async () => {
  const database = createSlowDatabase();
  const queue = createQueue({ post: database.post, writers: 1 });
  for (let count = 0; count < queue_max; count += 1) void queue.add(prepared(String(count), "b:a", "b:b"));
  await expect(queue.add(prepared("one too many", "b:a", "b:b"))).rejects.toThrow(QueueFullError);
});
