import { createDatabase, type Database } from "@mainstay/platform";

/** A customer of the fleet, as the bank keeps one. */
export type FleetCustomer = {
  readonly id: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly passkey: { readonly id: string; readonly credentialId: string; readonly spki: string };
};

/**
 * Opens the scratch bank's database as the bank's own role: the fleet's customers are put there in one go, as
 * if they had opened their accounts long ago.
 */
export function openScratchDatabase(url: string): Database {
  return createDatabase({ url, connections_max: 2, applicationName: "mainstay-replay" });
}

/** Adds customers with one P-256 passkey each, made at a time. */
export async function insertCustomers(
  database: Database,
  customers: readonly FleetCustomer[],
  madeAt: Date,
): Promise<void> {
  await database.pool.query(
    `INSERT INTO identity.people (id, first_name, last_name, date_of_birth, address, email, phone, created_at)
     SELECT id, first_name, last_name, '1990-01-01', '{}'::JSONB, email, '07700 900000', $5
       FROM unnest($1::TEXT[], $2::TEXT[], $3::TEXT[], $4::TEXT[])
            AS given (id, first_name, last_name, email)`,
    [
      customers.map(({ id }) => id),
      customers.map(({ firstName }) => firstName),
      customers.map(({ lastName }) => lastName),
      customers.map(({ email }) => email),
      madeAt,
    ],
  );
  await database.pool.query(
    `INSERT INTO identity.passkeys (id, person_id, credential_id, algorithm, spki, sign_count, aaguid,
                                    backed_up, name, created_at)
     SELECT id, person_id, credential_id, -7, spki, 0, '00000000-0000-0000-0000-000000000000', FALSE,
            'Phone', $5
       FROM unnest($1::TEXT[], $2::TEXT[], $3::TEXT[], $4::TEXT[])
            AS given (id, person_id, credential_id, spki)`,
    [
      customers.map(({ passkey }) => passkey.id),
      customers.map(({ id }) => id),
      customers.map(({ passkey }) => passkey.credentialId),
      customers.map(({ passkey }) => passkey.spki),
      madeAt,
    ],
  );
}

/** The references under which release control knows customers, by their ids. */
export async function readReferences(
  database: Database,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { rows } = await database.pool.query<{ id: string; customer_ref: string }>(
    `SELECT id, customer_ref
       FROM identity.people
      WHERE id = ANY ($1)`,
    [ids],
  );
  return new Map(rows.map(({ id, customer_ref }) => [id, customer_ref]));
}

/** The e-mail addresses of customers by the reference under which release control knows them. */
export async function readEmails(
  database: Database,
  refs: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { rows } = await database.pool.query<{ customer_ref: string; email: string }>(
    `SELECT customer_ref, email
       FROM identity.people
      WHERE customer_ref = ANY ($1)`,
    [refs],
  );
  return new Map(rows.map(({ customer_ref, email }) => [customer_ref, email]));
}

/**
 * Keeps every log-in from ending: whoever has begun one waits until the lock is let go, or is answered with a
 * fault. Answers how to let go. What an outage of the bank looks like, to both versions alike.
 */
export async function stopLogins(url: string): Promise<() => Promise<void>> {
  const database = createDatabase({ url, connections_max: 1, applicationName: "mainstay-replay-outage" });
  const client = await database.pool.connect();
  await client.query("SET transaction_timeout = 0; SET idle_in_transaction_session_timeout = 0");
  await client.query("BEGIN");
  // LOCK: opening a session needs to write here, so that log-ins begin and don't end.
  await client.query("LOCK TABLE identity.sessions IN EXCLUSIVE MODE");
  return async () => {
    await client.query("ROLLBACK");
    client.release();
    await database.close();
  };
}
