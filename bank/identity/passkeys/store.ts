import type { Database } from "@mainstay/platform";
import type { PasskeyAlgorithm, RegisteredPasskey } from "@mainstay/webauthn";
import { tables, type IdentityTables, type Sql } from "../tables.ts";
import type { Passkey, PasskeyId, PersonId } from "../types.ts";

type Row = IdentityTables["identity.passkeys"];

function read(row: Row): Passkey {
  return {
    id: row.id as PasskeyId,
    personId: row.person_id as PersonId,
    credentialId: row.credential_id,
    publicKey: { algorithm: row.algorithm as PasskeyAlgorithm, spki: row.spki },
    signCount: Number(row.sign_count),
    name: row.name,
    deviceId: row.device_id,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
  };
}

/**
 * Finds the passkey of a credential id, with what release control calls its owner by; locked until the
 * transaction ends, because its counter is about to go on.
 */
export async function lockPasskeyByCredential(
  sql: Sql,
  credentialId: string,
): Promise<(Passkey & { readonly customerRef: string }) | null> {
  const row = await tables(sql)
    .selectFrom("identity.passkeys")
    .selectAll()
    .select((passkey) =>
      passkey
        .selectFrom("identity.people")
        .select("identity.people.customer_ref")
        .whereRef("identity.people.id", "=", "identity.passkeys.person_id")
        .$asScalar()
        .$notNull()
        .as("customer_ref"),
    )
    .where("credential_id", "=", credentialId)
    .where("removed_at", "is", null)
    .forUpdate()
    .executeTakeFirst();
  return row ? { ...read(row), customerRef: row.customer_ref } : null;
}

/** What release control calls the owner of a credential id by; null where it is nobody's. */
export async function findCustomerOfCredential(sql: Sql, credentialId: string): Promise<string | null> {
  const row = await tables(sql)
    .selectFrom("identity.passkeys")
    .innerJoin("identity.people", "identity.people.id", "identity.passkeys.person_id")
    .select("identity.people.customer_ref")
    .where("credential_id", "=", credentialId)
    .where("removed_at", "is", null)
    .executeTakeFirst();
  return row?.customer_ref ?? null;
}

/** A person's passkeys, oldest first. */
export async function findPasskeysOf(sql: Sql, personId: string): Promise<Passkey[]> {
  const rows = await tables(sql)
    .selectFrom("identity.passkeys")
    .selectAll()
    .where("person_id", "=", personId)
    .where("removed_at", "is", null)
    .orderBy("created_at")
    .orderBy("id")
    .execute();
  return rows.map(read);
}

/** Saves a new passkey; answers false where its credential id is known already. */
export async function insertPasskey(
  sql: Sql,
  passkey: RegisteredPasskey & {
    readonly id: PasskeyId;
    readonly personId: PersonId;
    readonly name: string;
    readonly deviceId: string;
    readonly createdAt: Date;
  },
): Promise<boolean> {
  const result = await tables(sql)
    .insertInto("identity.passkeys")
    .values({
      id: passkey.id,
      person_id: passkey.personId,
      credential_id: passkey.credentialId,
      algorithm: passkey.publicKey.algorithm,
      spki: passkey.publicKey.spki,
      sign_count: BigInt(passkey.signCount),
      aaguid: passkey.aaguid,
      backed_up: passkey.isBackedUp,
      name: passkey.name,
      device_id: passkey.deviceId,
      created_at: passkey.createdAt,
    })
    .onConflict((conflict) => conflict.column("credential_id").doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}

export async function savePasskeyUse(
  sql: Sql,
  use: { readonly id: string; readonly signCount: number; readonly isBackedUp: boolean; readonly now: Date },
): Promise<void> {
  await tables(sql)
    .updateTable("identity.passkeys")
    .set({ sign_count: BigInt(use.signCount), backed_up: use.isBackedUp, last_used_at: use.now })
    .where("id", "=", use.id)
    .execute();
}

/** Locks the person's row, so that two removals take turns and the last passkey can't go by both at once. */
export async function lockPerson(sql: Sql, personId: string): Promise<void> {
  await tables(sql)
    .selectFrom("identity.people")
    .select("id")
    .where("id", "=", personId)
    .forUpdate()
    .execute();
}

export async function removePasskey(sql: Sql, id: string, now: Date): Promise<void> {
  await tables(sql).updateTable("identity.passkeys").set({ removed_at: now }).where("id", "=", id).execute();
}

/** A passkey as approvals need it: with how many wrong elements count against it. */
export type ApprovalPasskey = Passkey & { readonly failures: number };

/** The passkeys of many people at once, one list for each person in their order. */
export async function findPasskeysOfMany(
  database: Database,
  personIds: readonly string[],
): Promise<ApprovalPasskey[][]> {
  const { rows } = await database.pool.query<Row & { failures: bigint }>({
    name: "identity-passkeys-of-many",
    text: `SELECT passkeys.*,
                  (SELECT count(*)
                     FROM identity.failed_attempts
                    WHERE means = 'passkey:' || passkeys.credential_id
                      AND cleared_at IS NULL) AS failures
             FROM identity.passkeys
            WHERE person_id = ANY($1::TEXT[])
              AND removed_at IS NULL
            ORDER BY created_at, id`,
    values: [personIds],
  });
  const lists = new Map<string, ApprovalPasskey[]>(personIds.map((id) => [id, []]));
  for (const row of rows) lists.get(row.person_id)?.push({ ...read(row), failures: Number(row.failures) });
  return personIds.map((id) => lists.get(id) ?? []);
}

/** Says whether a credential id is taken, by a removed passkey too. */
export async function isCredentialKnown(sql: Sql, credentialId: string): Promise<boolean> {
  const row = await tables(sql)
    .selectFrom("identity.passkeys")
    .select("id")
    .where("credential_id", "=", credentialId)
    .executeTakeFirst();
  return row !== undefined;
}

/** An assertion whose authenticator counts. */
export type SignCountUse = { readonly id: string; readonly signCount: number };

/**
 * Moves counters on, all in one statement; false where a counter didn't go on: two copies of one passkey, or
 * one assertion twice. Of two uses of one passkey in a batch only the higher can go on, and the other is
 * refused.
 */
export async function advanceSignCounts(
  database: Database,
  uses: readonly SignCountUse[],
): Promise<readonly boolean[]> {
  const highest = new Map<string, number>();
  for (const use of uses) highest.set(use.id, Math.max(use.signCount, highest.get(use.id) ?? 0));
  const ids = [...highest.keys()].toSorted();
  const { rows } = await database.pool.query<{ id: string }>({
    name: "identity-advance-sign-counts",
    text: `UPDATE identity.passkeys AS passkey
              SET sign_count = used.sign_count
             FROM unnest($1::TEXT[], $2::BIGINT[]) AS used (id, sign_count)
            WHERE passkey.id = used.id
              AND passkey.sign_count < used.sign_count
              AND passkey.removed_at IS NULL
        RETURNING passkey.id`,
    values: [ids, ids.map((id) => highest.get(id))],
  });
  const advanced = new Set(rows.map((row) => row.id));
  return uses.map((use, index) => {
    const isFirst =
      uses.findIndex((other) => other.id === use.id && other.signCount === use.signCount) === index;
    return isFirst && advanced.has(use.id) && use.signCount === highest.get(use.id);
  });
}
