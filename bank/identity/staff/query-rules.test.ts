import { describe, expect, test } from "vitest";
import { meaningOf } from "./query-rules.ts";

describe("a query of staff", () => {
  test.each([
    ["Ada Marlow", { by: "name", text: "Ada Marlow" }],
    ["  Marlow,   Ada ", { by: "name", text: "Marlow Ada" }],
    ["O’Neill", { by: "name", text: "O’Neill" }],
    ["%_", { by: "name", text: "%_" }],
    ["'; DROP TABLE identity.people; --", { by: "name", text: "'; DROP TABLE identity.people; --" }],
    ["<script>alert(1)</script>", { by: "name", text: "<script>alert(1)</script>" }],
    ["Ada@Example.com", { by: "email", text: "Ada@Example.com" }],
    ["cus_0123456789abcdef", { by: "reference", text: "cus_0123456789abcdef" }],
    ["12345678", { by: "account", text: "12345678" }],
    ["00-42-17 12345678", { by: "account", text: "00421712345678" }],
    ["GB12 MNST 0042 1712 3456 78", { by: "account", text: "GB12MNST00421712345678" }],
  ])("%s is known by its form", (query, meaning) => {
    expect(meaningOf(query)).toEqual(meaning);
  });
});
