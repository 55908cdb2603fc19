import { afterAll, describe, expect, it } from "vitest";
import { createDatabase } from "@mainstay/platform";
import { createTestDatabase } from "@mainstay/testkit";
import { bankMigrations } from "../apps/bank/migrations.ts";
import { seedDemo } from "./demo-seed.ts";
import { demo_people } from "./demo/people.ts";

const test = await createTestDatabase({ modules: bankMigrations });
const database = createDatabase({ url: test.url, connections_max: 2, applicationName: "demo-test" });
afterAll(async () => {
  await database.close();
  await test.drop();
});

const count = async (what: string): Promise<number> =>
  Number(
    (await database.pool.query<{ count: bigint }>(`SELECT count(*) AS count FROM ${what}`)).rows[0]?.count,
  );

describe("the demo bank", () => {
  it("is filled once, with people, accounts, months of feed and whom they paid", async () => {
    await seedDemo({ bankUrl: test.url, say: () => {} });
    const filled = { transfers: await count("ledger.transfers"), feed: await count("accounts.transactions") };
    expect(await count("identity.people WHERE demo")).toBe(demo_people.length);
    expect(await count("payments.payees")).toBeGreaterThan(demo_people.length);
    expect(filled.feed).toBeGreaterThanOrEqual(filled.transfers);
    await seedDemo({ bankUrl: test.url, say: () => {} });
    expect(await count("ledger.transfers")).toBe(filled.transfers);
  });

  it("shows on each account what the ledger says", async () => {
    const { rows } = await database.pool.query<{ wrong: bigint }>(
      `SELECT count(*) AS wrong
         FROM accounts.accounts AS account
         JOIN ledger.accounts AS booked ON booked.id = 'gb1:' || account.id
        WHERE booked.posted <> (SELECT sum(amount) FROM accounts.transactions WHERE account_id = account.id)`,
    );
    expect(rows[0]?.wrong).toBe(0n);
  });
});
