import { createDatabase, type Database } from "@mainstay/platform";
import { afterAll, beforeAll, expect, test } from "vitest";
import { accountId, checkLedger, createBackgroundChecker, renderReport, type AccountId } from "./index.ts";
import { createTestBook } from "./test-book.ts";

const book = await createTestBook();
const { ledger, db, clock, open, openWith, transfer, hold, id } = book;
let superuser: Database;
let ada: AccountId;
let ben: AccountId;

beforeAll(async () => {
  [ada, ben] = [await openWith(1_000n), await open()];
  const held = hold(ada, ben, 50n);
  const sent = transfer(ada, ben, 100n);
  await ledger.post(held);
  await ledger.post(sent);
  await ledger.post({
    id: id(),
    type: "capture",
    kind: "card",
    holdId: held.id,
    amount: { minor: 20n, currency: "GBP" },
  });
  await ledger.post({ id: id(), type: "reversal", kind: "return", reverses: sent.id });
  await ledger.postLinked([transfer(ada, ben, 1n), transfer(ben, ada, 9_999n)]);
  superuser = createDatabase({
    url: book.database.superuserUrl,
    connections_max: 1,
    applicationName: "vandal",
  });
  // As nobody but a superuser can: past the triggers.
  await superuser.pool.query("SET session_replication_role = replica");
});
afterAll(async () => {
  await superuser.close();
  await book.close();
});

test("a book that is right is told so, with what was checked", async () => {
  const report = await checkLedger(db.pool, { clock });
  expect(report.ok, renderReport(report)).toBe(true);
  expect(report.lines.every((line) => line.checked > 0n)).toBe(true);
  expect(renderReport(report)).toContain("The ledger is right.");
});

test("a settlement account is compared with what the scheme says", async () => {
  const account = accountId("settlement/test/GBP");
  const statements = (balance: bigint) => [{ account, balance, source: "the scheme" }];
  expect(await checkLedger(db.pool, { clock, statements: statements(-1_000n) })).toMatchObject({ ok: true });
  const report = await checkLedger(db.pool, { clock, statements: statements(-999n) });
  expect(report.ok).toBe(false);
  expect(renderReport(report)).toContain(`${account}: the ledger has -1000, the scheme says -999`);
});

const damage: [what: string, harm: string, repair: string, check: string][] = [
  [
    "a balance",
    "UPDATE ledger.accounts SET posted = posted + 1 WHERE id = $1",
    "posted = posted - 1",
    "add up to zero",
  ],
  [
    "a held amount",
    "UPDATE ledger.accounts SET held = held + 1 WHERE id = $1",
    "held = held - 1",
    "held amount",
  ],
];
test.each(damage)("%s that was tampered with is found", async (_, harm, repair, check) => {
  await superuser.pool.query(harm, [ada]);
  const report = await checkLedger(db.pool, { clock });
  expect(
    report.lines
      .filter((line) => line.mismatches > 0n)
      .map((line) => line.name)
      .join(),
  ).toContain(check);
  await superuser.pool.query(`UPDATE ledger.accounts SET ${repair} WHERE id = $1`, [ada]);
  expect(await checkLedger(db.pool, { clock })).toMatchObject({ ok: true });
});

test.each([
  ["an entry's amount", "UPDATE ledger.entries SET amount = amount + 1 WHERE number = 1", "its last entry's"],
  ["a missing entry", "DELETE FROM ledger.entries WHERE number = 2", "its last entry's"],
  ["a transfer's amount", "UPDATE ledger.transfers SET amount = amount + 1", "made its two entries"],
  ["a lost hold", "DELETE FROM ledger.holds", "each open hold"],
])("%s that was tampered with is found", async (_, harm, check) => {
  const client = await superuser.pool.connect();
  try {
    await client.query(`BEGIN; ${harm}`);
    // The checker reads through the vandal's own, uncommitted eyes, so that the damage needn't be repaired.
    const pool = {
      connect: () =>
        Promise.resolve({
          query: (sql: string, values?: unknown[]) =>
            /^(BEGIN|COMMIT|ROLLBACK|SET)/.test(sql)
              ? Promise.resolve({ rows: [] })
              : client.query(sql, values),
          release: () => undefined,
        }),
    };
    const report = await checkLedger(pool as never, { clock });
    expect(
      report.lines
        .filter((line) => line.mismatches > 0n)
        .map((line) => line.name)
        .join(),
    ).toContain(check);
  } finally {
    await client.query("ROLLBACK");
    client.release();
  }
});

test("the background checker tells each report", async () => {
  const reports: boolean[] = [];
  await new Promise<void>((resolve) => {
    const checker = createBackgroundChecker({
      ...{ pool: db.pool, clock, everyMs: 5 },
      onError: (error) => expect.fail(String(error)),
      onReport(report) {
        reports.push(report.ok);
        if (reports.length === 2) void checker.stop().then(resolve);
      },
    });
  });
  expect(reports).toEqual([true, true]);
});
