import type { Kysely } from "kysely";
import type { CheckRun, ChecksTally } from "@mainstay/wire";
import type { ChecksTables } from "./tables.ts";

/** A connection or a transaction that knows the checks schema. */
export type ChecksDb = Kysely<ChecksTables>;

/** A run as it is kept: with its count. */
export type KeptRun = { readonly run: Omit<CheckRun, "cells">; readonly tally: ChecksTally };

type Row = ChecksTables["checks.runs"];

function runOf(row: Row): KeptRun {
  return {
    run: {
      id: row.id,
      candidate: row.candidate,
      manifestSha256: row.manifest_sha256,
      stable: row.stable,
      startedAt: row.started_at.toISOString(),
      endedAt: row.ended_at.toISOString(),
      servers: { now: row.server_now, next: row.server_next },
      browser: row.browser,
      ...(row.purpose === "demanded" ? { purpose: row.purpose } : {}),
    },
    tally: { green: row.green, total: row.total },
  };
}

/** Keeps a run with its cells, in one transaction; false where its id is taken. */
export function insertRun(db: ChecksDb, run: CheckRun, tally: ChecksTally, takenAt: Date): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    const inserted = await trx
      .insertInto("checks.runs")
      .values({
        id: run.id,
        candidate: run.candidate,
        manifest_sha256: run.manifestSha256,
        stable: run.stable,
        started_at: new Date(run.startedAt),
        ended_at: new Date(run.endedAt),
        server_now: run.servers.now,
        server_next: run.servers.next,
        browser: run.browser,
        green: tally.green,
        total: tally.total,
        taken_at: takenAt,
        purpose: run.purpose ?? "whole",
      })
      .onConflict((conflict) => conflict.column("id").doNothing())
      .executeTakeFirst();
    if (inserted.numInsertedOrUpdatedRows !== 1n) return false;
    const cells = run.cells.map((cell, position) => ({
      ...cell,
      run_id: run.id,
      position,
      steps: JSON.stringify(cell.steps),
    }));
    await trx.insertInto("checks.cells").values(cells).execute();
    return true;
  });
}

/** Reads a run by its id. */
export async function findRun(db: ChecksDb, id: string): Promise<KeptRun | null> {
  const row = await db.selectFrom("checks.runs").selectAll().where("id", "=", id).executeTakeFirst();
  return row === undefined ? null : runOf(row);
}

/** Reads the latest whole run of each version that has one; of one version alone where it is named. */
export async function findLatestRuns(db: ChecksDb, version: string | null): Promise<KeptRun[]> {
  const rows = await db
    .selectFrom("checks.runs")
    .selectAll()
    .distinctOn("candidate")
    .where("purpose", "=", "whole")
    .$if(version !== null, (query) => query.where("candidate", "=", version ?? ""))
    .orderBy("candidate")
    .orderBy("taken_at", "desc")
    .orderBy("id", "desc")
    .execute();
  return rows.map(runOf);
}

/** Reads a run's cells, in the order in which they were given. */
export async function findCells(db: ChecksDb, runId: string): Promise<CheckRun["cells"]> {
  const rows = await db
    .selectFrom("checks.cells")
    .selectAll()
    .where("run_id", "=", runId)
    .orderBy("position")
    .execute();
  return rows.map(({ run_id: _run, position: _position, steps, ...cell }) => ({
    ...cell,
    steps: JSON.parse(steps) as CheckRun["cells"][number]["steps"],
  }));
}
