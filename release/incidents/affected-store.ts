import { sql, type QueryExecutorProvider } from "kysely";
import type pg from "pg";
import type { OutcomeCell } from "@mainstay/signals";
import type { Affected, Platform } from "@mainstay/wire";
import type { Reckoned } from "./reckoning.ts";

/** A connection, or the pool. */
export type Connection = Pick<pg.PoolClient, "query">;

/**
 * Takes an incident's turn of counting: how far its signals have been read; null where another process is at
 * it, or there is no such incident.
 */
export async function takeIncident(client: Connection, incidentId: string): Promise<bigint | null> {
  const { rows } = await client.query<{ arrivals_read: bigint }>(
    // Held to the end of the transaction. Whoever finds it held leaves the work to the one who holds it.
    `SELECT arrivals_read
       FROM incidents.incidents
      WHERE id = $1
        FOR UPDATE SKIP LOCKED`,
    [incidentId],
  );
  return rows[0]?.arrivals_read ?? null;
}

export async function keepArrivalsRead(
  client: Connection,
  incidentId: string,
  number: bigint,
): Promise<void> {
  await client.query("UPDATE incidents.incidents SET arrivals_read = $2 WHERE id = $1", [incidentId, number]);
}

/** Which of some installations the incident has to do with already. */
export async function readKnown(
  client: Connection,
  incidentId: string,
  installations: readonly string[],
): Promise<string[]> {
  const { rows } = await client.query<{ installation: string }>(
    `SELECT installation
       FROM incidents.installations
      WHERE incident_id = $1
        AND installation = ANY ($2)`,
    [incidentId, installations],
  );
  return rows.map(({ installation }) => installation);
}

/** Installations with a log-in that has been silent for too long by now, the longest first. */
export async function readDue(
  client: Connection,
  asked: { readonly incidentId: string; readonly now: Date; readonly limit: number },
): Promise<string[]> {
  const { rows } = await client.query<{ installation: string }>(
    `SELECT installation
       FROM incidents.installations
      WHERE incident_id = $1
        AND due_at <= $2
      ORDER BY due_at
      LIMIT $3`,
    [asked.incidentId, asked.now, asked.limit],
  );
  return rows.map(({ installation }) => installation);
}

/** Has every installation of an incident reckoned anew: its scope has changed. */
export async function dueAll(client: Connection, incidentId: string): Promise<void> {
  await client.query("UPDATE incidents.installations SET due_at = '-infinity' WHERE incident_id = $1", [
    incidentId,
  ]);
}

/** Keeps when log-ins of some installations will have been silent for too long. */
export async function upsertPending(
  client: Connection,
  incidentId: string,
  pending: readonly { readonly installation: string; readonly dueAt: Date }[],
): Promise<void> {
  if (pending.length === 0) return;
  await client.query(
    `INSERT INTO incidents.installations AS known (incident_id, installation, due_at, failed_logins)
     SELECT $1, given.installation, min(given.due_at), 0
       FROM unnest($2::TEXT[], $3::TIMESTAMPTZ[]) AS given (installation, due_at)
      GROUP BY given.installation
     ON CONFLICT (incident_id, installation)
     DO UPDATE SET due_at = LEAST(known.due_at, excluded.due_at)`,
    [incidentId, pending.map(({ installation }) => installation), pending.map(({ dueAt }) => dueAt)],
  );
}

function episodesText(episodes: readonly (readonly [number, number | null])[]): string {
  const text = (at: number) => new Date(at).toISOString();
  // The end is when they were in again; one that was over at once is a moment long.
  const ranges = episodes.map(([from, until]) =>
    until === null
      ? `[${text(from)},)`
      : until === from
        ? `[${text(from)},${text(until)}]`
        : `[${text(from)},${text(until)})`,
  );
  return `{${ranges.join(",")}}`;
}

const date = (at: number | null) => (at === null ? null : new Date(at).toISOString());

/** Writes what some installations have to do with an incident now, instead of what they had. */
export async function replaceReckoned(
  client: Connection,
  incidentId: string,
  reckoned: ReadonlyMap<string, Reckoned>,
): Promise<boolean> {
  const installations = [...reckoned.keys()];
  const before = await fingerprint(client, incidentId, installations);
  await client.query("DELETE FROM incidents.affected WHERE incident_id = $1 AND installation = ANY ($2)", [
    incidentId,
    installations,
  ]);
  const kept = [...reckoned].filter(([, { rows, dueAt }]) => rows.length > 0 || dueAt !== null);
  const keptNames = new Set(kept.map(([installation]) => installation));
  await client.query(
    "DELETE FROM incidents.installations WHERE incident_id = $1 AND installation = ANY ($2)",
    [incidentId, installations.filter((installation) => !keptNames.has(installation))],
  );
  await client.query(
    `INSERT INTO incidents.installations (incident_id, installation, due_at, failed_logins)
     SELECT $1, given.*
       FROM unnest($2::TEXT[], $3::TIMESTAMPTZ[], $4::INTEGER[]) AS given (installation, due_at, failed)
     ON CONFLICT (incident_id, installation)
     DO UPDATE SET due_at = excluded.due_at, failed_logins = excluded.failed_logins`,
    [
      incidentId,
      kept.map(([installation]) => installation),
      kept.map(([, { dueAt }]) => date(dueAt)),
      kept.map(([, { failedLogIns }]) => failedLogIns),
    ],
  );
  const rows = kept.flatMap(([installation, { rows: own }]) => own.map((row) => ({ installation, ...row })));
  await client.query(
    `INSERT INTO incidents.affected (
       incident_id, installation, customer, known_by, platform, os, version, first_failure_at,
       last_failure_at, tries, reason, back_at, episodes, version_now
     )
     SELECT $1, given.*
       FROM jsonb_to_recordset($2::JSONB) AS given (
         installation TEXT, customer TEXT, known_by TEXT, platform TEXT, os TEXT, version TEXT,
         first_failure_at TIMESTAMPTZ, last_failure_at TIMESTAMPTZ, tries INTEGER, reason TEXT,
         back_at TIMESTAMPTZ, episodes TSTZMULTIRANGE, version_now TEXT
       )`,
    [
      incidentId,
      JSON.stringify(
        rows.map((row) => ({
          installation: row.installation,
          customer: row.customer,
          known_by: row.knownBy,
          platform: row.platform,
          os: row.os,
          version: row.version,
          first_failure_at: date(row.firstFailureAt),
          last_failure_at: date(row.lastFailureAt),
          tries: row.tries,
          reason: row.reason,
          back_at: date(row.backAt),
          episodes: episodesText(row.episodes),
          version_now: row.versionNow,
        })),
      ),
    ],
  );
  return before !== (await fingerprint(client, incidentId, installations));
}

/** What the affected of some installations are, as one text: to see whether anything changed. */
async function fingerprint(
  client: Connection,
  incidentId: string,
  installations: readonly string[],
): Promise<string> {
  const { rows } = await client.query<{ print: string | null }>(
    `SELECT md5(string_agg(affected::TEXT, E'\\n' ORDER BY installation, customer)) AS print
       FROM incidents.affected
      WHERE incident_id = $1
        AND installation = ANY ($2)`,
    [incidentId, installations],
  );
  return rows[0]?.print ?? "";
}

type AffectedTable = {
  customer: string | null;
  installation: string;
  known_by: Affected["knownBy"];
  platform: Platform;
  os: string;
  version: string;
  first_failure_at: Date;
  last_failure_at: Date;
  tries: number;
  reason: string;
  back_at: Date | null;
  version_now: string | null;
  out_ms: string;
};

/** How long some episodes lasted by a time, in milliseconds; `$n` is that time. */
function outOf(episodes: string, now: string): string {
  return `(
    SELECT 1000 * coalesce(
             sum(extract(EPOCH FROM coalesce(upper(span), GREATEST(${now}, lower(span))) - lower(span))), 0
           )
      FROM unnest(${episodes}) AS span
  )`;
}

function affectedOf(row: AffectedTable): Affected {
  return {
    customer: row.customer,
    installation: row.installation,
    knownBy: row.known_by,
    platform: row.platform,
    os: row.os,
    version: row.version,
    firstFailureAt: row.first_failure_at.toISOString(),
    lastFailureAt: row.last_failure_at.toISOString(),
    tries: row.tries,
    reason: row.reason,
    backAt: row.back_at?.toISOString() ?? null,
    out_ms: Math.round(Number(row.out_ms)),
    versionNow: row.version_now,
  };
}

/** Where a page of the affected begins: after this row. */
export type AffectedCursor = {
  readonly isBack: boolean;
  readonly firstFailureAt: string;
  readonly installation: string;
  /** Empty for who isn't known. */
  readonly customer: string;
};

/** A page of the affected: who isn't back first, then by the first failure. */
export async function readAffected(
  client: Connection,
  asked: {
    readonly incidentId: string;
    readonly back: boolean | null;
    readonly after: AffectedCursor | null;
    readonly now: Date;
    readonly limit: number;
  },
): Promise<Affected[]> {
  const { after } = asked;
  const { rows } = await client.query<AffectedTable>(
    `SELECT customer, installation, known_by, platform, os, version, first_failure_at, last_failure_at, tries,
            reason, back_at, version_now, ${outOf("episodes", "$2::TIMESTAMPTZ")} AS out_ms
       FROM incidents.affected
      WHERE incident_id = $1
        AND ($3::BOOLEAN IS NULL OR (back_at IS NOT NULL) = $3)
        AND (
          $4::BOOLEAN IS NULL
          OR (back_at IS NOT NULL, first_failure_at, installation, coalesce(customer, ''))
             > ($4, $5::TIMESTAMPTZ, $6, $7)
        )
      ORDER BY (back_at IS NOT NULL), first_failure_at, installation, coalesce(customer, '')
      LIMIT $8`,
    [
      asked.incidentId,
      asked.now,
      asked.back,
      after?.isBack ?? null,
      after?.firstFailureAt ?? null,
      after?.installation ?? null,
      after?.customer ?? null,
      asked.limit,
    ],
  );
  return rows.map(affectedOf);
}

/** How many rows there are, and how many of them are back. */
export async function countAffected(
  client: Connection,
  incidentId: string,
): Promise<{ readonly total: number; readonly back: number }> {
  const { rows } = await client.query<{ total: bigint; back: bigint }>(
    `SELECT count(*) AS total,
            count(back_at) AS back
       FROM incidents.affected
      WHERE incident_id = $1`,
    [incidentId],
  );
  return { total: Number(rows[0]?.total ?? 0n), back: Number(rows[0]?.back ?? 0n) };
}

/** Keeps how log-ins ended in the incident's time, instead of what was kept. */
export async function replaceCellsIn(
  trx: QueryExecutorProvider,
  incidentId: string,
  cells: readonly OutcomeCell[],
): Promise<void> {
  await sql`DELETE FROM incidents.cells WHERE incident_id = ${incidentId}`.execute(trx);
  await sql`
    INSERT INTO incidents.cells (incident_id, version, platform, os, protocol, reason, count)
    SELECT ${incidentId}, version, platform, os, coalesce(protocol, ''), coalesce(reason, ''), sum(count)
      FROM jsonb_to_recordset(${JSON.stringify(cells)}::JSONB) AS given (
        version TEXT, platform TEXT, os TEXT, protocol TEXT, reason TEXT, count BIGINT
      )
     GROUP BY version, platform, os, coalesce(protocol, ''), coalesce(reason, '')`.execute(trx);
}

export async function readCells(client: Connection, incidentId: string): Promise<OutcomeCell[]> {
  const { rows } = await client.query<Omit<OutcomeCell, "count"> & { count: bigint }>(
    `SELECT version, platform, os, nullif(protocol, '') AS protocol, nullif(reason, '') AS reason, count
       FROM incidents.cells
      WHERE incident_id = $1
      ORDER BY count DESC, version, platform, os, protocol, reason`,
    [incidentId],
  );
  return rows.map((row) => ({ ...row, count: Number(row.count) }));
}
