import { money } from "@mainstay/kernel";
import { afterAll, describe, expect, test } from "vitest";
import { accountId, derivedId, type Outcome, type PlainTransfer } from "./index.ts";
import { createTestBook, gbp } from "./test-book.ts";

const book = await createTestBook();
const { ledger, clock, open, openWith, transfer } = book;
afterAll(book.close);

function code(outcome: Outcome | undefined): string {
  return outcome === undefined || outcome.status === "posted" ? "posted" : outcome.code;
}

async function posted(...accounts: `${string}:${string}`[]): Promise<bigint[]> {
  const balances = await ledger.balances(accounts);
  return accounts.map((account) => balances.get(account)?.posted ?? -1n);
}

describe("a transfer", () => {
  test("debits one account, credits the other and makes a numbered entry on each", async () => {
    const [ada, ben] = [await openWith(10_000n), await open()];
    const outcome = await ledger.post(
      transfer(ada, ben, 2_500n, { details: { note: 'for "lunch" \\ {x}' } }),
    );
    expect(outcome).toEqual({
      status: "posted",
      bookedAt: clock.now(),
      amount: gbp(2_500n),
      replayed: false,
    });
    expect(await posted(ada, ben)).toEqual([7_500n, 2_500n]);
    const [last, first] = await ledger.entries({ account: ada });
    expect(last).toMatchObject({ number: 2n, amount: gbp(-2_500n), balanceAfter: 7_500n });
    expect(first).toMatchObject({ number: 1n, amount: gbp(10_000n), balanceAfter: 10_000n });
    const read = await ledger.transfer(last?.transferId ?? "");
    expect(read).toMatchObject({
      debitAccount: ada,
      creditAccount: ben,
      details: { note: 'for "lunch" \\ {x}' },
    });
  });

  test("is refused when the money isn't there, and moves nothing", async () => {
    const [ada, ben] = [await openWith(100n), await open()];
    expect(code(await ledger.post(transfer(ada, ben, 101n)))).toBe("insufficient_funds");
    expect(await posted(ada, ben)).toEqual([100n, 0n]);
    expect(await ledger.entries({ account: ben })).toEqual([]);
  });

  test("may use an arranged overdraft down to the floor and not a penny more", async () => {
    const [ada, ben] = [await open("customer", { floor: -500n }), await open()];
    expect(code(await ledger.post(transfer(ada, ben, 501n)))).toBe("insufficient_funds");
    expect(code(await ledger.post(transfer(ada, ben, 500n)))).toBe("posted");
    expect((await ledger.account(ada))?.available).toBe(0n);
  });

  test("is refused when it would take the creditor over the ceiling", async () => {
    const [ada, capped] = [await openWith(1_000n), await open("pot", { ceiling: 300n })];
    expect(code(await ledger.post(transfer(ada, capped, 301n)))).toBe("over_ceiling");
    expect(code(await ledger.post(transfer(ada, capped, 300n)))).toBe("posted");
  });

  test("between two currencies, or in neither's, is refused", async () => {
    const ada = await openWith(1_000n);
    const euro = accountId(book.id("acc_"));
    await ledger.openAccount({ id: euro, kind: "customer", currency: "EUR" });
    expect(code(await ledger.post(transfer(ada, euro, 1n)))).toBe("currency_mismatch");
    const ben = await open();
    expect(code(await ledger.post(transfer(ada, ben, 1n, { amount: money(1n, "EUR") })))).toBe(
      "currency_mismatch",
    );
  });

  test("to or from an account that isn't there is refused", async () => {
    const ada = await openWith(1_000n);
    expect(code(await ledger.post(transfer(ada, accountId("nobody"), 1n)))).toBe("account_not_found");
    expect(code(await ledger.post(transfer("fr1:acc_1", ada, 1n)))).toBe("account_not_found");
  });

  test("of an obligatory kind may pass the floor, and says so", async () => {
    const [ada, ben] = [await openWith(100n), await open()];
    const clearing = transfer(ada, ben, 150n, { kind: "card-clearing" });
    expect(code(await ledger.post(clearing))).toBe("posted");
    expect(await posted(ada)).toEqual([-50n]);
    expect((await ledger.transfer(clearing.id))?.passedFloor).toBe(true);
  });
});

describe("amounts", () => {
  const cases: [string, bigint, string][] = [
    ["zero", 0n, "amount_not_positive"],
    ["negative", -1n, "amount_not_positive"],
    ["2^53", 2n ** 53n, "amount_too_large"],
    ["2^63", 2n ** 63n, "amount_too_large"],
  ];
  test.each(cases)("%s is refused with its own code, and its id stays unused", async (_, minor, expected) => {
    const [ada, ben] = [await openWith(100n), await open()];
    const wrong = transfer(ada, ben, minor);
    expect(await ledger.post(wrong)).toEqual({
      status: "refused",
      code: expected,
      refusedAt: null,
      replayed: false,
    });
    expect(code(await ledger.post({ ...wrong, amount: gbp(1n) }))).toBe("posted");
  });

  test("of 2^53 - 1 are booked, until the sum would leave 64 bits", async () => {
    const [source, ada] = [await open("settlement"), await open()];
    const most = 2n ** 53n - 1n;
    const outcomes = await Promise.all(
      Array.from({ length: 520 }, () => ledger.post(transfer(source, ada, most))),
    );
    // 2^62 is 512 times 2^53.
    expect(outcomes.filter((outcome) => outcome.status === "posted")).toHaveLength(512);
    expect(new Set(outcomes.map(code))).toEqual(new Set(["posted", "over_ceiling"]));
  });
});

describe("input that is wrong in itself", () => {
  const ada = accountId("acc_ada");
  const ben = accountId("acc_ben");
  const cases: [string, Partial<PlainTransfer>, string][] = [
    ["an empty id", { id: "" }, "id_malformed"],
    ["an id that would break an array literal", { id: 'x","y' }, "id_malformed"],
    ["a long id", { id: "x".repeat(121) }, "id_malformed"],
    ["an account without a book", { debitAccount: "acc_1" as "x:y" }, "account_malformed"],
    ["an account from nowhere to itself", { creditAccount: ada }, "same_account"],
    ["a kind with blanks", { kind: "card clearing" }, "kind_malformed"],
    ["a value date that doesn't exist", { valueDate: "2026-02-30" as never }, "value_date_malformed"],
    ["endless details", { details: "x".repeat(5_000) }, "details_too_large"],
  ];
  test.each(cases)("%s is refused before the database", async (_, wrong, expected) => {
    expect(code(await ledger.post(transfer(ada, ben, 1n, wrong)))).toBe(expected);
  });
});

describe("the same id", () => {
  test("with the same content gets the first outcome, whatever the times say", async () => {
    const [ada, ben] = [await openWith(1_000n), await open()];
    const once = transfer(ada, ben, 400n, { details: { a: 1, b: [2] } });
    const first = await ledger.post(once);
    clock.advance(60_000);
    const again = await ledger.post({ ...once, valueDate: "2026-11-01" as never, details: { b: [2], a: 1 } });
    expect(again).toEqual({ ...first, replayed: true });
    expect(await posted(ada, ben)).toEqual([600n, 400n]);
  });

  test("sent many times at once moves the money once", async () => {
    const [ada, ben] = [await openWith(1_000n), await open()];
    const once = transfer(ada, ben, 400n);
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => ledger.post(once)));
    expect(outcomes.filter((outcome) => outcome.status === "posted" && !outcome.replayed)).toHaveLength(1);
    expect(await posted(ada, ben)).toEqual([600n, 400n]);
  });

  const changes: [string, Partial<PlainTransfer>][] = [
    ["amount", { amount: gbp(401n) }],
    ["kind", { kind: "gift" }],
    ["details", { details: { a: 2 } }],
  ];
  test.each(changes)("with another %s is a conflict", async (_, change) => {
    const [ada, ben] = [await openWith(1_000n), await open()];
    const once = transfer(ada, ben, 400n);
    await ledger.post(once);
    expect(await ledger.post({ ...once, ...change })).toEqual({ status: "conflict", code: "id_conflict" });
    expect(await ledger.post({ ...once, creditAccount: await open() })).toMatchObject({ status: "conflict" });
    expect(await posted(ada, ben)).toEqual([600n, 400n]);
  });

  test("of a refused transfer stays refused when the money has come; a new id is a new attempt", async () => {
    const [ada, ben] = [await open(), await open()];
    const early = transfer(ada, ben, 100n);
    const refused = await ledger.post(early);
    expect(code(refused)).toBe("insufficient_funds");
    const rich = await openWith(500n);
    await ledger.post(transfer(rich, ada, 500n));
    clock.advance(1_000);
    expect(await ledger.post(early)).toEqual({ ...refused, replayed: true });
    expect(await ledger.post({ ...early, amount: gbp(99n) })).toMatchObject({ status: "conflict" });
    expect(code(await ledger.post({ ...early, id: derivedId(early.id, "second-attempt") }))).toBe("posted");
  });
});

describe("booking time", () => {
  test("never goes back on an account, even when the clock does", async () => {
    const [ada, ben] = [await openWith(1_000n), await open()];
    const late = clock.now();
    clock.advance(-3_600_000);
    const outcome = await ledger.post(transfer(ada, ben, 1n));
    expect(outcome).toMatchObject({ status: "posted", bookedAt: late });
    // Accounts that had nothing booked later aren't drawn into it.
    const [dan, cyd] = [await open("settlement"), await open()];
    expect(await ledger.post(transfer(dan, cyd, 1n))).toMatchObject({ bookedAt: clock.now() });
    clock.set(late);
  });

  test("never goes back after a batch in which an account was missing", async () => {
    const [ada, ben] = [await openWith(1_000n), await open()];
    clock.advance(1_000);
    const late = clock.now();
    const both = await Promise.all([
      ledger.post(transfer(ada, ben, 1n)),
      ledger.post(transfer(ada, accountId("nobody"), 1n)),
    ]);
    expect(both.map(code)).toEqual(["posted", "account_not_found"]);
    clock.advance(-500);
    expect(await ledger.post(transfer(ada, ben, 1n))).toMatchObject({ bookedAt: late });
    clock.set(late);
  });
});

describe("accounts", () => {
  test("open once: the same again changes nothing, another under the same id is refused", async () => {
    const id = accountId(book.id("acc_"));
    const account = { id, kind: "customer", currency: "GBP" } as const;
    const opened = await ledger.openAccount(account);
    expect(opened).toMatchObject({ ok: true, value: { posted: 0n, floor: 0n, ceiling: null } });
    expect(await ledger.openAccount(account)).toEqual(opened);
    expect(await ledger.openAccount({ ...account, currency: "EUR" })).toEqual({
      ok: false,
      error: "account_exists",
    });
    expect(await ledger.openAccount({ ...account, id: "fr1:acc_1" })).toEqual({
      ok: false,
      error: "wrong_book",
    });
    expect(await ledger.openAccount({ ...account, id: "x" as never })).toEqual({
      ok: false,
      error: "account_malformed",
    });
    const impossible = { ...account, id: accountId(book.id("acc_")), floor: 1n, ceiling: 0n };
    expect(await ledger.openAccount(impossible)).toEqual({ ok: false, error: "limits_impossible" });
  });

  test("close only when empty, and take nothing afterwards", async () => {
    const [ada, ben] = [await openWith(100n), await open()];
    expect(await ledger.closeAccount(ada)).toEqual({ ok: false, error: "account_not_empty" });
    await ledger.post(transfer(ada, ben, 100n));
    expect(await ledger.closeAccount(ada)).toMatchObject({ ok: true, value: { closedAt: clock.now() } });
    expect(await ledger.closeAccount(ada)).toMatchObject({ ok: true });
    expect(code(await ledger.post(transfer(ben, ada, 1n)))).toBe("account_closed");
    expect(await ledger.closeAccount(accountId("nobody"))).toEqual({ ok: false, error: "account_not_found" });
  });

  test("can be given other limits", async () => {
    const ada = await open();
    const limits = { id: ada, floor: -100n, ceiling: 50n };
    expect(await ledger.setLimits(limits)).toMatchObject({ ok: true, value: { floor: -100n, ceiling: 50n } });
    expect(await ledger.setLimits({ ...limits, floor: 51n })).toEqual({
      ok: false,
      error: "limits_impossible",
    });
    expect(await ledger.setLimits({ ...limits, id: accountId("nobody") })).toEqual({
      ok: false,
      error: "account_not_found",
    });
  });
});
