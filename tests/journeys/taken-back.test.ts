import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { launchBrowser, openPhone } from "@mainstay/testkit/browser";
import { runMainstay } from "@mainstay/testkit/mainstay";
import { findFreePorts } from "@mainstay/testkit/ports";
import type { BootHandle } from "@mainstay/wire";
import type { Page } from "playwright-core";
import { afterAll, expect, test } from "vitest";
import { createControlClient } from "../../tools/release/control-client.ts";
import { registerVersion } from "../../tools/release/register.ts";
import { runRelease } from "../../tools/release/run.ts";

const port = await findFreePorts();
const mainstay = await runMainstay({ name: "taken-back", port, environment: { MAINSTAY_DEMO: "1" } });
const browser = await launchBrowser();
const folder = await mkdtemp(join(tmpdir(), "mainstay-next-"));

afterAll(async () => {
  await browser.close();
  await mainstay.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Types an operator's command; throws what it says when it fails. */
async function release(...words: string[]): Promise<void> {
  const environment = { MAINSTAY_DATA: mainstay.dataFolder, MAINSTAY_PORT: String(port), MAINSTAY_DEMO: "1" };
  const said: string[] = [];
  const code = await runRelease(
    { words, environment, folder: process.cwd(), say: (line) => void said.push(line) },
    (line) => void said.push(line),
  );
  if (code !== 0) throw new Error(said.join("\n"));
}

/** Publishes the app's own build once more, a little different, and makes it what everybody gets. */
async function publishNext(version: string): Promise<void> {
  const builds = "node_modules/.cache/mainstay";
  const stamp = await readFile(join(mainstay.dataFolder, "catalog/published.json"), "utf8");
  await cp(join(builds, (JSON.parse(stamp) as { build: string }).build), folder, { recursive: true });
  const [main = ""] = (await readdir(join(folder, "assets"))).filter((name) => /^main-.*\.js$/.test(name));
  const path = join(folder, "assets", main);
  await writeFile(path, `${await readFile(path, "utf8")}\n/* ${version} */\n`);
  await release("publish", folder, "--version", version, "--platforms", "ios,android,web");
  const secrets = JSON.parse(await readFile(join(mainstay.dataFolder, "secrets.json"), "utf8")) as {
    edgeSecret: string;
  };
  const published = (name: string) => readFile(join(mainstay.dataFolder, "catalog", version, name), "utf8");
  const control = createControlClient({ port: port + 1, secret: secrets.edgeSecret });
  const text = {
    manifestText: await published("manifest.json"),
    signatureText: await published("manifest.json.sig"),
  };
  expect(await registerVersion(control, { ...text, adopt: true })).toMatchObject({
    stableOn: ["ios", "android", "web"],
  });
}

const handle = (page: Page) =>
  page
    .evaluate(() => {
      const { version, switched } = (window as { mainstay?: BootHandle }).mainstay ?? {};
      return `${version} ${switched}`;
    })
    .catch(() => "between two pages");

test("a version that is taken back at the edge leaves the page, and what was typed stays", async () => {
  const first = (await (await fetch(`${mainstay.appUrl}/assignment`)).json()) as { version: string };
  await publishNext("0.2.0");
  const page = await (await openPhone(browser)).newPage();
  const assigned = async () =>
    ((await (await fetch(`${mainstay.appUrl}/assignment`)).json()) as { version: string }).version;
  await expect.poll(assigned, { timeout: 10_000 }).toBe("0.2.0");
  await page.goto(mainstay.appUrl);
  await page.getByText("Look around as a demo customer").click();
  await page.getByRole("link", { name: "Send" }).click();
  await page.getByText("Paid before").waitFor();
  await page.locator("main button").first().click();
  const keypad = page.getByRole("group", { name: /keypad|amount/i });
  for (const key of "64.5") await keypad.getByText(key, { exact: true }).click();
  await page.getByText("Add a reference").click();
  await page.getByLabel("What they see beside the money").fill("Cottage");
  expect(await handle(page)).toBe("0.2.0 null");

  await release("take-back-at-edge", "0.2.0");
  await expect.poll(() => handle(page), { timeout: 10_000 }).toBe(`${first.version} taken-back`);

  await page.getByRole("button", { name: /Review/ }).waitFor();
  expect(await page.locator("output").innerText()).toContain("£64.5");
  await page.getByText("Add a reference").click();
  await expect.poll(() => page.getByLabel("What they see beside the money").inputValue()).toBe("Cottage");
  await page.getByRole("button", { name: "Use this reference" }).click();
  await page.getByRole("button", { name: /Review/ }).click();
  await page.getByText("Your passkey signs this, and only this").waitFor();
  await release("take-back-at-edge", "0.2.0", "--undo");
});
