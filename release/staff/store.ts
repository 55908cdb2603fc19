import { sql, type Kysely, type QueryExecutorProvider, type Transaction } from "kysely";
import { asId, present, type Id } from "@mainstay/kernel";
import type { RegisteredPasskey, PasskeyAlgorithm } from "@mainstay/webauthn";
import type { StaffRole } from "@mainstay/wire";
import type { AuditTable, InvitationsTable, StaffTables } from "./tables.ts";
import type { AuditRecord, Ceremony, ConsoleSession, StaffInvitation, StaffPasskey } from "./types.ts";

/** A connection or a transaction that knows the staff schema. */
export type StaffDb = Kysely<StaffTables>;
export type StaffTransaction = Transaction<StaffTables>;

/** An invitation with all that decides whether it can be used. */
export type StoredInvitation = StaffInvitation & {
  readonly usedAt: Date | null;
  readonly withdrawnAt: Date | null;
};

function invitationOf(row: InvitationsTable): StoredInvitation {
  return {
    id: asId("inv", row.id),
    name: row.name,
    roles: row.roles,
    isFirst: row.invited_by === null,
    expiresAt: row.expires_at,
    usedAt: row.used_at,
    withdrawnAt: row.withdrawn_at,
  };
}

/** Writes an entry of the audit, in the transaction of what it tells of. */
export async function appendAudit(db: QueryExecutorProvider, record: AuditRecord): Promise<void> {
  const { at, actor, action, subject, details } = record;
  await sql`
    SELECT staff.append_audit(
      ${at}::TIMESTAMPTZ, ${actor.id}, ${actor.name}, ${action}, ${subject}, ${JSON.stringify(details)}
    )`.execute(db);
}

/**
 * Waits for any other transaction that changes who is staff: "is there an admin left?" must stay true till
 * the end.
 */
export async function lockPeople(trx: StaffTransaction): Promise<void> {
  // A lock of its own number, held to the end of the transaction; readers of the table aren't held up.
  await sql`SELECT pg_advisory_xact_lock(hashtextextended('staff.people', 0))`.execute(trx);
}

export async function hasPeople(db: StaffDb): Promise<boolean> {
  const row = await db.selectFrom("staff.people").select("id").limit(1).executeTakeFirst();
  return row !== undefined;
}

export async function insertInvitation(
  db: StaffDb,
  invitation: {
    readonly id: Id<"inv">;
    readonly tokenHash: Buffer;
    readonly name: string;
    readonly roles: readonly StaffRole[];
    readonly invitedBy: string | null;
    readonly madeAt: Date;
    readonly expiresAt: Date;
  },
): Promise<void> {
  await db
    .insertInto("staff.invitations")
    .values({
      id: invitation.id,
      token_hash: invitation.tokenHash,
      name: invitation.name,
      roles: [...invitation.roles],
      invited_by: invitation.invitedBy,
      made_at: invitation.madeAt,
      expires_at: invitation.expiresAt,
      used_at: null,
      withdrawn_at: null,
    })
    .execute();
}

/** Withdraws the links for the first member of staff: a new one replaces them. */
export async function withdrawFirstInvitations(db: StaffDb, at: Date): Promise<void> {
  await db
    .updateTable("staff.invitations")
    .set({ withdrawn_at: at })
    .where("invited_by", "is", null)
    .where("used_at", "is", null)
    .where("withdrawn_at", "is", null)
    .execute();
}

/** Withdraws one open invitation; false when there is none such. */
export async function withdrawInvitation(db: StaffDb, id: string, at: Date): Promise<boolean> {
  const result = await db
    .updateTable("staff.invitations")
    .set({ withdrawn_at: at })
    .where("id", "=", id)
    .where("used_at", "is", null)
    .where("withdrawn_at", "is", null)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

export async function findInvitationByToken(
  db: StaffDb,
  tokenHash: Buffer,
): Promise<StoredInvitation | undefined> {
  const row = await db
    .selectFrom("staff.invitations")
    .selectAll()
    .where("token_hash", "=", tokenHash)
    .executeTakeFirst();
  return row && invitationOf(row);
}

export async function lockInvitation(trx: StaffTransaction, id: string): Promise<StoredInvitation> {
  const row = await trx
    .selectFrom("staff.invitations")
    .selectAll()
    .where("id", "=", id)
    // Two browsers that hold the same link: the second waits, and then finds it used.
    .forUpdate()
    .executeTakeFirst();
  return invitationOf(present(row, `the invitation ${id}`));
}

export async function useInvitation(trx: StaffTransaction, id: string, at: Date): Promise<void> {
  await trx.updateTable("staff.invitations").set({ used_at: at }).where("id", "=", id).execute();
}

export async function openInvitations(db: StaffDb, now: Date): Promise<StoredInvitation[]> {
  const rows = await db
    .selectFrom("staff.invitations")
    .selectAll()
    .where("used_at", "is", null)
    .where("withdrawn_at", "is", null)
    .where("expires_at", ">", now)
    .orderBy("made_at", "desc")
    .limit(200)
    .execute();
  return rows.map(invitationOf);
}

export async function insertCeremony(db: StaffDb, id: string, ceremony: Ceremony): Promise<void> {
  const { challenge, expiresAt, joins, confirms } = ceremony;
  await db
    .insertInto("staff.ceremonies")
    .values({
      id,
      challenge,
      invitation_id: joins?.invitationId ?? null,
      person_id: joins?.personId ?? confirms?.personId ?? null,
      name: joins?.name ?? null,
      expires_at: expiresAt,
      nonce: confirms?.nonce ?? null,
    })
    .execute();
}

/** Takes a ceremony out: whatever comes of it, its challenge is answered once. */
export async function takeCeremony(db: StaffDb, id: string): Promise<Ceremony | undefined> {
  const row = await db.deleteFrom("staff.ceremonies").where("id", "=", id).returningAll().executeTakeFirst();
  if (!row) return undefined;
  const { challenge, expires_at, invitation_id, person_id, name, nonce } = row;
  const joins =
    invitation_id === null
      ? null
      : {
          invitationId: asId("inv", invitation_id),
          personId: asId("staff", present(person_id, "the person who joins")),
          name: present(name, "the name of the person who joins"),
        };
  const confirms =
    nonce === null ? null : { personId: asId("staff", present(person_id, "the person who signs")), nonce };
  return { challenge, expiresAt: expires_at, joins, confirms };
}

export async function sweepCeremonies(db: StaffDb, now: Date): Promise<void> {
  await db.deleteFrom("staff.ceremonies").where("expires_at", "<", now).execute();
}

export async function insertPerson(
  trx: StaffTransaction,
  person: { readonly id: Id<"staff">; readonly name: string; readonly roles: readonly StaffRole[] },
  at: Date,
): Promise<void> {
  await trx
    .insertInto("staff.people")
    .values({ id: person.id, name: person.name, roles: [...person.roles], joined_at: at, ended_at: null })
    .execute();
}

export async function insertPasskey(
  trx: StaffTransaction,
  personId: Id<"staff">,
  passkey: RegisteredPasskey,
  at: Date,
): Promise<boolean> {
  const result = await trx
    .insertInto("staff.passkeys")
    .values({
      credential_id: passkey.credentialId,
      person_id: personId,
      algorithm: passkey.publicKey.algorithm,
      spki: passkey.publicKey.spki,
      sign_count: BigInt(passkey.signCount),
      aaguid: passkey.aaguid,
      created_at: at,
      used_at: at,
    })
    .onConflict((conflict) => conflict.column("credential_id").doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}

/** Finds a passkey and holds it to the end of the transaction: its counter is compared and written in one. */
export async function lockPasskey(
  trx: StaffTransaction,
  credentialId: string,
): Promise<StaffPasskey | undefined> {
  const row = await trx
    .selectFrom("staff.passkeys as passkey")
    .innerJoin("staff.people as person", "person.id", "passkey.person_id")
    .select([
      "passkey.credential_id",
      "passkey.algorithm",
      "passkey.spki",
      "passkey.sign_count",
      "person.id",
      "person.name",
      "person.roles",
      "person.ended_at",
    ])
    .where("passkey.credential_id", "=", credentialId)
    .forUpdate("passkey")
    .executeTakeFirst();
  if (!row) return undefined;
  return {
    credentialId: row.credential_id,
    publicKey: { algorithm: row.algorithm as PasskeyAlgorithm, spki: row.spki },
    signCount: Number(row.sign_count),
    owner: { id: asId("staff", row.id), name: row.name, roles: row.roles, endedAt: row.ended_at },
  };
}

export async function usePasskey(
  trx: StaffTransaction,
  credentialId: string,
  signCount: number,
  at: Date,
): Promise<void> {
  await trx
    .updateTable("staff.passkeys")
    .set({ sign_count: BigInt(signCount), used_at: at })
    .where("credential_id", "=", credentialId)
    .execute();
}

export async function insertSession(
  trx: StaffTransaction,
  session: { readonly id: Id<"ses">; readonly tokenHash: Buffer; readonly personId: string },
  at: Date,
): Promise<void> {
  await trx
    .insertInto("staff.sessions")
    .values({
      id: session.id,
      token_hash: session.tokenHash,
      person_id: session.personId,
      started_at: at,
      seen_at: at,
      ended_at: null,
    })
    .execute();
}

/**
 * The session of a cookie that nobody has ended, with whose it is; whether it has run out is the rules' to
 * say.
 */
export async function findSession(
  db: StaffDb,
  tokenHash: Buffer,
): Promise<(Omit<ConsoleSession, "expiresAt"> & { startedAt: Date; seenAt: Date }) | undefined> {
  const row = await db
    .selectFrom("staff.sessions as session")
    .innerJoin("staff.people as person", "person.id", "session.person_id")
    .select(["session.id", "session.started_at", "session.seen_at"])
    .select(["person.id as person_id", "person.name", "person.roles"])
    .where("session.token_hash", "=", tokenHash)
    .where("session.ended_at", "is", null)
    .where("person.ended_at", "is", null)
    .executeTakeFirst();
  if (!row) return undefined;
  return {
    id: asId("ses", row.id),
    staff: { id: asId("staff", row.person_id), name: row.name, roles: row.roles },
    startedAt: row.started_at,
    seenAt: row.seen_at,
  };
}

export async function touchSession(db: StaffDb, id: Id<"ses">, at: Date): Promise<void> {
  await db.updateTable("staff.sessions").set({ seen_at: at }).where("id", "=", id).execute();
}

export async function endSession(db: StaffDb, id: Id<"ses">, at: Date): Promise<void> {
  await db.updateTable("staff.sessions").set({ ended_at: at }).where("id", "=", id).execute();
}

export async function endSessionsOf(db: StaffDb, personId: string, at: Date): Promise<void> {
  await db
    .updateTable("staff.sessions")
    .set({ ended_at: at })
    .where("person_id", "=", personId)
    .where("ended_at", "is", null)
    .execute();
}

export async function findPerson(
  db: StaffDb,
  id: string,
): Promise<{ id: Id<"staff">; name: string; roles: readonly StaffRole[] } | undefined> {
  const row = await db
    .selectFrom("staff.people")
    .select(["id", "name", "roles"])
    .where("id", "=", id)
    .where("ended_at", "is", null)
    .executeTakeFirst();
  return row && { id: asId("staff", row.id), name: row.name, roles: row.roles };
}

export async function adminIds(db: StaffDb): Promise<string[]> {
  const rows = await db
    .selectFrom("staff.people")
    .select("id")
    .where("ended_at", "is", null)
    .where(sql<boolean>`'admin' = ANY(roles)`)
    .execute();
  return rows.map(({ id }) => id);
}

export async function setRoles(db: StaffDb, id: string, roles: readonly StaffRole[]): Promise<void> {
  await db
    .updateTable("staff.people")
    .set({ roles: [...roles] })
    .where("id", "=", id)
    .execute();
}

export async function endPerson(db: StaffDb, id: string, at: Date): Promise<void> {
  await db.updateTable("staff.people").set({ ended_at: at }).where("id", "=", id).execute();
}

/** Everyone who is or was staff, with when they were last seen; those who still are come first. */
export async function selectPeople(db: StaffDb, limit: number) {
  return db
    .selectFrom("staff.people as person")
    .leftJoin("staff.sessions as session", "session.person_id", "person.id")
    .select(["person.id", "person.name", "person.roles", "person.joined_at", "person.ended_at"])
    .select(({ fn }) => fn.max("session.seen_at").as("seen_at"))
    .groupBy("person.id")
    .orderBy("person.ended_at", (order) => order.desc().nullsFirst())
    .orderBy("person.joined_at")
    .limit(limit)
    .execute();
}

/** A page of the audit, newest first, older than the entry `before` where one is named. */
export async function selectAudit(
  db: StaffDb,
  page: { readonly before: number | undefined; readonly limit: number },
): Promise<AuditTable[]> {
  const query = db.selectFrom("staff.audit").selectAll().orderBy("number", "desc").limit(page.limit);
  return (page.before === undefined ? query : query.where("number", "<", BigInt(page.before))).execute();
}
