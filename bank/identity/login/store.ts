import { sql as raw } from "kysely";
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
};

export async function insertChallenge(sql: Sql, challenge: Challenge): Promise<void> {
  await tables(sql)
    .insertInto("identity.challenges")
    .values({
      id: challenge.id,
      kind: challenge.kind,
      challenge: challenge.challenge,
      key_thumbprint: challenge.thumbprint,
      subject: challenge.subject,
      protocol: challenge.protocol,
      app_version: challenge.appVersion,
      created_at: challenge.createdAt,
      expires_at: challenge.expiresAt,
    })
    .execute();
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
  };
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
 * When the wrong elements that count against a means of login were shown, oldest first; more than these
 * change nothing.
 */
export async function findFailures(sql: Sql, means: string): Promise<Date[]> {
  const rows = await tables(sql)
    .selectFrom("identity.failed_attempts")
    .select("failed_at")
    .where("means", "=", means)
    .where("cleared_at", "is", null)
    .orderBy("failed_at")
    .orderBy("id")
    .limit(500)
    .execute();
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
