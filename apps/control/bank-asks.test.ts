import { staff_roles } from "@mainstay/wire";
import { describe, expect, test } from "vitest";
import { bank_asks } from "./bank-asks.ts";

const thread = "threads/thr_0000000000000000000000";
const rolesFor = (method: "GET" | "POST", path: string) =>
  bank_asks.find((entry) => entry.method === method && entry.path.test(path))?.roles ?? null;

describe("what staff may ask of the bank", () => {
  test.each([
    ["GET", "referrals", ["onboarding"]],
    ["GET", "customers", ["support"]],
    ["GET", "customers/cus_0123456789abcdef0123456789abcdef", ["support"]],
    ["GET", "customers/cus_0123456789abcdef0123456789abcdef/transactions", ["support"]],
    ["POST", "customers/names", ["support", "release-manager"]],
    ["GET", "threads", ["support"]],
    ["GET", "threads/waiting", ["support"]],
    ["GET", thread, ["support"]],
    ["POST", `${thread}/entries`, ["support"]],
    ["POST", `${thread}/done`, ["support"]],
    ["GET", "payments", ["payments"]],
    ["GET", "payments/reconciliation", ["payments"]],
    ["GET", "payments/pay_0000000000000000000000", ["payments", "support"]],
    ["GET", "payments/11111111-1111-4111-a111-111111111111", ["payments", "support"]],
    ["GET", "ledger", ["payments", "auditor"]],
    ["GET", "ledger/entries", ["payments", "auditor"]],
    ["POST", "ledger/check", ["payments"]],
  ] as const)("%s %s takes %s", (method, path, roles) => {
    expect(rolesFor(method, path)).toEqual(roles);
  });

  test.each([
    ["POST", "customers"],
    ["POST", "payments"],
    ["GET", "customers/names/more"],
    ["GET", "customers/../referrals"],
    ["GET", "customers/a%2Fb"],
    ["GET", "threads/thr_short"],
    ["POST", thread],
    ["GET", "ledger/check"],
    ["GET", ""],
  ] as const)("%s %s isn't passed on", (method, path) => {
    expect(rolesFor(method, path)).toBeNull();
  });

  test("no role but its own sees customers", () => {
    const seeing = staff_roles.filter((role) => rolesFor("GET", "customers")?.includes(role));
    expect(seeing).toEqual(["support"]);
  });
});
