import { mkdtemp, rm } from "node:fs/promises";
import type { Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLogger, createMetrics, readStaticFolder, systemClock, systemRandom } from "@mainstay/platform";
import { findFreePorts } from "@mainstay/testkit/ports";
import { launchBrowser, openPhone, type TestBrowser } from "@mainstay/testkit/browser";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { buildBoot } from "../../apps/boot/build.ts";
import { sealBoot } from "../../apps/boot/seal.ts";
import { createAssignments, type Assignments } from "../../apps/edge/assignments/assignments.ts";
import { createBankProxy } from "../../apps/edge/bank-proxy.ts";
import { createCatalog } from "../../apps/edge/catalog.ts";
import { createEdge } from "../../apps/edge/server.ts";
import { edge_secret } from "../support/test-edge.ts";
import { createTestControl } from "../support/test-plan.ts";
import { createPublisher, writeBuild } from "../support/publisher.ts";

const log = createLogger({ name: "test", level: "silent" });

let folder: string;
let publisher: ReturnType<typeof createPublisher>;
let port: number;
let browser: TestBrowser;
let phone: BrowserContext;
let page: Page;
let edge: Server | null = null;
let assignments: Assignments;
let control: ReturnType<typeof createTestControl>;
/** What the page complained about, such as a breach of its policy. */
let complaints: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mainstay-boot-"));
  publisher = createPublisher(join(folder, "catalog"));
  await buildBoot(join(folder, "built"));
  await sealBoot({ built: join(folder, "built"), outDir: join(folder, "boot"), keys: publisher.bootKeys });
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser.close();
  await rm(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  await rm(join(folder, "catalog"), { recursive: true, force: true });
  port = await findFreePorts();
  control = createTestControl();
  await startEdge();
  phone = await openPhone(browser);
  page = await phone.newPage();
  complaints = [];
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
});

afterEach(async () => {
  await phone.close();
  await stopEdge();
});

async function startEdge(): Promise<void> {
  const origin = `http://localhost:${port}`;
  const catalog = createCatalog({
    folder: join(folder, "catalog"),
    keys: publisher.keys,
    log,
    clock: systemClock,
  });
  const metrics = createMetrics("edge");
  assignments = createAssignments({
    edgeSecret: edge_secret,
    origin,
    catalog,
    plan: control.plan,
    control,
    clock: systemClock,
    random: systemRandom,
    log,
    metrics,
  });
  await assignments.refresh();
  edge = createEdge({
    origin,
    bootFiles: await readStaticFolder(join(folder, "boot")),
    catalog,
    assignments,
    bank: createBankProxy({ bankUrl: `http://127.0.0.1:${port + 3}`, origin, log }),
    log,
    metrics,
  });
  await new Promise<void>((resolve) => edge?.listen(port, "127.0.0.1", resolve));
}

async function stopEdge(): Promise<void> {
  const stopped = edge;
  edge = null;
  if (!stopped) return;
  assignments.stop();
  stopped.closeAllConnections();
  await new Promise<void>((resolve) => stopped.close(() => resolve()));
}

/** Publishes a small app: what it does when it starts, and a part of it that is imported later. */
async function publish(start: string): Promise<string> {
  const dist = await writeBuild(join(folder, "dist"), {
    files: {
      "assets/main.js": `import { show } from "./shared.js";\n${start}`,
      "assets/shared.js": `export function show(text) { document.getElementById("root").textContent = text; }`,
      "assets/later.js": `export const words = "later";`,
      "assets/main.css": "#root { color: rgb(14, 74, 69); }",
    },
    notes: {
      "main.tsx": {
        file: "assets/main.js",
        isEntry: true,
        imports: ["_shared.js"],
        css: ["assets/main.css"],
      },
      "_shared.js": { file: "assets/shared.js" },
      "later.tsx": { file: "assets/later.js" },
    },
  });
  return (await publisher.next(dist)).version;
}

const healthy = (name: string) => `show("${name} " + window.mainstay.version); window.mainstay.booted();`;

const open = () => page.goto(`http://localhost:${port}/`);
const shows = (text: string) => page.locator("#root", { hasText: text }).waitFor({ timeout: 15_000 });
const tells = (text: string) => page.getByRole("heading", { name: text }).waitFor({ timeout: 15_000 });

/** Waits until the worker keeps these versions whole, for a start without the network. */
async function keeps(...versions: string[]): Promise<void> {
  const kept = () =>
    page.evaluate(async () => {
      const found: string[] = [];
      for (const name of await caches.keys()) {
        const version = name.replace("bundle-", "");
        const manifest = await (await caches.open(name)).match(`/v/${version}/manifest.json`);
        if (name.startsWith("bundle-") && manifest) found.push(version);
      }
      return found.toSorted();
    });
  await expect.poll(kept, { timeout: 15_000 }).toEqual(versions.toSorted());
}

test("starts the assigned version, verified, under a policy that nothing breaks", async () => {
  const version = await publish(healthy("hello"));
  await open();
  await shows(`hello ${version}`);
  expect(await page.locator("#boot").isVisible()).toBe(false);
  expect(await page.locator("#root").evaluate((root) => getComputedStyle(root).color)).toBe(
    "rgb(14, 74, 69)",
  );
  const links = page.locator(`link[rel=modulepreload][integrity^="sha256-"]`);
  await expect.poll(() => links.count(), { timeout: 5_000 }).toBe(3);
  expect(complaints).toEqual([]);
});

test("starts without the network, with what it has kept", async () => {
  const version = await publish(healthy("hello"));
  await open();
  await shows(`hello ${version}`);
  await keeps(version);
  await stopEdge();
  await page.goto(`http://localhost:${port}/payments`);
  await shows(`hello ${version}`);
  expect(await page.evaluate("window.mainstay.activation")).toBeNull();
  const later = page.evaluate(`import("/v/${version}/assets/later.js").then(({ words }) => words)`);
  expect(await later).toBe("later");
});

test("keeps the last two versions and forgets older ones", async () => {
  const versions: string[] = [];
  for (const name of ["one", "two", "three"]) {
    const version = await publish(healthy(name));
    versions.push(version);
    // The edge looks for new versions once a second.
    await expect
      .poll(() => page.request.get(`http://localhost:${port}/assignment`).then((answer) => answer.json()), {
        timeout: 5_000,
      })
      .toMatchObject({ version });
    await open();
    await shows(`${name} ${version}`);
    await keeps(...versions.slice(-2));
  }
});

test("says what is wrong in plain words when nothing can be had, and starts once it can", async () => {
  await open();
  await tells("We can’t reach Mainstay");
  const version = await publish(healthy("hello"));
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  await page.getByRole("button", { name: "Try again" }).click();
  await shows(`hello ${version}`);
});

test("never runs a bundle that was altered on its way", async () => {
  await publish(`window.altered = false; ${healthy("hello")}`);
  await page.route("**/assets/main.js", (route) =>
    route.fulfill({ contentType: "text/javascript", body: `window.altered = true;` }),
  );
  await open();
  await tells("The app didn’t arrive whole");
  expect(await page.evaluate(() => "altered" in window)).toBe(false);
});

test.each([
  ["crashes when it starts", `throw new Error("broken");`],
  ["never stands", `show("still thinking");`],
])("goes back by itself from a version that %s", async (_what, broken) => {
  const good = await publish(healthy("good"));
  await open();
  await shows(`good ${good}`);
  await keeps(good);
  const bad = await publish(broken);
  await expect
    .poll(() => page.request.get(`http://localhost:${port}/assignment`).then((answer) => answer.json()), {
      timeout: 5_000,
    })
    .toMatchObject({ version: bad });
  await open();
  await shows(`good ${good}`);
  // The bad version stays where it is put: it is not tried again.
  await open();
  await shows(`good ${good}`);
  const memory = await page.evaluate(() => localStorage.getItem("mainstay-boot"));
  expect(JSON.parse(memory ?? "{}")).toEqual({ good: [good], quarantined: [bad] });
});

test("a release can't put a service worker of its own in place", async () => {
  const version = await publish(healthy("hello"));
  await open();
  await shows(`hello ${version}`);
  await page.evaluate(() => navigator.serviceWorker.ready);
  const tried = await page.evaluate(
    (url) =>
      navigator.serviceWorker.register(url).then(
        () => "registered",
        () => "refused",
      ),
    `/v/${version}/assets/later.js`,
  );
  expect(tried).toBe("refused");
  const workers = await page.evaluate(async () =>
    (await navigator.serviceWorker.getRegistrations()).map(({ active }) => active?.scriptURL),
  );
  expect(workers).toEqual([`http://localhost:${port}/sw.js`]);
});
