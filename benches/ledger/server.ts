import { chmodSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ledgerMigrations } from "@mainstay/ledger";
import {
  createDatabase,
  grantDatabase,
  migrate,
  removeEmbeddedPostgres,
  startEmbeddedPostgres,
  type Database,
  type EmbeddedPostgres,
} from "@mainstay/platform";
import pg from "pg";

/**
 * The server under test: embedded, durable, with the settings that the bank runs with, in a folder of its
 * own.
 */
export type BenchServer = {
  readonly postgres: EmbeddedPostgres;
  /** Where pgbench finds the server: its superuser, whose database is `pgbench`. */
  readonly pgbenchUrl: string;
  /** Opens a pool on the ledger's database in the role that the bank's process has. */
  readonly openLedger: (connections_max: number) => Database;
  /** Starts the ledger's book anew, empty. */
  readonly resetLedger: () => Promise<void>;
  readonly remove: () => Promise<void>;
};

async function asSuperuser(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

/** Starts a server for the bench in a temporary folder; `remove` leaves nothing behind. */
export async function startServer(): Promise<BenchServer> {
  const folder = mkdtempSync(join(tmpdir(), "mainstay-bench-"));
  // As root, PostgreSQL runs as another user, who must be able to pass through.
  chmodSync(folder, 0o755);
  const postgres = await startEmbeddedPostgres({ folder });
  const superuser = postgres.url("postgres", "postgres");
  await asSuperuser(superuser, async (client) => {
    await client.query("CREATE DATABASE pgbench");
  });
  return {
    postgres,
    pgbenchUrl: postgres.url("postgres", "pgbench"),
    openLedger: (connections_max) =>
      createDatabase({
        url: postgres.url("mainstay_bank", "ledger"),
        connections_max,
        applicationName: "bench",
      }),
    async resetLedger() {
      await asSuperuser(superuser, async (client) => {
        await client.query("DROP DATABASE IF EXISTS ledger WITH (FORCE)");
        await client.query("CREATE DATABASE ledger OWNER mainstay_owner");
        await grantDatabase(client, "ledger", "mainstay_bank");
      });
      await migrate({ ownerUrl: postgres.url("mainstay_owner", "ledger"), modules: [ledgerMigrations] });
    },
    remove: () => removeEmbeddedPostgres(folder),
  };
}
