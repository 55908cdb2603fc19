import { createTestDatabase, fakeClock } from "@mainstay/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDatabase, type Database } from "./postgres.ts";
import { readWithin, shareFor } from "./dear-reads.ts";

describe("a shared value", () => {
  it("is read once for all who ask within its time, and anew after it", async () => {
    const clock = fakeClock();
    let readings = 0;
    const ask = shareFor(clock, 5_000, async () => (readings += 1));
    expect(await Promise.all([ask(), ask()])).toEqual([1, 1]);
    clock.advance(4_999);
    expect(await ask()).toBe(1);
    clock.advance(1);
    expect(await ask()).toBe(2);
  });

  it("that couldn't be read is asked for again at once", async () => {
    let readings = 0;
    const ask = shareFor(fakeClock(), 5_000, async () => {
      readings += 1;
      if (readings === 1) throw new Error("away");
      return readings;
    });
    await expect(ask()).rejects.toThrow("away");
    expect(await ask()).toBe(2);
  });
});

describe("a dear read", () => {
  let test: Awaited<ReturnType<typeof createTestDatabase>>;
  let database: Database;
  beforeAll(async () => {
    test = await createTestDatabase({ modules: [] });
    database = createDatabase({ url: test.url, connections_max: 1, applicationName: "dear-reads" });
  });
  afterAll(async () => {
    await database.close();
    await test.drop();
  });

  it("is given up in time, says that the bank is busy, and leaves the connection as it was", async () => {
    const slow = readWithin(database.pool, 20, (client) => client.query("SELECT pg_sleep(5)"));
    await expect(slow).rejects.toMatchObject({ code: "busy", spec: { status: 503 } });
    const { rows } = await database.pool.query<{ statement_timeout: string }>("SHOW statement_timeout");
    expect(rows[0]?.statement_timeout).toBe("15s");
  });

  it("writes nothing", async () => {
    const writing = readWithin(database.pool, 1_000, (client) => client.query("CREATE TABLE t (n INT)"));
    await expect(writing).rejects.toThrow("read-only");
  });
});
