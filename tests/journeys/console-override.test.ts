import { generateKeyPairSync } from "node:crypto";
import { keyNameOf, signBytes } from "@mainstay/catalog";
import { sha256Of, systemClock } from "@mainstay/platform";
import { check_journeys, type CheckRun, type Signal } from "@mainstay/wire";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startControlScene, type ControlScene } from "../support/console/real-control.ts";

const release = generateKeyPairSync("ed25519");

let scene: ControlScene;
let origin: string;
/** The first to ask, and the second person. */
let amara: Page;
let tom: Page;

async function joinStaff(page: Page, url: string, name: string): Promise<void> {
  await page.goto(url);
  await page.getByLabel("Your name").fill(name);
  await page.getByRole("button", { name: "Make a passkey and go in" }).click();
  await page.getByRole("heading", { name: "Releases" }).waitFor();
}

async function tell(path: string, body: unknown): Promise<void> {
  const { status, text } = await scene.tell(path, body);
  expect(status, text).toBe(200);
}

/** Publishes a version, as the release command makes it known. */
async function publish(version: string, loginProtocol: string, adopt: boolean): Promise<string> {
  const manifest = JSON.stringify({
    version,
    platforms: ["ios", "android", "web"],
    summary: `Version ${version}`,
    loginProtocol,
    api: { from: 1, to: 1 },
    minimumShell: null,
    entry: "index.js",
    preloads: [],
    styles: [],
    files: [{ path: "index.js", sha256: sha256Of(Buffer.from(version)), bytes: 5 }],
  });
  const signature = JSON.stringify(signBytes("manifest", Buffer.from(manifest), release.privateKey));
  await tell("versions", { manifest, signature, adopt });
  return sha256Of(Buffer.from(manifest));
}

const now = () => systemClock.now().toISOString();

function checkRun(manifestSha256: string): CheckRun {
  return {
    id: `chk_${"0".repeat(22)}`,
    candidate: "1.1.0",
    manifestSha256,
    stable: "1.0.0",
    startedAt: now(),
    endedAt: now(),
    servers: { now: "server of today", next: null },
    browser: "Chromium",
    cells: check_journeys.map((journey) => {
      const isRed = journey === "log-in-old-passkey-fresh";
      return {
        version: "1.1.0",
        protocol: "login/2",
        server: "now",
        journey,
        title: isRed ? "Log in with an old passkey, on a new device" : `Journey ${journey}`,
        result: isRed ? "failed" : "passed",
        ms: 900,
        reason: isRed ? "device_proof_missing" : null,
        steps: [{ title: "Sign", passed: !isRed, ms: 300, note: null }],
        picture: null,
      };
    }),
  };
}

/** What the edge or the bank tells of the n-th installation, which had logged in before. */
function signal(kind: Signal["kind"], n: number, of: { version: string; rollout: string | null }): Signal {
  const id = String(n).padStart(22, "0");
  const isLogin = kind.startsWith("login-");
  const arm = of.rollout === null ? "none" : of.version === "1.1.0" ? "candidate" : "stable";
  return {
    id: `${kind}:${n}:${of.rollout ?? "none"}`,
    kind,
    at: now(),
    begunAt: now(),
    activation: {
      nonce: `nonce-${id}`,
      installation: `ins_${id}`,
      version: of.version,
      platform: n % 2 === 0 ? "ios" : "android",
      os: n % 2 === 0 ? "ios-27" : "android-16",
      rollout: of.rollout,
      arm,
      device: "returning",
      customer: `cus-${n}`,
      issuedAt: now(),
    },
    attempt: isLogin ? `attempt-${n}` : null,
    way: isLogin ? "passkey" : null,
    protocol: isLogin ? "login/2" : null,
    customer: null,
    reason: kind === "login-failed" ? "device_proof_missing" : null,
  };
}

const numbers = (from: number, count: number) => Array.from({ length: count }, (_, index) => from + index);

beforeAll(async () => {
  scene = await startControlScene({
    bank: (_request, response) => {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ referrals: [], lifted: 0, waiting: 0 }));
    },
    releaseKeys: () => new Map([[keyNameOf(release.publicKey), release.publicKey]]),
    isProduction: false,
    hasBackgroundWork: true,
  });
  ({ origin } = scene);
  const viewport = { width: 1440, height: 900 };
  amara = await scene.openWindow(viewport);
  tom = await scene.openWindow(viewport);
});

afterAll(() => scene.close());

test("two people are on the staff, and a version with a red check is published", async () => {
  await joinStaff(amara, await scene.firstLink(), "Amara Cole");
  await amara.getByRole("link", { name: "Staff" }).click();
  await amara.getByLabel("Their name").fill("Tom Okafor");
  await amara.getByLabel("Release manager").check();
  await amara.getByRole("button", { name: "Make a one-time link" }).click();
  const invited = amara.locator("output", { hasText: "/join#" });
  await joinStaff(tom, (await invited.textContent()) ?? "", "Tom Okafor");
  await publish("1.0.0", "login/1", true);
  await tell("checks", checkRun(await publish("1.1.0", "login/2", false)));
  await tell("signals", {
    signals: numbers(0, 400).map((n) => signal("activated", n, { version: "1.0.0", rollout: null })),
  });
});

test("the first person says why the risk is worth it, and signs", async () => {
  await amara.goto(`${origin}/releases/1.1.0/checks`);
  await amara.getByRole("button", { name: /old passkey, on a new device: failed/ }).waitFor();
  const reason = amara.getByLabel("Your reason, kept with the version");
  await reason.fill("The fix is in the next server, and only staff are on new devices.");
  await amara.getByRole("button", { name: "Ask to go on" }).click();
  await amara.getByRole("button", { name: "Sign as first" }).click();
  await amara.getByText("Your passkey signs this, and only this").waitFor();
  await amara.getByRole("button", { name: "Sign with your passkey" }).click();
  await amara.getByText("1 of 2 people").waitFor();
  await amara.getByText("A second person").waitFor();
  // Nobody signs twice.
  await expect.poll(() => amara.getByRole("button", { name: "Sign as second" }).isDisabled()).toBe(true);
});

test("the second person finds it under approvals, reads what their passkey signs, and signs", async () => {
  await tom.goto(`${origin}/approvals`);
  await tom.getByRole("row", { name: /Go on against red checks/ }).waitFor();
  await tom.getByText("Your passkey signs this, and only this").waitFor();
  await tom.getByRole("button", { name: "Sign as second" }).click();
  await tom.getByText("Signed by two: it is being carried out.").waitFor();
  await amara.getByText("It can be rolled out to 1 %, and no further.").waitFor();
});

test("it is rolled out to 1 %, and taken back before everybody’s eyes once its log-ins fail", async () => {
  await amara.goto(`${origin}/releases`);
  await amara.getByRole("row", { name: /1\.1\.0/ }).waitFor();
  await amara.keyboard.press("n");
  await amara.getByText("Two people let 1.1.0 past its checks. It stops at 1 %.").waitFor();
  await amara.getByRole("button", { name: /^Start at 1 %, \d+ (person|people)/ }).click();
  await amara.waitForURL(/\/rollouts\/rol_/);
  const rollout = /rol_\w+/.exec(amara.url())?.[0] ?? "";
  await amara.getByText("No log-in on 1.1.0 has come in yet.").waitFor();
  const stable = { version: "1.0.0", rollout };
  await tell("signals", { signals: numbers(100, 120).map((n) => signal("login-succeeded", n, stable)) });
  for (const n of numbers(0, 12)) {
    const failed = signal("login-failed", n, { version: "1.1.0", rollout });
    // Meanwhile stable's go on: they are what the new version is compared with.
    const others = numbers(1_000 + n * 20, 20).map((other) => signal("login-succeeded", other, stable));
    await tell("signals", { signals: [...others, failed] });
  }
  await amara.getByText("Rolled back at 1 %").waitFor();
  await amara.getByText("Everybody is on 1.0.0 again.").waitFor();
  await amara.getByText(/^Evidence \d/).waitFor();
  await amara.getByRole("row", { name: /^All log-ins/ }).waitFor();
  await amara.getByRole("row", { name: /^No\. 1 of/ }).waitFor();
  await amara.getByRole("button", { name: /^Failed, iOS 27: \d/ }).click();
  const behind = amara.getByRole("dialog", { name: "Failed log-ins on 1.1.0" });
  await behind.getByText("device_proof_missing").first().waitFor();
  await amara.keyboard.press("Escape");
});

test("what the app should be is one person’s to say; what it must be takes two", async () => {
  await amara.goto(`${origin}/releases`);
  await amara.getByRole("button", { name: "Minimum and recommended versions" }).click();
  const dialog = amara.getByRole("dialog", { name: "What each platform gets" });
  await dialog.getByText("Web", { exact: true }).click();
  await dialog.getByLabel("Recommended version").fill("1.0.0");
  await dialog.getByLabel("Why, for the record").fill("It is what everybody is on.");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.waitFor({ state: "detached" });
  await amara.keyboard.press("m");
  await dialog.getByText("Web", { exact: true }).click();
  await expect.poll(() => dialog.getByLabel("Recommended version").inputValue()).toBe("1.0.0");
  await dialog.getByLabel("Minimum version").fill("1.0.0");
  await dialog.getByLabel("Why, for the record").fill("Nothing older is looked after.");
  await dialog.getByRole("button", { name: "Ask a second person" }).click();
  await amara.getByRole("dialog", { name: "This takes two people" }).waitFor();
  await amara.getByRole("button", { name: "Sign as first" }).click();
  await amara.getByText("A colleague with the release role finds it under Approvals").waitFor();
  await tom.getByRole("row", { name: /Raise the minimum version/ }).click();
  await tom.getByRole("button", { name: "Decline" }).click();
  await tom.getByText("Declined. Nothing has changed.").waitFor();
  expect(scene.complaints).toEqual([]);
});
