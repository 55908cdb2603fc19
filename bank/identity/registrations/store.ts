import { sql as raw } from "kysely";
import type { Id } from "@mainstay/kernel";
import type { RegistrationAnswers } from "@mainstay/wire";
import { tables, type IdentityTables, type Sql } from "../tables.ts";
import type { PersonId, RegistrationState, StoredRegistration } from "../types.ts";

type Row = IdentityTables["identity.registrations"];

function read(row: Row): StoredRegistration {
  return {
    id: row.id as Id<"reg">,
    thumbprint: row.key_thumbprint,
    state: row.state,
    answers: row.answers,
    personId: row.person_id as PersonId,
    checkId: row.check_id,
    checkTries: row.check_tries,
    reasons: row.reasons,
    decidedBy: row.decided_by,
    createdAt: row.created_at,
  };
}

const json = (value: unknown) => raw<RegistrationAnswers>`${JSON.stringify(value)}::JSONB`;

/**
 * Finds a registration; `lock` holds its row until the transaction ends, so that two commands on it take
 * turns.
 */
export async function findRegistration(
  sql: Sql,
  id: string,
  options: { readonly lock: boolean } = { lock: false },
): Promise<StoredRegistration | null> {
  const query = tables(sql).selectFrom("identity.registrations").selectAll().where("id", "=", id);
  const row = await (options.lock ? query.forUpdate() : query).executeTakeFirst();
  return row ? read(row) : null;
}

export async function countOpenOfDevice(sql: Sql, thumbprint: string): Promise<number> {
  const row = await tables(sql)
    .selectFrom("identity.registrations")
    .select((select) => select.fn.countAll<bigint>().as("count"))
    .where("key_thumbprint", "=", thumbprint)
    .where("state", "not in", ["completed", "failed"])
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** Makes a registration; answers false where the id is taken. */
export async function insertRegistration(
  sql: Sql,
  registration: Pick<StoredRegistration, "id" | "thumbprint" | "answers" | "personId" | "createdAt">,
): Promise<boolean> {
  const result = await tables(sql)
    .insertInto("identity.registrations")
    .values({
      id: registration.id,
      key_thumbprint: registration.thumbprint,
      state: "answering",
      answers: json(registration.answers),
      person_id: registration.personId,
      check_tries: 0,
      reasons: [],
      created_at: registration.createdAt,
      changed_at: registration.createdAt,
    })
    .onConflict((conflict) => conflict.column("id").doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}

export async function saveAnswers(
  sql: Sql,
  id: string,
  answers: RegistrationAnswers,
  now: Date,
): Promise<void> {
  await tables(sql)
    .updateTable("identity.registrations")
    .set({ answers: json(answers), changed_at: now })
    .where("id", "=", id)
    .execute();
}

/** Notes on which installation the last step was begun. */
export async function saveInstallation(sql: Sql, id: string, installation: string): Promise<void> {
  await tables(sql)
    .updateTable("identity.registrations")
    .set({ installation })
    .where("id", "=", id)
    .execute();
}

/** The registration whose last step was begun on an installation last, or null. */
export async function findRegistrationOn(sql: Sql, installation: string): Promise<StoredRegistration | null> {
  const row = await tables(sql)
    .selectFrom("identity.registrations")
    .selectAll()
    .where("installation", "=", installation)
    .where("state", "in", ["passed", "completed"])
    .orderBy("changed_at", "desc")
    .limit(1)
    .executeTakeFirst();
  return row ? read(row) : null;
}

/** Notes that the check is asked: `checkId` is given the first time and stays. */
export async function saveCheckAsked(sql: Sql, id: string, checkId: string, now: Date): Promise<void> {
  await tables(sql)
    .updateTable("identity.registrations")
    .set((set) => ({
      state: "checking",
      check_id: checkId,
      check_tries: set("check_tries", "+", 1),
      check_asked_at: now,
      changed_at: now,
    }))
    .where("id", "=", id)
    .execute();
}

export async function saveState(
  sql: Sql,
  id: string,
  change: { readonly state: RegistrationState; readonly reasons: readonly string[]; readonly now: Date },
): Promise<void> {
  const { state, reasons, now } = change;
  await tables(sql)
    .updateTable("identity.registrations")
    .set({
      state,
      reasons: [...reasons],
      changed_at: now,
      ...(state === "referred" ? { referred_at: now } : {}),
    })
    .where("id", "=", id)
    .execute();
}

export async function saveDecision(
  sql: Sql,
  id: string,
  decision: {
    readonly state: RegistrationState;
    readonly by: string;
    readonly reason: string;
    readonly now: Date;
  },
): Promise<void> {
  await tables(sql)
    .updateTable("identity.registrations")
    .set({
      state: decision.state,
      decided_by: decision.by,
      decision_reason: decision.reason,
      decided_at: decision.now,
      changed_at: decision.now,
    })
    .where("id", "=", id)
    .execute();
}

/** Checks that were asked before an instant and have no answer yet, oldest first. */
export async function findUnanswered(sql: Sql, before: Date, limit: number): Promise<StoredRegistration[]> {
  const rows = await tables(sql)
    .selectFrom("identity.registrations")
    .selectAll()
    .where("state", "=", "checking")
    .where("check_asked_at", "<", before)
    .orderBy("changed_at")
    .limit(limit)
    .execute();
  return rows.map(read);
}

/** Registrations that a person must decide, oldest first, with when they were referred. */
export async function findReferred(
  sql: Sql,
  limit: number,
): Promise<{ readonly registration: StoredRegistration; readonly referredAt: Date }[]> {
  const rows = await tables(sql)
    .selectFrom("identity.registrations")
    .selectAll()
    .where("state", "=", "referred")
    .orderBy("changed_at")
    .limit(limit)
    .execute();
  return rows.map((row) => ({ registration: read(row), referredAt: row.referred_at ?? row.changed_at }));
}

/** Forgets answers that nobody came back to. */
export async function deleteForgotten(sql: Sql, before: Date): Promise<void> {
  await tables(sql)
    .deleteFrom("identity.registrations")
    .where("state", "in", ["answering", "failed"])
    .where("changed_at", "<", before)
    .execute();
}
