import { execFile, execFileSync } from "node:child_process";
import { accessSync, constants, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { randomInt } from "node:crypto";
import { promisify } from "node:util";
import pg from "pg";
import { runClosedLoop } from "./load.ts";

/** What the ledger is measured against: pgbench's TPC-B-like transaction, on the same server. */
export type Baseline = {
  /** "script" where no pgbench is installed: reported, but it judges nothing. */
  readonly name: "pgbench" | "script";
  /** Makes the tables. */
  readonly prepare: () => Promise<void>;
  /** Runs for so many seconds and answers transactions a second. */
  readonly run: (seconds: number) => Promise<number>;
};

/** As in the issue: 16 clients, prepared statements. */
const clients = 16;
const threads = 2;
const tellers_per_branch = 10;
const accounts_per_branch = 100_000;

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Finds pgbench on the path or where Debian's packages put it, the newest first; null when there is none. */
function findPgbench(path: string): string | null {
  const home = "/usr/lib/postgresql";
  let versions: string[] = [];
  try {
    versions = readdirSync(home).toSorted((one, other) => Number(other) - Number(one));
  } catch {
    // No such packages here.
  }
  const folders = [...versions.map((version) => join(home, version, "bin")), ...path.split(delimiter)];
  return folders.map((folder) => join(folder, "pgbench")).find(isProgram) ?? null;
}

/** The environment by which libpq finds the server. */
function libpqEnvironment(url: string, path: string): Record<string, string> {
  const parsed = new URL(url);
  return {
    PATH: path,
    PGHOST: parsed.searchParams.get("host") ?? parsed.hostname,
    PGPORT: parsed.port || "5432",
    PGUSER: decodeURIComponent(parsed.username),
    PGPASSWORD: decodeURIComponent(parsed.password),
    PGDATABASE: parsed.pathname.slice(1),
  };
}

function withPgbench(program: string, options: { url: string; path: string; scale: number }): Baseline {
  const env = libpqEnvironment(options.url, options.path);
  return {
    name: "pgbench",
    prepare: () => {
      execFileSync(program, ["-i", "-q", "-s", String(options.scale)], { env, stdio: "ignore" });
      return Promise.resolve();
    },
    async run(seconds) {
      const words = [
        "-n",
        "-M",
        "prepared",
        "-c",
        String(clients),
        "-j",
        String(threads),
        "-T",
        String(seconds),
      ];
      const { stdout } = await promisify(execFile)(program, words, { env });
      const tps = /^tps = ([\d.]+)/m.exec(stdout)?.[1];
      if (tps === undefined) throw new Error(`pgbench said: ${stdout}`);
      return Number(tps);
    },
  };
}

const tpcb_tables = `
  CREATE TABLE pgbench_branches (bid INT NOT NULL, bbalance INT, filler CHAR(88));
  CREATE TABLE pgbench_tellers (tid INT NOT NULL, bid INT, tbalance INT, filler CHAR(84));
  CREATE TABLE pgbench_accounts (aid INT NOT NULL, bid INT, abalance INT, filler CHAR(84));
  CREATE TABLE pgbench_history (tid INT, bid INT, aid INT, delta INT, mtime TIMESTAMP, filler CHAR(22));`;

const tpcb_keys = `
  ALTER TABLE pgbench_branches ADD PRIMARY KEY (bid);
  ALTER TABLE pgbench_tellers ADD PRIMARY KEY (tid);
  ALTER TABLE pgbench_accounts ADD PRIMARY KEY (aid);
  ANALYZE;`;

function random(upTo: number): number {
  return randomInt(1, upTo + 1);
}

/** One TPC-B-like transaction, statement by statement as pgbench sends it. */
async function tpcbTransaction(client: pg.Client, scale: number): Promise<void> {
  const [aid, tid, bid] = [
    random(accounts_per_branch * scale),
    random(tellers_per_branch * scale),
    random(scale),
  ];
  const delta = random(10_001) - 5_001;
  const run = (name: string, text: string, values: number[]) => client.query({ name, text, values });
  await client.query("BEGIN");
  await run("a", "UPDATE pgbench_accounts SET abalance = abalance + $1 WHERE aid = $2", [delta, aid]);
  await run("b", "SELECT abalance FROM pgbench_accounts WHERE aid = $1", [aid]);
  await run("c", "UPDATE pgbench_tellers SET tbalance = tbalance + $1 WHERE tid = $2", [delta, tid]);
  await run("d", "UPDATE pgbench_branches SET bbalance = bbalance + $1 WHERE bid = $2", [delta, bid]);
  await run(
    "e",
    "INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES ($1, $2, $3, $4, CURRENT_TIMESTAMP)",
    [tid, bid, aid, delta],
  );
  await client.query("COMMIT");
}

function withOwnScript(options: { url: string; scale: number }): Baseline {
  const { url, scale } = options;
  return {
    name: "script",
    async prepare() {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      await client.query(tpcb_tables);
      for (const [table, columns, count] of [
        ["pgbench_branches", "i, 0", scale],
        ["pgbench_tellers", `i, (i - 1) / ${tellers_per_branch} + 1, 0`, scale * tellers_per_branch],
        ["pgbench_accounts", `i, (i - 1) / ${accounts_per_branch} + 1, 0`, scale * accounts_per_branch],
      ] as const) {
        await client.query(
          `INSERT INTO ${table} SELECT ${columns}, '' FROM generate_series(1, ${count}) AS i`,
        );
      }
      await client.query(tpcb_keys);
      await client.end();
    },
    async run(seconds) {
      const idle = Array.from({ length: clients }, () => new pg.Client({ connectionString: url }));
      const all = [...idle];
      await Promise.all(all.map((client) => client.connect()));
      const result = await runClosedLoop({
        seconds,
        callers: clients,
        async call() {
          const client = idle.pop();
          if (client === undefined) throw new Error("more callers than connections");
          await tpcbTransaction(client, scale);
          idle.push(client);
          return 1;
        },
      });
      await Promise.all(all.map((client) => client.end()));
      return result.calls / result.seconds;
    },
  };
}

/** Takes the real pgbench where there is one, and a script of our own otherwise. */
export function chooseBaseline(options: { url: string; path: string; scale: number }): Baseline {
  const program = findPgbench(options.path);
  return program === null ? withOwnScript(options) : withPgbench(program, options);
}
