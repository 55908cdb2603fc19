import { spawn, type ChildProcess } from "node:child_process";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import {
  createLogger,
  grantDatabase,
  migrate,
  systemClock,
  systemRandom,
  type EmbeddedPostgres,
} from "@mainstay/platform";
import pg from "pg";
import { bankMigrations } from "../../apps/bank/migrations.ts";
import { findFreePorts } from "@mainstay/testkit/ports";
import { bank_node_words } from "../../apps/bank/node-words.ts";
import { startSimulator, type Simulator } from "../../apps/simulator/simulator.ts";

/** The name of the bench's database for the bank. */
const database_name = "bench_bank";
const ready_wait_ms_max = 30_000;
const bank_program = resolve(import.meta.dirname, "../../apps/bank/main.ts");

/** A bank in a process of its own, as `npm start` runs it, with the outside world in this process. */
export type BenchBank = {
  readonly pid: number;
  readonly httpPort: number;
  readonly origin: string;
  readonly simulator: Simulator;
  /** The database, for the role that the bank runs as. */
  readonly databaseUrl: string;
  readonly stop: () => Promise<void>;
};

/**
 * Starts a bank on a fresh database of a server that is running. Payments leave at once: the undo window is
 * 0.
 */
export async function startBenchBank(postgres: EmbeddedPostgres): Promise<BenchBank> {
  await makeDatabase(postgres);
  const port = await findFreePorts();
  const origin = `http://localhost:${port}`;
  const folder = mkdtempSync(join(tmpdir(), "mainstay-bench-bank-"));
  const schemeSecret = randomBytes(32).toString("hex");
  const secrets = join(folder, "secrets.json");
  writeFileSync(secrets, JSON.stringify(secretsWith(schemeSecret)), { mode: 0o600 });
  const simulator = await startSimulator({
    httpPort: port + 2,
    mailPort: port + 5,
    bankUrl: `http://127.0.0.1:${port + 3}`,
    schemeSecret,
    clock: systemClock,
    random: systemRandom,
    log: createLogger({ name: "bench", level: "silent" }),
  });
  const databaseUrl = postgres.url("mainstay_bank", database_name);
  const child = spawn(process.execPath, [...bank_node_words, bank_program], {
    env: {
      DATABASE_URL: databaseUrl,
      MAINSTAY_PORT: String(port),
      MAINSTAY_SECRETS: secrets,
      MAINSTAY_LOG_LEVEL: "error",
      MAINSTAY_UNDO_WINDOW_MS: "0",
    },
    stdio: ["ignore", "inherit", "inherit"],
  });
  await waitUntilReady(port + 3, child);
  return {
    pid: child.pid ?? 0,
    httpPort: port + 3,
    origin,
    simulator,
    databaseUrl,
    stop: async () => {
      const ended = new Promise((done) => child.once("exit", done));
      child.kill("SIGTERM");
      await ended;
      await simulator.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function secretsWith(schemeSecret: string): Record<string, string> {
  const staffKeys = generateKeyPairSync("ed25519");
  return {
    schemeSecret,
    edgeSecret: randomBytes(32).toString("hex"),
    staffAssertionPublicKey: String(staffKeys.publicKey.export({ type: "spki", format: "pem" })),
  };
}

async function makeDatabase(postgres: EmbeddedPostgres): Promise<void> {
  const client = new pg.Client({ connectionString: postgres.url("postgres", "postgres") });
  await client.connect();
  try {
    await client.query(`DROP DATABASE IF EXISTS ${database_name} WITH (FORCE)`);
    await client.query(`CREATE DATABASE ${database_name} OWNER mainstay_owner`);
    await grantDatabase(client, database_name, "mainstay_bank");
  } finally {
    await client.end();
  }
  await migrate({ ownerUrl: postgres.url("mainstay_owner", database_name), modules: bankMigrations });
}

async function waitUntilReady(port: number, child: ChildProcess): Promise<void> {
  const until = performance.now() + ready_wait_ms_max;
  while (performance.now() < until && child.exitCode === null) {
    const answer = await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => null);
    if (answer?.ok) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error("the bank did not get ready");
}
