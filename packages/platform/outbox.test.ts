import pg from "pg";
import { afterAll, describe, expect, it } from "vitest";
import type { Id } from "@mainstay/kernel";
import { createTestDatabase, fakeClock } from "@mainstay/testkit";
import { createLogger } from "./log.ts";
import { createOutboxConsumer, publish, sleep, type DomainEvent } from "./outbox.ts";
import { createDatabase } from "./postgres.ts";

const test = await createTestDatabase({ modules: [] });
const database = createDatabase({ url: test.url, connections_max: 4, applicationName: "outbox-test" });
const clock = fakeClock("2026-11-22T12:00:00Z");
const log = createLogger({ name: "test", level: "silent" });
afterAll(async () => {
  await database.close();
  await test.drop();
});

const event = (id: string, subject: string): DomainEvent => ({
  id: `evt_${id}` as Id<"evt">,
  kind: "test.happened",
  subject,
  payload: { id },
  occurredAt: clock.now(),
});

/** Starts a consumer that keeps what it was handed; `failing` says how often each event fails first. */
function consumer(name: string, failing: Record<string, number> = {}) {
  const seen: string[] = [];
  const running = createOutboxConsumer({
    database,
    name,
    clock,
    log,
    handle: (given) => {
      const left = failing[given.id] ?? 0;
      failing[given.id] = left - 1;
      if (left > 0) return Promise.reject(new Error("not yet"));
      seen.push(given.id);
      return Promise.resolve();
    },
  });
  return { seen, stop: running.stop };
}

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 200 && !condition(); tries += 1) await sleep(25);
  expect(condition()).toBe(true);
}

describe("the outbox", () => {
  it("holds an event exactly when its change was committed", async () => {
    const failed = database.sql.transaction().execute(async (transaction) => {
      await publish(transaction, event("rolled-back", "a"));
      throw new Error("the change was refused");
    });
    await expect(failed).rejects.toThrow("refused");
    await database.sql.transaction().execute((transaction) => publish(transaction, event("kept", "a")));
    const reader = consumer("first");
    await until(() => reader.seen.length > 0);
    await reader.stop();
    expect(reader.seen).toEqual(["evt_kept"]);
  });

  it("goes on where it stood, and tries a failing event again before what follows it", async () => {
    for (const id of ["one", "two"]) {
      await database.sql.transaction().execute((transaction) => publish(transaction, event(id, "a")));
    }
    const reader = consumer("first", { evt_one: 2 });
    await until(() => reader.seen.length === 2);
    await reader.stop();
    expect(reader.seen).toEqual(["evt_one", "evt_two"]);
  });

  it("skips nothing when a transaction that began earlier commits later", async () => {
    const slow = new pg.Client({ connectionString: test.url });
    await slow.connect();
    await slow.query("BEGIN");
    await slow.query(
      `INSERT INTO platform.outbox (id, kind, subject, payload, occurred_at)
       VALUES ('evt_slow', 'test.happened', 'a', '{}', now())`,
    );
    await database.sql.transaction().execute((transaction) => publish(transaction, event("quick", "a")));
    const reader = consumer("inversion");
    await sleep(400);
    const before = [...reader.seen];
    await slow.query("COMMIT");
    await slow.end();
    await until(() => reader.seen.includes("evt_quick"));
    await reader.stop();
    expect(before).not.toContain("evt_quick");
    expect(reader.seen.slice(-2)).toEqual(["evt_slow", "evt_quick"]);
  });

  it("can't be rewritten by the process", async () => {
    await expect(database.pool.query("UPDATE platform.outbox SET kind = 'x'")).rejects.toThrow(
      "permission denied",
    );
    await expect(database.pool.query("DELETE FROM platform.outbox")).rejects.toThrow("permission denied");
  });
});
