import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { addVirtualAuthenticator, expectPicture, launchBrowser, openPhone } from "@mainstay/testkit/browser";
import { runMainstay } from "@mainstay/testkit/mainstay";
import { findFreePorts } from "@mainstay/testkit/ports";
import { edge_secret_header } from "@mainstay/wire";
import pg from "pg";
import type { Page } from "playwright-core";
import { afterAll, describe, expect, it } from "vitest";
import { balanceShown, feedShown, logIn, openAccount, startPayment, type AccountDetails } from "./person.ts";
import { steadyTexts } from "./steady-texts.ts";

const port = await findFreePorts();
const start = () => runMainstay({ name: "bank", port, environment: { MAINSTAY_DEMO: "0" } });
let mainstay = await start();
const browser = await launchBrowser();

/** A customer's phone: its page, and the passkeys that the phone holds. */
async function newPhone() {
  const context = await openPhone(browser);
  const page = await context.newPage();
  const authenticator = await addVirtualAuthenticator(page);
  return { context, page, authenticator };
}

/**
 * Opens the page anew after its session has ended; what the phone keeps besides (device key, passkey) is
 * still there.
 */
async function logInAgain(phone: Awaited<ReturnType<typeof newPhone>>): Promise<void> {
  await phone.page.goto("about:blank");
  await phone.context.clearCookies();
  await phone.page.goto(mainstay.appUrl);
  await logIn(phone.page);
}

const nia = await newPhone();
const tom = await newPhone();
let niaAccount: AccountDetails;
let tomAccount: AccountDetails;

afterAll(async () => {
  await browser.close();
  await mainstay.stop();
});

/** Compares the screen with its approved pictures, light and dark. */
async function expectPictures(page: Page, name: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await steadyTexts(page);
    const folder = join(import.meta.dirname, "pictures");
    await expectPicture(page, { folder, name: `${name}-${colorScheme}`, isPinned: browser.isPinned });
  }
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
}

/** Runs `npm run pay-in` as a person would; answers what it said and its exit code. */
function payIn(account: string, amount: string): Promise<{ said: string; code: number | null }> {
  const program = join(import.meta.dirname, "../../tools/pay-in/main.ts");
  const child = spawn(process.execPath, [program, "--account", account, "--amount", amount], {
    env: { MAINSTAY_PORT: String(port), PATH: "/usr/bin:/bin" },
  });
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")));
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")));
  return new Promise((resolve) => child.once("close", (code) => resolve({ said, code })));
}

/** Asks the bank what release control may ask. */
async function askBank(method: string, path: string, body: unknown): Promise<void> {
  const secrets = await readFile(join(mainstay.dataFolder, "secrets.json"), "utf8");
  const { edgeSecret } = JSON.parse(secrets) as { edgeSecret: string };
  const answer = await fetch(`http://127.0.0.1:${port + 3}${path}`, {
    method,
    headers: { "content-type": "application/json", [edge_secret_header]: edgeSecret },
    body: JSON.stringify(body),
  });
  expect([answer.status, await answer.text()]).toMatchObject([200, expect.any(String)]);
}

/** What release control calls a customer by; it learns it from their log-ins. */
async function customerRefOf(email: string): Promise<string> {
  const client = new pg.Client({ connectionString: await mainstay.databaseUrl("mainstay_bank", "bank") });
  await client.connect();
  const { rows } = await client.query("SELECT customer_ref FROM identity.people WHERE email = $1", [email]);
  await client.end();
  return String(rows[0]?.customer_ref);
}

describe("a customer's first day", () => {
  it("opens an account with a passkey, and so does a friend", async () => {
    await nia.page.goto(mainstay.appUrl);
    niaAccount = await openAccount(nia.page, {
      firstName: "Nia",
      lastName: "Calloway",
      email: "nia@calloway.example",
    });
    await tom.page.goto(mainstay.appUrl);
    tomAccount = await openAccount(tom.page, {
      firstName: "Tom",
      lastName: "Hartley",
      email: "tom@hartley.example",
    });
    expect(niaAccount.accountNumber).toMatch(/^\d{8}$/);
    expect(niaAccount.accountNumber).not.toBe(tomAccount.accountNumber);
    expect(await balanceShown(nia.page)).toBe("£0.00");
  });

  it("is paid, and sees it arrive without touching anything", async () => {
    const { said, code } = await payIn(niaAccount.iban, "250.00");
    expect(said).toContain("250.00");
    expect(code).toBe(0);
    await expect.poll(() => balanceShown(nia.page), { timeout: 10_000 }).toBe("£250.00");
    expect((await payIn("GB00NOPE00000000000000", "250.00")).code).toBe(1);
    await expectPictures(nia.page, "home");
  });

  it("pays the friend, having seen what the passkey signs", async () => {
    const { page } = nia;
    await startPayment(page, { name: "Tom Hartley", ...tomAccount }, "64.50");
    // Whatever takes the page away, what was typed is still there.
    await page.reload();
    await page.getByRole("button", { name: /Review/ }).waitFor();
    await expectPictures(page, "pay-amount");
    await page.getByRole("button", { name: /Review/ }).click();
    await page.getByText("Your passkey signs this, and only this").waitFor();
    await page.getByText("The name matches").waitFor();
    await expectPictures(page, "pay-review");
    await page.getByRole("button", { name: /Approve/ }).click();
    await page.getByRole("button", { name: "Undo" }).waitFor();
  });

  it("undoes it in time, and has lost nothing", async () => {
    const { page } = nia;
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByText("Undone").first().waitFor();
    await page
      .getByRole("button", { name: "Done" })
      .or(page.getByRole("link", { name: "Done" }))
      .click();
    await expect.poll(() => balanceShown(page)).toBe("£250.00");
    expect(await balanceShown(tom.page)).toBe("£0.00");
  });

  it("reads at once what the bank writes to those affected, and writes back", async () => {
    const { page } = nia;
    const ref = await customerRefOf("nia@calloway.example");
    const incident = `inc_${"4".repeat(22)}`;
    await askBank("POST", "/internal/message-deliveries", {
      deliveries: [
        {
          id: `dlv_${"1".repeat(22)}`,
          message: `msg_${"1".repeat(22)}`,
          incident,
          customer: ref,
          subject: "Sorry about Tuesday",
          text: "Hello {first_name},\n\nyou couldn't log in for a minute.",
          channels: ["inbox", "email", "push"],
          isUrgent: false,
        },
      ],
    });
    const banner = { incident, title: "Logging in failed this morning", text: "It works again." };
    const updatedAt = new Date(0).toISOString();
    await askBank("PUT", "/internal/incident-banners", {
      banners: [{ ...banner, updatedAt, customers: [ref] }],
    });
    await page.getByRole("link", { name: "Logging in failed this morning" }).click();
    await page.getByText("Read our message").click();
    await page.getByText("Hello Nia,").waitFor();
    await page.getByRole("textbox", { name: "Write back" }).fill("Did my rent go out?");
    // Whatever takes the page away, what was typed is still there.
    await page.reload();
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByText("You ·").waitFor();
    await page.getByRole("button", { name: "Back" }).click();
    await page.getByRole("heading", { name: "Help" }).waitFor();
    expect(await page.getByText("New messages").count()).toBe(0);
    expect(await tom.page.getByText("Logging in failed this morning").count()).toBe(0);
    await page.getByRole("link", { name: "Home" }).click();
  });

  it("pays again, and everything is killed before the money has left", async () => {
    const { page } = nia;
    await startPayment(page, { name: "Tom Hartley", ...tomAccount }, "20");
    await page.getByRole("button", { name: /Review/ }).click();
    await page.getByRole("button", { name: /Approve/ }).click();
    await page.getByRole("button", { name: "Undo" }).waitFor();
    await mainstay.killEverything();
    mainstay = await start();
  });

  it("closes the page, logs in again and finds it all there", async () => {
    await logInAgain(nia);
    await expect.poll(() => balanceShown(nia.page), { timeout: 30_000 }).toBe("£230.00");
    const toTom = async () => (await feedShown(nia.page)).filter((line) => line.includes("Tom Hartley"));
    // What was undone stays in the feed, and says so.
    await expect.poll(toTom, { timeout: 10_000 }).toHaveLength(2);
    await logInAgain(tom);
    await expect.poll(() => balanceShown(tom.page), { timeout: 30_000 }).toBe("£20.00");
  });
});
