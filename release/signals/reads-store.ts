import type { Arm } from "@mainstay/guard";
import type { Database } from "@mainstay/platform";
import type { Platform, RolloutVerdict } from "@mainstay/wire";
import type { Comparison, FirstFailure, LastSwitch, Trial } from "./types.ts";

/** A finest group's counts in one arm. */
export type CellRow = {
  readonly comparison: Comparison;
  readonly platform: Platform;
  readonly os: string;
  readonly way: string;
  readonly proven: boolean;
  readonly arm: Arm;
  readonly succeeded: number;
  readonly failed: number;
};

/** All counts of a rollout. */
export async function readCells(database: Database, rollout: string): Promise<CellRow[]> {
  const { rows } = await database.pool.query<
    Omit<CellRow, "succeeded" | "failed"> & { succeeded: bigint; failed: bigint }
  >(
    `SELECT comparison, platform, os, way, proven, arm, succeeded, failed
       FROM signals.cells
      WHERE rollout = $1`,
    [rollout],
  );
  return rows.map((row) => ({ ...row, succeeded: Number(row.succeeded), failed: Number(row.failed) }));
}

/** A minute of a rollout's log-ins. */
export type MinuteRow = {
  readonly minute: Date;
  readonly candidate: { readonly n: number; readonly failed: number };
  readonly stable: { readonly n: number; readonly failed: number };
  readonly log_evidence: number;
};

/** The newest minutes, oldest first: of one platform, or of all together. */
export async function readMinutes(
  database: Database,
  asked: { readonly rollout: string; readonly platform: Platform | null; readonly limit: number },
): Promise<MinuteRow[]> {
  const { rows } = await database.pool.query<{
    minute: Date;
    candidate_n: string;
    candidate_failed: string;
    stable_n: string;
    stable_failed: string;
    log_evidence: number;
  }>(
    // The evidence of all platforms stands in each of their rows.
    `SELECT minute,
            sum(candidate_succeeded + candidate_failed)::TEXT AS candidate_n,
            sum(candidate_failed)::TEXT AS candidate_failed,
            sum(stable_succeeded + stable_failed)::TEXT AS stable_n,
            sum(stable_failed)::TEXT AS stable_failed,
            max(log_evidence) AS log_evidence
       FROM signals.series
      WHERE rollout = $1
        AND ($2::TEXT IS NULL OR platform = $2)
      GROUP BY minute
      ORDER BY minute DESC
      LIMIT $3`,
    [asked.rollout, asked.platform, asked.limit],
  );
  return rows.toReversed().map((row) => ({
    minute: row.minute,
    candidate: { n: Number(row.candidate_n), failed: Number(row.candidate_failed) },
    stable: { n: Number(row.stable_n), failed: Number(row.stable_failed) },
    log_evidence: row.log_evidence,
  }));
}

/** The minute in which the evidence stood highest. */
export async function readPeak(
  database: Database,
  rollout: string,
): Promise<{ readonly minute: Date; readonly log_evidence: number } | null> {
  const { rows } = await database.pool.query<{ minute: Date; log_evidence: number }>(
    `SELECT minute, log_evidence
       FROM signals.series
      WHERE rollout = $1
      ORDER BY log_evidence DESC, minute
      LIMIT 1`,
    [rollout],
  );
  return rows[0] ?? null;
}

/** One log-in behind a number of the table. */
export type AttemptRow = Pick<
  Trial,
  "arm" | "version" | "platform" | "os" | "way" | "proven" | "outcome" | "reason" | "protocol" | "customer"
> & {
  readonly installation: string;
  readonly comparison: "first" | "later";
  readonly begun_at: Date;
  readonly ended_at: Date;
  /** The evidence right after it; kept for the candidate's first log-ins alone. */
  readonly log_evidence: number | null;
};

/** Which log-ins are asked for; what is null doesn't matter. */
export type AttemptFilter = {
  readonly arm: Arm | null;
  readonly outcome: "succeeded" | "failed" | null;
  readonly platform: string | null;
  readonly os: string | null;
  readonly way: string | null;
  readonly comparison: string | null;
  readonly proven: boolean | null;
};

/** Log-ins that count, newest first. */
export async function readAttempts(
  database: Database,
  asked: { readonly rollout: string; readonly filter: AttemptFilter; readonly limit: number },
): Promise<AttemptRow[]> {
  const { filter } = asked;
  const { rows } = await database.pool.query<AttemptRow>(
    `SELECT installation, comparison, arm, version, platform, os, way, proven, outcome, reason, protocol,
            customer, begun_at, ended_at, log_evidence
       FROM signals.trials
       LEFT JOIN signals.steps USING (rollout, attempt)
      WHERE rollout = $1
        AND comparison IN ('first', 'later')
        AND outcome IN ('succeeded', 'failed')
        AND ($2::TEXT IS NULL OR arm = $2)
        AND ($3::TEXT IS NULL OR outcome = $3)
        AND ($4::TEXT IS NULL OR platform = $4)
        AND ($5::TEXT IS NULL OR os = $5)
        AND ($6::TEXT IS NULL OR way = $6)
        AND ($7::TEXT IS NULL OR comparison = $7)
        AND ($8::BOOLEAN IS NULL OR proven = $8)
      ORDER BY ended_at DESC
      LIMIT $9`,
    [
      asked.rollout,
      filter.arm,
      filter.outcome,
      filter.platform,
      filter.os,
      filter.way,
      filter.comparison,
      filter.proven,
      asked.limit,
    ],
  );
  return rows;
}

/** The verdict as it was last written. */
export async function readLatestVerdict(database: Database, rollout: string): Promise<RolloutVerdict | null> {
  const { rows } = await database.pool.query<{ verdict: RolloutVerdict }>(
    "SELECT verdict FROM signals.verdicts WHERE rollout = $1",
    [rollout],
  );
  return rows[0]?.verdict ?? null;
}

/** The state of the guard of log-ins; undefined before the first. */
export async function readLoginGuardState(database: Database, rollout: string): Promise<unknown> {
  const { rows } = await database.pool.query<{ state: unknown }>(
    "SELECT state FROM signals.guards WHERE rollout = $1 AND guard = 'logins'",
    [rollout],
  );
  return rows[0]?.state;
}

/** When the last signal came in, and how many have. */
export async function readLastSignal(
  database: Database,
): Promise<{ readonly at: Date; readonly number: bigint } | null> {
  const { rows } = await database.pool.query<{ at: Date; number: bigint }>(
    `SELECT received_at AS at, number
       FROM signals.arrivals
      ORDER BY number DESC
      LIMIT 1`,
  );
  return rows[0] ?? null;
}

/** How far counting is behind what has arrived, in signals. */
export async function readBehind(database: Database): Promise<number> {
  const { rows } = await database.pool.query<{ behind: bigint }>(
    `SELECT coalesce((SELECT max(number) FROM signals.arrivals), counted) - counted AS behind
       FROM signals.worker`,
  );
  return Number(rows[0]?.behind ?? 0n);
}

/** The first log-in of the candidate that counts as failed. */
export async function readFirstFailure(database: Database, rollout: string): Promise<FirstFailure | null> {
  const { rows } = await database.pool.query<FirstFailure>(
    `SELECT ended_at AS at, platform, os, reason
       FROM signals.trials
      WHERE rollout = $1
        AND arm = 'candidate'
        AND outcome = 'failed'
        AND comparison IN ('first', 'later')
      ORDER BY ended_at
      LIMIT 1`,
    [rollout],
  );
  return rows[0] ?? null;
}

/** The last device that had the candidate and started another version in a span of time, and how many did. */
export async function readLastSwitch(
  database: Database,
  asked: {
    readonly rollout: string;
    readonly candidate: string;
    readonly from: Date;
    readonly until: Date;
  },
): Promise<LastSwitch | null> {
  const { rows } = await database.pool.query<{ at: Date | null; people: bigint }>(
    `SELECT max(arrivals.at) AS at,
            count(DISTINCT arrivals.installation) AS people
       FROM signals.arrivals
      WHERE received_at >= $3
        AND received_at <= $4
        AND at >= $3
        AND kind = 'activated'
        AND version <> $2
        AND EXISTS (
          SELECT
            FROM signals.trials
           WHERE trials.rollout = $1
             AND trials.installation = arrivals.installation
             AND trials.arm = 'candidate'
        )`,
    [asked.rollout, asked.candidate, asked.from, asked.until],
  );
  const [row] = rows;
  return row?.at ? { at: row.at, people: Number(row.people) } : null;
}
