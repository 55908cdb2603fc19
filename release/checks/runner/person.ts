import type { Page } from "playwright-core";

/** Who opens an account. */
export type NewCustomer = {
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
};

/** What a customer writes down about their account. */
export type AccountDetails = {
  readonly sortCode: string;
  readonly accountNumber: string;
  readonly iban: string;
};

/** How long the server may take over an account's opening, in milliseconds: it asks others. */
const opening_ms_max = 15_000;

const press = (page: Page, name: string | RegExp) => page.getByRole("button", { name }).first().click();

async function fact(page: Page, name: string): Promise<string> {
  const text = await page
    .locator("dt", { hasText: new RegExp(`^${name}$`) })
    .locator("xpath=..")
    .locator("dd")
    .innerText();
  return text.replaceAll(/[\s-]/g, "");
}

/**
 * Opens an account as a customer does, one question a screen, with a passkey at the end; ends on the page
 * that says the account's numbers, which it answers.
 */
export async function answerQuestions(page: Page, customer: NewCustomer): Promise<AccountDetails> {
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
  await page.getByText("Your account is open").waitFor({ timeout: opening_ms_max });
  return {
    sortCode: await fact(page, "Sort code"),
    accountNumber: await fact(page, "Account number"),
    iban: await fact(page, "IBAN"),
  };
}

/** The same, and then home; recovery codes are for later. */
export async function openAccount(page: Page, customer: NewCustomer): Promise<AccountDetails> {
  const details = await answerQuestions(page, customer);
  await press(page, "Later, in Security");
  await page.waitForURL("**/home");
  return details;
}

/** Has the codes shown that are the way back in, keeps them and goes home. */
export async function keepRecoveryCodes(page: Page): Promise<readonly string[]> {
  await press(page, "Show my recovery codes");
  await page.getByText("Keep these somewhere safe").waitFor();
  const codes = await page.locator("main ol li .money").allInnerTexts();
  await press(page, "I’ve kept them safe");
  await page.waitForURL("**/home");
  return codes.map((code) => code.trim());
}

/** Logs in with the passkey that this phone has. */
export async function logIn(page: Page): Promise<void> {
  await press(page, "Log in with your passkey");
  await page.waitForURL("**/home");
}

/** Gets back in with a recovery code, from the page for it. */
export async function recover(page: Page, email: string, code: string): Promise<void> {
  await page.getByLabel("Your e-mail").fill(email);
  await page.getByLabel("Recovery code").fill(code);
  await press(page, "Make a new passkey");
  await page.waitForURL("**/home");
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

/** Approves the payment that has been written, having seen what the passkey signs. */
export async function approvePayment(page: Page): Promise<void> {
  await press(page, /Review/);
  await page.getByText("Your passkey signs this, and only this").waitFor();
  await press(page, /Approve/);
  await page.getByRole("button", { name: "Undo" }).waitFor();
}

/** Takes back the payment that was just approved. */
export async function undoPayment(page: Page): Promise<void> {
  await press(page, "Undo");
  await page.getByText("Undone").first().waitFor();
}

/** Waits until home shows this balance ("£25.00"). */
export async function waitForBalance(page: Page, balance: string): Promise<void> {
  const hero = page.getByRole("region", { name: "Current account" });
  await hero.locator(".money [aria-hidden]", { hasText: balance }).first().waitFor();
}

const draft_field = "Their name, as on their account";

/** Begins to write whom to pay, and leaves it there. */
export async function writeDraft(page: Page, text: string): Promise<void> {
  await page.getByLabel(draft_field).fill(text);
}

/** What was begun to be written, as the page for it shows it. */
export function readDraft(page: Page): Promise<string> {
  return page.getByLabel(draft_field).inputValue();
}
