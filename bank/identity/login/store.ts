import { sql as raw } from "kysely";
import type { Activation, Signal } from "@mainstay/wire";
import { signalJson } from "../signals/store.ts";
import { tables, type ChallengeKind, type IdentityTables, type Sql } from "../tables.ts";

/** A challenge that a passkey ceremony must answer. */
export type Challenge = {
  readonly id: string;
  readonly kind: ChallengeKind;
  readonly challenge: string;
  readonly thumbprint: string;
  readonly subject: string | null;
  readonly protocol: string | null;
  readonly appVersion: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  /** The nonce that the proof of the answer must carry, once; null where it is the server's usual one. */
  readonly nonce: string | null;
  /** The activation under which the log-in was begun; null where it isn't told of. */
  readonly activation: Activation | null;
};

/** Saves a challenge and, in the same statement, the signal that a log-in has begun. */
export async function insertChallenge(sql: Sql, challenge: Challenge, signal: Signal | null): Promise<void> {
  const row = challengeRow(challenge);
  if (signal === null) {
    await tables(sql).insertInto("identity.challenges").values(row).execute();
    return;
  }
  await tables(sql)
    .with("begun", (step) => step.insertInto("identity.challenges").values(row))
    .insertInto("identity.login_signals")
    .values({ signal: signalJson(signal) })
    .execute();
}

function challengeRow(challenge: Challenge) {
  return {
    id: challenge.id,
    kind: challenge.kind,
    challenge: challenge.challenge,
    key_thumbprint: challenge.thumbprint,
    subject: challenge.subject,
    protocol: challenge.protocol,
    app_version: challenge.appVersion,
    created_at: challenge.createdAt,
    expires_at: challenge.expiresAt,
    nonce: challenge.nonce,
    activation:
      challenge.activation === null ? null : raw<Activation>`${JSON.stringify(challenge.activation)}::JSONB`,
  };
}

/**
 * Uses a challenge up: it is answered once, by the device that asked for it, in time, for what it was made;
 * else null.
 */
export async function useChallenge(
  sql: Sql,
  wanted: {
    readonly id: string;
    readonly kind: ChallengeKind;
    readonly thumbprint: string;
    readonly subject?: string;
    readonly now: Date;
  },
): Promise<Challenge | null> {
  let query = tables(sql)
    .updateTable("identity.challenges")
    .set({ used_at: wanted.now })
    .where("id", "=", wanted.id)
    .where("kind", "=", wanted.kind)
    .where("key_thumbprint", "=", wanted.thumbprint)
    .where("used_at", "is", null)
    .where("expires_at", ">", wanted.now);
  if (wanted.subject !== undefined) query = query.where("subject", "=", wanted.subject);
  const row = await query.returningAll().executeTakeFirst();
  return row ? readChallenge(row) : null;
}

function readChallenge(row: IdentityTables["identity.challenges"]): Challenge {
  return {
    id: row.id,
    kind: row.kind,
    challenge: row.challenge,
    thumbprint: row.key_thumbprint,
    subject: row.subject,
    protocol: row.protocol,
    appVersion: row.app_version,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    nonce: row.nonce,
    activation: row.activation,
  };
}

/** A challenge as it stands, answered or not; null where there is none. */
export async function findChallenge(
  sql: Sql,
  id: string,
): Promise<(Challenge & { readonly isUsed: boolean }) | null> {
  const row = await tables(sql)
    .selectFrom("identity.challenges")
    .selectAll()
    .where("id", "=", id)
    .executeTakeFirst();
  return row ? { ...readChallenge(row), isUsed: row.used_at !== null } : null;
}

export async function deleteOldChallenges(sql: Sql, before: Date): Promise<void> {
  await tables(sql).deleteFrom("identity.challenges").where("expires_at", "<", before).execute();
}

/**
 * Makes tries of one means of login take turns until the transaction ends, so that many at once can't outrun
 * the count.
 */
export async function lockMeans(sql: Sql, means: string): Promise<void> {
  await raw`SELECT pg_advisory_xact_lock(hashtextextended(${means}, 7160))`.execute(sql);
}

/**
 * How long after a rollback the wrong elements that its version still shows don't count, in milliseconds:
 * for passkeys alone, which nobody can guess.
 */
const lift_grace_ms = 10 * 60_000;

/**
 * When the wrong elements that count against a means of login were shown, oldest first; more than these
 * change nothing. What a version that was rolled back has shown doesn't count, even where the rollback has
 * missed it.
 */
export async function findFailures(sql: Sql, means: string): Promise<Date[]> {
  const grace_s = means.startsWith("passkey:") ? lift_grace_ms / 1000 : 0;
  const { rows } = await raw<{ failed_at: Date }>`
    SELECT failed_at
      FROM identity.failed_attempts AS failed
     WHERE means = ${means}
       AND cleared_at IS NULL
       AND NOT EXISTS (SELECT
                         FROM identity.lifted_versions AS lifted
                        WHERE lifted.version = failed.app_version
                          AND failed.failed_at <= lifted.lifted_at + make_interval(secs => ${grace_s}))
     ORDER BY failed_at, id
     LIMIT 500`.execute(sql);
  return rows.map((row) => row.failed_at);
}

/** A wrong element that was shown. */
export type Failure = {
  readonly id: string;
  readonly means: string;
  readonly reason: string;
  readonly protocol: string | null;
  readonly appVersion: string | null;
  readonly failedAt: Date;
};

export async function insertFailure(sql: Sql, failure: Failure): Promise<void> {
  await tables(sql)
    .insertInto("identity.failed_attempts")
    .values({
      id: failure.id,
      means: failure.means,
      reason: failure.reason,
      protocol: failure.protocol,
      app_version: failure.appVersion,
      failed_at: failure.failedAt,
    })
    .execute();
}

/** Begins the count of a means of login anew. */
export async function clearFailures(sql: Sql, means: string, now: Date): Promise<void> {
  await tables(sql)
    .updateTable("identity.failed_attempts")
    .set({ cleared_at: now, cleared_because: "success" })
    .where("means", "=", means)
    .where("cleared_at", "is", null)
    .execute();
}

/** Takes one attempt back that turned out to be no one's fault but ours. */
export async function takeBackFailure(sql: Sql, id: string, now: Date): Promise<void> {
  await tables(sql)
    .updateTable("identity.failed_attempts")
    .set({ cleared_at: now, cleared_because: "not-counted" })
    .where("id", "=", id)
    .execute();
}

/** Lifts what one version of the app caused; answers how many attempts that were. */
export async function liftFailures(sql: Sql, appVersion: string, now: Date): Promise<number> {
  await tables(sql)
    .insertInto("identity.lifted_versions")
    .values({ version: appVersion, lifted_at: now })
    .onConflict((conflict) => conflict.column("version").doUpdateSet({ lifted_at: now }))
    .execute();
  const result = await tables(sql)
    .updateTable("identity.failed_attempts")
    .set({ cleared_at: now, cleared_because: "rollback" })
    .where("app_version", "=", appVersion)
    .where("cleared_at", "is", null)
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
}

/** Forgets wrong elements of long ago. */
export async function deleteOldFailures(sql: Sql, before: Date): Promise<void> {
  await tables(sql).deleteFrom("identity.failed_attempts").where("failed_at", "<", before).execute();
}
