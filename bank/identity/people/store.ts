import { sql as raw, type Selectable } from "kysely";
import type { Address } from "@mainstay/wire";
import { tables, type IdentityTables, type Sql } from "../tables.ts";
import type { CompleteAnswers, Person, PersonId } from "../types.ts";

function read(row: Selectable<IdentityTables["identity.people"]>): Person {
  return {
    id: row.id as PersonId,
    firstName: row.first_name,
    lastName: row.last_name,
    email: row.email,
    phone: row.phone,
    demo: row.demo,
    isProbe: row.probe,
  };
}

/** A person who becomes a customer. */
export type NewPerson = {
  readonly id: PersonId;
  readonly answers: CompleteAnswers;
  readonly demo: boolean;
  readonly registrationId: string | null;
  readonly createdAt: Date;
};

/** Saves a person; answers false where the id is taken. */
export async function insertPerson(sql: Sql, person: NewPerson): Promise<boolean> {
  const { answers } = person;
  const result = await tables(sql)
    .insertInto("identity.people")
    .values({
      id: person.id,
      first_name: answers.firstName,
      last_name: answers.lastName,
      date_of_birth: answers.dateOfBirth,
      address: raw<Address>`${JSON.stringify(answers.address)}::JSONB`,
      email: answers.email,
      phone: answers.phone,
      demo: person.demo,
      registration_id: person.registrationId,
      created_at: person.createdAt,
    })
    .onConflict((conflict) => conflict.column("id").doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}

/** What release control calls a person by. */
export async function customerRefOf(sql: Sql, id: string): Promise<string> {
  const row = await tables(sql)
    .selectFrom("identity.people")
    .select("customer_ref")
    .where("id", "=", id)
    .executeTakeFirstOrThrow();
  return row.customer_ref;
}

export async function findPerson(sql: Sql, id: string): Promise<Person | null> {
  const row = await tables(sql)
    .selectFrom("identity.people")
    .selectAll()
    .where("id", "=", id)
    .executeTakeFirst();
  return row ? read(row) : null;
}

export async function findPeople(sql: Sql, ids: readonly string[]): Promise<Person[]> {
  if (ids.length === 0) return [];
  const rows = await tables(sql)
    .selectFrom("identity.people")
    .selectAll()
    .where("id", "in", [...ids])
    .execute();
  return rows.map(read);
}

/** The customer whom visitors of the demo bank look around as: the first that was made. */
export async function findDemoPerson(sql: Sql): Promise<Person | null> {
  const row = await tables(sql)
    .selectFrom("identity.people")
    .selectAll()
    .where("demo", "=", true)
    .orderBy("created_at")
    .orderBy("id")
    .limit(1)
    .executeTakeFirst();
  return row ? read(row) : null;
}
