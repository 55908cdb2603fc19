import type { Page } from "playwright-core";

export { logIn, openAccount, startPayment, type AccountDetails } from "@mainstay/checks/runner";

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
