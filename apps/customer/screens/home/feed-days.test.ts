import { asId } from "@mainstay/kernel";
import type { Transaction } from "@mainstay/wire";
import { describe, expect, test } from "vitest";
import { feedDays } from "./feed-days.ts";

let made = 0;

function line(createdAt: string, minor: number, state: Transaction["state"] = "settled"): Transaction {
  made += 1;
  return {
    id: asId("tx", `tx_${String(made).padStart(22, "0")}`),
    accountId: asId("acc", `acc_${"1".repeat(22)}`),
    amount: { minor, currency: "GBP" },
    balanceAfter: null,
    state,
    kind: "card",
    counterparty: { name: "Kettle & Rye" },
    reference: "",
    category: "eating_out",
    note: "",
    paymentId: null,
    leavesAt: null,
    createdAt,
    bookedAt: null,
    valueDate: null,
  };
}

describe("the feed by day", () => {
  test("a day's spending counts what left or leaves, not what came in, was undone or failed", () => {
    const [today] = feedDays(
      [
        line("2026-11-22T11:00:00Z", -360),
        line("2026-11-22T10:00:00Z", -1240, "leaving"),
        line("2026-11-22T09:30:00Z", 1800),
        line("2026-11-22T09:00:00Z", -9900, "undone"),
        line("2026-11-22T08:00:00Z", -8800, "failed"),
      ],
      true,
    );
    expect(today?.lines).toHaveLength(5);
    expect(today?.spentMinor).toBe(1600);
  });

  test("days are the bank's: 23:30 UTC in June is tomorrow", () => {
    const days = feedDays([line("2026-06-30T23:30:00Z", -1), line("2026-06-30T10:00:00Z", -1)], true);
    expect(days.map(({ day }) => day)).toEqual(["2026-07-01", "2026-06-30"]);
  });

  test("the oldest day claims no sum while more of it may come", () => {
    const days = feedDays([line("2026-11-22T11:00:00Z", -1), line("2026-11-21T11:00:00Z", -1)], false);
    expect(days.map(({ spentMinor }) => spentMinor)).toEqual([1, null]);
  });
});
