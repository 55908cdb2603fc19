import { granted, logIn } from "@mainstay/testkit";
import pg from "pg";
import { expect, test } from "vitest";
import { createIdentityScene } from "../../../tests/support/identity-scene.ts";
import { verifyAudit } from "./store.ts";

const scene = await createIdentityScene();
const { customer, visitor, db } = scene;

/** Runs statements as the owner of the tables, whom no process runs as. */
async function asOwner(...statements: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: scene.database.ownerUrl });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

test("the audit says who did what, in a chain that holds, also when many write at once", async () => {
  const customers = await Promise.all([1, 2, 3, 4].map(() => customer()));
  await Promise.all(customers.map(async ({ passkey }) => granted(await logIn(visitor().device, passkey))));
  const { rows } = await db.pool.query<{ action: string }>(
    "SELECT action FROM identity.audit WHERE subject = $1 ORDER BY number",
    [customers[0]?.personId],
  );
  expect(rows.map((row) => row.action)).toEqual(["registered", "logged-in"]);
  const verified = await verifyAudit(db);
  expect(verified.brokenAt).toBeNull();
  expect(verified.rows).toBeGreaterThanOrEqual(8);
});

test("the process's role can't write around it", async () => {
  const statements = [
    "UPDATE identity.audit SET actor = 'nobody'",
    "DELETE FROM identity.audit",
    "TRUNCATE identity.audit",
    "INSERT INTO identity.audit SELECT * FROM identity.audit",
    "UPDATE identity.audit_head SET number = 0",
  ];
  for (const statement of statements)
    await expect(db.pool.query(statement)).rejects.toThrow("permission denied");
});

test("what even the owner changes, adds or takes away is found, and where", async () => {
  await customer();
  await asOwner("CREATE TABLE identity.kept AS SELECT * FROM identity.audit");
  const restore = ["TRUNCATE identity.audit", "INSERT INTO identity.audit SELECT * FROM identity.kept"];
  const tampering: [statement: string, at: bigint][] = [
    ["UPDATE identity.audit SET details = '{}' WHERE number = 2", 2n],
    ["UPDATE identity.audit SET at = at + INTERVAL '1 second' WHERE number = 3", 3n],
    ["DELETE FROM identity.audit WHERE number = 2", 3n],
  ];
  for (const [statement, at] of tampering) {
    await asOwner(statement);
    expect((await verifyAudit(db)).brokenAt).toBe(at);
    await asOwner(...restore);
    expect((await verifyAudit(db)).brokenAt).toBeNull();
  }
  await asOwner("DELETE FROM identity.audit WHERE number = (SELECT max(number) FROM identity.audit)");
  expect((await verifyAudit(db)).brokenAt).not.toBeNull();
  await asOwner(...restore);
});
