import type { Page } from "playwright-core";
import { addVirtualAuthenticator, openPhone, type TestBrowser } from "@mainstay/testkit/browser";

/** By how much the processor is slowed, to stand for a phone of some years ago. */
const processor_slowed = 4;

/** How long the page is watched for a larger paint after the button stands, in milliseconds. */
const settled_ms = 1_000;

type Watched = { lcp_ms: number; interactive_ms: number; home_ms: number };

/** Runs in the page, before anything of it: notes the largest paint. */
function watchPaint(): void {
  const watched = ((globalThis as { watched?: Partial<Watched> }).watched ??= {});
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) watched.lcp_ms = entry.startTime;
  }).observe({ type: "largest-contentful-paint", buffered: true });
}

/** Runs in the page: presses the log-in button as soon as it stands, and notes when it has answered. */
function pressAtOnce(): void {
  const watched = ((globalThis as { watched?: Partial<Watched> }).watched ??= {});
  const look = () => {
    const button = [...document.querySelectorAll("button")].find((one) =>
      /log in/i.test(one.textContent ?? ""),
    );
    button?.click();
    if (document.querySelector("button[aria-busy=true]") !== null) watched.interactive_ms = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

async function slow(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: processor_slowed });
}

function read(page: Page, name: keyof Watched): Promise<number> {
  return page.evaluate(
    (wanted) => (globalThis as { watched?: Partial<Watched> }).watched?.[wanted] ?? Number.NaN,
    name,
  );
}

async function firstVisit<T>(browser: TestBrowser, visit: (page: Page) => Promise<T>): Promise<T> {
  const phone = await openPhone(browser);
  try {
    const page = await phone.newPage();
    await slow(page);
    return await visit(page);
  } finally {
    await phone.close();
  }
}

/** Largest contentful paint of a first visit, in milliseconds. */
export function measurePaint(browser: TestBrowser, url: string): Promise<number> {
  return firstVisit(browser, async (page) => {
    await page.addInitScript(watchPaint);
    await page.goto(url);
    await page.getByRole("button", { name: /log in/i }).waitFor();
    await page.waitForTimeout(settled_ms);
    return read(page, "lcp_ms");
  });
}

/** From the start of a first visit until the log-in button has answered a press, in milliseconds. */
export function measureInteractive(browser: TestBrowser, url: string): Promise<number> {
  return firstVisit(browser, async (page) => {
    await page.addInitScript(pressAtOnce);
    await page.goto(url);
    await page.waitForFunction(() => (globalThis as { watched?: Partial<Watched> }).watched?.interactive_ms);
    return read(page, "interactive_ms");
  });
}

type Manifest = { readonly entry: string; readonly preloads: readonly string[] };

/** The scripts that the log-in screen needs, in bytes as they cross the wire. */
export async function measureScripts(browser: TestBrowser, url: string): Promise<number> {
  const phone = await openPhone(browser);
  try {
    const page = await phone.newPage();
    const session = await phone.newCDPSession(page);
    await session.send("Network.enable");
    const urls = new Map<string, string>();
    const bytes = new Map<string, number>();
    session.on("Network.responseReceived", ({ requestId, response }) => urls.set(requestId, response.url));
    session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
      const path = new URL(urls.get(requestId) ?? url).pathname;
      // The same file may be asked for twice (preloaded, then run): the cache answers the second time.
      if (path.endsWith(".js")) bytes.set(path, Math.max(bytes.get(path) ?? 0, encodedDataLength));
    });
    const manifest = page.waitForResponse(/\/v\/[^/]+\/manifest\.json$/);
    await page.goto(url);
    await page.getByRole("button", { name: /log in/i }).waitFor();
    await page.waitForTimeout(settled_ms);
    const answered = await manifest;
    const { entry, preloads } = (await answered.json()) as Manifest;
    const folder = new URL(".", answered.url()).pathname;
    const needed = new Set([entry, ...preloads].map((path) => folder + path));
    const counted = [...bytes].filter(([path]) => needed.has(path) || !path.startsWith("/v/"));
    return counted.filter(([path]) => path !== "/sw.js").reduce((sum, [, size]) => sum + size, 0);
  } finally {
    await phone.close();
  }
}

/** Runs in the page: presses "Log in" and notes how long it is until balance and payments are painted. */
function logInAndLook(): void {
  const watched = ((globalThis as { watched?: Partial<Watched> }).watched ??= {});
  delete watched.home_ms;
  const button = [...document.querySelectorAll("button")].find((one) =>
    /log in/i.test(one.textContent ?? ""),
  );
  const pressed_ms = performance.now();
  button?.click();
  const look = () => {
    const hasPayments = document.querySelectorAll("main section li").length > 0;
    if (!hasPayments) return void requestAnimationFrame(look);
    // The frame after the one in which they were put into the page has them on the screen.
    requestAnimationFrame(() => (watched.home_ms = performance.now() - pressed_ms));
  };
  requestAnimationFrame(look);
}

/**
 * A customer of the demo who has a passkey on this phone and logs in again, so many times; each in
 * milliseconds.
 */
export async function measureLogins(
  browser: TestBrowser,
  url: string,
  times: number,
): Promise<readonly number[]> {
  const phone = await openPhone(browser);
  try {
    const page = await phone.newPage();
    await addVirtualAuthenticator(page);
    await page.goto(url);
    await page.getByRole("button", { name: /look around/i }).click();
    await page.getByRole("link", { name: "Security", exact: true }).click();
    const added = page.waitForResponse(
      (answer) =>
        answer.url().endsWith("/api/passkeys") && answer.request().method() === "POST" && answer.ok(),
    );
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await added;
    await slow(page);
    const measured: number[] = [];
    for (let time = 0; time < times; time += 1) {
      await page.goto(`${url}#/account`);
      await page.getByRole("button", { name: "Log out" }).click();
      await page.getByRole("button", { name: /log in/i }).waitFor();
      await page.waitForTimeout(settled_ms);
      await page.evaluate(logInAndLook);
      await page.waitForFunction(() => (globalThis as { watched?: Partial<Watched> }).watched?.home_ms);
      measured.push(await read(page, "home_ms"));
    }
    return measured;
  } finally {
    await phone.close();
  }
}
