import { readFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import { createRequire } from "node:module";
import { systemClock } from "@mainstay/platform";
import type { Referral } from "@mainstay/wire";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startControlScene, type ControlScene } from "../support/console/real-control.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** WCAG 2.2, levels A and AA, as axe names their rules. */
const wcag = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

const address = { line1: "14 Quay Street", town: "Whitby", postcode: "YO21 1QB", country: "GB" } as const;
const referral = (name: string, last: string, minutes: number): Referral => ({
  registrationId: `reg_000000000000000000000${last}`,
  name,
  dateOfBirth: "1987-03-14",
  address,
  email: `${name.split(" ")[0]?.toLowerCase()}@example.com`,
  phone: "+44 7700 900142",
  reasons: ["The address was found under another name."],
  referredAt: new Date(systemClock.now().getTime() - minutes * 60_000).toISOString(),
});

let scene: ControlScene;
let origin: string;
let page: Page;
/** What the stand-in for the bank holds, and what it was told. */
let waiting: Referral[];
const decided: { path: string; body: unknown }[] = [];

/** The bank's part, as far as the console asks for it; tests/security/referrals.test.ts has the real one. */
const standInForBank: RequestListener = (request, response) => {
  let text = "";
  request.on("data", (chunk: Buffer) => (text += chunk.toString("utf8")));
  request.on("end", () => {
    response.setHeader("content-type", "application/json");
    if (request.method === "GET") {
      const isReferrals = request.url === "/staff/referrals";
      response.end(JSON.stringify(isReferrals ? { referrals: waiting } : { waiting: 0 }));
      return;
    }
    decided.push({ path: request.url ?? "", body: JSON.parse(text) });
    waiting = waiting.filter(({ registrationId }) => !request.url?.includes(registrationId));
    response.end("{}");
  });
};

beforeAll(async () => {
  waiting = [referral("Bronwen Refer", "1", 94), referral("Peter Osei", "2", 45)];
  scene = await startControlScene({
    bank: standInForBank,
    releaseKeys: () => new Map(),
    isProduction: true,
    hasBackgroundWork: false,
  });
  ({ origin } = scene);
  page = await scene.openWindow({ width: 1280, height: 800 });
});

afterAll(() => scene.close());

/** What axe finds against WCAG 2.2 AA on the page as it stands, in light and in dark. */
async function barriers(): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await page.evaluate(axe);
    const violations = await page.evaluate<{ id: string; nodes: { html: string }[] }[]>(
      `axe.run({ runOnly: ${JSON.stringify(wcag)} }).then((said) => said.violations)`,
    );
    for (const { id, nodes } of violations) found.push(`${colorScheme}: ${id}: ${nodes[0]?.html}`);
  }
  await page.emulateMedia({ colorScheme: "light" });
  return found;
}

test("the first member of staff joins by the printed link and sees who waits", async () => {
  await page.goto(`${origin}/`);
  await page.getByRole("button", { name: "Log in with your passkey" }).waitFor();
  expect(await barriers()).toEqual([]);
  await page.goto(await scene.firstLink());
  await page.getByLabel("Your name").fill("Amara Cole");
  // The token doesn't stay in the address, where it would be seen and remembered.
  expect(page.url()).toBe(`${origin}/join`);
  expect(await barriers()).toEqual([]);
  await page.getByRole("button", { name: "Make a passkey and go in" }).click();
  // Releases come first for whoever may see them; here nothing has been published.
  await page.getByRole("heading", { name: "Releases" }).waitFor();
  await page.getByText("No version has been published yet").waitFor();
  expect(await barriers()).toEqual([]);
  await page.getByRole("link", { name: "Referrals" }).click();
  await page.getByRole("heading", { name: "Referrals" }).waitFor();
  await page.getByRole("row", { name: /Bronwen Refer/ }).waitFor();
  expect(await barriers()).toEqual([]);
});

test("a referral is decided without a mouse", async () => {
  await page.keyboard.press("j");
  await page.getByRole("heading", { name: "Peter Osei" }).waitFor();
  await page.keyboard.press("1");
  await page.keyboard.press("r");
  await page.keyboard.type("Two letters show the new address.");
  await page.keyboard.press("Control+Enter");
  await page.getByText("Peter Osei has passed and can go on.").waitFor();
  expect(decided).toEqual([
    {
      path: "/staff/referrals/reg_0000000000000000000002/decision",
      body: { decision: "pass", reason: "Two letters show the new address." },
    },
  ]);
  await page.keyboard.press("Escape");
  await page.keyboard.press("2");
  await page.keyboard.press("r");
  await page.keyboard.type("Nobody of that name lives there.");
  await page.getByRole("button", { name: "Refuse Bronwen" }).click();
  await page.getByText("Whoever opens an account and can’t be recognised").waitFor();
});

test("⌘K goes to staff, where an administrator invites a colleague", async () => {
  await page.keyboard.press("Control+k");
  await page.getByLabel("Customer, incident, version or page").fill("staf");
  await page.keyboard.press("Enter");
  await page.getByLabel("Their name").fill("Nadia Haddad");
  await page.getByLabel("Onboarding").check();
  expect(await barriers()).toEqual([]);
  await page.getByRole("button", { name: "Make a one-time link" }).click();
  const link = page.locator("output", { hasText: "/join#" });
  await link.waitFor();
  expect(await link.textContent()).toContain(`${origin}/join#`);
  await page.getByRole("row", { name: /Nadia Haddad/ }).waitFor();
});

test("the audit tells all of it, and the log-out ends it", async () => {
  await page.getByRole("link", { name: "Audit" }).click();
  await page.getByText("Chain holds").waitFor();
  const rows = page.getByRole("row");
  await page
    .getByRole("row", { name: /decided a referral/ })
    .first()
    .waitFor();
  expect(await rows.allTextContents()).toEqual(
    expect.arrayContaining([
      expect.stringContaining("joined"),
      expect.stringContaining("decision: fail; reason: Nobody of that name lives there."),
      expect.stringContaining("name: Nadia Haddad; roles: onboarding"),
    ]) as string[],
  );
  expect(await barriers()).toEqual([]);
  await page.getByRole("button", { name: "Log out" }).click();
  await page.getByRole("button", { name: "Log in with your passkey" }).click();
  await page.getByText("Chain holds").waitFor();
  expect(scene.complaints).toEqual([]);
});
