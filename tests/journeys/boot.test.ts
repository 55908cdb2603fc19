import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { createBootScene, standing } from "../support/boot-scene.ts";

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
  const version = await scene.publish(standing("hello"));
  await open();
  await shows(`hello ${version}`);
  expect(await page.locator("#boot").isVisible()).toBe(false);
  expect(await page.locator("#root").evaluate((root) => getComputedStyle(root).color)).toBe(
    "rgb(14, 74, 69)",
  );
  const links = page.locator(`link[rel=modulepreload][integrity^="sha256-"]`);
  await expect.poll(() => links.count(), { timeout: 5_000 }).toBe(3);
  expect(scene.complaints).toEqual([]);
});

test("starts without the network, with what it has kept", async () => {
  const version = await scene.publish(standing("hello"));
  await open();
  await shows(`hello ${version}`);
  await keeps(version);
  await scene.stopEdge();
  await page.goto(`${scene.origin()}/payments`);
  await shows(`hello ${version}`);
  expect(await page.evaluate("window.mainstay.activation")).toBeNull();
  const later = page.evaluate(`import("/v/${version}/assets/later.js").then(({ words }) => words)`);
  expect(await later).toBe("later");
});

test("keeps the last two versions and forgets older ones", async () => {
  const versions: string[] = [];
  for (const name of ["one", "two", "three"]) {
    const version = await scene.publish(standing(name));
    versions.push(version);
    await open();
    await shows(`${name} ${version}`);
    await keeps(...versions.slice(-2));
  }
});

test("says what is wrong in plain words when nothing can be had, and starts once it can", async () => {
  await open();
  await tells("We can’t reach Mainstay");
  const version = await scene.publish(standing("hello"));
  await page.getByRole("button", { name: "Try again" }).click();
  await shows(`hello ${version}`);
});

test("never runs a bundle that was altered on its way", async () => {
  await scene.publish(`window.altered = false; ${standing("hello")}`);
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
  const good = await scene.publish(standing("good"));
  await open();
  await shows(`good ${good}`);
  await keeps(good);
  const bad = await scene.publish(broken);
  await open();
  await shows(`good ${good}`);
  // The bad version stays where it is put: it is not tried again.
  await open();
  await shows(`good ${good}`);
  const memory = await page.evaluate(() => localStorage.getItem("mainstay-boot"));
  expect(JSON.parse(memory ?? "{}")).toEqual({ good: [], stood: [good], quarantined: [bad], left: null });
});

test("a release can't put a service worker of its own in place", async () => {
  const version = await scene.publish(standing("hello"));
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
  expect(workers).toEqual([`${scene.origin()}/sw.js`]);
});

test("a release can't put another page in the boot layer's place, not even without the network", async () => {
  const version = await scene.publish(standing("hello"));
  await open();
  await shows(`hello ${version}`);
  await keeps(version);
  const spoiled = await page.evaluate(async () => {
    const paths = [
      "/",
      ...Array.from(document.querySelectorAll("script[src]"), (script) => script.getAttribute("src")),
    ];
    const evil = (path: string) =>
      path === "/"
        ? new Response("<h1>evil</h1>", { headers: { "content-type": "text/html" } })
        : new Response("document.body.textContent = 'evil';", {
            headers: { "content-type": "text/javascript" },
          });
    for (const name of [...(await caches.keys()), "a cache of its own"]) {
      for (const path of paths) await (await caches.open(name)).put(path ?? "", evil(path ?? ""));
    }
    return paths.length;
  });
  expect(spoiled).toBe(2);
  await open();
  await shows(`hello ${version}`);
  await scene.stopEdge();
  await open().catch(() => undefined);
  // Better nothing than what nobody signed; the next start with a network brings the boot layer back.
  expect(
    await page
      .locator("body")
      .innerText()
      .catch(() => ""),
  ).not.toContain("evil");
  await scene.startEdge();
  await open();
  await shows(`hello ${version}`);
});

test("shows what the bank pushes, once, and a touch leads to the message", async () => {
  const version = await scene.publish(standing("hello"));
  await open();
  await shows(`hello ${version}`);
  await page.evaluate(() => navigator.serviceWorker.ready);
  const [worker] = page.context().serviceWorkers();
  if (worker === undefined) throw new Error("the worker is there");
  // A browser without a screen allows no notifications: what would be shown is noted instead.
  await worker.evaluate(`
    self.shown = [];
    const note = (title, options) => void self.shown.push({ title, ...options });
    self.registration.showNotification = async (...shown) => note(...shown);
  `);
  const session = await page.context().newCDPSession(page);
  const registered = new Promise<string>((resolve) => {
    session.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
      const [registration] = registrations;
      if (registration !== undefined) resolve(registration.registrationId);
    });
  });
  await session.send("ServiceWorker.enable");
  const registrationId = await registered;
  const push = (data: string) =>
    session.send("ServiceWorker.deliverPushMessage", { origin: scene.origin(), registrationId, data });
  const thread = `thr_${"1".repeat(22)}`;
  await push(JSON.stringify({ subject: "Sorry about Tuesday", thread, tag: "once" }));
  await push("not what the bank sends");
  await push(JSON.stringify({ subject: "Evil", thread: "../../elsewhere", tag: "twice" }));
  await expect.poll(() => worker.evaluate("self.shown.length")).toBe(3);
  const icon = "/icons/icon-192.png";
  expect(await worker.evaluate("self.shown")).toEqual([
    {
      title: "Mainstay",
      body: "Sorry about Tuesday",
      tag: "once",
      icon,
      data: `/#/help/messages/${thread}`,
    },
    { title: "Mainstay", body: "You have a new message.", tag: "message", icon, data: "/#/help" },
    { title: "Mainstay", body: "Evil", tag: "twice", icon, data: "/#/help" },
  ]);
  await worker.evaluate(`{
    const click = new ExtendableEvent("notificationclick");
    Object.defineProperty(click, "notification", {
      value: { data: "/#/help/messages/${thread}", close: () => undefined },
    });
    self.dispatchEvent(click);
  }`);
  await expect.poll(() => page.url()).toBe(`${scene.origin()}/#/help/messages/${thread}`);
});
