import { join } from "node:path";
import { addVirtualAuthenticator, launchBrowser, openPhone } from "@mainstay/browser";
import { listVersions } from "@mainstay/catalog";
import { logIn, openAccount } from "@mainstay/checks/runner";
import { runMainstay } from "@mainstay/testkit/mainstay";
import { findFreePorts } from "@mainstay/testkit/ports";
import type { Page, Request } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { becomeShell, type NativeCall } from "../support/native-shell.ts";

const origin = "https://localhost";
const mainstay = await runMainstay({
  name: "native-shell",
  port: await findFreePorts(),
  environment: { MAINSTAY_DEMO: "0", MAINSTAY_PASSKEY_ORIGINS: origin },
});
const browser = await launchBrowser();

let page: Page;
let version: string;
let calls: NativeCall[];
const asked: Request[] = [];

const called = (method: string) => calls.filter((call) => call.method === method);
const headersOf = async (path: string): Promise<Record<string, string>> => {
  const found = asked.filter((request) => new URL(request.url()).pathname === path).at(-1);
  return found === undefined ? {} : found.allHeaders();
};

beforeAll(async () => {
  const catalog = join(mainstay.dataFolder, "catalog");
  [version = ""] = await listVersions(catalog);
  const context = await openPhone(browser);
  const zip = join(catalog, version, "bundle.zip");
  calls = await becomeShell(context, { zip, version, server: mainstay.appUrl });
  await context.grantPermissions(["local-network-access"], { origin }).catch(() => undefined);
  page = await context.newPage();
  await addVirtualAuthenticator(page);
  page.on("request", (request) => {
    if (request.url().startsWith(mainstay.appUrl)) asked.push(request);
  });
});

afterAll(async () => {
  await browser.close();
  await mainstay.stop();
});

test("the bundle that came with the app starts, verified, and the plugin hears that it stands", async () => {
  await page.goto(`${origin}/`);
  await page.getByRole("link", { name: "Open an account" }).waitFor();
  expect(await page.evaluate(() => (window as { mainstay?: { version: string } }).mainstay?.version)).toBe(
    version,
  );
  expect(called("notifyAppReady")).toHaveLength(1);
  // The edge has named the installation, and the plugin shows the same name when it asks for updates.
  await expect
    .poll(() => called("setCustomId").at(-1)?.options)
    .toMatchObject({
      customId: expect.stringContaining("."),
    });
  expect((await page.context().cookies()).length).toBe(0);
});

test("a customer opens an account, by the system's passkey sheet and across origins", async () => {
  await openAccount(page, { firstName: "Ida", lastName: "Shell", email: "ida@shell.example" });
  expect(called("createCredential")[0]?.options).toMatchObject({ origin: mainstay.appUrl });
  await page.getByRole("region", { name: "Current account" }).waitFor();
});

test("the session is a token bound to the device's key, and never a cookie", async () => {
  await expect.poll(async () => (await headersOf("/api/accounts"))["authorization"]).toMatch(/^DPoP \S{43}$/);
  const headers = await headersOf("/api/accounts");
  expect(headers["cookie"]).toBeUndefined();
  expect(headers["x-mainstay-platform"]).toBe("android");
  expect(headers["x-mainstay-installation"]).toContain(".");
  const [, payload = ""] = (headers["dpop"] ?? "").split(".");
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as Record<string, unknown>;
  expect(claims).toMatchObject({ htu: `${mainstay.appUrl}/api/accounts`, ath: expect.any(String) });
  expect(await page.context().cookies()).toEqual([]);
});

test("it is there after the app was closed, and a log-in makes another", async () => {
  await page.goto("about:blank");
  await page.goto(`${origin}/`);
  await page.getByRole("region", { name: "Current account" }).waitFor();
  await page.evaluate(() => indexedDB.deleteDatabase("mainstay-app"));
  await page.goto("about:blank");
  await page.goto(`${origin}/`);
  await logIn(page);
  expect(called("getCredential")[0]?.options).toMatchObject({ origin: mainstay.appUrl });
  await page.getByRole("region", { name: "Current account" }).waitFor();
});

test("a bundle that was taken back is left by way of the plugin", async () => {
  await page.evaluate(() =>
    (window as { mainstay?: { swap: (to: string) => void } }).mainstay?.swap("9.9.9"),
  );
  await expect.poll(() => called("reset").length, { timeout: 10_000 }).toBe(1);
});
