import { createDatabase } from "@mainstay/platform";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AccountId } from "./index.ts";
import { createTestBook } from "./test-book.ts";

const book = await createTestBook();
const { ledger, db, openWith, open, transfer, hold } = book;
const owner = createDatabase({ url: book.database.ownerUrl, connections_max: 1, applicationName: "owner" });
let ada: AccountId;
let ben: AccountId;

beforeAll(async () => {
  [ada, ben] = [await openWith(1_000n), await open()];
  await ledger.post(transfer(ada, ben, 1n));
  await ledger.post(transfer(ben, ada, 9_999n));
  await ledger.post(hold(ada, ben, 1n));
});
afterAll(async () => {
  await owner.close();
  await book.close();
});

const writes = [
  "UPDATE ledger.accounts SET posted = posted + 1",
  "UPDATE ledger.accounts SET floor = -1000000",
  "DELETE FROM ledger.accounts",
  "INSERT INTO ledger.accounts SELECT * FROM ledger.accounts",
  "INSERT INTO ledger.transfers SELECT * FROM ledger.transfers",
  "INSERT INTO ledger.entries SELECT * FROM ledger.entries",
  "INSERT INTO ledger.refusals SELECT * FROM ledger.refusals",
  "INSERT INTO ledger.holds SELECT * FROM ledger.holds",
  "UPDATE ledger.transfers SET amount = amount + 1",
  "DELETE FROM ledger.transfers",
  "UPDATE ledger.entries SET balance = balance + 1",
  "DELETE FROM ledger.entries",
  "DELETE FROM ledger.refusals",
  "UPDATE ledger.refusals SET code = 'posted'",
  "DELETE FROM ledger.holds",
  "UPDATE ledger.book SET epoch = epoch + 1",
  "TRUNCATE ledger.transfers",
  "TRUNCATE ledger.entries",
  "TRUNCATE ledger.refusals",
  "TRUNCATE ledger.accounts",
];

describe("direct SQL", () => {
  test.each(writes)("by the process is refused: %s", async (sql) => {
    await expect(db.pool.query(sql)).rejects.toMatchObject({ code: "42501" });
  });

  test.each(writes)("by the owner is refused too: %s", async (sql) => {
    await expect(owner.pool.query(sql)).rejects.toMatchObject({ code: "42501" });
  });

  test("can't change what has happened even with the writer's switch on", async () => {
    const sql = "SET LOCAL ledger.writer = 'on'; UPDATE ledger.entries SET balance = 0";
    await expect(owner.pool.query(sql)).rejects.toMatchObject({ code: "42501" });
  });
});

describe("the process's role", () => {
  test("can't raise the epoch, add obligatory kinds, or make anything", async () => {
    for (const sql of [
      "SELECT ledger.raise_epoch()",
      "INSERT INTO ledger.obligatory_kinds VALUES ('gift', 'none')",
      "CREATE TABLE ledger.mine (id TEXT)",
      "CREATE OR REPLACE FUNCTION ledger.never() RETURNS TRIGGER LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
      "ALTER TABLE ledger.entries DISABLE TRIGGER never",
    ]) {
      await expect(db.pool.query(sql), sql).rejects.toMatchObject({ code: "42501" });
    }
  });

  test("can't make the functions find other tables by a search path of its own", async () => {
    const client = await db.pool.connect();
    try {
      await client.query("CREATE TEMP TABLE IF NOT EXISTS accounts (id TEXT)").catch(() => undefined);
      await client.query("SET search_path = pg_temp, public");
      const { rows } = await client.query(
        "SELECT ledger.open_account(now(), $1, 'customer', 'GBP', 0, NULL) AS word",
        ["gb1:acc_path"],
      );
      expect(rows).toEqual([{ word: "posted" }]);
    } finally {
      client.release(true);
    }
    expect(await ledger.account("gb1:acc_path")).not.toBeNull();
  });
});

describe("a broken caller of the function", () => {
  const call = (accounts: string[], debit: number, credit: number, amount: string, more = "") =>
    db.pool.query(
      `SELECT *
         FROM ledger.post(now(), $1, ARRAY[$2], ARRAY[$3::INTEGER], ARRAY[$4::INTEGER], ARRAY[$5::BIGINT],
                                 ARRAY['GBP'], ARRAY['payment']${more})`,
      [accounts, book.id(), debit, credit, amount],
    );

  test("can't post zero, negative or endless amounts, or to the same account", async () => {
    for (const amount of ["0", "-1", String(2n ** 53n)]) {
      await expect(call([ada, ben].toSorted(), 1, 2, amount)).rejects.toMatchObject({ code: "22023" });
    }
    await expect(call([ada], 1, 1, "1")).rejects.toMatchObject({ code: "22023" });
    await expect(call([ada], 1, 2, String(2n ** 63n))).rejects.toMatchObject({ code: "22003" });
  });

  test("can't name an account twice to write its balance twice", async () => {
    const [one, other] = [book.id(), book.id()].toSorted();
    const twice = (types: string) =>
      db.pool.query(
        `SELECT ledger.post(now(), $1, ARRAY[$2, $3], ARRAY[1, 2], ARRAY[3, 3], ARRAY[1, 1]::BIGINT[],
                            ARRAY['GBP', 'GBP'], ARRAY['payment', 'payment']${types})`,
        [[ada, ada, ben], one, other],
      );
    // Two entries with one number, or one row with two new balances.
    await expect(twice("")).rejects.toMatchObject({ code: "23505" });
    const holds = `, ARRAY['hold', 'hold'],
      p_holds => ARRAY['${one}', '${other}'], p_hold_places => ARRAY[1, 2]`;
    await expect(twice(holds)).rejects.toMatchObject({
      code: "22023",
      message: "the accounts of a batch are distinct",
    });
  });

  test("can't capture a hold between other accounts than its own", async () => {
    const [cyd, dan] = [await openWith(1_000n), await open()];
    const held = hold(ada, ben, 5n);
    await ledger.post(held);
    const more = `, ARRAY['capture'], ARRAY['${held.id}'],
      p_holds => ARRAY['${held.id}'], p_hold_places => ARRAY[1]`;
    await expect(call([cyd, dan].toSorted(), 1, 2, "5", more)).rejects.toMatchObject({ code: "22023" });
    await expect(call([ada, ben].toSorted(), 1, 2, "-5", more)).rejects.toMatchObject({ code: "22023" });
  });

  test("can't capture a hold in another's place, in none, or name one twice", async () => {
    const [held, other] = [hold(ada, ben, 5n), hold(ada, ben, 50n)];
    for (const each of [held, other]) await ledger.post(each);
    const capture = (holds: readonly string[], place: number | "NULL") =>
      call(
        ...([[ada, ben].toSorted(), 1, 2, "5"] as const),
        `, ARRAY['capture'], ARRAY['${held.id}'],
         p_holds => ARRAY['${holds.join("', '")}'], p_hold_places => ARRAY[${place}]::INTEGER[]`,
      );
    await expect(capture([other.id], 1)).rejects.toMatchObject({ code: "22023" });
    await expect(capture([held.id], "NULL")).rejects.toMatchObject({ code: "22023" });
    await expect(capture([held.id], 2)).rejects.toMatchObject({ code: "22023" });
    await expect(capture([held.id, held.id], 1)).rejects.toMatchObject({ code: "22023" });
    expect((await ledger.openHolds(ada)).map(({ id }) => id)).toEqual(
      expect.arrayContaining([held.id, other.id]),
    );
  });

  test("gets a refusal for places that name no account", async () => {
    const { rows } = await call([ada], 1, 7, "1");
    expect(rows).toMatchObject([{ codes: ["account_not_found"] }]);
  });

  test("can't hand over arrays of different lengths, or none", async () => {
    await expect(call([ada, ben].toSorted(), 1, 2, "1", ", ARRAY['transfer', 'hold']")).rejects.toMatchObject(
      {
        code: "22023",
      },
    );
    const empty = "SELECT ledger.post(now(), '{}', '{}', '{}', '{}', '{}', '{}', '{}')";
    await expect(db.pool.query(empty)).rejects.toMatchObject({ code: "22023" });
  });
});
