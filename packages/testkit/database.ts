import { createHash, randomUUID } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { grantDatabase, migrate, platformMigrations } from "@mainstay/platform";
import pg from "pg";
import { inject } from "vitest";
import type { TestPostgresUrls } from "./postgres-setup.ts";

/** A module whose migrations a database gets: the name under which they are recorded, and their folder. */
export type MigratedModule = { readonly name: string; readonly folder: string };

/** A database of its own, for one test file. */
export type TestDatabase = {
  readonly name: string;
  /** For a pool that acts as the process does: its role, which can't write around the modules. */
  readonly url: string;
  /** For what only the owner of the schemas may do. */
  readonly ownerUrl: string;
  /** For what no role of ours may do, such as terminating a session of another role. */
  readonly superuserUrl: string;
  /** Deletes the database, whoever is still connected. */
  readonly drop: () => Promise<void>;
};

export type TestDatabaseOptions = {
  readonly modules: readonly MigratedModule[];
  /** Whose process the test plays; the bank's unless said otherwise. */
  readonly role?: "mainstay_bank" | "mainstay_control";
};

function urlOf(urls: TestPostgresUrls, role: keyof TestPostgresUrls, database: string): string {
  const url = new URL(urls[role]);
  url.pathname = `/${database}`;
  return url.href;
}

/** Runs work as the server's superuser, under a lock on `name` that the other workers of the run respect. */
async function asSuperuser<T>(
  url: string,
  name: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: "testkit" });
  await client.connect();
  try {
    // One worker builds a template while the others wait for it; released when the connection ends.
    await client.query("SELECT pg_advisory_lock(hashtext($1))", [name]);
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Names the template by all that goes into it, so that a changed migration makes a new one. */
function templateName(modules: readonly MigratedModule[], role: string): string {
  const hash = createHash("sha256").update(role);
  for (const { name, folder } of [platformMigrations, ...modules]) {
    hash.update(name);
    for (const file of readdirSync(folder).toSorted())
      hash.update(file).update(readFileSync(join(folder, file)));
  }
  return `template_${hash.digest("hex").slice(0, 16)}`;
}

async function ensureTemplate(
  client: pg.Client,
  template: string,
  options: { urls: TestPostgresUrls; modules: readonly MigratedModule[]; role: string },
): Promise<void> {
  const found = await client.query("SELECT FROM pg_database WHERE datname = $1", [template]);
  if (found.rowCount === 1) return;
  const half = `${template}_half`;
  await client.query(`DROP DATABASE IF EXISTS ${half}`);
  await client.query(`CREATE DATABASE ${half} OWNER mainstay_owner`);
  await grantDatabase(client, half, options.role);
  await migrate({ ownerUrl: urlOf(options.urls, "mainstay_owner", half), modules: [...options.modules] });
  await client.query(`ALTER DATABASE ${half} RENAME TO ${template}`);
}

/**
 * Makes a database for a test file: a clone of a template into which the modules' migrations ran once in this
 * run of tests. Call `drop` when the file ends: `afterAll(database.drop)`.
 */
export async function createTestDatabase(options: TestDatabaseOptions): Promise<TestDatabase> {
  const urls = inject("postgres");
  const role = options.role ?? "mainstay_bank";
  const superuser = urlOf(urls, "postgres", "postgres");
  const template = templateName(options.modules, role);
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  await asSuperuser(superuser, template, async (client) => {
    await ensureTemplate(client, template, { urls, modules: options.modules, role });
    // Copying files is cheaper than logging every page, where no checkpoint waits for a disk.
    await client.query(
      `CREATE DATABASE ${name} TEMPLATE ${template} OWNER mainstay_owner STRATEGY file_copy`,
    );
    // Who may connect is not copied from the template.
    await grantDatabase(client, name, role);
  });
  return {
    name,
    url: urlOf(urls, role, name),
    ownerUrl: urlOf(urls, "mainstay_owner", name),
    superuserUrl: urlOf(urls, "postgres", name),
    drop: () =>
      asSuperuser(superuser, name, async (client) => {
        await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      }),
  };
}
