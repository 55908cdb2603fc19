import { afterAll, describe, expect, test } from "vitest";
import { releaseExpiredHolds, type AccountId, type Outcome, type Transfer } from "./index.ts";
import { createTestBook, gbp } from "./test-book.ts";

const book = await createTestBook();
const { ledger, clock, open, openWith, transfer, hold, id } = book;
afterAll(book.close);

function code(outcome: Outcome | undefined): string {
  return outcome === undefined || outcome.status === "posted" ? "posted" : outcome.code;
}

const capture = (holdId: string, minor?: bigint): Transfer => ({
  ...{ id: id("c"), type: "capture", kind: "card", holdId },
  ...(minor === undefined ? {} : { amount: gbp(minor) }),
});
const release = (holdId: string): Transfer => ({ id: id("r"), type: "release", kind: "card", holdId });
const reversal = (reverses: string, minor?: bigint): Transfer => ({
  ...{ id: id("v"), type: "reversal", kind: "return", reverses },
  ...(minor === undefined ? {} : { amount: gbp(minor) }),
});

async function state(account: AccountId): Promise<[posted: bigint, held: bigint, available: bigint]> {
  const found = await ledger.account(account);
  return [found?.posted ?? -1n, found?.held ?? -1n, found?.available ?? -1n];
}

describe("a hold", () => {
  test("counts in what is available and moves nothing", async () => {
    const [ada, shop] = [await openWith(1_000n), await open()];
    const held = hold(ada, shop, 700n);
    expect(code(await ledger.post(held))).toBe("posted");
    expect(await state(ada)).toEqual([1_000n, 700n, 300n]);
    expect(await ledger.entries({ account: ada })).toHaveLength(1);
    expect(code(await ledger.post(transfer(ada, shop, 301n)))).toBe("insufficient_funds");
    expect(code(await ledger.post(hold(ada, shop, 301n)))).toBe("insufficient_funds");
    expect(await ledger.openHolds(ada)).toMatchObject([{ id: held.id, remaining: 700n, expiresAt: null }]);
  });

  test("is captured in parts until nothing is left, and released of the rest", async () => {
    const [ada, shop] = [await openWith(1_000n), await open()];
    const held = hold(ada, shop, 700n);
    await ledger.post(held);
    expect(code(await ledger.post(capture(held.id, 200n)))).toBe("posted");
    expect(await state(ada)).toEqual([800n, 500n, 300n]);
    expect(code(await ledger.post(capture(held.id, 501n)))).toBe("capture_exceeds_hold");
    expect(await ledger.post(capture(held.id, 100n))).toMatchObject({ status: "posted", amount: gbp(100n) });
    expect(await ledger.post(release(held.id))).toMatchObject({ status: "posted", amount: gbp(400n) });
    expect(await state(ada)).toEqual([700n, 0n, 700n]);
    expect(await state(shop)).toEqual([300n, 0n, 300n]);
    expect(code(await ledger.post(capture(held.id, 1n)))).toBe("hold_exhausted");
    expect(code(await ledger.post(release(held.id)))).toBe("hold_exhausted");
  });

  test("is captured whole when no amount is named; a repeat gets the same answer", async () => {
    const [ada, shop] = [await openWith(1_000n), await open()];
    const held = hold(ada, shop, 700n);
    await ledger.post(held);
    const all = capture(held.id);
    const first = await ledger.post(all);
    expect(first).toMatchObject({ status: "posted", amount: gbp(700n), replayed: false });
    expect(await ledger.post(all)).toEqual({ ...first, replayed: true });
    expect(await ledger.post({ ...all, amount: gbp(700n) } as Transfer)).toMatchObject({
      status: "conflict",
    });
  });

  test("that expires counts until its release; nothing captures it after its time", async () => {
    const [ada, shop] = [await openWith(1_000n), await open()];
    const held = hold(ada, shop, 700n, { expiresAt: new Date(clock.now().getTime() + 1_000) });
    await ledger.post(held);
    clock.advance(1_000);
    expect(code(await ledger.post(capture(held.id)))).toBe("hold_expired");
    expect(await state(ada)).toEqual([1_000n, 700n, 300n]);
    expect(await releaseExpiredHolds({ ledger, pool: book.db.pool, clock })).toBe(1);
    expect(await state(ada)).toEqual([1_000n, 0n, 1_000n]);
    expect(await releaseExpiredHolds({ ledger, pool: book.db.pool, clock })).toBe(0);
    expect(code(await ledger.post(capture(held.id)))).toBe("hold_exhausted");
  });

  test("without an expiry never expires", async () => {
    const [ada, shop] = [await openWith(1_000n), await open()];
    const held = hold(ada, shop, 700n);
    await ledger.post(held);
    clock.advance(10 * 365 * 86_400_000);
    expect(await releaseExpiredHolds({ ledger, pool: book.db.pool, clock })).toBe(0);
    expect(code(await ledger.post(capture(held.id)))).toBe("posted");
  });

  test("that isn't there is refused, finally, even when a hold of that id comes later", async () => {
    const [ada, shop] = [await openWith(1_000n), await open()];
    const held = hold(ada, shop, 700n);
    const early = capture(held.id);
    expect(code(await ledger.post(early))).toBe("hold_not_found");
    await ledger.post(held);
    expect(await ledger.post(early)).toMatchObject({ code: "hold_not_found", replayed: true });
    expect(code(await ledger.post(capture(held.id)))).toBe("posted");
    const plain = transfer(ada, shop, 1n);
    await ledger.post(plain);
    expect(code(await ledger.post(capture(plain.id)))).toBe("hold_not_found");
  });

  test("keeps the accounts of both sides open", async () => {
    const [ada, shop] = [await openWith(1_000n), await open()];
    const held = hold(ada, shop, 700n);
    await ledger.post(held);
    expect(await ledger.closeAccount(shop)).toEqual({ ok: false, error: "account_not_empty" });
    await ledger.post(release(held.id));
    expect(await ledger.closeAccount(shop)).toMatchObject({ ok: true });
  });
});

describe("a reversal", () => {
  test("moves back at most what was moved, and takes its value date", async () => {
    const [ada, ben] = [await openWith(1_000n), await openWith(1_000n)];
    const original = transfer(ada, ben, 600n, { valueDate: "2026-10-01" as never });
    await ledger.post(original);
    const part = reversal(original.id, 250n);
    expect(code(await ledger.post(part))).toBe("posted");
    expect((await ledger.transfer(part.id))?.valueDate).toBe("2026-10-01");
    expect(code(await ledger.post(reversal(original.id, 351n)))).toBe("reversal_exceeds");
    expect(await ledger.post(reversal(original.id))).toMatchObject({ status: "posted", amount: gbp(350n) });
    expect(code(await ledger.post(reversal(original.id)))).toBe("reversal_exceeds");
    expect(await state(ada)).toEqual([1_000n, 0n, 1_000n]);
  });

  test("many at once never exceed it together", async () => {
    const [ada, ben] = [await openWith(1_000n), await open()];
    const original = transfer(ada, ben, 600n);
    await ledger.post(original);
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, () => ledger.post(reversal(original.id, 100n))),
    );
    expect(outcomes.filter((outcome) => outcome.status === "posted")).toHaveLength(6);
  });

  test("of what has been spent meanwhile is refused, unless it is obligatory", async () => {
    const [ada, ben, cyd] = [await openWith(1_000n), await open(), await open()];
    const original = transfer(ada, ben, 600n);
    await ledger.post(original);
    await ledger.post(transfer(ben, cyd, 600n));
    expect(code(await ledger.post(reversal(original.id)))).toBe("insufficient_funds");
    expect(code(await ledger.post({ ...reversal(original.id), kind: "chargeback" }))).toBe("posted");
    expect(await state(ben)).toEqual([-600n, 0n, -600n]);
  });

  test("of a capture works; of a hold, a release, a reversal or nothing it is refused", async () => {
    const [ada, shop] = [await openWith(1_000n), await open()];
    const held = hold(ada, shop, 700n);
    await ledger.post(held);
    const captured = capture(held.id, 300n);
    const back = reversal(captured.id, 300n);
    await ledger.post(captured);
    expect(code(await ledger.post(back))).toBe("posted");
    expect(code(await ledger.post(reversal(held.id)))).toBe("not_reversible");
    expect(code(await ledger.post(reversal(back.id)))).toBe("not_reversible");
    expect(code(await ledger.post(reversal("nothing")))).toBe("transfer_not_found");
  });
});

describe("a linked group", () => {
  test("is posted as a whole", async () => {
    const [ada, ben, fees] = [await openWith(1_000n), await open(), await open("fees")];
    const outcomes = await ledger.postLinked([transfer(ada, ben, 900n), transfer(ada, fees, 100n)]);
    expect(outcomes.map(code)).toEqual(["posted", "posted"]);
    expect(await state(ada)).toEqual([0n, 0n, 0n]);
  });

  test("is refused as a whole, and every id of it for good", async () => {
    const [ada, ben, fees] = [await openWith(1_000n), await open(), await open("fees")];
    const group = [
      transfer(ada, ben, 900n),
      hold(ada, ben, 50n),
      transfer(ada, fees, 101n),
      transfer(ben, ada, 1n),
    ];
    const first = await ledger.postLinked(group);
    expect(first.map(code)).toEqual([
      "linked_refused",
      "linked_refused",
      "insufficient_funds",
      "linked_refused",
    ]);
    expect(await state(ada)).toEqual([1_000n, 0n, 1_000n]);
    expect(await ledger.openHolds(ada)).toEqual([]);
    await ledger.post(transfer(await openWith(10_000n), ada, 10_000n));
    expect((await ledger.postLinked(group)).map(code)).toEqual(first.map(code));
  });

  test("may hold and capture in one go, and undo both", async () => {
    const [ada, shop] = [await openWith(1_000n), await open()];
    const held = hold(ada, shop, 500n);
    const outcomes = await ledger.postLinked([held, capture(held.id, 200n), release(held.id)]);
    expect(outcomes.map(code)).toEqual(["posted", "posted", "posted"]);
    expect(await state(ada)).toEqual([800n, 0n, 800n]);
    const other = hold(ada, shop, 500n);
    const undone = await ledger.postLinked([other, capture(other.id, 200n), transfer(shop, ada, 9_999n)]);
    expect(undone.map(code)).toEqual(["linked_refused", "linked_refused", "insufficient_funds"]);
    expect(await state(ada)).toEqual([800n, 0n, 800n]);
  });

  test("that is known in part is in conflict as a whole", async () => {
    const [ada, ben] = [await openWith(1_000n), await open()];
    const alone = transfer(ada, ben, 10n);
    await ledger.post(alone);
    const outcomes = await ledger.postLinked([transfer(ada, ben, 1n), alone]);
    expect(outcomes.map(code)).toEqual(["id_conflict", "id_conflict"]);
    expect(await state(ben)).toEqual([10n, 0n, 10n]);
    const pair = [transfer(ada, ben, 1n), transfer(ada, ben, 2n)];
    await ledger.postLinked(pair);
    expect((await ledger.postLinked([...pair, transfer(ada, ben, 3n)])).map(code)).toContain("id_conflict");
    expect(pair[0] && code(await ledger.post(pair[0]))).toBe("id_conflict");
  });

  test("that is wrong in itself is refused before the database and not remembered", async () => {
    const [ada, ben] = [await openWith(1_000n), await open()];
    const good = transfer(ada, ben, 10n);
    const outcomes = await ledger.postLinked([good, transfer(ada, ben, 0n)]);
    expect(outcomes.map(code)).toEqual(["linked_refused", "amount_not_positive"]);
    expect(code(await ledger.post(good))).toBe("posted");
    expect((await ledger.postLinked([good, good])).map(code)).toEqual(["id_repeated", "id_repeated"]);
    expect(await ledger.postLinked([])).toEqual([]);
  });
});
