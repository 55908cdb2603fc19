import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { signBytes } from "@mainstay/catalog";
import { createPublisher } from "../support/publisher.ts";
import { createBootScene, standing } from "../support/boot-scene.ts";

/** What a browser of some years ago says of an algorithm that it doesn't know. */
const withoutEd25519 = () => {
  const { importKey } = crypto.subtle;
  Object.defineProperty(crypto.subtle, "importKey", {
    value: (...given: Parameters<typeof importKey>) =>
      (given[2] as unknown) === "Ed25519"
        ? Promise.reject(new DOMException("Unrecognized name", "NotSupportedError"))
        : Reflect.apply(importKey, crypto.subtle, given),
  });
};

let scene: Awaited<ReturnType<typeof createBootScene>>;
let page: Page;

beforeAll(async () => {
  scene = await createBootScene();
});
afterAll(() => scene.close());
beforeEach(async () => {
  page = await scene.begin();
});
afterEach(() => scene.end());

const open = () => page.goto(scene.origin());
const shows = (text: string) => page.locator("#root", { hasText: text }).waitFor({ timeout: 15_000 });
const tells = (text: string) => page.getByRole("heading", { name: text }).waitFor({ timeout: 15_000 });
const hasRun = () => page.evaluate(() => "altered" in window);

/** The manifest of a version as the edge serves it, changed and signed by some key. */
async function forge(version: string, privateKey: Parameters<typeof signBytes>[2], name?: string) {
  const answer = await fetch(`${scene.origin()}/v/${version}/manifest.json`);
  const manifest = (await answer.text()).replace(`"summary":""`, `"summary":"altered"`);
  const signature = signBytes("manifest", Buffer.from(manifest), privateKey);
  await page.route("**/manifest.json", (route) => route.fulfill({ body: manifest }));
  const body = JSON.stringify({ ...signature, key: name ?? signature.key });
  await page.route("**/manifest.json.sig*", (route) => route.fulfill({ body }));
}

test.each(["itself", "one of ours"])(
  "a manifest that another key has signed never starts, when it calls itself %s",
  async (name) => {
    const version = await scene.publish(`window.altered = true; ${standing("forged")}`);
    const [ours] = scene.publisher.keys.keys();
    await forge(version, createPublisher("nowhere").privateKey, name === "itself" ? undefined : ours);
    await open();
    await tells("The app didn’t arrive whole");
    expect(await hasRun()).toBe(false);
  },
);

test("a manifest that was altered after it was signed never starts", async () => {
  await scene.publish(`window.altered = true; ${standing("altered")}`);
  await page.route("**/manifest.json", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ body: (await answer.text()).replace(`"summary":""`, `"summary":"x"`) });
  });
  await open();
  await tells("The app didn’t arrive whole");
  expect(await hasRun()).toBe(false);
});

test("a manifest that nobody signed never starts", async () => {
  await scene.publish(`window.altered = true; ${standing("unsigned")}`);
  await page.route("**/manifest.json.sig*", (route) => route.fulfill({ status: 404, body: "{}" }));
  await open();
  await tells("The app didn’t arrive whole");
  expect(await hasRun()).toBe(false);
});

test("a server in trouble is no evidence: a version starts once its signature comes", async () => {
  const version = await scene.publish(standing("patient"));
  await page.route("**/manifest.json.sig*", (route) => route.fulfill({ status: 503, body: "{}" }));
  await open();
  await tells("We can’t reach Mainstay");
  await page.unrouteAll();
  await page.getByRole("button", { name: "Try again" }).click();
  await shows(`patient ${version}`);
});

test("a browser without Ed25519 verifies by the library", async () => {
  await page.addInitScript(withoutEd25519);
  const version = await scene.publish(standing("older"));
  const fetched = page.waitForRequest(/\/boot\/ed25519-.*\.js$/);
  await open();
  await shows(`older ${version}`);
  await fetched;
  expect(scene.complaints).toEqual([]);
});

test("a browser without Ed25519 knows ours from another's all the same", async () => {
  await page.addInitScript(withoutEd25519);
  const version = await scene.publish(`window.altered = true; ${standing("forged")}`);
  const [ours] = scene.publisher.keys.keys();
  await forge(version, createPublisher("nowhere").privateKey, ours);
  await open();
  await tells("The app didn’t arrive whole");
  expect(await hasRun()).toBe(false);
});

test("a browser with Ed25519 never waits for the library", async () => {
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  const version = await scene.publish(standing("quick"));
  await open();
  await shows(`quick ${version}`);
  expect(asked.filter((url) => url.includes("ed25519"))).toEqual([]);
});

test("the worker keeps a bundle with its signature, and starts it verified without the network", async () => {
  const version = await scene.publish(standing("kept"));
  await open();
  await shows(`kept ${version}`);
  const kept = () =>
    page.evaluate(async () => {
      const names = (await caches.keys()).filter((name) => name.startsWith("bundle-"));
      const found = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
      return found.flat().map(({ url }) => new URL(url).pathname);
    });
  await expect.poll(kept, { timeout: 15_000 }).toContain(`/v/${version}/manifest.json`);
  expect(await kept()).toContain(`/v/${version}/manifest.json.sig`);
  await scene.stopEdge();
  await page.reload();
  await shows(`kept ${version}`);
});

test("the worker keeps nothing that another key has signed", async () => {
  const version = await scene.publish(standing("kept"));
  const foreign = createPublisher("nowhere").privateKey;
  const body = JSON.stringify(signBytes("manifest", Buffer.from("{}"), foreign));
  let asked = 0;
  // What the worker fetches by itself: the page has its own already.
  await page.context().route("**/manifest.json.sig*", async (route) => {
    if (route.request().serviceWorker() === null) return route.fallback();
    asked += 1;
    return route.fulfill({ body });
  });
  await open();
  await shows(`kept ${version}`);
  await expect.poll(() => asked, { timeout: 15_000 }).toBeGreaterThan(0);
  await expect
    .poll(() => page.evaluate(() => caches.keys()), { timeout: 5_000 })
    .not.toContain(`bundle-${version}`);
});
