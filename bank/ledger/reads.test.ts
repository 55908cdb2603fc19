import type { BusinessDate } from "@mainstay/kernel";
import { afterAll, describe, expect, test } from "vitest";
import { accountId } from "./index.ts";
import { createTestBook } from "./test-book.ts";

const book = await createTestBook();
const { ledger, clock, open, openWith, transfer } = book;
afterAll(book.close);

const day_ms = 86_400_000;
const date = (text: string) => text as BusinessDate;

describe("a statement", () => {
  test("is read in pages, from the newest or from the oldest, by entry number", async () => {
    const [ada, ben] = [await openWith(1_000n), await open()];
    for (let count = 1; count <= 7; count += 1) await ledger.post(transfer(ada, ben, BigInt(count)));
    const numbers = async (page: object) =>
      (await ledger.entries({ account: ben, ...page })).map((entry) => Number(entry.number));
    expect(await numbers({ limit: 3 })).toEqual([7, 6, 5]);
    expect(await numbers({ limit: 3, before: 5n })).toEqual([4, 3, 2]);
    expect(await numbers({ limit: 3, after: 2n, order: "ascending" })).toEqual([3, 4, 5]);
    expect(await numbers({ before: 6n, after: 4n })).toEqual([5]);
    await expect(ledger.entries({ account: ben, limit: 1_001 })).rejects.toThrow("page_max");
  });

  test("of an account that isn't there is empty, and so is its balance", async () => {
    const nobody = accountId("nobody");
    expect(await ledger.entries({ account: nobody })).toEqual([]);
    expect(await ledger.account(nobody)).toBeNull();
    expect((await ledger.balances([nobody])).size).toBe(0);
    expect(await ledger.transfer("nothing")).toBeNull();
    expect(await ledger.balanceAt({ account: nobody, bookedAt: clock.now() })).toBe(0n);
  });
});

describe("a past balance", () => {
  test("by booking time is that after the last booking not later", async () => {
    const [source, ada] = [await open("settlement"), await open()];
    const begin = clock.now().getTime();
    for (let count = 1n; count <= 10n; count += 1n) {
      clock.advance(1_000);
      // Two bookings share an instant: both count in its balance.
      await ledger.post(transfer(source, ada, count));
      await ledger.post(transfer(source, ada, 100n));
    }
    const at = (seconds: number) =>
      ledger.balanceAt({ account: ada, bookedAt: new Date(begin + seconds * 1_000) });
    expect(await at(0)).toBe(0n);
    expect(await at(0.999)).toBe(0n);
    expect(await at(1)).toBe(101n);
    expect(await at(4)).toBe(410n);
    expect(await at(9.999)).toBe(945n);
    expect(await at(1_000_000)).toBe(1_055n);
  });

  test("by value date counts back-valued and forward-valued amounts where they belong", async () => {
    clock.set(new Date("2026-03-10T12:00:00Z"));
    const [source, ada] = [await open("settlement"), await open()];
    const on = (text: string) => ledger.balanceAt({ account: ada, valueDate: date(text) });
    await ledger.post(transfer(source, ada, 1_000n));
    clock.advance(day_ms);
    await ledger.post(transfer(source, ada, 1n, { valueDate: date("2026-03-09") }));
    await ledger.post(transfer(source, ada, 20n, { valueDate: date("2026-03-20") }));
    await ledger.post(transfer(source, ada, 300n, { valueDate: date("2026-03-11") }));
    expect(await on("2026-03-08")).toBe(0n);
    expect(await on("2026-03-09")).toBe(1n);
    expect(await on("2026-03-10")).toBe(1_001n);
    expect(await on("2026-03-11")).toBe(1_301n);
    expect(await on("2026-03-19")).toBe(1_301n);
    expect(await on("2026-03-20")).toBe(1_321n);
    // What is available doesn't ask for value dates.
    expect((await ledger.account(ada))?.available).toBe(1_321n);
  });

  test("by value date takes days as the bank's time zone has them", async () => {
    // In British Summer Time, 23:30 in UTC is half past midnight of the next day.
    clock.set(new Date("2026-06-10T23:30:00Z"));
    const [source, ada] = [await open("settlement"), await open()];
    await ledger.post(transfer(source, ada, 5n));
    expect(await ledger.balanceAt({ account: ada, valueDate: date("2026-06-10") })).toBe(0n);
    expect(await ledger.balanceAt({ account: ada, valueDate: date("2026-06-11") })).toBe(5n);
    const [entry] = await ledger.entries({ account: ada });
    expect(entry?.valueDate).toBeNull();
  });
});
