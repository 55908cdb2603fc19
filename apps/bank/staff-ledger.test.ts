import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { granted } from "@mainstay/testkit/client";
import { staff_roles, type LedgerEntries, type LedgerOverview, type StaffRole } from "@mainstay/wire";
import { createTestBank } from "./test-bank.ts";

const bank = await createTestBank();
const finance: readonly StaffRole[] = ["payments"];
const settlement = encodeURIComponent("gb1:settlement/domestic/GBP");
let customersAccount: string;

beforeAll(async () => {
  const ada = await bank.customer("Ada", "Marlow");
  customersAccount = `gb1:${ada.account.id}`;
  for (let count = 1; count <= 52; count += 1) await bank.payIn(ada.account.iban, 1_000n);
});
afterAll(bank.close);

const overview = async (roles = finance) =>
  granted<LedgerOverview>(await bank.asStaff("GET", "/staff/ledger", roles));

describe("the trial balance", () => {
  it("has a line for each account of the bank's own, one for customers', and adds up to zero", async () => {
    const { currencies, accounts, transfers } = await overview();
    expect(currencies).toHaveLength(1);
    expect(currencies[0]).toMatchObject({
      currency: "GBP",
      debit: { minor: 52_000 },
      credit: { minor: 52_000 },
      difference: { minor: 0 },
      lines: [
        { kind: "customer", account: null, accounts: 1, debit: { minor: 0 }, credit: { minor: 52_000 } },
        { kind: "settlement", account: "gb1:settlement/domestic/GBP", debit: { minor: 52_000 } },
      ],
    });
    expect([accounts, transfers]).toEqual([2, 52]);
  });

  it("shows a wrong book as wrong", async () => {
    await bank.asOwner("ALTER TABLE ledger.accounts DISABLE TRIGGER USER", []);
    const change = "UPDATE ledger.accounts SET posted = posted + $1 WHERE kind = 'customer'";
    await bank.asOwner(change, [7]);
    bank.clock.advance(5_000);
    expect((await overview()).currencies[0]?.difference).toEqual({ minor: -7, currency: "GBP" });
    await bank.asOwner(change, [-7]);
    await bank.asOwner("ALTER TABLE ledger.accounts ENABLE TRIGGER USER", []);
    bank.clock.advance(5_000);
  });

  it("is added up once for all who look within five seconds", async () => {
    const first = await overview();
    bank.clock.advance(4_000);
    expect((await overview()).asOf).toBe(first.asOf);
    bank.clock.advance(1_000);
    expect((await overview()).asOf).not.toBe(first.asOf);
  });

  it("says that nothing has been checked before the first check, and how far the feed is read", async () => {
    await bank.readFeed();
    bank.clock.advance(5_000);
    const { checker, feed, queue } = await overview();
    expect(checker).toMatchObject({ last: null, isRunning: false, history: [] });
    expect(feed).toMatchObject([{ consumer: "accounts", behind_ms: 0 }]);
    expect(queue).toEqual({ waiting: 0, inFlight: 0 });
  });
});

describe("the checker", () => {
  it("checks when it is asked to, and its report is shown line by line", async () => {
    await bank.start();
    granted(await bank.asStaff("POST", "/staff/ledger/check", finance, {}));
    await expect.poll(async () => (await overview()).checker.last?.isRight).toBe(true);
    const { last, history } = (await overview()).checker;
    expect(last?.lines.map(({ name, mismatches }) => [name, mismatches])).toContainEqual([
      "the balances of each currency add up to zero",
      0,
    ]);
    expect(history).toEqual([{ at: last?.at, isRight: true }]);
  });
});

describe("entries of the bank's own account", () => {
  it("come newest first, page by page", async () => {
    const path = `/staff/ledger/entries?account=${settlement}`;
    const first = granted<LedgerEntries>(await bank.asStaff("GET", path, ["auditor"]));
    expect([first.entries.length, first.entries[0]?.number, first.older]).toEqual([50, 52, 3]);
    expect(first).toMatchObject({ kind: "settlement", balance: { minor: -52_000 } });
    expect(first.entries[0]).toMatchObject({
      kind: "pay-in",
      amount: { minor: -1_000 },
      balanceAfter: { minor: -52_000 },
      other: customersAccount,
    });
    const older = granted<LedgerEntries>(await bank.asStaff("GET", `${path}&before=${first.older}`, finance));
    expect([older.entries.map(({ number }) => number), older.older]).toEqual([[2, 1], null]);
  });

  it("are all that there are: a customer's account is as if it weren't there", async () => {
    const asked = [customersAccount, "gb1:nothing", "nonsense", "gb1:a' OR 1=1 --", "xx:settlement/GBP"];
    for (const account of asked) {
      const path = `/staff/ledger/entries?account=${encodeURIComponent(account)}`;
      expect(await bank.asStaff("GET", path, finance)).toMatchObject({
        status: 404,
        body: { code: "not_found" },
      });
    }
    for (const query of [
      "",
      "account=",
      `account=${settlement}&before=0`,
      `account=${settlement}&before=x`,
    ]) {
      expect((await bank.asStaff("GET", `/staff/ledger/entries?${query}`, finance)).status).toBe(400);
    }
  });
});

describe("whoever asks", () => {
  it("needs a role that may", async () => {
    const asks = [
      ["GET", "/staff/ledger", ["payments", "auditor"], undefined],
      ["GET", `/staff/ledger/entries?account=${settlement}`, ["payments", "auditor"], undefined],
      ["POST", "/staff/ledger/check", ["payments"], {}],
    ] as const;
    for (const [method, path, may, body] of asks) {
      for (const role of staff_roles) {
        const expected = (may as readonly StaffRole[]).includes(role) ? 200 : 403;
        expect([role, (await bank.asStaff(method, path, [role], body)).status]).toEqual([role, expected]);
      }
      expect((await bank.asStaff(method, path, null, body)).status).toBe(401);
    }
  });
});
