import type pg from "pg";
import type { Platform } from "@mainstay/wire";
import type { Failure } from "./rules.ts";
import type { Lane, Outcome, PayerName, Penny, ProbeKind, ProbeResult } from "./types.ts";

/** The most results that one look reads. */
const results_read_max = 1_000;
/** The most pennies that are looked for at once. */
const pennies_read_max = 20;

export async function insertResult(pool: pg.Pool, result: ProbeResult): Promise<void> {
  const { at, version, protocol, of, platforms, kind, took_ms, outcomes, reason } = result;
  await pool.query(
    `INSERT INTO probes.results
       (at, version, protocol, arm, platforms, kind, took_ms, log_in, balances, payments, reason)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      ...[at, version, protocol, of, platforms, kind, Math.round(took_ms)],
      ...[outcomes["log-in"], outcomes.balances, outcomes.payments, reason],
    ],
  );
}

type ResultRow = {
  readonly at: Date;
  readonly version: string;
  readonly protocol: string;
  readonly arm: Lane["of"];
  readonly platforms: Platform[];
  readonly kind: ProbeKind;
  readonly took_ms: bigint;
  readonly log_in: Outcome;
  readonly balances: Outcome;
  readonly payments: Outcome;
  readonly reason: string | null;
};

/** What was measured since, newest first. */
export async function resultsSince(pool: pg.Pool, since: Date): Promise<readonly ProbeResult[]> {
  const { rows } = await pool.query<ResultRow>(
    `SELECT at, version, protocol, arm, platforms, kind, took_ms, log_in, balances, payments, reason
       FROM probes.results
      WHERE at >= $1
      ORDER BY at DESC, number DESC
      LIMIT $2`,
    [since, results_read_max],
  );
  return rows.map(({ arm, took_ms, log_in, balances, payments, ...row }) => ({
    ...row,
    of: arm,
    took_ms: Number(took_ms),
    outcomes: { "log-in": log_in, balances, payments },
  }));
}

/** When probes measured anything last; null before the first time. */
export async function lastMeasuredAt(pool: pg.Pool): Promise<Date | null> {
  const { rows } = await pool.query<{ at: Date | null }>("SELECT max(at) AS at FROM probes.results");
  return rows[0]?.at ?? null;
}

export async function insertPenny(
  pool: pg.Pool,
  penny: Pick<Penny, "paymentId" | "payer" | "reference" | "orderedAt">,
): Promise<void> {
  await pool.query(
    `INSERT INTO probes.pennies (payment_id, payer, reference, ordered_at)
     VALUES ($1, $2, $3, $4)`,
    [penny.paymentId, penny.payer, penny.reference, penny.orderedAt],
  );
}

/** Says from when on a penny must have arrived. */
export async function setPennyDue(pool: pg.Pool, paymentId: string, dueAt: Date): Promise<void> {
  await pool.query("UPDATE probes.pennies SET due_at = $2 WHERE payment_id = $1", [paymentId, dueAt]);
}

export async function endPenny(
  pool: pg.Pool,
  paymentId: string,
  outcome: "arrived" | "twice" | "lost" | "unordered",
): Promise<void> {
  await pool.query("UPDATE probes.pennies SET outcome = $2 WHERE payment_id = $1", [paymentId, outcome]);
}

/** The pennies that this one sent and that may still be looked for, oldest first. */
export async function openPennies(pool: pg.Pool, payer: PayerName): Promise<readonly Penny[]> {
  const { rows } = await pool.query<{
    payment_id: string;
    payer: PayerName;
    reference: string;
    ordered_at: Date;
    due_at: Date | null;
  }>(
    `SELECT payment_id, payer, reference, ordered_at, due_at
       FROM probes.pennies
      WHERE outcome IS NULL
        AND payer = $1
      ORDER BY ordered_at
      LIMIT $2`,
    [payer, pennies_read_max],
  );
  return rows.map((row) => ({
    paymentId: row.payment_id,
    payer: row.payer,
    reference: row.reference,
    orderedAt: row.ordered_at,
    dueAt: row.due_at,
  }));
}

/** Who sent the penny before; null before the first one. */
export async function lastPayer(pool: pg.Pool): Promise<PayerName | null> {
  const { rows } = await pool.query<{ payer: PayerName }>(
    "SELECT payer FROM probes.pennies ORDER BY ordered_at DESC, payment_id DESC LIMIT 1",
  );
  return rows[0]?.payer ?? null;
}

/** The failures that incidents were told of and that haven't ended. */
export async function toldFailures(pool: pg.Pool): Promise<readonly Failure[]> {
  const { rows } = await pool.query<{
    component: Failure["component"];
    version: string;
    platform: Platform | null;
  }>("SELECT component, version, platform FROM probes.failures ORDER BY since");
  return rows.map((row) => ({ ...row, version: row.version === "" ? null : row.version }));
}

export async function insertFailure(pool: pg.Pool, failure: Failure, since: Date): Promise<void> {
  await pool.query(
    `INSERT INTO probes.failures (component, version, platform, since)
     VALUES ($1, $2, $3, $4)
     ON CONFLICT (component, version) DO NOTHING`,
    [failure.component, failure.version ?? "", failure.platform, since],
  );
}

export async function deleteFailure(pool: pg.Pool, failure: Failure): Promise<void> {
  await pool.query("DELETE FROM probes.failures WHERE component = $1 AND version = $2", [
    failure.component,
    failure.version ?? "",
  ]);
}

/** Takes the next round; false where one was begun, by whichever process, after `before`. */
export async function takeRound(pool: pg.Pool, now: Date, before: Date): Promise<boolean> {
  const { rowCount } = await pool.query(
    `UPDATE probes.rounds
        SET began_at = $1
      WHERE began_at IS NULL
         OR began_at <= $2`,
    [now, before],
  );
  return rowCount === 1;
}

/** Forgets what is older than this. */
export async function forgetBefore(pool: pg.Pool, before: Date): Promise<void> {
  await pool.query("DELETE FROM probes.results WHERE at < $1", [before]);
  await pool.query("DELETE FROM probes.pennies WHERE ordered_at < $1", [before]);
}
