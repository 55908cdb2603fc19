import { sql, type QueryExecutorProvider } from "kysely";
import type { CheckJourney, CheckRun, DemandedJourney } from "@mainstay/wire";
import type { ChecksDb } from "./store.ts";
import type { ChecksTables } from "./tables.ts";

type DemandedRow = ChecksTables["checks.demanded"];

/** Keeps a demand, in the transaction of what it follows from; answers the one that stands. */
export async function insertDemand(db: QueryExecutorProvider, row: DemandedRow): Promise<DemandedRow> {
  await sql`
    INSERT INTO checks.demanded (
      id, incident, incident_number, journey, title, failed_on, demanded_at, demanded_by, demanded_by_name
    )
    VALUES (
      ${row.id}, ${row.incident}, ${row.incident_number}, ${row.journey}, ${row.title}, ${row.failed_on},
      ${row.demanded_at}::TIMESTAMPTZ, ${row.demanded_by}, ${row.demanded_by_name}
    )
    ON CONFLICT (incident, journey) DO NOTHING`.execute(db);
  const { rows } = await sql<DemandedRow>`
    SELECT *
    FROM checks.demanded
    WHERE incident = ${row.incident}
      AND journey = ${row.journey}`.execute(db);
  const [kept] = rows;
  if (kept === undefined) throw new Error("A demand that was kept can't be read.");
  return kept;
}

/** What an incident demands, the latest first. */
export async function findDemandsOf(db: ChecksDb, incident: string): Promise<DemandedRow[]> {
  return db
    .selectFrom("checks.demanded")
    .selectAll()
    .where("incident", "=", incident)
    .orderBy("demanded_at", "desc")
    .orderBy("id", "desc")
    .execute();
}

/** Every journey that is demanded, each with the latest incident that demands it. */
export async function findDemandedJourneys(db: ChecksDb): Promise<DemandedJourney[]> {
  return db
    .selectFrom("checks.demanded")
    .select(["journey", "title", "incident_number as incident"])
    .distinctOn("journey")
    .orderBy("journey")
    .orderBy("demanded_at", "desc")
    .execute();
}

/** How these very bytes fared last in a journey on the running server. */
export type JourneyResult = {
  readonly journey: string;
  readonly result: CheckRun["cells"][number]["result"];
  /** Whether an older version was beside it. */
  readonly hadOlder: boolean;
};

/** The latest result of each of some journeys, whichever run it is of. */
export async function findLatestResults(
  db: ChecksDb,
  checked: { readonly version: string; readonly manifestSha256: string },
  journeys: readonly CheckJourney[],
): Promise<JourneyResult[]> {
  const rows = await db
    .selectFrom("checks.runs as runs")
    .innerJoin("checks.cells as cells", "cells.run_id", "runs.id")
    .select(["cells.journey", "cells.result", "runs.stable"])
    .distinctOn("cells.journey")
    .where("runs.candidate", "=", checked.version)
    .where("runs.manifest_sha256", "=", checked.manifestSha256)
    .where("cells.version", "=", checked.version)
    .where("cells.server", "=", "now")
    .where("cells.journey", "in", [...journeys])
    .orderBy("cells.journey")
    .orderBy("runs.taken_at", "desc")
    .orderBy("runs.id", "desc")
    .execute();
  return rows.map(({ journey, result, stable }) => ({ journey, result, hadOlder: stable !== null }));
}
