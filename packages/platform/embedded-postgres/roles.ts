import pg from "pg";
import type { Passwords } from "./passwords.ts";

/** The databases of a Mainstay, and the role that its process runs as in each. */
export const postgres_databases = { bank: "mainstay_bank", control: "mainstay_control" } as const;

/** Gives a database to the owner role, and lets nobody else but its process's role in. */
export async function grantDatabase(client: pg.Client, database: string, role: string): Promise<void> {
  const name = pg.escapeIdentifier(database);
  await client.query(`REVOKE ALL ON DATABASE ${name} FROM PUBLIC`);
  await client.query(`GRANT CONNECT ON DATABASE ${name} TO ${pg.escapeIdentifier(role)}`);
}

async function ensureRoles(client: pg.Client, passwords: Passwords): Promise<void> {
  const found = await client.query<{ rolname: string }>("SELECT rolname FROM pg_roles");
  const known = new Set(found.rows.map((row) => row.rolname));
  for (const [role, password] of Object.entries(passwords)) {
    if (known.has(role)) continue;
    await client.query(
      `CREATE ROLE ${pg.escapeIdentifier(role)} LOGIN PASSWORD ${pg.escapeLiteral(password)}`,
    );
  }
}

async function ensureDatabases(client: pg.Client): Promise<void> {
  const found = await client.query<{ datname: string }>("SELECT datname FROM pg_database");
  const known = new Set(found.rows.map((row) => row.datname));
  for (const [database, role] of Object.entries(postgres_databases)) {
    if (!known.has(database)) await client.query(`CREATE DATABASE ${database} OWNER mainstay_owner`);
    await grantDatabase(client, database, role);
  }
}

/** Makes the roles and databases that aren't there yet; `superuserUrl` leads to the server's own database. */
export async function ensureRolesAndDatabases(superuserUrl: string, passwords: Passwords): Promise<void> {
  const client = new pg.Client({ connectionString: superuserUrl, application_name: "mainstay-start" });
  await client.connect();
  try {
    await ensureRoles(client, passwords);
    await ensureDatabases(client);
  } finally {
    await client.end();
  }
}
