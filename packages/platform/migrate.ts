import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { createHash } from "node:crypto";
import pg from "pg";
import { assert } from "@mainstay/kernel";

/** One module's migrations: a folder of `NNNN-name.sql` files, numbered without gaps, forward-only. */
export type ModuleMigrations = { readonly name: string; readonly folder: string };

const file_pattern = /^(\d{4})-[0-9a-z-]+\.sql$/;
/** Any fixed number: two starts at once migrate one after the other. */
const migration_lock = 7_160_524;

async function filesOf(module: ModuleMigrations): Promise<string[]> {
  const files = (await readdir(module.folder)).filter((file) => file.endsWith(".sql")).toSorted();
  for (const [index, file] of files.entries()) {
    const match = file_pattern.exec(file);
    assert(
      match !== null && Number(match[1]) === index + 1,
      `${module.name}: ${file} is misnamed or misnumbered`,
    );
  }
  return files;
}

/** The platform's own tables (migrations, outbox, cursors), which every database has. */
export const platformMigrations: ModuleMigrations = {
  name: "platform",
  folder: join(import.meta.dirname, "migrations"),
};

/**
 * Runs what has not run yet, module by module in the order given, each file in a transaction of its own, as
 * the owner. A file that was changed after it ran stops the migration: history is never rewritten.
 * Answers how many files ran.
 */
export async function migrate(options: {
  readonly ownerUrl: string;
  readonly modules: readonly ModuleMigrations[];
}): Promise<number> {
  const client = new pg.Client({ connectionString: options.ownerUrl, application_name: "mainstay-migrate" });
  await client.connect();
  let count = 0;
  try {
    // Held until the connection ends: a second start waits here and then finds nothing to do.
    await client.query("SELECT pg_advisory_lock($1)", [migration_lock]);
    await client.query(
      `CREATE SCHEMA IF NOT EXISTS platform;
       CREATE TABLE IF NOT EXISTS platform.migrations (
         module TEXT NOT NULL,
         file TEXT NOT NULL,
         sha256 TEXT NOT NULL,
         ran_at TIMESTAMPTZ NOT NULL DEFAULT now(),
         PRIMARY KEY (module, file)
       )`,
    );
    for (const module of [platformMigrations, ...options.modules]) {
      for (const file of await filesOf(module)) count += await runOnce(client, module, file);
    }
  } finally {
    await client.end();
  }
  return count;
}

async function runOnce(client: pg.Client, module: ModuleMigrations, file: string): Promise<number> {
  const text = await readFile(join(module.folder, file), "utf8");
  const sha256 = createHash("sha256").update(text).digest("hex");
  const known = await client.query<{ sha256: string }>(
    "SELECT sha256 FROM platform.migrations WHERE module = $1 AND file = $2",
    [module.name, file],
  );
  if (known.rows[0]) {
    assert(known.rows[0].sha256 === sha256, `${module.name}/${file} was changed after it had run`);
    return 0;
  }
  await client.query("BEGIN");
  try {
    await client.query(text);
    await client.query("INSERT INTO platform.migrations (module, file, sha256) VALUES ($1, $2, $3)", [
      module.name,
      file,
      sha256,
    ]);
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK");
    throw new Error(`migration ${module.name}/${file} failed`, { cause: error });
  }
  return 1;
}
