import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId, ok, type Id } from "@mainstay/kernel";
import { accountsMigrations, createAccounts, createEventHub, type Accounts } from "@mainstay/accounts";
import { createLedger, ledgerMigrations, type Ledger } from "@mainstay/ledger";
import { createDatabase } from "@mainstay/platform";
import { createTestDatabase, fakeClock, seededRandom } from "@mainstay/testkit";
import { paymentsMigrations } from "./migrations.ts";
import { createPayments, type Payments } from "./payments.ts";

const database = await createTestDatabase({
  modules: [ledgerMigrations, accountsMigrations, paymentsMigrations],
});
const db = createDatabase({ url: database.url, connections_max: 4, applicationName: "test" });
afterAll(async () => {
  await db.close();
  await database.drop();
});
const clock = fakeClock("2026-11-22T12:00:00Z");
const random = seededRandom(1);
const ledger: Ledger = createLedger({ pool: db.pool, clock });
let payments: Payments;
const accounts: Accounts = createAccounts({
  database: db,
  ledger,
  clock,
  random,
  hub: createEventHub(),
  describe: (ids) => payments.describe(ids),
});
payments = createPayments({
  database: db,
  ledger,
  accounts,
  clock,
  random,
  config: { undo_window_ms: 15_000 },
  approvals: {
    prepare: async ({ shownAt }) => ({
      options: {
        challenge: "x",
        rpId: "localhost",
        timeout: 1,
        allowCredentials: [],
        userVerification: "required",
      },
      expiresAt: new Date(shownAt.getTime() + 300_000),
    }),
    verify: async () => ok({} as never),
  },
});
const person = () => newId("person", { clock, random });
describe("smoke", () => {
  it("goes through", async () => {
    await payments.prepare();
    const [a, b] = [person(), person()];
    const one = await accounts.openCurrentAccount({ personId: a, holderName: "Ada Marsh" });
    const two = await accounts.openCurrentAccount({ personId: b, holderName: "Tom Hartley" });
    expect((await accounts.openCurrentAccount({ personId: a, holderName: "Ada Marsh" })).id).toBe(one.id);
    const { writeCreditTransfer } = await import("../../apps/simulator/scheme/credit-transfer.ts");
    const xml = writeCreditTransfer({
      messageId: "m1",
      uetr: "a9c1d1f0-0f1c-4a52-8f0c-3d0f6b0e2a11",
      createdAt: clock.now(),
      toBic: "MNSTGB20",
      amount: { minor: 25000n, currency: "GBP" },
      debtorName: "Harbour",
      creditorName: "Ada",
      creditorIban: one.iban,
      reference: "Salary",
    });
    const answer = await payments.receiveMessage(Buffer.from(xml));
    console.log(answer);
    expect(await payments.receiveMessage(Buffer.from(xml))).toEqual(answer);
    console.log(await accounts.accountsOf(a));
    const id = newId("pay", { clock, random });
    const request = {
      id,
      accountId: one.id,
      payee: { name: "Thomas Hartley", sortCode: two.sortCode, accountNumber: two.accountNumber },
      amount: { minor: 6450, currency: "GBP" as const },
      reference: "Cottage",
    };
    const ordered = await payments.order({ personId: a, request });
    console.log(JSON.stringify(ordered, null, 1));
    const approved = await payments.approve({ personId: a, paymentId: id, credential: {} as never });
    console.log(approved.ok && approved.value.state, approved.ok && approved.value.leavesAt);
    expect(await payments.sendDue()).toBe(0);
    clock.advance(15_000);
    expect(await payments.sendDue()).toBe(1);
    const found = await payments.find({ personId: a, paymentId: id });
    console.log(found.ok && found.value.state, await payments.payees(a));
    console.log(await accounts.accountsOf(a), await accounts.accountsOf(b));
  });
});
