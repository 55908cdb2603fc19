import { createDatabase, platformMigrations } from "@mainstay/platform";
import pg from "pg";
import { afterAll, expect, test } from "vitest";
import { createTestDatabase, fakeClock, seededRandom } from "./index.ts";

const database = await createTestDatabase({ modules: [] });
afterAll(database.drop);

/** Asks one question over a connection of its own. */
async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

test("a test's database has the migrations in it, and the process's role may read", async () => {
  const rows = await ask(database.url, "SELECT module FROM platform.migrations");
  expect(rows).toContainEqual({ module: platformMigrations.name });
});

test("the process's role may not make tables, the owner may", async () => {
  await expect(ask(database.url, "CREATE TABLE platform.mine (id TEXT)")).rejects.toThrow(
    "permission denied",
  );
  await ask(database.ownerUrl, "CREATE TABLE platform.mine (id TEXT)");
});

test("another process's role isn't let in", async () => {
  const other = await createTestDatabase({ modules: [], role: "mainstay_control" });
  const intruder = new URL(other.url);
  const bank = new URL(database.url);
  intruder.username = bank.username;
  intruder.password = bank.password;
  await expect(ask(intruder.href, "SELECT 1")).rejects.toThrow("permission denied for database");
  await other.drop();
});

test("two databases share nothing", async () => {
  const other = await createTestDatabase({ modules: [] });
  await ask(other.ownerUrl, "CREATE TABLE platform.only_here (id TEXT)");
  await expect(ask(database.ownerUrl, "SELECT FROM platform.only_here")).rejects.toThrow("does not exist");
  await other.drop();
  await expect(ask(other.url, "SELECT 1")).rejects.toThrow("does not exist");
});

test("the platform's pool opens it", async () => {
  const pool = createDatabase({ url: database.url, connections_max: 1, applicationName: "testkit-test" });
  const { rows } = await pool.pool.query<{ one: number }>("SELECT 1 AS one");
  expect(rows).toEqual([{ one: 1 }]);
  await pool.close();
});

test("the fake clock goes on when told, and seeded bytes repeat", () => {
  const clock = fakeClock("2026-11-22T12:00:00Z");
  clock.advance(1500);
  expect(clock.now().toISOString()).toBe("2026-11-22T12:00:01.500Z");
  expect(seededRandom(7).bytes(8)).toEqual(seededRandom(7).bytes(8));
  expect(seededRandom(7).bytes(8)).not.toEqual(seededRandom(8).bytes(8));
});
