import { afterAll, describe, expect, it } from "vitest";
import { verifyApprovalEvidence } from "@mainstay/identity";
import { checkLedger } from "@mainstay/ledger";
import { granted, randomId } from "@mainstay/testkit/client";
import type { Payment, Transactions } from "@mainstay/wire";
import { createTestBank } from "./test-bank.ts";

const bank = await createTestBank();
afterAll(bank.close);

describe("a customer's first day, over HTTP", () => {
  it("opens an account, is paid, pays another customer, and finds it all in the feed", async () => {
    const ada = await bank.customer("Ada", "Marlow");
    const tom = await bank.customer("Tom", "Hartley");
    await bank.payIn(ada.account.iban, 25_000n);
    bank.clock.advance(1_000);

    const ordered = granted<Payment>(
      await ada.device.call("POST", "/api/payments", {
        id: randomId("pay"),
        accountId: ada.account.id,
        payee: {
          name: "Tom Hartley",
          sortCode: tom.account.sortCode,
          accountNumber: tom.account.accountNumber,
        },
        amount: { minor: 6_450, currency: "GBP" },
        reference: "Cottage weekend",
      }),
    );
    expect(ordered).toMatchObject({
      state: "awaiting_approval",
      newPayee: true,
      shown: { nameCheck: { result: "match" }, fee: { minor: 0 } },
    });
    if (ordered.approval === null) throw new Error("nothing to approve");
    const credential = ada.passkey.get(ordered.approval.options);
    const approved = granted<Payment>(
      await ada.device.call("POST", `/api/payments/${ordered.id}/approve`, { credential }),
    );
    expect(approved).toMatchObject({
      state: "leaving",
      leavesAt: "2026-11-23T12:00:16.000Z",
      approval: null,
    });

    await bank.readFeed();
    const leaving = granted<Transactions>(
      await ada.device.call("GET", `/api/accounts/${ada.account.id}/transactions`),
    );
    expect(leaving.transactions.map((row) => [row.state, row.amount.minor, row.leavesAt])).toEqual([
      ["leaving", -6_450, "2026-11-23T12:00:16.000Z"],
      ["settled", 25_000, null],
    ]);

    bank.clock.advance(15_000);
    expect(await bank.payments.sendDue()).toBe(1);
    await bank.readFeed();
    const feed = granted<Transactions>(
      await ada.device.call("GET", `/api/accounts/${ada.account.id}/transactions`),
    );
    expect(feed.transactions[0]).toMatchObject({
      id: leaving.transactions[0]?.id,
      state: "settled",
      balanceAfter: { minor: 18_550 },
      counterparty: { name: "Tom Hartley", accountNumber: tom.account.accountNumber },
      reference: "Cottage weekend",
      paymentId: ordered.id,
      valueDate: "2026-11-23",
    });
    const toms = granted<Transactions>(
      await tom.device.call("GET", `/api/accounts/${tom.account.id}/transactions`),
    );
    expect(toms.transactions).toMatchObject([
      {
        state: "settled",
        kind: "payment_in",
        amount: { minor: 6_450 },
        counterparty: { name: "Ada Marlow" },
      },
    ]);
    expect((await checkLedger(bank.database.pool, { clock: bank.clock })).ok).toBe(true);

    const { rows } = await bank.database.pool.query("SELECT evidence FROM payments.approvals");
    expect(verifyApprovalEvidence(rows[0].evidence, ordered.shown).ok).toBe(true);
  });
});
