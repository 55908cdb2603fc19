import { chmodSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type PostgresRole,
  isAlive,
  removeEmbeddedPostgres,
  startEmbeddedPostgres,
} from "@mainstay/platform/embedded-postgres";
import type { TestProject } from "vitest/node";
import { scratchFolder } from "./scratch.ts";

/** A URL for each role of the run's server; the database in it is to be replaced. */
export type TestPostgresUrls = Readonly<Record<PostgresRole, string>>;

declare module "vitest" {
  interface ProvidedContext {
    postgres: TestPostgresUrls;
  }
}

const folder_prefix = "mainstay-tests-";

/**
 * Removes the servers that earlier runs left because they were killed; a run that is still going keeps its
 * own.
 */
async function sweepKilledRuns(): Promise<void> {
  for (const name of readdirSync(scratchFolder())) {
    if (!name.startsWith(folder_prefix)) continue;
    const folder = join(scratchFolder(), name);
    try {
      const pid = Number(readFileSync(join(folder, "run.pid"), "utf8"));
      if (!isAlive(pid)) await removeEmbeddedPostgres(folder);
    } catch {
      // Another user's, or one that is being made or removed right now: not ours to touch.
    }
  }
}

/**
 * Vitest's global setup: one PostgreSQL for the run, in a temporary folder, gone when the run ends. It is the
 * server that `npm start` runs, but doesn't wait for the disk: no test cuts the power.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  await sweepKilledRuns();
  const folder = mkdtempSync(join(scratchFolder(), folder_prefix));
  writeFileSync(join(folder, "run.pid"), String(process.pid));
  // As root, PostgreSQL runs as another user, who must be able to pass through; the passwords have modes of
  // their own.
  chmodSync(folder, 0o755);
  const settings = { fsync: "off", full_page_writes: "off", shared_buffers: "128MB", max_connections: "200" };
  const server = await startEmbeddedPostgres({ folder, settings });
  const url = (role: PostgresRole): string => server.url(role, "postgres");
  project.provide("postgres", {
    postgres: url("postgres"),
    mainstay_owner: url("mainstay_owner"),
    mainstay_bank: url("mainstay_bank"),
    mainstay_control: url("mainstay_control"),
  });
  return () => removeEmbeddedPostgres(folder);
}
