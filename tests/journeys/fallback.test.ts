import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createBootScene } from "../support/boot-scene.ts";
import { planOf, plannedRollout } from "../support/test-plan.ts";

let scene: Awaited<ReturnType<typeof createBootScene>>;
let page: Page;
/** The versions whose log-ins the bank refuses, and what it answers to all others. */
let refusedVersions: Set<string>;
let loggedIn: string[];

beforeAll(async () => {
  scene = await createBootScene();
});
afterAll(() => scene.close());
beforeEach(async () => {
  page = await scene.begin();
  refusedVersions = new Set();
  loggedIn = [];
  scene.bank = (_path, headers) => {
    const version = String(headers["x-mainstay-version"]);
    if (refusedVersions.has(version)) return { status: 400, body: { code: "login_protocol_unsupported" } };
    loggedIn.push(version);
    return { status: 200, headers: { "x-mainstay-customer": "customer-1" } };
  };
});
afterEach(() => scene.end());

/** An app that logs in when it starts, says how that went, and keeps what is typed at each input. */
const app = (name: string) => `
  const { mainstay } = window;
  const headers = { "x-mainstay-activation": mainstay.activation ?? "" };
  const draft = document.createElement("textarea");
  draft.value = localStorage.getItem("draft") ?? "";
  draft.addEventListener("input", () => localStorage.setItem("draft", draft.value));
  document.body.append(draft);
  show("${name} stands");
  mainstay.booted();
  mainstay.loginOffered();
  const answer = await fetch("/api/login", { method: "POST", headers });
  const swap = answer.headers.get("x-mainstay-swap");
  if (swap !== null) mainstay.swap(swap);
  if (answer.ok) {
    mainstay.loggedIn();
    show("${name} is in, " + mainstay.switched);
  } else {
    const { code } = await answer.json();
    show("${name}: " + code);
    for (let tries = 1; tries <= 9; tries += 1) mainstay.refused(code);
  }`;

const open = () => page.goto(scene.origin());
const shows = (text: string) => page.locator("#root", { hasText: text }).waitFor({ timeout: 15_000 });
/** What control counts: a page that leaves before its report is answered reports again, by the same id. */
const kinds = () => {
  const byId = new Map(scene.control.control.signals.map((signal) => [signal.id, signal]));
  return [...byId.values()].map(({ kind, reason }) => (reason ? `${kind} ${reason}` : kind));
};
const memory = async () =>
  JSON.parse((await page.evaluate(() => localStorage.getItem("mainstay-boot"))) ?? "null") as {
    good: string[];
    quarantined: string[];
  };

/** A stable version, and one that everybody is to get. */
async function rollOut(candidateApp = app("new")): Promise<{ stable: string; candidate: string }> {
  const stable = await scene.publish(app("old"));
  const candidate = await scene.publish(candidateApp);
  scene.control.set(planOf({ stable }));
  return { stable, candidate };
}

describe("a version that is refused at log-in", () => {
  test("is left for the one that logged in here, which says why; nothing swings back", async () => {
    const { stable, candidate } = await rollOut();
    await open();
    await shows("old is in, null");
    await expect.poll(async () => (await memory()).good).toEqual([stable]);
    scene.control.set(planOf({ stable, rollout: plannedRollout(candidate) }));
    refusedVersions.add(candidate);
    await open();
    await shows("old is in, refused");
    expect(loggedIn).toEqual([stable, stable]);
    await expect.poll(kinds).toContain("fell-back refused");
    // Nine refusals in a row are one fall.
    expect(kinds().filter((kind) => kind.startsWith("fell-back"))).toHaveLength(1);
    await open();
    await shows("old is in, null");
    expect(await memory()).toMatchObject({ good: [stable], quarantined: [candidate] });
    // Not even with this device's own memory gone: the edge has pinned the installation.
    await page.evaluate(() => localStorage.clear());
    await open();
    await shows("old is in, null");
  });

  test("on a device where nothing has logged in yet: the edge names another", async () => {
    const { stable, candidate } = await rollOut();
    scene.control.set(planOf({ stable, rollout: plannedRollout(candidate) }));
    refusedVersions.add(candidate);
    await open();
    await shows("old is in, refused");
    await expect.poll(async () => (await memory()).good).toEqual([stable]);
  });

  test("stays where it is when there is no other, and isn't started in circles", async () => {
    const only = await scene.publish(app("only"));
    refusedVersions.add(only);
    await open();
    await shows("only: login_protocol_unsupported");
    let loads = 0;
    page.on("load", () => (loads += 1));
    await page.waitForTimeout(1_500);
    expect(loads).toBe(0);
  });
});

describe("an outage", () => {
  test("of the bank moves nobody", async () => {
    const { stable, candidate } = await rollOut();
    await open();
    await shows("old is in");
    scene.control.set(planOf({ stable, rollout: plannedRollout(candidate) }));
    scene.bank = () => ({ status: 503, body: { code: "bank_unavailable" } });
    await open();
    await shows("new: bank_unavailable");
    await page.waitForTimeout(1_000);
    await shows("new: bank_unavailable");
    expect((await memory()).quarantined).toEqual([]);
  });

  test("of everything moves nobody: what stood last starts, and its reports wait", async () => {
    const { stable, candidate } = await rollOut();
    scene.control.set(planOf({ stable, rollout: plannedRollout(candidate) }));
    scene.control.control.isAway = true;
    await open();
    await shows("new is in");
    await page.evaluate(() => navigator.serviceWorker.ready);
    const isKept = () => page.evaluate((name) => caches.has(name), `bundle-${candidate}`);
    await expect.poll(isKept, { timeout: 10_000 }).toBe(true);
    await page.waitForTimeout(500);
    await scene.stopEdge();
    await open().catch(() => undefined);
    await shows("new stands");
    expect(kinds()).toEqual([]);
    scene.control.control.isAway = false;
    await scene.startEdge();
    await open();
    await expect
      .poll(kinds, { timeout: 10_000 })
      .toEqual(expect.arrayContaining(["activated", "booted", "login-offered"]));
    const ids = scene.control.control.signals.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe("a version that is taken back while its page is open", () => {
  test("is left at once, and what was typed is still there", async () => {
    const { stable, candidate } = await rollOut();
    scene.control.set(planOf({ stable, rollout: plannedRollout(candidate) }));
    await open();
    await shows("new is in, null");
    await page.locator("textarea").fill("£64.50 to Tom");
    scene.control.set(planOf({ stable }, [candidate]));
    await shows("old is in, taken-back");
    expect(await page.locator("textarea").inputValue()).toBe("£64.50 to Tom");
    expect((await memory()).good).not.toContain(candidate);
    await expect.poll(kinds).toContain("fell-back taken-back");
  });

  test("stays left when the outgoing page still speaks", async () => {
    const { stable, candidate } = await rollOut(
      `${app("new")}
      addEventListener("pagehide", () => {
        mainstay.booted();
        mainstay.loggedIn();
        mainstay.swap(mainstay.version);
      });`,
    );
    scene.control.set(planOf({ stable, rollout: plannedRollout(candidate) }));
    await open();
    await shows("new is in, null");
    scene.control.set(planOf({ stable }, [candidate]));
    await shows("old is in, taken-back");
    expect(await memory()).toMatchObject({ good: [stable], quarantined: [] });
  });

  test("isn't swapped for a version that merely comes after it", async () => {
    const { stable, candidate } = await rollOut();
    await open();
    await shows("old is in");
    scene.control.set(planOf({ stable, rollout: plannedRollout(candidate) }));
    await page.waitForTimeout(800);
    await shows("old is in");
    await open();
    await shows("new is in");
  });
});

test("below the minimum there is a page with the reason and one button, whatever it can do", async () => {
  const { stable } = await rollOut();
  scene.control.set(planOf({ stable, minimum: "9.0.0" }));
  await open();
  await page.getByRole("heading", { name: "Time for a newer Mainstay" }).waitFor();
  expect(await page.getByRole("button").count()).toBe(1);
  scene.control.set(planOf({ stable }));
  await page.getByRole("button", { name: "Update now" }).click();
  await shows("old is in");
});
