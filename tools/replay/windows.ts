import {
  addVirtualAuthenticator,
  launchBrowser,
  openPhone,
  type TestBrowser,
  type VirtualPasskey,
} from "@mainstay/browser";
import { logIn, openAccount } from "@mainstay/checks/runner";
import type { Clock } from "@mainstay/kernel";
import { Value } from "typebox/value";
import { AssignmentSchema } from "@mainstay/wire";
import type { Page } from "playwright-core";
import type { Span } from "./aftermath/truth.ts";
import type { FleetHttp } from "./fleet/http.ts";

/** How many real browsers take part. */
export const windows_count = 3;
/** How many fresh installations are asked for until one falls into the candidate's share. */
const draws_max = 2_000;
/** How long a window may take to be where it should be, in milliseconds. */
const window_ms_max = 30_000;
/** How long a window that does nothing may wait to be changed, in milliseconds: until the guard's alarm. */
const switched_ms_max = 180_000;

/** What one real browser went through; times are milliseconds since 1970. */
export type WindowStory = {
  /** When a log-in was refused by the version with the mistake; null where none was. */
  readonly refused: Span | null;
  /** When the first log-in after that succeeded, as the request and its answer tell. */
  readonly loggedIn: Span | null;
  /** When home was there. */
  readonly inAt: number | null;
  /** When stable ran in the place of the candidate. */
  readonly switchedAt: number | null;
};

/** What windows work with. */
type Parts = { readonly origin: string; readonly http: FleetHttp; readonly clock: Clock };

/** Three real Chromium windows, each with a passkey of a real customer. */
export type Windows = {
  /** Has a customer open an account with the stable version, in each window, through every screen. */
  readonly openAccounts: () => Promise<void>;
  /** Opens the app on three new phones of theirs that get the candidate. */
  readonly openOnCandidate: (candidate: string) => Promise<void>;
  /**
   * The first taps "log in" at once; the others have the app open, and tap once it has changed under them.
   * Answers what each went through.
   */
  readonly story: (candidate: string) => Promise<readonly WindowStory[]>;
  readonly close: () => Promise<void>;
};

/** The address of the customer of a window. */
export const emailOfWindow = (number: number) => `window${number}@fleet.mainstay.invalid`;

const versionOf = (page: Page) =>
  page
    .evaluate(() => (window as { mainstay?: { version: string } }).mainstay?.version ?? null)
    .catch(() => null);

/** A fresh installation that the edge gives the candidate: its cookie. */
async function drawInstallation(http: FleetHttp, candidate: string): Promise<string> {
  for (let draw = 0; draw < draws_max; draw += 1) {
    const answer = await http.ask({ method: "GET", path: "/assignment", headers: {}, body: undefined });
    const given: unknown = JSON.parse(answer.text);
    if (!Value.Check(AssignmentSchema, given) || given.version !== candidate) continue;
    return answer.setCookies[0]?.split(";")[0]?.split("=").slice(1).join("=") ?? "";
  }
  throw new Error(`none of ${draws_max} installations was given ${candidate}`);
}

/** Waits until the page runs a wanted version; answers when, or null when it doesn't in time. */
async function waitForVersion(
  { clock }: Parts,
  page: Page,
  isWanted: (version: string | null) => boolean,
  ms_max: number = window_ms_max,
): Promise<number | null> {
  for (const deadline = performance.now() + ms_max; performance.now() < deadline;) {
    if (isWanted(await versionOf(page))) return clock.now().getTime();
    await page.waitForTimeout(50);
  }
  return null;
}

const isOther = (candidate: string) => (version: string | null) => version !== null && version !== candidate;

/** A customer on the candidate logs in, and goes on tapping until they are in. */
async function playLogIn(
  parts: Parts,
  page: Page,
  { candidate, when }: { readonly candidate: string; readonly when: "at once" | "once switched" },
): Promise<WindowStory> {
  const { clock } = parts;
  let refused: Span | null = null;
  let loggedIn: Span | null = null;
  page.on("response", (response) => {
    if (!response.url().endsWith("/api/login")) return;
    const span = { from: response.request().timing().startTime, until: clock.now().getTime() };
    if (!response.ok()) refused ??= span;
    else if (refused !== null) loggedIn ??= span;
  });
  if (when === "at once") await logIn(page).catch(() => undefined);
  const switchedAt = await waitForVersion(parts, page, isOther(candidate), switched_ms_max);
  // The app that took over logs in by itself; where the browser doesn't let it, the customer touches once
  // more.
  if (!page.url().endsWith("/home")) await logIn(page).catch(() => undefined);
  const isIn = await page.waitForURL("**/home", { timeout: window_ms_max }).then(
    () => true,
    () => false,
  );
  return { refused, loggedIn, inAt: isIn ? clock.now().getTime() : null, switchedAt };
}

/** Opens the app on a new phone of a customer that the edge gives the candidate. */
async function openOne(
  parts: Parts,
  browser: TestBrowser,
  wanted: { readonly candidate: string; readonly passkeys: readonly VirtualPasskey[] },
): Promise<Page> {
  const { origin, http } = parts;
  const context = await openPhone(browser);
  const value = await drawInstallation(http, wanted.candidate);
  const cookie = { name: "mainstay_installation", value, url: origin } as const;
  await context.addCookies([{ ...cookie, httpOnly: true, sameSite: "Strict" }]);
  const page = await context.newPage();
  await addVirtualAuthenticator(page, { passkeys: wanted.passkeys });
  await page.goto(origin);
  const isThere = await waitForVersion(parts, page, (version) => version === wanted.candidate);
  if (isThere === null) throw new Error(`a window didn't start ${wanted.candidate}`);
  await page.getByRole("button", { name: "Log in with your passkey" }).first().waitFor();
  return page;
}

/** Opens the browser. */
export async function createWindows(parts: Parts): Promise<Windows> {
  const { origin } = parts;
  const browser = await launchBrowser();
  const held: (readonly VirtualPasskey[])[] = [];
  const pages: Page[] = [];
  return {
    openAccounts: async () => {
      for (let number = 0; number < windows_count; number += 1) {
        const context = await openPhone(browser);
        const page = await context.newPage();
        const authenticator = await addVirtualAuthenticator(page);
        await page.goto(origin);
        const email = emailOfWindow(number);
        await openAccount(page, { firstName: "Robin", lastName: `Window${"abc".charAt(number)}`, email });
        held.push(await authenticator.passkeys());
        await context.close();
      }
    },
    openOnCandidate: async (candidate) => {
      for (const passkeys of held) pages.push(await openOne(parts, browser, { candidate, passkeys }));
    },
    story: (candidate) =>
      Promise.all(
        pages.map((page, number) =>
          playLogIn(parts, page, { candidate, when: number === 0 ? "at once" : "once switched" }),
        ),
      ),
    close: () => browser.close(),
  };
}
