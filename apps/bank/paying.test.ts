import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { accountId, checkLedger } from "@mainstay/ledger";
import { settlementStatements } from "@mainstay/payments";
import { granted, randomId } from "@mainstay/testkit/client";
import type { Account, Payee, Payment } from "@mainstay/wire";
import { createTestBank } from "./test-bank.ts";

const bank = await createTestBank();
type Customer = Awaited<ReturnType<typeof bank.customer>>;
let ada: Customer;
let tom: Customer;
let eve: Customer;

beforeAll(async () => {
  ada = await bank.customer("Ada", "Marlow");
  tom = await bank.customer("Tom", "Hartley");
  eve = await bank.customer("Eve", "Stone");
  await bank.payIn(ada.account.iban, 100_000n);
});
afterAll(async () => {
  bank.clock.advance(60_000);
  const statements = await settlementStatements(bank.database, bank.clock);
  expect(statements).toHaveLength(1);
  const report = await checkLedger(bank.database.pool, { clock: bank.clock, statements });
  await bank.close();
  expect(report.lines.filter((line) => line.mismatches > 0n)).toEqual([]);
});

function request(changes: Record<string, unknown> = {}): Record<string, unknown> & { id: string } {
  const { sortCode, accountNumber } = tom.account;
  return {
    id: randomId("pay"),
    accountId: ada.account.id,
    payee: { name: "Tom Hartley", sortCode, accountNumber },
    amount: { minor: 1_000, currency: "GBP" },
    reference: "Lunch",
    ...changes,
  };
}

async function order(changes: Record<string, unknown> = {}, customer = ada): Promise<Payment> {
  return granted<Payment>(await customer.device.call("POST", "/api/payments", request(changes)));
}

function sign(payment: Payment, customer = ada) {
  if (payment.approval === null) throw new Error("nothing to approve");
  return { credential: customer.passkey.get(payment.approval.options) };
}

async function pay(changes: Record<string, unknown> = {}): Promise<Payment> {
  const payment = await order(changes);
  return granted<Payment>(
    await ada.device.call("POST", `/api/payments/${payment.id}/approve`, sign(payment)),
  );
}

async function codeOf(answer: Promise<{ status: number; body: unknown }>): Promise<[number, string]> {
  const { status, body } = await answer;
  return [status, (body as { code: string }).code];
}

async function available(customer: Customer): Promise<number> {
  const { accounts } = granted<{ accounts: Account[] }>(await customer.device.call("GET", "/api/accounts"));
  return accounts[0]?.available.minor ?? Number.NaN;
}

describe("an order", () => {
  it("given again is the same payment, with the same thing to sign", async () => {
    const asked = request();
    const first = granted<Payment>(await ada.device.call("POST", "/api/payments", asked));
    bank.clock.advance(1_000);
    const second = granted<Payment>(await ada.device.call("POST", "/api/payments", asked));
    expect(second).toEqual(first);
  });

  it("given twice at once is one payment", async () => {
    const asked = request();
    const [one, other] = await Promise.all([
      ada.device.call("POST", "/api/payments", asked),
      ada.device.call("POST", "/api/payments", asked),
    ]);
    expect(granted(one)).toEqual(granted(other));
  });

  it.each([
    ["amount", { amount: { minor: 1_001, currency: "GBP" } }],
    ["reference", { reference: "Supper" }],
    ["name", { payee: { name: "T Hartley", sortCode: "004217", accountNumber: "00000000" } }],
  ])("with its id used before for another %s is a conflict", async (_what, change) => {
    const asked = request();
    granted(await ada.device.call("POST", "/api/payments", asked));
    expect(await codeOf(ada.device.call("POST", "/api/payments", { ...asked, ...change }))).toEqual([
      409,
      "id_conflict",
    ]);
  });

  it("under another customer's id is a payment of its own, as if theirs did not exist", async () => {
    const asked = request();
    const hers = granted<Payment>(await ada.device.call("POST", "/api/payments", asked));
    const same = { ...asked, accountId: eve.account.id, reference: "Mine" };
    const own = granted<Payment>(await eve.device.call("POST", "/api/payments", same));
    expect(own).toMatchObject({ id: asked.id, state: "awaiting_approval", shown: { reference: "Mine" } });
    expect(granted(await eve.device.call("POST", "/api/payments", same))).toEqual(own);
    expect(await codeOf(eve.device.call("POST", "/api/payments", { ...same, reference: "Else" }))).toEqual([
      409,
      "id_conflict",
    ]);
    const path = `/api/payments/${asked.id}`;
    expect(granted(await eve.device.call("GET", path))).toMatchObject({ shown: { reference: "Mine" } });
    expect(granted(await ada.device.call("GET", path))).toEqual(hers);
    const credential = eve.passkey.get((own.approval as NonNullable<Payment["approval"]>).options);
    const approved = await eve.device.call("POST", `${path}/approve`, { credential });
    // Eve has no money: the ledger says so of her payment, and hers alone.
    expect(granted(approved)).toMatchObject({ id: asked.id, state: "refused" });
    expect(granted(await ada.device.call("GET", path))).toMatchObject({ state: "awaiting_approval" });
  });

  it.each([
    ["nothing", { minor: 0, currency: "GBP" }],
    ["less than nothing", { minor: -1, currency: "GBP" }],
    ["more than JSON holds exactly", { minor: 2 ** 53, currency: "GBP" }],
    ["a fraction of a penny", { minor: 10.5, currency: "GBP" }],
    ["text", { minor: "1000", currency: "GBP" }],
    ["a currency that isn't one", { minor: 1, currency: "ZZZ" }],
    ["no currency", { minor: 1 }],
    ["null", null],
  ])("of %s is refused as malformed", async (_what, amount) => {
    expect(await codeOf(ada.device.call("POST", "/api/payments", request({ amount })))).toEqual([
      400,
      "bad_request",
    ]);
  });

  it.each([
    ["id", { id: "pay_short" }],
    ["id", { id: randomId("acc") }],
    ["account", { accountId: "'; DROP TABLE payments.payments; --" }],
    ["reference", { reference: "nineteen characters" }],
    ["reference", { reference: "🙂" }],
    ["payee", { payee: { name: "", sortCode: "004217", accountNumber: "12345678" } }],
    ["payee", { payee: { name: "Tom", sortCode: "4217", accountNumber: "12345678" } }],
    ["payee", { payee: {} }],
    ["extra property", { isApproved: true }],
  ])("with a malformed %s is refused", async (_what, change) => {
    expect((await ada.device.call("POST", "/api/payments", request(change))).status).toBe(400);
  });

  it("that is no JSON, or too large, is refused", async () => {
    const headers = { "content-type": "application/json" };
    expect((await ada.device.call("POST", "/api/payments", "{", { headers })).status).toBe(400);
    expect(
      (await ada.device.call("POST", "/api/payments", request({ reference: "x".repeat(70_000) }))).status,
    ).toBe(413);
  });

  it.each([
    [
      "another bank's account",
      { sortCode: "981406", accountNumber: "31175520" },
      [422, "payee_not_reachable"],
    ],
    ["wrong check digits", { sortCode: "004217", accountNumber: "12345679" }, [404, "payee_not_found"]],
    [
      "an account that nobody has",
      { sortCode: "004217", accountNumber: "00000000" },
      [404, "payee_not_found"],
    ],
  ] as const)("to %s says so", async (_what, payee, expected) => {
    const named = { name: "Tom Hartley", ...payee };
    expect(await codeOf(ada.device.call("POST", "/api/payments", request({ payee: named })))).toEqual(
      expected,
    );
    expect(await codeOf(ada.device.call("POST", "/api/payees/check", named))).toEqual(expected);
  });

  it("to one's own account, in another currency, or of too much is refused", async () => {
    const { sortCode, accountNumber } = ada.account;
    const self = { payee: { name: "Ada Marlow", sortCode, accountNumber } };
    expect(await codeOf(ada.device.call("POST", "/api/payments", request(self)))).toEqual([
      422,
      "payee_is_self",
    ]);
    const euros = { amount: { minor: 1, currency: "EUR" } };
    expect(await codeOf(ada.device.call("POST", "/api/payments", request(euros)))).toEqual([
      422,
      "currency_not_supported",
    ]);
    const much = { amount: { minor: 100_000_001, currency: "GBP" } };
    expect(await codeOf(ada.device.call("POST", "/api/payments", request(much)))).toEqual([
      422,
      "amount_too_large",
    ]);
  });
});

describe("whatever belongs to another customer", () => {
  it("is answered as if it did not exist", async () => {
    const payment = await order();
    await pay();
    bank.clock.advance(15_000);
    await bank.payments.sendDue();
    const { payees } = granted<{ payees: Payee[] }>(await ada.device.call("GET", "/api/payees"));
    const payeeId = payees[0]?.id ?? "";
    const asks = (id: { account: string; payment: string; payee: string }) => [
      eve.device.call("POST", "/api/payments", request({ accountId: id.account })),
      eve.device.call(
        "POST",
        "/api/payments",
        request({ accountId: eve.account.id, payee: { id: id.payee } }),
      ),
      eve.device.call("GET", `/api/payments/${id.payment}`),
      eve.device.call("POST", `/api/payments/${id.payment}/approve`, sign(payment)),
      eve.device.call("POST", `/api/payments/${id.payment}/undo`),
      eve.device.call("DELETE", `/api/payees/${id.payee}`),
      eve.device.call("GET", `/api/accounts/${id.account}/transactions`),
    ];
    const adas = { account: ada.account.id, payment: payment.id, payee: payeeId };
    const nobodys = { account: randomId("acc"), payment: randomId("pay"), payee: randomId("payee") };
    const strip = (answer: { status: number; body: unknown }) => {
      const { requestId: _, ...body } = answer.body as Record<string, unknown>;
      return { status: answer.status, body };
    };
    const theirs = (await Promise.all(asks(adas))).map(strip);
    expect(theirs.map(({ status }) => status)).toEqual(theirs.map(() => 404));
    expect(theirs).toEqual((await Promise.all(asks(nobodys))).map(strip));
    granted(await ada.device.call("GET", `/api/payments/${payment.id}`));
  });

  it("isn't there at all without a session, or with a stolen cookie", async () => {
    const path = "/api/payees";
    expect((await bank.server.inject({ method: "GET", url: path })).statusCode).toBe(401);
    const cookie = [...ada.device.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    expect((await bank.server.inject({ method: "GET", url: path, headers: { cookie } })).statusCode).toBe(
      401,
    );
  });
});

describe("an approval", () => {
  it("by another's passkey, or of another payment, approves nothing", async () => {
    const [payment, other] = [await order(), await order({ amount: { minor: 2_000, currency: "GBP" } })];
    const path = `/api/payments/${payment.id}/approve`;
    const challenge = payment.approval?.options ?? sign(payment);
    const eves = { credential: eve.passkey.get({ ...challenge, allowCredentials: [] } as never) };
    expect(await codeOf(ada.device.call("POST", path, eves))).toEqual([401, "approval_failed"]);
    expect(await codeOf(ada.device.call("POST", path, sign(other)))).toEqual([401, "approval_failed"]);
    const found = granted<Payment>(await ada.device.call("GET", `/api/payments/${payment.id}`));
    expect(found.state).toBe("awaiting_approval");
  });

  it("that comes after five minutes is too late, and the payment expires", async () => {
    const payment = await order();
    const signed = sign(payment);
    bank.clock.advance(5 * 60_000);
    // Five idle minutes also end what the session sees: touch the passkey again first.
    await bank.logIn(ada);
    const path = `/api/payments/${payment.id}`;
    expect(await codeOf(ada.device.call("POST", `${path}/approve`, signed))).toEqual([
      409,
      "approval_expired",
    ]);
    expect(granted<Payment>(await ada.device.call("GET", path))).toMatchObject({
      state: "expired",
      approval: null,
    });
    expect(await bank.payments.expire()).toBeGreaterThan(0);
    expect(granted<Payment>(await ada.device.call("GET", path))).toMatchObject({ state: "expired" });
  });

  it("counts once, however often and fast it comes", async () => {
    const before = await available(ada);
    const payment = await order();
    const signed = sign(payment);
    const path = `/api/payments/${payment.id}/approve`;
    const answers = await Promise.all([1, 2, 3].map(() => ada.device.call("POST", path, signed)));
    for (const answer of answers) expect(["posting", "leaving"]).toContain(granted<Payment>(answer).state);
    expect(granted<Payment>(await ada.device.call("POST", path, signed)).state).toBe("leaving");
    expect(await available(ada)).toBe(before - 1_000);
  });

  it("of more than there is is refused for good, also when money comes later", async () => {
    const payment = await order({ amount: { minor: 99_999_900, currency: "GBP" } });
    const signed = sign(payment);
    const path = `/api/payments/${payment.id}/approve`;
    const refused = { state: "refused", reason: "insufficient_funds", leavesAt: null };
    expect(granted(await ada.device.call("POST", path, signed))).toMatchObject({
      ...refused,
      leavesAt: expect.anything(),
    });
    await bank.payIn(ada.account.iban, 99_999_999n);
    expect(granted(await ada.device.call("POST", path, signed))).toMatchObject({ state: "refused" });
  });
});

describe("a payee", () => {
  it("is saved by paying, isn't new the next time, and can be forgotten", async () => {
    const { sortCode, accountNumber } = eve.account;
    const details = { payee: { name: "Eve Stone", sortCode, accountNumber } };
    expect(await pay(details)).toMatchObject({ newPayee: true });
    bank.clock.advance(15_000);
    await bank.payments.sendDue();
    const { payees } = granted<{ payees: Payee[] }>(await ada.device.call("GET", "/api/payees"));
    const saved = payees.find((payee) => payee.accountNumber === accountNumber);
    expect(saved).toMatchObject({ name: "Eve Stone", bankName: "Mainstay" });
    expect(await order({ payee: { id: saved?.id } })).toMatchObject({
      newPayee: false,
      shown: { payeeName: "Eve Stone", payeeAccountNumber: accountNumber, nameCheck: { result: "match" } },
    });
    granted(await ada.device.call("DELETE", `/api/payees/${saved?.id}`));
    expect(await order(details)).toMatchObject({ newPayee: true });
  });

  it("is told by the name check only as far as the name was nearly right", async () => {
    const { sortCode, accountNumber } = tom.account;
    const check = async (name: string) =>
      granted(await ada.device.call("POST", "/api/payees/check", { name, sortCode, accountNumber }));
    expect(await check("Tom Hartley")).toEqual({ check: { result: "match" }, bankName: "Mainstay" });
    expect(await check("T Hartley")).toMatchObject({ check: { result: "close_match", name: "Tom Hartley" } });
    expect(await check("Jo Brown")).toEqual({
      check: { result: "no_match", code: "ANNM" },
      bankName: "Mainstay",
    });
  });

  it("can't be found out by trying names all day", async () => {
    const { sortCode, accountNumber } = tom.account;
    const asked = { name: "Jo Brown", sortCode, accountNumber };
    const ray = await bank.customer("Ray", "Cole");
    const answers = [];
    for (let count = 0; count < 61; count += 1)
      answers.push(await ray.device.call("POST", "/api/payees/check", asked));
    expect(answers.map(({ status }) => status).filter((status) => status === 200)).toHaveLength(60);
    expect(answers.at(-1)).toMatchObject({ status: 429, body: { code: "name_checks_exhausted" } });
  });
});

describe("a payment that the payee's account can't take", () => {
  it("fails when it is to leave, and the money is back", async () => {
    const max = await bank.customer("Max", "Orr");
    const { id, sortCode, accountNumber } = max.account;
    const before = await available(ada);
    const payment = await pay({ payee: { name: "Max Orr", sortCode, accountNumber } });
    await bank.ledger.setLimits({ id: accountId(id), floor: 0n, ceiling: 500n });
    bank.clock.advance(15_000);
    await bank.payments.sendDue();
    const failed = granted(await ada.device.call("GET", `/api/payments/${payment.id}`));
    expect(failed).toMatchObject({ state: "failed", reason: "refused_by_ledger" });
    expect(await available(ada)).toBe(before);
    expect(await available(max)).toBe(0);
  });
});
