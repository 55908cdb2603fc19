import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isAlive, postgresSettings, removeEmbeddedPostgres, startEmbeddedPostgres } from "./index.ts";

const folder = mkdtempSync(join(tmpdir(), "mainstay-embedded-"));
// As root, PostgreSQL runs as another user, who must be able to pass through.
beforeAll(() => chmodSync(folder, 0o755));
afterAll(() => removeEmbeddedPostgres(folder));

async function ask(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  // A server that is killed on purpose ends its connections; the next question tells.
  client.on("error", () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

const lockFile = join(folder, "data", "postmaster.pid");

test("a first start makes a durable UTF-8 server with a database for each process", async () => {
  const server = await startEmbeddedPostgres({ folder });
  expect(server.wasRunning).toBe(false);
  const [facts] = await ask(
    server.url("mainstay_bank", "bank"),
    `SELECT current_user AS "user", current_setting('fsync') AS fsync,
            current_setting('synchronous_commit') AS synchronous_commit,
            current_setting('server_encoding') AS encoding, current_setting('listen_addresses') AS addresses`,
  );
  expect(facts).toEqual({
    user: "mainstay_bank",
    fsync: "on",
    synchronous_commit: "on",
    encoding: "UTF8",
    addresses: "",
  });
  await server.stop();
  expect(isAlive(server.pid)).toBe(false);
});

test("passwords are asked for, and lie where only their owner can read them", async () => {
  const path = join(folder, "postgres-passwords.json");
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const server = await startEmbeddedPostgres({ folder });
  const url = new URL(server.url("mainstay_bank", "bank"));
  url.password = "guessed";
  await expect(ask(url.href, "SELECT 1")).rejects.toThrow("password authentication failed");
  await expect(ask(server.url("mainstay_bank", "control"), "SELECT 1")).rejects.toThrow("permission denied");
  await server.stop();
});

test("a server that is still running is adopted, with its data", async () => {
  const first = await startEmbeddedPostgres({ folder });
  const second = await startEmbeddedPostgres({ folder });
  expect(second).toMatchObject({ wasRunning: true, pid: first.pid });
  await second.stop();
  expect(isAlive(first.pid)).toBe(false);
});

test("what was committed before a kill -9 is there after the next start", async () => {
  const killed = await startEmbeddedPostgres({ folder });
  const url = killed.url("mainstay_owner", "bank");
  await ask(
    url,
    "CREATE SCHEMA proof; CREATE TABLE proof.money (pence BIGINT); INSERT INTO proof.money VALUES (250)",
  );
  process.kill(killed.pid, "SIGKILL");
  const server = await startEmbeddedPostgres({ folder });
  expect(server.pid).not.toBe(killed.pid);
  expect(await ask(server.url("mainstay_owner", "bank"), "SELECT pence FROM proof.money")).toEqual([
    { pence: "250" },
  ]);
  await server.stop();
});

test("a lock that names another program's process doesn't stop a start", async () => {
  const killed = await startEmbeddedPostgres({ folder });
  const lock = readFileSync(lockFile, "utf8");
  await killed.stop();
  // As after a crash of the machine: the number in the lock now belongs to somebody else, here to this test.
  writeFileSync(lockFile, lock.replace(/^\d+/, String(process.pid)));
  const server = await startEmbeddedPostgres({ folder });
  expect(server.wasRunning).toBe(false);
  await server.stop();
});

test("without the passwords' file nothing is made anew over the data that is there", async () => {
  const path = join(folder, "postgres-passwords.json");
  const kept = readFileSync(path);
  rmSync(path);
  await expect(startEmbeddedPostgres({ folder })).rejects.toThrow("is missing");
  writeFileSync(path, kept, { mode: 0o600 });
});

test("it listens on a port of this machine where one is asked for, and says when that is taken", async () => {
  const port = 40_000 + (process.pid % 10_000);
  const server = await startEmbeddedPostgres({ folder, port });
  const url = server.url("mainstay_control", "control");
  expect(new URL(url).host).toBe(`127.0.0.1:${port}`);
  expect(await ask(url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  const other = join(folder, "other");
  await expect(startEmbeddedPostgres({ folder: other, port })).rejects.toThrow(`Port ${port}`);
  await server.stop();
  await removeEmbeddedPostgres(other);
});

test("a folder that is a file is told in one sentence", async () => {
  const file = join(folder, "file");
  writeFileSync(file, "");
  await expect(startEmbeddedPostgres({ folder: file })).rejects.toThrow(/isn't a folder/);
});

test("settings follow the machine's memory within bounds, and are always durable", () => {
  expect(postgresSettings(512)).toMatchObject({
    shared_buffers: "128MB",
    fsync: "on",
    synchronous_commit: "on",
  });
  expect(postgresSettings(4_096)).toMatchObject({ shared_buffers: "512MB" });
  expect(postgresSettings(65_536)).toMatchObject({ shared_buffers: "1024MB", full_page_writes: "on" });
});
