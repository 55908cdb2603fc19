import type { Database } from "@mainstay/platform";
import type { Platform } from "@mainstay/wire";
import { arrivalFrom, arrival_columns, type ArrivalRow } from "./counting-store.ts";
import type { Arrival } from "./types.ts";

/** The most signals of one installation that are read at once: the newest. */
export const history_signals_max = 2_000;

/** Signals whose number is above one, in the order in which they were taken. */
export async function readArrivalsAfter(
  database: Database,
  number: bigint,
  limit: number,
): Promise<Arrival[]> {
  const { rows } = await database.pool.query<ArrivalRow>(
    `SELECT ${arrival_columns}
       FROM signals.arrivals
      WHERE number > $1
      ORDER BY number
      LIMIT $2`,
    [number, limit],
  );
  return rows.map(arrivalFrom);
}

/** The number of the last signal that was taken before a time; 0 where none was. */
export async function readNumberBefore(database: Database, at: Date): Promise<bigint> {
  const { rows } = await database.pool.query<{ number: bigint }>(
    `SELECT number
       FROM signals.arrivals
      WHERE received_at < $1
      ORDER BY number DESC
      LIMIT 1`,
    [at],
  );
  return rows[0]?.number ?? 0n;
}

/** What some installations did since a time, in the order in which it was taken. */
export async function readHistories(
  database: Database,
  installations: readonly string[],
  since: Date,
): Promise<Arrival[]> {
  const { rows } = await database.pool.query<ArrivalRow>(
    `SELECT latest.*
       FROM unnest($1::TEXT[]) AS wanted (installation)
      CROSS JOIN LATERAL (
        SELECT ${arrival_columns}
          FROM signals.arrivals
         WHERE arrivals.installation = wanted.installation
           AND received_at >= $2
         ORDER BY number DESC
         LIMIT $3
      ) AS latest
      ORDER BY number`,
    [installations, since, history_signals_max],
  );
  return rows.map(arrivalFrom);
}

/** How many log-ins and starts of one kind of device on one version ended in one way. */
export type OutcomeCell = {
  readonly version: string;
  readonly platform: Platform;
  readonly os: string;
  readonly protocol: string | null;
  /** A problem's code, `silent`, or what the boot layer said; null for log-ins that succeeded. */
  readonly reason: string | null;
  readonly count: number;
};

/**
 * Log-ins that began between two times, and starts that failed then, by version, device, protocol and how
 * they ended. A log-in that is silent still isn't counted before 60 s have passed.
 */
export async function readOutcomes(
  database: Database,
  asked: { readonly from: Date; readonly until: Date; readonly now: Date },
): Promise<OutcomeCell[]> {
  const { rows } = await database.pool.query<Omit<OutcomeCell, "count"> & { count: bigint }>(
    `WITH attempts AS (
       SELECT version, platform, os,
              max(protocol) AS protocol,
              bool_or(kind = 'login-succeeded') AS succeeded,
              max(coalesce(reason, 'unknown')) FILTER (WHERE kind = 'login-failed') AS refused,
              bool_or(kind IN ('boot-failed', 'fell-back')) AS is_start,
              max(coalesce(reason, 'unknown')) FILTER (WHERE kind IN ('boot-failed', 'fell-back')) AS broke,
              max(received_at) AS received_at
         FROM signals.arrivals
        WHERE received_at >= $1::TIMESTAMPTZ - INTERVAL '5 minutes'
          AND begun_at BETWEEN $1 AND $2
          AND (
            kind IN ('login-begun', 'login-succeeded', 'login-failed', 'boot-failed')
            -- One that follows from a refused log-in is that log-in's failure.
            OR (kind = 'fell-back' AND reason IN ('slow', 'crashed', 'damaged'))
          )
        GROUP BY installation, version, platform, os, coalesce(attempt, nonce)
     ), outcomes AS (
       SELECT version, platform, os, protocol,
              CASE
                WHEN is_start THEN broke
                WHEN refused IS NOT NULL THEN refused
                WHEN NOT succeeded THEN 'silent'
              END AS reason
         FROM attempts
        WHERE succeeded
           OR is_start
           OR refused IS NOT NULL
           OR received_at <= $3::TIMESTAMPTZ - INTERVAL '60 seconds'
     )
     SELECT version, platform, os, protocol, reason, count(*) AS count
       FROM outcomes
      GROUP BY version, platform, os, protocol, reason
      ORDER BY count DESC
      LIMIT 2000`,
    [asked.from, asked.until, asked.now],
  );
  return rows.map((row) => ({ ...row, count: Number(row.count) }));
}

/** How many customers have logged in since a time: each once, on however many installations. */
export async function countCustomers(database: Database, since: Date): Promise<number> {
  const { rows } = await database.pool.query<{ customers: bigint }>(
    `SELECT count(DISTINCT coalesce(customer, owner)) AS customers
       FROM signals.arrivals
      WHERE received_at >= $1
        AND kind = 'login-succeeded'`,
    [since],
  );
  return Number(rows[0]?.customers ?? 0n);
}
