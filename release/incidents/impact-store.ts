import type { Affected, Platform } from "@mainstay/wire";
import type { Connection } from "./affected-store.ts";
import type { AffectedPerson } from "./types.ts";

/** How long some episodes lasted by a time, in milliseconds. */
const out_ms = `(
  SELECT coalesce(sum(extract(EPOCH FROM coalesce(upper(span), GREATEST($2, lower(span))) - lower(span))), 0)
         * 1000
    FROM unnest(episodes) AS span
)`;

/** What the affected of an incident come to; times in milliseconds. */
export type Figures = {
  readonly people: number;
  readonly unknown: number;
  readonly backIn: number;
  readonly medianOut_ms: number | null;
  readonly longestOut_ms: number | null;
  readonly totalOut_ms: number;
};

/**
 * The figures of some incidents by a time, each with at least one who is affected. Whoever is out on two
 * installations at once is out once.
 */
export async function readFigures(
  client: Connection,
  incidentIds: readonly string[],
  now: Date,
): Promise<ReadonlyMap<string, Figures>> {
  const { rows } = await client.query<{
    incident_id: string;
    people: bigint;
    unknown: bigint;
    back_in: bigint;
    median_ms: number | null;
    longest_ms: string | null;
    total_ms: string;
  }>(
    `WITH people AS (
       SELECT incident_id,
              bool_and(known_by = 'nobody') AS is_unknown,
              bool_and(back_at IS NOT NULL) AS is_back,
              range_agg(episodes) AS episodes
         FROM incidents.affected
        WHERE incident_id = ANY ($1)
        GROUP BY incident_id, coalesce(customer, installation)
     ), times AS (
       SELECT incident_id, is_unknown, is_back, ${out_ms} AS out_ms
         FROM people
     )
     SELECT incident_id,
            count(*) AS people,
            count(*) FILTER (WHERE is_unknown) AS unknown,
            count(*) FILTER (WHERE is_back) AS back_in,
            percentile_cont(0.5) WITHIN GROUP (ORDER BY out_ms::DOUBLE PRECISION)
              FILTER (WHERE is_back) AS median_ms,
            max(out_ms) AS longest_ms,
            sum(out_ms) AS total_ms
       FROM times
      GROUP BY incident_id`,
    [incidentIds, now],
  );
  const ms = (value: string | number | null) => (value === null ? null : Math.round(Number(value)));
  return new Map(
    rows.map((row) => [
      row.incident_id,
      {
        people: Number(row.people),
        unknown: Number(row.unknown),
        backIn: Number(row.back_in),
        medianOut_ms: ms(row.median_ms),
        longestOut_ms: ms(row.longest_ms),
        totalOut_ms: ms(row.total_ms) ?? 0,
      },
    ]),
  );
}

/** How many log-ins failed in each of some incidents, whoever they are put to. */
export async function readFailedLogIns(
  client: Connection,
  incidentIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await client.query<{ incident_id: string; failed: bigint }>(
    `SELECT incident_id, sum(failed_logins) AS failed
       FROM incidents.installations
      WHERE incident_id = ANY ($1)
      GROUP BY incident_id`,
    [incidentIds],
  );
  return new Map(rows.map((row) => [row.incident_id, Number(row.failed)]));
}

/** The first of the affected by time, and when the last of them was in again (null while one is out). */
export type Ends = {
  readonly incidentId: string;
  readonly firstAt: Date;
  readonly firstPlatform: Platform;
  readonly firstOs: string;
  readonly firstReason: string;
  readonly lastBackAt: Date | null;
};

/** The first failure and the last return of each of some incidents that have any. */
export async function readEnds(client: Connection, incidentIds: readonly string[]): Promise<Ends[]> {
  const { rows } = await client.query<{
    incident_id: string;
    first_failure_at: Date;
    platform: Platform;
    os: string;
    reason: string;
    last_back_at: Date | null;
  }>(
    `SELECT DISTINCT ON (incident_id)
            incident_id, first_failure_at, platform, os, reason,
            CASE
              WHEN bool_and(back_at IS NOT NULL) OVER of_incident THEN max(back_at) OVER of_incident
            END AS last_back_at
       FROM incidents.affected
      WHERE incident_id = ANY ($1)
     WINDOW of_incident AS (PARTITION BY incident_id)
      ORDER BY incident_id, first_failure_at, installation, customer`,
    [incidentIds],
  );
  return rows.map((row) => ({
    incidentId: row.incident_id,
    firstAt: row.first_failure_at,
    firstPlatform: row.platform,
    firstOs: row.os,
    firstReason: row.reason,
    lastBackAt: row.last_back_at,
  }));
}

type PersonRow = {
  customer: string;
  known_by: Affected["knownBy"];
  installations: string[];
  first_failure_at: Date;
  last_failure_at: Date;
  back_at: Date | null;
  out_ms: string;
  tries: bigint;
};

/** Everybody who was kept out, those who aren't back first, then by their first failure. */
export async function readPeople(
  client: Connection,
  incidentId: string,
  now: Date,
): Promise<AffectedPerson[]> {
  const { rows } = await client.query<PersonRow>(
    `WITH people AS (
       SELECT coalesce(customer, installation) AS customer,
              min(known_by) FILTER (WHERE customer IS NULL) AS known_by,
              array_agg(DISTINCT installation ORDER BY installation) AS installations,
              min(first_failure_at) AS first_failure_at,
              max(last_failure_at) AS last_failure_at,
              CASE WHEN bool_and(back_at IS NOT NULL) THEN max(back_at) END AS back_at,
              range_agg(episodes) AS episodes,
              sum(tries) AS tries
         FROM incidents.affected
        WHERE incident_id = $1
          AND known_by <> 'nobody'
        GROUP BY coalesce(customer, installation)
     )
     SELECT people.*, ${out_ms} AS out_ms
       FROM people
      ORDER BY (back_at IS NOT NULL), first_failure_at, customer`,
    [incidentId, now],
  );
  return rows.map((row) => ({
    customer: row.customer,
    isRegistration: row.known_by === "registration",
    installations: row.installations,
    firstFailureAt: row.first_failure_at,
    lastFailureAt: row.last_failure_at,
    backAt: row.back_at,
    isBack: row.back_at !== null,
    out_ms: Math.round(Number(row.out_ms)),
    tries: Number(row.tries),
  }));
}

/** Installations of an incident of whom nobody is known. */
export async function countUnknown(client: Connection, incidentId: string): Promise<number> {
  const { rows } = await client.query<{ unknown: bigint }>(
    `SELECT count(*) AS unknown
       FROM incidents.affected
      WHERE incident_id = $1
        AND known_by = 'nobody'`,
    [incidentId],
  );
  return Number(rows[0]?.unknown ?? 0n);
}

/** When customers were out, one span after the other; who is out still, until now. */
export async function readSpans(
  client: Connection,
  incidentId: string,
  now: Date,
): Promise<{ customer: string; from: Date; until: Date }[]> {
  const { rows } = await client.query<{ customer: string; from: Date; until: Date }>(
    `SELECT customer, lower(span) AS from, coalesce(upper(span), GREATEST($2, lower(span))) AS until
       FROM (
         SELECT customer, range_agg(episodes) AS episodes
           FROM incidents.affected
          WHERE incident_id = $1
            AND customer IS NOT NULL
          GROUP BY customer
       ) AS people
      CROSS JOIN LATERAL unnest(episodes) AS span
      ORDER BY customer, 2`,
    [incidentId, now],
  );
  return rows;
}
