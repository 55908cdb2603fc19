import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { granted, randomId } from "@mainstay/testkit/client";
import {
  staff_roles,
  type Payment,
  type Reconciliation,
  type StaffPayment,
  type StaffPayments,
  type StaffRole,
} from "@mainstay/wire";
import { createTestBank } from "./test-bank.ts";

const bank = await createTestBank();
type Customer = Awaited<ReturnType<typeof bank.customer>>;
const desk: readonly StaffRole[] = ["payments"];
let ada: Customer;
let tom: Customer;

async function order(minor: number, reference = "Lunch"): Promise<Payment> {
  const { sortCode, accountNumber } = tom.account;
  return granted<Payment>(
    await ada.device.call("POST", "/api/payments", {
      id: randomId("pay"),
      accountId: ada.account.id,
      payee: { name: "Tom Hartley", sortCode, accountNumber },
      amount: { minor, currency: "GBP" },
      reference,
    }),
  );
}

async function approve(payment: Payment): Promise<Payment> {
  if (payment.approval === null) throw new Error("nothing to approve");
  const credential = ada.passkey.get(payment.approval.options);
  return granted<Payment>(
    await ada.device.call("POST", `/api/payments/${payment.id}/approve`, { credential }),
  );
}

const list = async (query: string) =>
  granted<StaffPayments>(await bank.asStaff("GET", `/staff/payments?${query}`, desk));
const one = async (id: string) =>
  granted<StaffPayment>(await bank.asStaff("GET", `/staff/payments/${id}`, desk));

let sent: Payment;
let undone: Payment;
let waiting: Payment;
let refused: Payment;

beforeAll(async () => {
  ada = await bank.customer("Ada", "Marlow");
  tom = await bank.customer("Tom", "Hartley");
  await bank.payIn(ada.account.iban, 50_000n);
  bank.clock.advance(1_000);
  sent = await approve(await order(6_450));
  bank.clock.advance(15_000);
  await bank.payments.sendDue();
  undone = await approve(await order(1_000));
  bank.clock.advance(1_000);
  granted(await ada.device.call("POST", `/api/payments/${undone.id}/undo`));
  refused = await approve(await order(90_000));
  bank.clock.advance(1_000);
  waiting = await order(2_000, "<b>rent</b>");
});
afterAll(bank.close);

describe("the list of payments", () => {
  it("has what customers ordered, newest first, with both sides and the state", async () => {
    const { payments, older, underWay } = await list("direction=out");
    expect(payments.map(({ id, state }) => [id, state])).toEqual([
      [waiting.id, "awaiting_approval"],
      [refused.id, "refused"],
      [undone.id, "undone"],
      [sent.id, "sent"],
    ]);
    expect(payments[0]).toMatchObject({
      amount: { minor: 2_000, currency: "GBP" },
      payer: { name: "Ada Marlow", accountNumber: ada.account.accountNumber },
      payee: { name: "Tom Hartley", sortCode: "004217", accountNumber: tom.account.accountNumber },
      // Text is text: nothing is taken out or turned into anything.
      reference: "<b>rent</b>",
    });
    expect([older, underWay]).toEqual([null, { count: 0, oldestAt: null }]);
  });

  it("has what the scheme brought", async () => {
    const { payments } = await list("direction=in");
    expect(payments).toMatchObject([
      {
        direction: "in",
        state: "booked",
        amount: { minor: 50_000 },
        payer: { name: "Harbour Lights Ltd" },
        payee: { name: "Ada Marlow", accountNumber: ada.account.accountNumber },
      },
    ]);
  });

  it.each([
    ["state=sent", 1],
    ["state=failed", 0],
    ["from=2026-11-23&until=2026-11-23", 4],
    ["from=2026-11-24", 0],
    ["until=2026-11-22", 0],
    ["atLeast=2000&atMost=6450", 2],
    ["atLeast=6451", 1],
  ])("is narrowed by %s", async (filter, count) => {
    expect((await list(`direction=out&${filter}`)).payments).toHaveLength(count);
  });

  it("comes page by page", async () => {
    await bank.asOwner(
      `INSERT INTO payments.payments (amount, created_at, approve_until, new_payee, id, person_id, account_id,
              payee_account_id, currency, state, payer_name, payer_account_number, payee_name,
              payee_sort_code, payee_account_number, bank_name, reference, check_result, nonce,
              ordered_sha256)
       SELECT n, created_at - make_interval(secs => n / 2), approve_until, new_payee,
              'pay_many' || lpad(n::TEXT, 18, '0'), person_id, account_id, payee_account_id, currency,
              'expired', payer_name, payer_account_number, payee_name, payee_sort_code,
              payee_account_number, bank_name, reference, check_result, nonce, ordered_sha256
         FROM payments.payments, generate_series(100, 199) AS n
        WHERE id = $1`,
      [sent.id],
    );
    const ids: string[] = [];
    let before = "";
    for (;;) {
      const page = await list(`direction=out${before}`);
      ids.push(...page.payments.map(({ id }) => id));
      if (page.older === null) break;
      before = `&before=${page.older}`;
    }
    expect([ids.length, new Set(ids).size]).toEqual([104, 104]);
  });

  it.each([
    "",
    "direction=sideways",
    "direction=out&state=lost",
    "direction=out&from=yesterday",
    "direction=out&from=2026-13-45",
    "direction=out&from=2026-02-30",
    "direction=out&from=0000-01-01",
    "direction=out&atLeast=-1",
    "direction=out&before=nonsense",
    "direction=out&before=1.';--",
    "direction=out&customer=ada",
  ])("refuses ?%s", async (query) => {
    expect((await bank.asStaff("GET", `/staff/payments?${query}`, desk)).status).toBe(400);
  });

  it("is in the audit with the filter and whom it showed", async () => {
    await list("direction=in&state=booked");
    const { rows } = await bank.database.pool.query<{ details: { customers: string[] } }>(
      "SELECT details FROM identity.audit WHERE action = 'payments-seen' ORDER BY number DESC LIMIT 1",
    );
    expect(rows[0]?.details).toMatchObject({ staffName: "Iris Holm", direction: "in", state: "booked" });
    expect(rows[0]?.details.customers).toHaveLength(1);
  });
});

describe("one payment", () => {
  it("that was sent has its approval verified, its posts and its timeline", async () => {
    const payment = await one(sent.id);
    expect(payment).toMatchObject({
      state: "sent",
      nameCheck: { result: "match" },
      isNewPayee: true,
      approval: { holds: true, relyingParty: "localhost" },
      posts: [
        { id: sent.id, type: "hold", amount: { minor: 6_450 } },
        { id: `${sent.id}/capture`, type: "capture" },
      ],
      messages: [],
    });
    expect(payment.timeline.map(({ event }) => event)).toEqual([
      "ordered",
      "approved",
      "held",
      "captured",
      "sent",
    ]);
    for (const side of [payment.payer, payment.payee]) expect(side.customer).toMatch(/^cus_/);
  });

  it("whose record was changed after it was approved says that the approval doesn't hold", async () => {
    await bank.asOwner("UPDATE payments.payments SET payee_name = 'Eve' WHERE id = $1", [sent.id]);
    expect((await one(sent.id)).approval?.holds).toBe(false);
    await bank.asOwner("UPDATE payments.payments SET payee_name = 'Tom Hartley' WHERE id = $1", [sent.id]);
  });

  it("that was undone or refused says so, step by step", async () => {
    const events = async (id: string) => (await one(id)).timeline.map(({ event }) => event);
    expect(await events(undone.id)).toEqual(["ordered", "approved", "held", "undone"]);
    expect(await events(refused.id)).toEqual(["ordered", "approved", "refused"]);
    expect(await one(refused.id)).toMatchObject({ reason: "insufficient_funds", posts: [] });
    expect(await one(waiting.id)).toMatchObject({ approval: null, timeline: [{ event: "ordered" }] });
  });

  it("from another bank has the scheme's messages as they came and went", async () => {
    const [row] = (await list("direction=in")).payments;
    const payment = await one(row?.id ?? "");
    expect(payment).toMatchObject({ state: "booked", approval: null, nameCheck: null });
    expect(payment.messages.map(({ direction, name }) => [direction, name])).toEqual([
      ["in", "pacs.008.001.08"],
      ["out", "pacs.002.001.10"],
    ]);
    expect(payment.messages[0]?.content).toContain(`<UETR>${payment.id}</UETR>`);
    expect(payment.posts).toMatchObject([{ id: `domestic/${payment.id}`, type: "transfer" }]);
    expect(payment.timeline.map(({ event }) => event)).toEqual(["received", "booked", "answered"]);
  });

  it("that isn't there is answered alike", async () => {
    for (const id of [randomId("pay"), "nonsense", "1%27%3B--", "11111111-1111-4111-a111-111111111111"]) {
      expect(await bank.asStaff("GET", `/staff/payments/${id}`, desk)).toMatchObject({
        status: 404,
        body: { code: "not_found" },
      });
    }
  });
});

describe("the reconciliation", () => {
  const reconcile = async () =>
    granted<Reconciliation>(await bank.asStaff("GET", "/staff/payments/reconciliation", desk));

  it("agrees with the scheme's messages once nothing is coming in", async () => {
    bank.clock.advance(10_000);
    expect(await reconcile()).toMatchObject({
      ledger: { minor: -50_000 },
      scheme: { minor: -50_000 },
      difference: { minor: 0 },
      messages: { received: 1, unanswered: 0, unreadable: 0 },
      looked: 1,
      mismatches: [],
    });
  });

  it("doesn't compare while money is coming in", async () => {
    await bank.payIn(ada.account.iban, 100n);
    bank.clock.advance(1_000);
    bank.clock.advance(0);
    const shared = await reconcile();
    expect(shared.scheme?.minor).toBe(-50_000);
    bank.clock.advance(5_000);
    await bank.payIn(ada.account.iban, 100n);
    expect(await reconcile()).toMatchObject({ scheme: null, difference: null });
  });

  it("tells which transfer the two don't agree on, and by how much", async () => {
    await bank.asOwner("UPDATE payments.incoming SET amount = amount + 5 WHERE amount = 50000", []);
    bank.clock.advance(10_000);
    expect(await reconcile()).toMatchObject({
      difference: { minor: 5 },
      looked: 3,
      mismatches: [{ ledger: "other-amount", message: "booked", amount: { minor: 50_005 } }],
    });
    await bank.asOwner("UPDATE payments.incoming SET amount = amount - 5 WHERE amount = 50005", []);
  });

  it("counts a message that couldn't be read", async () => {
    await bank.sendMessage("<nonsense/>");
    bank.clock.advance(10_000);
    expect((await reconcile()).messages).toEqual({ received: 4, unanswered: 0, unreadable: 1 });
  });
});

describe("whoever asks", () => {
  it("needs a role that may", async () => {
    const asks = [
      ["/staff/payments?direction=out", ["payments"]],
      [`/staff/payments/${sent.id}`, ["payments", "support"]],
      ["/staff/payments/reconciliation", ["payments"]],
    ] as const;
    for (const [path, may] of asks) {
      for (const role of staff_roles) {
        const expected = (may as readonly StaffRole[]).includes(role) ? 200 : 403;
        expect([path, role, (await bank.asStaff("GET", path, [role])).status]).toEqual([
          path,
          role,
          expected,
        ]);
      }
      expect((await bank.asStaff("GET", path, null)).status).toBe(401);
    }
  });
});
