import type { Database } from "@mainstay/platform";
import { tables, type Sql } from "../tables.ts";
import type { DeviceId, PersonId, SessionId, SessionOrigin, StoredSession } from "../types.ts";

type SessionRow = {
  readonly id: string;
  readonly token_hash: string;
  readonly person_id: string;
  readonly device_id: string;
  readonly key_thumbprint: string;
  readonly opened_by: SessionOrigin;
  readonly started_at: Date;
  readonly active_at: Date;
  readonly ends_at: Date;
};

/** The sessions of many tokens at once, by the tokens' hashes in their order; null where none is open. */
export async function findSessions(
  database: Database,
  tokenHashes: readonly string[],
): Promise<(StoredSession | null)[]> {
  const { rows } = await database.pool.query<SessionRow>({
    name: "identity-sessions-by-token",
    text: `SELECT id, token_hash, person_id, device_id, key_thumbprint, opened_by,
                  started_at, active_at, ends_at
             FROM identity.sessions
            WHERE token_hash = ANY($1::TEXT[])
              AND ended_at IS NULL`,
    values: [tokenHashes],
  });
  const found = new Map(rows.map((row) => [row.token_hash, row]));
  return tokenHashes.map((hash) => {
    const row = found.get(hash);
    if (!row) return null;
    return {
      id: row.id as SessionId,
      personId: row.person_id as PersonId,
      deviceId: row.device_id as DeviceId,
      thumbprint: row.key_thumbprint,
      openedBy: row.opened_by,
      startedAt: row.started_at,
      activeAt: row.active_at,
      endsAt: row.ends_at,
    };
  });
}

export async function insertSession(
  sql: Sql,
  session: StoredSession & { readonly tokenHash: string },
): Promise<void> {
  await tables(sql)
    .insertInto("identity.sessions")
    .values({
      id: session.id,
      token_hash: session.tokenHash,
      person_id: session.personId,
      device_id: session.deviceId,
      key_thumbprint: session.thumbprint,
      opened_by: session.openedBy,
      started_at: session.startedAt,
      active_at: session.activeAt,
      ends_at: session.endsAt,
    })
    .execute();
}

/** Which sessions to end: one, all of a device, or all of an installation's key but one. */
export type EndedSessions =
  | { readonly id: string }
  | { readonly deviceId: string }
  | { readonly thumbprint: string; readonly except: string };

/** Ends open sessions; answers their ids. */
export async function endSessions(
  sql: Sql,
  which: EndedSessions,
  ending: { readonly because: string; readonly now: Date },
): Promise<string[]> {
  let query = tables(sql)
    .updateTable("identity.sessions")
    .set({ ended_at: ending.now, ended_because: ending.because })
    .where("ended_at", "is", null);
  if ("id" in which) query = query.where("id", "=", which.id);
  else if ("deviceId" in which) query = query.where("device_id", "=", which.deviceId);
  else query = query.where("key_thumbprint", "=", which.thumbprint).where("id", "<>", which.except);
  const rows = await query.returning("id").execute();
  return rows.map((row) => row.id);
}

/**
 * Gives the session that a device holds open for its person a new token and its full sight back, so that what
 * hangs on it (a stream of events, the nonces) goes on. Null where the device holds none.
 */
export async function renewSession(
  sql: Sql,
  renewal: Pick<StoredSession, "deviceId" | "openedBy" | "activeAt" | "endsAt"> & {
    readonly tokenHash: string;
  },
): Promise<{ readonly id: SessionId; readonly startedAt: Date } | null> {
  const { deviceId, openedBy, activeAt, endsAt, tokenHash } = renewal;
  const row = await tables(sql)
    .updateTable("identity.sessions")
    .set({ token_hash: tokenHash, opened_by: openedBy, active_at: activeAt, ends_at: endsAt })
    .where("device_id", "=", deviceId)
    .where("ended_at", "is", null)
    .where("ends_at", ">", activeAt)
    .returning(["id", "started_at"])
    .executeTakeFirst();
  return row ? { id: row.id as SessionId, startedAt: row.started_at } : null;
}

/** Finds or makes the device that an installation is for a person; `isNew` says whether it was made now. */
export async function upsertDevice(
  sql: Sql,
  device: {
    readonly id: DeviceId;
    readonly personId: PersonId;
    readonly thumbprint: string;
    readonly name: string;
    readonly now: Date;
  },
): Promise<{ readonly id: DeviceId; readonly isNew: boolean }> {
  const row = await tables(sql)
    .insertInto("identity.devices")
    .values({
      id: device.id,
      person_id: device.personId,
      key_thumbprint: device.thumbprint,
      name: device.name,
      first_seen_at: device.now,
      last_seen_at: device.now,
    })
    .onConflict((conflict) =>
      conflict
        .columns(["person_id", "key_thumbprint"])
        .doUpdateSet({ name: device.name, last_seen_at: device.now }),
    )
    .returning("id")
    .executeTakeFirstOrThrow();
  return { id: row.id as DeviceId, isNew: row.id === device.id };
}

/** A device as the list of devices shows it. */
export type DeviceRow = {
  readonly id: string;
  readonly name: string;
  readonly first_seen_at: Date;
  readonly last_seen_at: Date;
  readonly logged_in: boolean;
};

export async function findDevices(
  sql: Sql,
  personId: string,
  now: Date,
  limit: number,
): Promise<DeviceRow[]> {
  const rows = await tables(sql)
    .selectFrom("identity.devices as device")
    .select(["device.id", "device.name", "device.first_seen_at", "device.last_seen_at"])
    .select((select) =>
      select
        .exists(
          select
            .selectFrom("identity.sessions as session")
            .select("session.id")
            .whereRef("session.device_id", "=", "device.id")
            .where("session.ended_at", "is", null)
            .where("session.ends_at", ">", now),
        )
        .as("logged_in"),
    )
    .where("device.person_id", "=", personId)
    .orderBy("device.last_seen_at", "desc")
    .limit(limit)
    .execute();
  return rows.map((row) => ({ ...row, logged_in: row.logged_in === true }));
}

export async function isDeviceOf(sql: Sql, deviceId: string, personId: string): Promise<boolean> {
  const row = await tables(sql)
    .selectFrom("identity.devices")
    .select("id")
    .where("id", "=", deviceId)
    .where("person_id", "=", personId)
    .executeTakeFirst();
  return row !== undefined;
}

/** Something that was used last at a time: a session with its device, or a passkey. */
export type LastUse = { readonly id: string; readonly at: Date };

/**
 * Writes when sessions and their devices were last active. A time never goes back, and rows are taken in one
 * order.
 */
export async function saveActivity(database: Database, uses: readonly LastUse[]): Promise<void> {
  const sorted = uses.toSorted((left, right) => (left.id < right.id ? -1 : 1));
  await database.pool.query({
    name: "identity-save-activity",
    text: `WITH used AS (
             SELECT * FROM unnest($1::TEXT[], $2::TIMESTAMPTZ[]) AS used (id, at)
           ),
           touched AS (
             UPDATE identity.sessions AS session
                SET active_at = used.at
               FROM used
              WHERE session.id = used.id
                AND session.active_at < used.at
             RETURNING session.device_id, used.at
           )
           UPDATE identity.devices AS device
              SET last_seen_at = latest.at
             FROM (SELECT device_id, max(at) AS at FROM touched GROUP BY device_id) AS latest
            WHERE device.id = latest.device_id
              AND device.last_seen_at < latest.at`,
    values: [sorted.map((use) => use.id), sorted.map((use) => use.at)],
  });
}

/** Writes when passkeys were last used. */
export async function savePasskeyUses(database: Database, uses: readonly LastUse[]): Promise<void> {
  await database.pool.query({
    name: "identity-save-passkey-uses",
    text: `UPDATE identity.passkeys AS passkey
              SET last_used_at = used.at
             FROM unnest($1::TEXT[], $2::TIMESTAMPTZ[]) AS used (id, at)
            WHERE passkey.id = used.id
              AND (passkey.last_used_at IS NULL OR passkey.last_used_at < used.at)`,
    values: [uses.map((use) => use.id), uses.map((use) => use.at)],
  });
}

/** Clears away sessions that are long over. */
export async function deleteOldSessions(sql: Sql, before: Date): Promise<void> {
  await tables(sql).deleteFrom("identity.sessions").where("ends_at", "<", before).execute();
}

export async function findSessionStart(sql: Sql, id: string): Promise<Date | null> {
  const row = await tables(sql)
    .selectFrom("identity.sessions")
    .select("started_at")
    .where("id", "=", id)
    .executeTakeFirst();
  return row?.started_at ?? null;
}

/** When these sessions were last active, as far as it is written; null for those that are over. */
export async function findActivity(
  database: Database,
  ids: readonly string[],
  now: Date,
): Promise<readonly (Date | null)[]> {
  const { rows } = await database.pool.query<{ id: string; active_at: Date }>({
    name: "identity-session-activity",
    text: `SELECT id, active_at
             FROM identity.sessions
            WHERE id = ANY($1::TEXT[])
              AND ended_at IS NULL
              AND ends_at > $2`,
    values: [ids, now],
  });
  const active = new Map(rows.map((row) => [row.id, row.active_at]));
  return ids.map((id) => active.get(id) ?? null);
}
