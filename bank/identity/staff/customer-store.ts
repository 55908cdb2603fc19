import type { Database } from "@mainstay/platform";
import type { Address, CustomerKind, RegistrationAnswers } from "@mainstay/wire";
import { kindOf } from "../people/customers.ts";
import type { PersonId, SessionOrigin } from "../types.ts";

/** The most sessions of one device that are shown, and the most looks. */
export const sessions_shown_max = 20;
export const looks_shown_max = 50;

/** What a search goes by, once it is known what the query is. */
export type Wanted =
  | { readonly by: "name" | "email" | "reference"; readonly text: string }
  | { readonly by: "account"; readonly people: readonly string[] };

/** A customer as a search shows them. */
export type FoundPerson = {
  readonly personId: PersonId;
  readonly ref: string;
  readonly name: string;
  readonly kind: CustomerKind;
  readonly email: string;
  readonly customerSince: Date;
};

type PersonRow = {
  id: PersonId;
  customer_ref: string;
  first_name: string;
  last_name: string;
  date_of_birth: string;
  address: Address;
  email: string;
  phone: string;
  demo: boolean;
  probe: boolean;
  registration_id: string | null;
  created_at: Date;
};

/** What of a text would be a pattern is the text itself; it is what the text begins with. */
function beginningOf(text: string): string {
  return `${text.replaceAll(/[\\%_]/g, (special) => `\\${special}`)}%`;
}

const of_name = `
  (SELECT id FROM identity.people
    WHERE lower(first_name || ' ' || last_name) LIKE lower($1)
    LIMIT $2)
   UNION
  (SELECT id FROM identity.people
    WHERE lower(last_name || ' ' || first_name) LIKE lower($1)
    LIMIT $2)`;
const of_email = "SELECT id FROM identity.people WHERE lower(email) = lower($1) LIMIT $2";
const of_reference = "SELECT id FROM identity.people WHERE customer_ref = $1 OR id = $1 LIMIT $2";
const of_account = "SELECT id FROM identity.people WHERE id = ANY ($1::TEXT[]) LIMIT $2";

/**
 * Finds customers, at most `limit`, by name. Each way reads one range of one index; a query that begins too
 * many names reads `limit` of them.
 */
export async function searchPeople(
  database: Database,
  wanted: Wanted,
  limit: number,
): Promise<readonly FoundPerson[]> {
  const statements = { name: of_name, email: of_email, reference: of_reference, account: of_account };
  const value =
    wanted.by === "account" ? wanted.people : wanted.by === "name" ? beginningOf(wanted.text) : wanted.text;
  // Not prepared: the plan must know how the name begins, or it can't read that range alone.
  const { rows } = await database.pool.query<PersonRow>(
    `SELECT person.id, customer_ref, first_name, last_name, email, demo, probe, created_at
       FROM identity.people AS person
       JOIN (${statements[wanted.by]}) AS found ON found.id = person.id
      ORDER BY lower(last_name), lower(first_name), person.id
      LIMIT $2`,
    [value, limit],
  );
  return rows.map((row) => ({
    personId: row.id,
    ref: row.customer_ref,
    name: `${row.first_name} ${row.last_name}`,
    kind: kindOf(row),
    email: row.email,
    customerSince: row.created_at,
  }));
}

/** A customer whole, as far as identity knows them. */
export type WholePerson = FoundPerson & {
  readonly dateOfBirth: string;
  readonly address: Address;
  readonly phone: string;
  readonly registrationId: string | null;
};

/** A customer by reference; null where it is nobody's. */
export async function findWholePerson(database: Database, ref: string): Promise<WholePerson | null> {
  const { rows } = await database.pool.query<PersonRow>(
    `SELECT id, customer_ref, first_name, last_name, date_of_birth, address, email, phone, demo, probe,
            registration_id, created_at
       FROM identity.people
      WHERE customer_ref = $1`,
    [ref],
  );
  const [row] = rows;
  if (row === undefined) return null;
  return {
    personId: row.id,
    ref: row.customer_ref,
    name: `${row.first_name} ${row.last_name}`,
    kind: kindOf(row),
    email: row.email,
    customerSince: row.created_at,
    dateOfBirth: row.date_of_birth,
    address: row.address,
    phone: row.phone,
    registrationId: row.registration_id,
  };
}

type RegistrationRow = {
  id: string;
  state: string;
  answers: RegistrationAnswers;
  reasons: string[];
  created_at: Date;
  decided_at: Date | null;
  decision_reason: string | null;
};

/** How a customer became one; null where the registration isn't kept. */
export async function findRegistrationFacts(database: Database, id: string): Promise<RegistrationRow | null> {
  const { rows } = await database.pool.query<RegistrationRow>(
    `SELECT id, state, answers, reasons, created_at, decided_at, decision_reason
       FROM identity.registrations
      WHERE id = $1`,
    [id],
  );
  return rows[0] ?? null;
}

/** An open session, with the device that holds it. */
export type OpenSession = {
  readonly device_id: string;
  readonly opened_by: SessionOrigin;
  readonly started_at: Date;
  readonly active_at: Date;
  readonly ends_at: Date;
};

/** The open sessions of a person's devices, newest first: the index of sessions by device serves it. */
export async function findOpenSessions(
  database: Database,
  deviceIds: readonly string[],
  now: Date,
): Promise<readonly OpenSession[]> {
  const { rows } = await database.pool.query<OpenSession>(
    `SELECT session.device_id, session.opened_by, session.started_at, session.active_at, session.ends_at
       FROM unnest($1::TEXT[]) AS device (id)
      CROSS JOIN LATERAL (
              SELECT device_id, opened_by, started_at, active_at, ends_at
                FROM identity.sessions
               WHERE device_id = device.id
                 AND ended_at IS NULL
                 AND ends_at > $2
               ORDER BY started_at DESC
               LIMIT $3
            ) AS session`,
    [deviceIds, now, sessions_shown_max],
  );
  return rows;
}

/** A look at a customer, as the audit has it. */
export type LookRow = {
  readonly at: Date;
  readonly actor: string;
  readonly action: string;
  readonly staff_name: string | null;
  readonly customers: number;
};

/** Who looked at a customer, newest first. */
export async function findLooks(database: Database, ref: string): Promise<readonly LookRow[]> {
  const { rows } = await database.pool.query<LookRow>(
    `SELECT at, actor, action, details ->> 'staffName' AS staff_name,
            jsonb_array_length(details -> 'customers') AS customers
       FROM identity.audit
      WHERE details ? 'customers'
        AND details -> 'customers' ? $1
      ORDER BY number DESC
      LIMIT $2`,
    [ref, looks_shown_max],
  );
  return rows;
}
