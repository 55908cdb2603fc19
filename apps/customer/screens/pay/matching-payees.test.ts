import { asId } from "@mainstay/kernel";
import type { Payee } from "@mainstay/wire";
import { expect, test } from "vitest";
import { matchingPayees } from "./matching-payees.ts";

const payee = (name: string, accountNumber: string): Payee => ({
  id: asId("payee", `payee_${accountNumber.padStart(22, "0")}`),
  name,
  sortCode: "990122",
  accountNumber,
  bankName: "Mainstay",
  lastPaidAt: null,
});
const payees = [payee("Tom Hartley", "31175520"), payee("Priya Raman", "48210937")];
const names = (search: string) => matchingPayees(payees, search).map(({ name }) => name);

test("payees are found by a part of their name, or by digits written as people write them", () => {
  expect(names("")).toHaveLength(2);
  expect(names("hart")).toEqual(["Tom Hartley"]);
  expect(names("4821 0937")).toEqual(["Priya Raman"]);
  expect(names("99-01-22 3117")).toEqual(["Tom Hartley"]);
  expect(names("nobody")).toEqual([]);
});
