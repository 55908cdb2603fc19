import type { StaffRole } from "@mainstay/wire";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { figures_now } from "../support/console/moment.ts";
import { openConsole, type OpenConsole } from "../support/console/page.ts";

const roles: readonly StaffRole[] = ["support", "payments", "auditor"];
let opened: OpenConsole;
let page: Page;

beforeAll(async () => {
  opened = await openConsole(figures_now);
  ({ page } = opened);
  await page.route("**/api/staff/session", (route) =>
    route.fulfill({
      json: {
        staff: { id: "staff_0000000000000000000001", name: "Nadia Haddad", roles },
        expiresAt: new Date(figures_now.getTime() + 900_000).toISOString(),
      },
    }),
  );
});
afterAll(() => opened.close());

test("a customer is found by what they say of themselves, and opened without a mouse", async () => {
  await page.goto(`${opened.origin}/customers`);
  // The field has the keyboard by itself.
  await page.locator("input[type=search]:focus").waitFor();
  await page.keyboard.type("ruth");
  await page.getByText("5 customers found by name").waitFor();
  // A name is text, whatever stands in it.
  await page.getByText("Ruth <b>Ó Ceallaigh</b>").waitFor();
  await page.getByRole("row", { name: /Ruth Probe Probe/ }).waitFor();
  expect(await opened.barriers()).toEqual([]);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Ruth Okonkwo" }).waitFor();
  await page.getByText("logged in on 1 of 2").waitFor();
  await page.getByText("by name, with 30 others").waitFor();
  expect(await opened.barriers("customer")).toEqual([]);
});

test("a transaction leads to its payment, with what was signed and posted", async () => {
  await page.getByRole("link", { name: "Cartmel Dairy" }).first().click();
  await page.getByText("Signature holds").waitFor();
  await page.getByText("Money moved to the payee").waitFor();
  expect(await opened.barriers()).toEqual([]);
});

test("payments are listed, and ledger and scheme compared", async () => {
  await page.getByRole("link", { name: "Payments", exact: true }).first().click();
  await page.getByText("3 under way, the oldest 12 s").waitFor();
  await page.getByText("not enough money in the account").waitFor();
  expect(await opened.barriers("payments")).toEqual([]);
  await page.getByRole("link", { name: /^Reconciliation/ }).click();
  await page.getByText("booked with another amount than the message has").waitFor();
  expect(await opened.barriers()).toEqual([]);
});

test("the ledger's balances add up, and its checks hold", async () => {
  await page.getByRole("link", { name: "Ledger" }).click();
  await page.getByText("In balance").waitFor();
  await page.getByText("9 of 9 hold").waitFor();
  expect(await opened.barriers("ledger")).toEqual([]);
  await page.getByRole("link", { name: "Scheme settlement" }).click();
  await page.getByRole("row", { name: /^9,214 / }).waitFor();
});

test("what a customer wrote stands beside who they are and the incident", async () => {
  await page.getByRole("link", { name: "Messages 2 waiting" }).click();
  await page.getByRole("link", { name: "Conversations 2 waiting" }).click();
  await page.getByText("<script>alert(1)</script>").waitFor();
  await page.getByText("Some people with iOS 27 couldn’t log in with 8.4.1").waitFor();
  await page.getByText("00-42-17 31420076").waitFor();
  expect(await opened.barriers("conversation")).toEqual([]);
  expect(opened.complaints).toEqual([]);
});
