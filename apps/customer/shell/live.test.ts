import { asId } from "@mainstay/kernel";
import type { Transaction } from "@mainstay/wire";
import { expect, test } from "vitest";
import { withTransaction } from "./live.ts";

function line(number: number, state: Transaction["state"]): Transaction {
  return {
    id: asId("tx", `tx_${String(number).padStart(22, "0")}`),
    accountId: asId("acc", `acc_${"1".repeat(22)}`),
    amount: { minor: -6450, currency: "GBP" },
    balanceAfter: null,
    state,
    kind: "payment_out",
    counterparty: { name: "Tom Hartley" },
    reference: "",
    category: "transfers",
    note: "",
    paymentId: null,
    leavesAt: null,
    createdAt: "2026-11-22T09:00:00.000Z",
    bookedAt: null,
    valueDate: null,
  };
}

const feed = {
  pages: [
    { transactions: [line(3, "leaving")], older: "2" },
    { transactions: [line(2, "settled")], older: null },
  ],
  pageParams: [null, "2"],
};

test("a line that is new stands on top; every other page stays as it was", () => {
  const changed = withTransaction(feed, line(4, "settled"));
  expect(changed.pages[0]?.transactions.map(({ id }) => id)).toEqual([
    line(4, "settled").id,
    line(3, "leaving").id,
  ]);
  expect(changed.pages[1]).toBe(feed.pages[1]);
});

test("a line that is known, on whatever page, changes in its place and is never there twice", () => {
  const changed = withTransaction(withTransaction(feed, line(3, "settled")), line(2, "settled"));
  expect(changed.pages.flatMap(({ transactions }) => transactions)).toEqual([
    line(3, "settled"),
    line(2, "settled"),
  ]);
});
