import { expect, test } from "vitest";
import { accountNumberText, digitsOf, ibanText, sortCodeText } from "./account-numbers.ts";

test("numbers of accounts are written in the groups that people read", () => {
  expect(sortCodeText("990122")).toBe("99-01-22");
  expect(accountNumberText("48210937")).toBe("4821 0937");
  expect(ibanText("GB33MAIN99012248210937")).toBe("GB33 MAIN 9901 2248 2109 37");
});

test("what is pasted with dashes and spaces is taken", () => {
  expect(digitsOf("99-01-22", 6)).toBe("990122");
  expect(digitsOf(" 4821 0937 9", 8)).toBe("48210937");
});
