import type { RolloutVerdict } from "@mainstay/wire";
import type { GuardName } from "./guards.ts";
import type { Ended } from "./rules.ts";
import type { Connection } from "./types.ts";

/** An outcome, and the rollout in which it counts. */
export type Counted = { readonly rollout: string; readonly ended: Ended };

/** Adds outcomes to the counts by group. */
export async function addToCells(client: Connection, counted: readonly Counted[]): Promise<void> {
  await client.query({
    name: "signals-add-to-cells",
    text: `INSERT INTO signals.cells
             (rollout, comparison, platform, os, way, proven, arm, succeeded, failed)
           SELECT rollout, comparison, platform, os, way, proven, arm,
                  count(*) FILTER (WHERE outcome = 'succeeded'),
                  count(*) FILTER (WHERE outcome = 'failed')
             FROM jsonb_to_recordset($1::JSONB) AS row (
               rollout TEXT, comparison TEXT, platform TEXT, os TEXT, way TEXT, proven BOOLEAN, arm TEXT,
               outcome TEXT
             )
            GROUP BY rollout, comparison, platform, os, way, proven, arm
           ON CONFLICT (rollout, comparison, platform, os, way, proven, arm) DO UPDATE
              SET succeeded = cells.succeeded + EXCLUDED.succeeded,
                  failed = cells.failed + EXCLUDED.failed`,
    values: [
      JSON.stringify(
        counted.map(({ rollout, ended }) => ({
          rollout,
          comparison: ended.comparison,
          platform: ended.platform,
          os: ended.os,
          way: ended.way ?? "",
          proven: ended.proven,
          arm: ended.arm,
          outcome: ended.outcome,
        })),
      ),
    ],
  });
}

/** A minute's log-ins of one platform, and the evidence at its end. */
export type Minute = {
  readonly rollout: string;
  readonly platform: string;
  readonly minute: string;
  candidate_succeeded: number;
  candidate_failed: number;
  stable_succeeded: number;
  stable_failed: number;
  log_evidence: number;
};

/** Adds log-ins to their minutes. */
export async function addToSeries(client: Connection, minutes: readonly Minute[]): Promise<void> {
  if (minutes.length === 0) return;
  await client.query({
    name: "signals-add-to-series",
    text: `INSERT INTO signals.series
             (rollout, platform, minute, candidate_succeeded, candidate_failed, stable_succeeded,
              stable_failed, log_evidence)
           SELECT rollout, platform, minute, candidate_succeeded, candidate_failed, stable_succeeded,
                  stable_failed, log_evidence
             FROM jsonb_to_recordset($1::JSONB) AS row (
               rollout TEXT, platform TEXT, minute TIMESTAMPTZ, candidate_succeeded BIGINT,
               candidate_failed BIGINT, stable_succeeded BIGINT, stable_failed BIGINT,
               log_evidence DOUBLE PRECISION
             )
           ON CONFLICT (rollout, platform, minute) DO UPDATE
              SET candidate_succeeded = series.candidate_succeeded + EXCLUDED.candidate_succeeded,
                  candidate_failed = series.candidate_failed + EXCLUDED.candidate_failed,
                  stable_succeeded = series.stable_succeeded + EXCLUDED.stable_succeeded,
                  stable_failed = series.stable_failed + EXCLUDED.stable_failed,
                  log_evidence = EXCLUDED.log_evidence`,
    values: [JSON.stringify(minutes)],
  });
}

/** The evidence right after a log-in of the candidate's. */
export type Step = { readonly attempt: string; readonly log_evidence: number };

/** Writes down the evidence after log-ins; one that is known keeps what it had. */
export async function addSteps(client: Connection, rollout: string, steps: readonly Step[]): Promise<void> {
  if (steps.length === 0) return;
  await client.query({
    name: "signals-add-steps",
    text: `INSERT INTO signals.steps (rollout, attempt, log_evidence)
           SELECT $1, attempt, log_evidence
             FROM jsonb_to_recordset($2::JSONB) AS row (attempt TEXT, log_evidence DOUBLE PRECISION)
           ON CONFLICT DO NOTHING`,
    values: [rollout, JSON.stringify(steps)],
  });
}

/** The guards' states of a rollout, by their names. */
export async function readGuardStates(
  client: Connection,
  rollout: string,
): Promise<Partial<Record<GuardName, unknown>>> {
  const { rows } = await client.query<{ guard: GuardName; state: unknown }>({
    name: "signals-read-guards",
    text: "SELECT guard, state FROM signals.guards WHERE rollout = $1",
    values: [rollout],
  });
  return Object.fromEntries(rows.map(({ guard, state }) => [guard, state]));
}

/** Writes a guard's state. */
export async function writeGuardState(
  client: Connection,
  guard: { readonly rollout: string; readonly name: string; readonly state: unknown },
): Promise<void> {
  await client.query({
    name: "signals-write-guard",
    text: `INSERT INTO signals.guards (rollout, guard, state)
           VALUES ($1, $2, $3::JSONB)
           ON CONFLICT (rollout, guard) DO UPDATE SET state = EXCLUDED.state`,
    values: [guard.rollout, guard.name, JSON.stringify(guard.state)],
  });
}

/** What is said of a rollout, and how much of it has been handed on. */
export type Said = {
  readonly rollout: string;
  readonly verdict: RolloutVerdict;
  readonly revision: bigint;
  readonly turn: bigint;
  readonly toldTurn: bigint;
  readonly toldAt: Date | null;
};

/** The verdict of a rollout as it was last written; null before the first. */
export async function readVerdict(client: Connection, rollout: string): Promise<RolloutVerdict | null> {
  const { rows } = await client.query<{ verdict: RolloutVerdict }>({
    name: "signals-read-verdict",
    text: "SELECT verdict FROM signals.verdicts WHERE rollout = $1",
    values: [rollout],
  });
  return rows[0]?.verdict ?? null;
}

/** Writes a verdict; `isTurn` when something follows from it beyond the evidence's new height. */
export async function writeVerdict(
  client: Connection,
  said: { readonly rollout: string; readonly verdict: RolloutVerdict; readonly isTurn: boolean },
): Promise<void> {
  await client.query({
    name: "signals-write-verdict",
    text: `INSERT INTO signals.verdicts AS kept (rollout, verdict, revision, turn, told_revision, told_turn)
           VALUES ($1, $2::JSONB, 1, 1, 0, 0)
           ON CONFLICT (rollout) DO UPDATE
              SET verdict = EXCLUDED.verdict,
                  revision = kept.revision + 1,
                  turn = kept.turn + $3::INTEGER`,
    values: [said.rollout, JSON.stringify(said.verdict), said.isTurn ? 1 : 0],
  });
}

/** What hasn't been handed on yet. */
export async function untoldVerdicts(client: Connection): Promise<Said[]> {
  const { rows } = await client.query<{
    rollout: string;
    verdict: RolloutVerdict;
    revision: bigint;
    turn: bigint;
    told_turn: bigint;
    told_at: Date | null;
  }>({
    name: "signals-untold-verdicts",
    text: `SELECT rollout, verdict, revision, turn, told_turn, told_at
             FROM signals.verdicts
            WHERE told_revision < revision
            ORDER BY rollout`,
  });
  return rows.map(({ told_turn, told_at, ...row }) => ({ ...row, toldTurn: told_turn, toldAt: told_at }));
}

/** Notes that a verdict has been handed on. */
export async function markTold(client: Connection, said: Said, now: Date): Promise<void> {
  await client.query({
    name: "signals-mark-told",
    text: `UPDATE signals.verdicts
              SET told_revision = $2, told_turn = $3, told_at = $4
            WHERE rollout = $1`,
    values: [said.rollout, said.revision, said.turn, now],
  });
}
