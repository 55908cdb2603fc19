import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { answerFile, createLogger, staticFile } from "@mainstay/platform";
import { fakeClock } from "@mainstay/testkit";
import { expectPicture, launchBrowser, type TestBrowser } from "@mainstay/testkit/browser";
import { status_components, status_days, type PublicIncident, type Status } from "@mainstay/wire";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createStatusKeeper, heard_ms_max, type StatusKeeper } from "../../apps/edge/status/keeper.ts";
import { statusRoutes } from "../../apps/edge/status/routes.ts";

const folder = resolve(import.meta.dirname, "pictures/status");
const require = createRequire(import.meta.url);
const font_file = resolve(
  import.meta.dirname,
  "../../node_modules/@fontsource-variable/inter/files/inter-latin-opsz-normal.woff2",
);
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const wcag = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** A morning of summer time, so that London's clock and UTC's differ. */
const clock = fakeClock("2026-10-01T07:58:00Z");
const at = (time: string) => `2026-10-01T${time}:00.000Z`;

type Update = PublicIncident["updates"][number];
const updates: readonly Update[] = [
  {
    at: at("07:58"),
    state: "looking-into-it",
    text: "Some people with iOS 27.1 can’t log in with our newest version. Payments and balances work.",
  },
  { at: at("08:01"), state: "cause-found", text: "We’ve found the cause and are putting it right." },
  {
    at: at("08:04"),
    state: "watching",
    text: "Everybody has had the version before it again since 08:53. Nobody needs to do anything.",
  },
  { at: at("08:34"), state: "works-again", text: "All 31 people who were kept out are back in." },
];
const names = [
  "Log in",
  "Balances and feed",
  "Payments in the UK",
  "Transfers abroad",
  "Pots",
  "Developer API",
];

/** What control says after so many of the updates. */
function statusAfter(count: number): Status {
  const told = updates.slice(0, count).toReversed();
  const [latest] = told;
  const isPartly = latest?.state === "looking-into-it" || latest?.state === "cause-found";
  const isOver = latest?.state === "works-again";
  const dayOf = (component: number, index: number) => {
    const date = new Date(Date.UTC(2026, 9, 1) - (status_days - 1 - index) * 86_400_000).toISOString();
    const partly_s = component === 0 && (index === 51 || index === status_days - 1) ? 3_000 : 0;
    const down_s = component === 2 && index === 34 ? 900 : 0;
    const state = down_s > 0 ? "down" : partly_s > 0 ? "partly" : "works";
    return { date: date.slice(0, 10), state, partly_s, down_s } as const;
  };
  const components = status_components.map((id, component): Status["components"][number] => {
    const name = names[component] ?? id;
    if (component > 2) return { id, name, state: "not-offered", since: null, days: [], uptime: null };
    const days = Array.from({ length: status_days }, (_one, index) => dayOf(component, index));
    const state = isPartly && component === 0 ? "partly" : "works";
    return { id, name, state, since: at("07:58"), days, uptime: 0.9998 - component * 0.0001 };
  });
  const incident: PublicIncident = {
    ...{ number: "INC-0041", title: "Log in, on iPhone", components: ["log-in"], updates: told },
    ...{ state: latest?.state ?? "looking-into-it", startedAt: at("07:41") },
    endedAt: isOver ? at("08:31") : null,
  };
  return {
    overall: isPartly ? "partly" : "works",
    sentence: isPartly ? "Logging in doesn’t work for everybody" : "Everything works",
    measuredAt: clock.now().toISOString(),
    components,
    incidents: count === 0 ? [] : [incident],
  };
}

/** Control and the bank, as they stand. */
const world = { told: 0, isControlAway: false };

let browser: TestBrowser;
let page: Page;
let server: Server;
let keeper: StatusKeeper;
let state: string;
let origin: string;

beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), "mainstay-status-"));
  const log = createLogger({ name: "test", level: "silent" });
  const font = await staticFile("inter-1.woff2", await readFile(font_file), { br: null, gzip: null });
  keeper = createStatusKeeper({
    ...{ folder: state, clock, log, isBankReady: async () => true },
    control: {
      fetchStatus: async () => {
        if (world.isControlAway) throw new Error("control is away");
        return { revision: String(world.told), status: statusAfter(world.told) };
      },
    },
  });
  const nobody = () => Promise.reject(new Error("nobody subscribes here"));
  const control = { subscribe: nobody, followLink: nobody };
  server = createServer((request, response) => {
    const path = (request.url ?? "/").split("?")[0] ?? "/";
    if (path === "/boot/inter-1.woff2") return answerFile(request, response, font, "no-store");
    const bootFiles = new Map([["inter-1.woff2", font]]);
    const routes = statusRoutes({ origin, bootFiles, keeper, control, clock, log });
    const found = routes.find((route) => route.matches(path));
    if (found === undefined) return void response.writeHead(404).end();
    void found.answer({ request, response, path });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  browser = await launchBrowser();
  const size = { viewport: { width: 1440, height: 900 }, deviceScaleFactor: 1 };
  const context = await browser.browser.newContext({ ...size, locale: "en-GB", reducedMotion: "reduce" });
  page = await context.newPage();
});

afterAll(async () => {
  await browser.close();
  server.closeAllConnections();
  server.close();
  await rm(state, { recursive: true, force: true });
});

/** Looks again, as the edge and whoever reads the page do. */
async function look(): Promise<void> {
  await keeper.look();
  await page.goto(`${origin}/status`);
}

/** What axe finds against WCAG 2.2 AA; each look is compared with an approved picture. */
async function barriers(colorScheme: "light" | "dark", name: string): Promise<string[]> {
  await page.emulateMedia({ colorScheme });
  await page.evaluate(axe);
  const violations = await page.evaluate<{ id: string; nodes: { html: string }[] }[]>(
    `axe.run({ runOnly: ${JSON.stringify(wcag)} }).then((said) => said.violations)`,
  );
  await expectPicture(page, { folder, name, isPinned: browser.isPinned });
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
}

test("an incident steps through its states, the same in the page, as JSON and in the feed", async () => {
  const heads = [
    "Logging in doesn’t work for everybody",
    "Logging in doesn’t work for everybody",
    "Everything works",
    "Everything works",
  ];
  const badges = ["Looking into it", "Cause found", "Watching", "Works again"];
  for (const [index, update] of updates.entries()) {
    clock.set(new Date(update.at));
    world.told = index + 1;
    await look();
    await page.getByRole("heading", { level: 1, name: heads[index] ?? "" }).waitFor();
    expect(await page.locator(".badge").innerText()).toBe(badges[index]);
    expect(await page.locator(".updates li").count()).toBe(index + 1);
    expect(await page.locator(".updates li").first().innerText()).toContain(update.text);
    const told = (await (await fetch(`${origin}/status.json`)).json()) as Status;
    expect([told.overall, told.incidents[0]?.state]).toEqual([index < 2 ? "partly" : "works", update.state]);
    const feed = await (await fetch(`${origin}/status.atom`)).text();
    expect([...feed.matchAll(/<category term="([^"]+)"/g)].map(([, term]) => term)).toEqual(
      updates
        .slice(0, index + 1)
        .map((one) => one.state)
        .toReversed(),
    );
    if (update.state !== "works-again") expect(await barriers("light", update.state)).toEqual([]);
  }
  clock.set(new Date(at("08:41")));
  await look();
  expect(await barriers("light", "works-again")).toEqual([]);
  expect(await barriers("dark", "works-again-dark")).toEqual([]);
});

test("a day that wasn't all right tells of itself when it is pointed at or reached by keyboard", async () => {
  await page.emulateMedia({ colorScheme: "light" });
  const days = page.getByRole("list", { name: "Log in, day by day" }).locator("li.partly");
  await days.last().focus();
  expect(await days.last().locator(".tip").innerText()).toBe("Thu 1 Oct partly for 50 min");
  await expectPicture(page, { folder, name: "a-day", isPinned: browser.isPinned });
});

test("on a phone it fits, and with control away it says since when", async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  world.isControlAway = true;
  clock.advance(heard_ms_max + 60_000);
  await look();
  await page.getByRole("heading", { level: 1, name: "We can’t measure everything at the moment" }).waitFor();
  await page.getByText("We haven’t been able to measure since 09:41.").waitFor();
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
  expect(await barriers("light", "phone-unheard")).toEqual([]);
});
