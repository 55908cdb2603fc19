import type { Page } from "playwright-core";
import { expect } from "vitest";

/** Who opens an account in a journey. */
export type NewCustomer = {
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
};

const press = (page: Page, name: string | RegExp) => page.getByRole("button", { name }).first().click();

/** What a customer writes down about their account. */
export type AccountDetails = {
  readonly sortCode: string;
  readonly accountNumber: string;
  readonly iban: string;
};

async function fact(page: Page, name: string): Promise<string> {
  const text = await page
    .locator("dt", { hasText: new RegExp(`^${name}$`) })
    .locator("xpath=..")
    .locator("dd")
    .innerText();
  return text.replaceAll(/[\s-]/g, "");
}

/**
 * Opens an account as a customer does, one question a screen, with a passkey at the end; ends on the home
 * page.
 */
export async function openAccount(page: Page, customer: NewCustomer): Promise<AccountDetails> {
  const next = () => press(page, "Continue");
  await page
    .getByRole("link", { name: "Open an account" })
    .or(page.getByRole("button", { name: "Open an account" }))
    .click();
  await page.getByLabel("First name").fill(customer.firstName);
  await page.getByLabel("Last name").fill(customer.lastName);
  await next();
  await page.getByLabel("Day").fill("17");
  await page.getByLabel("Month").fill("3");
  await page.getByLabel("Year").fill("1994");
  await next();
  await page.getByLabel("House and street").fill("14 Harbour Street");
  await page.getByLabel("Town").fill("Bristol");
  await page.getByLabel("Postcode").fill("BS1 4RN");
  await next();
  await page.getByLabel("E-mail").fill(customer.email);
  await next();
  await page.getByLabel("Mobile number").fill("07700 900112");
  await next();
  await press(page, "Make my passkey");
  await expect.poll(() => page.getByText("Your account is open").isVisible(), { timeout: 15_000 }).toBe(true);
  const details = {
    sortCode: await fact(page, "Sort code"),
    accountNumber: await fact(page, "Account number"),
    iban: await fact(page, "IBAN"),
  };
  await press(page, "Later, in Security");
  await page.waitForURL("**/home");
  return details;
}

/** Logs in with the passkey that this phone has. */
export async function logIn(page: Page): Promise<void> {
  await press(page, "Log in with your passkey");
  await page.waitForURL("**/home");
}

/** The balance that home shows ("£250.00"). */
export async function balanceShown(page: Page): Promise<string> {
  const hero = page.getByRole("region", { name: "Current account" });
  return (await hero.locator(".money [aria-hidden]").first().textContent()) ?? "";
}

/** The lines of the feed, each as one text. */
export async function feedShown(page: Page): Promise<string[]> {
  const lines = await page.locator("main li").allInnerTexts();
  return lines.map((line) => line.replaceAll(/\s+/g, " "));
}

/** Begins a payment to somebody new, from home to the amount on the keypad. */
export async function startPayment(
  page: Page,
  payee: AccountDetails & { readonly name: string },
  amount: string,
): Promise<void> {
  await page.getByRole("link", { name: "Send" }).click();
  await page.getByText("Someone new").click();
  await page.getByLabel("Their name, as on their account").fill(payee.name);
  await page.getByLabel("Sort code").fill(payee.sortCode);
  await page.getByLabel("Account number").fill(payee.accountNumber);
  await press(page, "Check the name");
  const keypad = page.getByRole("group", { name: /keypad|amount/i });
  for (const key of amount) await keypad.getByText(key, { exact: true }).click();
}
