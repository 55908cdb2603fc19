import { sql as raw } from "kysely";
import { tables, type Sql } from "../tables.ts";
import type { PersonId } from "../types.ts";

/** A recovery code that hasn't been used. */
export type OpenCode = { readonly id: string; readonly personId: PersonId; readonly argon2: string };

/**
 * The unused codes with a selector, of everybody with an e-mail address (they are hardly ever more than one).
 */
export async function findCodes(
  sql: Sql,
  email: string,
  selector: string,
  limit: number,
): Promise<OpenCode[]> {
  const rows = await tables(sql)
    .selectFrom("identity.recovery_codes as code")
    .innerJoin("identity.people as person", "person.id", "code.person_id")
    .select(["code.id", "code.person_id", "code.argon2"])
    .where(raw`lower(person.email)`, "=", email.toLowerCase())
    .where("code.selector", "=", selector)
    .where("code.used_at", "is", null)
    .where("code.replaced_at", "is", null)
    .orderBy("code.id")
    .limit(limit)
    .execute();
  return rows.map((row) => ({ id: row.id, personId: row.person_id as PersonId, argon2: row.argon2 }));
}

/** Uses a code up; null where it was used or replaced meanwhile. */
export async function useCode(sql: Sql, id: string, now: Date): Promise<PersonId | null> {
  const row = await tables(sql)
    .updateTable("identity.recovery_codes")
    .set({ used_at: now })
    .where("id", "=", id)
    .where("used_at", "is", null)
    .where("replaced_at", "is", null)
    .returning("person_id")
    .executeTakeFirst();
  return row ? (row.person_id as PersonId) : null;
}

/** Puts fresh codes in the place of those before them. */
export async function replaceCodes(
  sql: Sql,
  personId: string,
  codes: readonly { readonly id: string; readonly selector: string; readonly argon2: string }[],
  now: Date,
): Promise<void> {
  await tables(sql)
    .updateTable("identity.recovery_codes")
    .set({ replaced_at: now })
    .where("person_id", "=", personId)
    .where("replaced_at", "is", null)
    .execute();
  await tables(sql)
    .insertInto("identity.recovery_codes")
    .values(codes.map((code) => ({ ...code, person_id: personId, made_at: now })))
    .execute();
}

/** How many codes of the newest set are left, and when it was made; null where there never was one. */
export async function countCodes(
  sql: Sql,
  personId: string,
): Promise<{ readonly left: number; readonly total: number; readonly madeAt: Date } | null> {
  const row = await tables(sql)
    .selectFrom("identity.recovery_codes")
    .select((select) => [
      select.fn.countAll<bigint>().as("total"),
      select.fn.countAll<bigint>().filterWhere("used_at", "is", null).as("left"),
      select.fn.max("made_at").as("made_at"),
    ])
    .where("person_id", "=", personId)
    .where("replaced_at", "is", null)
    .executeTakeFirst();
  if (!row?.made_at) return null;
  return { left: Number(row.left), total: Number(row.total), madeAt: row.made_at };
}
