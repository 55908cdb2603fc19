import {
  addVirtualAuthenticator,
  openPhone,
  type TestBrowser,
  type VirtualAuthenticator,
  type VirtualPasskey,
} from "@mainstay/browser";
import type { BrowserContext, Page } from "playwright-core";
import { CheckFailure } from "./failure.ts";

/** How long one action of a person may take to show its effect, in milliseconds. */
export const step_ms_max = 20_000;
/** How long the page is left alone after a refusal, so that its picture shows what the customer sees. */
const refusal_settles_ms = 400;

/** A server that versions are checked against, by the address that customers use. */
export type CheckServer = {
  readonly origin: string;
  /** The value of the cookie by which the edge gives a version, whatever the rollouts say. */
  readonly ticketFor: (version: string) => string;
  /** Pays money into an account, so that there is some to send; null where there is no such way. */
  readonly payIn: ((iban: string, amount: string) => Promise<void>) | null;
};

/** A synthetic customer's phone: a browser of its own, an authenticator, and what the server refused. */
export type CheckPhone = {
  readonly page: Page;
  /** From the next start on, the edge gives this version. */
  readonly use: (version: string) => Promise<void>;
  /** Loads the app anew at an address of its own (`/welcome`); the version in use stands after that. */
  readonly start: (address?: string) => Promise<void>;
  /** Makes sure that the version in use is still the one that runs. */
  readonly expectVersion: () => Promise<void>;
  /** Ends the session and leaves all else on the phone as it is. */
  readonly endSession: () => Promise<void>;
  readonly passkeys: () => Promise<readonly VirtualPasskey[]>;
  /** Takes over what another phone of the same person holds. */
  readonly synchronise: (passkeys: readonly VirtualPasskey[]) => Promise<void>;
  /** What the bank calls this device, as it last said when somebody got in. */
  readonly deviceId: () => string | null;
  /** Forgets earlier refusals and looks out for the next one. */
  readonly watch: () => Watch;
  readonly close: () => Promise<void>;
};

/** A look-out for what the server refuses: the promise rejects a moment later, `seen` knows at once. */
export type Watch = { readonly refused: Promise<never>; readonly seen: () => CheckFailure | null };

type Refusal = { readonly method: string; readonly path: string; readonly status: number; code: string };

/**
 * Runs in the page before anything else: tells of refusals before the app reads them, because the boot layer
 * may load another page at once. What isn't refused passes untouched.
 */
function tellOfRefusals(): void {
  const original = window.fetch;
  window.fetch = async (input, init) => {
    const response = await original(input, init);
    if (response.ok || !response.url.includes("/api/")) return response;
    const body = (await response
      .clone()
      .json()
      .catch(() => ({}))) as { code?: unknown };
    const told = {
      method: init?.method ?? "GET",
      path: new URL(response.url).pathname,
      status: response.status,
      code: typeof body.code === "string" ? body.code : "unreadable",
    };
    await (window as { mainstayCheckTold?: (refusal: object) => Promise<void> }).mainstayCheckTold?.(told);
    return response;
  };
}

/** Runs in the page before anything else: the device's clock is wrong by so much. */
function setClockAhead(aheadMs: number): void {
  const RealDate = Date;
  window.Date = new Proxy(RealDate, {
    construct: (target, words: []) =>
      words.length === 0 ? new target(RealDate.now() + aheadMs) : new target(...words),
    apply: (target) => new target(RealDate.now() + aheadMs).toString(),
    get: (target, name, receiver): unknown =>
      name === "now" ? () => RealDate.now() + aheadMs : Reflect.get(target, name, receiver),
  });
}

/** A request for a nonce is no refusal, and neither is a question that the app asks before anyone is in. */
function isExpected({ method, code }: Refusal): boolean {
  return code === "use_dpop_nonce" || method === "GET";
}

/** Keeps the first refusal since it was last asked to watch. */
function createRefusals() {
  let reject: (failure: CheckFailure) => void = () => undefined;
  let first: CheckFailure | null = null;
  return {
    note: (refusal: Refusal) => {
      if (isExpected(refusal)) return;
      const { method, path, status, code } = refusal;
      const words = `the server answered ${status} ${code} to ${method} ${path}`;
      const failure = new CheckFailure(/^[a-z0-9_-]{1,60}$/.test(code) ? code : "unreadable", words);
      first ??= failure;
      const rejectNow = reject;
      setTimeout(() => rejectNow(failure), refusal_settles_ms);
    },
    watch: (): Watch => {
      const { promise, reject: fail } = Promise.withResolvers<never>();
      reject = fail;
      first = null;
      promise.catch(() => undefined);
      return { refused: promise, seen: () => first };
    },
  };
}

async function runningVersion(page: Page): Promise<string | null> {
  return page
    .evaluate(() => (window as { mainstay?: { version: string } }).mainstay?.version ?? null)
    .catch(() => null);
}

async function expectRunning(page: Page, version: string): Promise<void> {
  // A page on its way to another version has none for a moment.
  const deadline = performance.now() + step_ms_max;
  let found = await runningVersion(page);
  while (found === null && performance.now() < deadline) {
    await page.waitForTimeout(50);
    found = await runningVersion(page);
  }
  if (found === version) return;
  if (found === null) throw new CheckFailure("not_booted", `${version} didn't start`);
  throw new CheckFailure("version_changed", `${version} was given, and ${found} runs in its place`);
}

/** Waits until the first screen stands: the boot layer has taken its own away. */
async function expectScreen(page: Page, version: string): Promise<void> {
  const stands = page.locator("#root h1, #root h2").first();
  await stands.waitFor({ timeout: step_ms_max }).catch(() => {
    throw new CheckFailure("not_booted", `${version} started, and its first screen didn't appear`);
  });
}

async function keepTicket(context: BrowserContext, server: CheckServer, version: string): Promise<void> {
  const secure = server.origin.startsWith("https:");
  const name = secure ? "__Host-mainstay_check" : "mainstay_check";
  await context.addCookies([
    {
      name,
      value: server.ticketFor(version),
      url: server.origin,
      secure,
      httpOnly: true,
      sameSite: "Strict",
    },
  ]);
}

/** Opens a phone that nobody has used, on which the edge gives `version`. */
export async function openCheckPhone(options: {
  readonly browser: TestBrowser;
  readonly server: CheckServer;
  readonly version: string;
  /** What a passkey provider has synchronised to it. */
  readonly passkeys?: readonly VirtualPasskey[];
  readonly clockAheadMs?: number;
}): Promise<CheckPhone> {
  const { server, clockAheadMs = 0 } = options;
  const refusals = createRefusals();
  let version = options.version;
  let deviceId: string | null = null;
  const context = await openPhone(options.browser);
  context.setDefaultTimeout(step_ms_max);
  await context.exposeBinding("mainstayCheckTold", (_source, refusal: Refusal) => refusals.note(refusal));
  await context.addInitScript(tellOfRefusals);
  if (clockAheadMs !== 0) await context.addInitScript(setClockAhead, clockAheadMs);
  await keepTicket(context, server, version);
  const page = await context.newPage();
  page.on("response", (response) => {
    if (!response.ok() || !/\/api\/(?:session|login|.*\/passkey)$/.test(response.url())) return;
    void response.json().then(
      (body: { deviceId?: string }) => (deviceId = body.deviceId ?? deviceId),
      () => undefined,
    );
  });
  const authenticator: VirtualAuthenticator = await addVirtualAuthenticator(page, {
    ...(options.passkeys === undefined ? {} : { passkeys: options.passkeys }),
  });
  return {
    page,
    use: async (wanted) => {
      version = wanted;
      await keepTicket(context, server, wanted);
    },
    start: async (address = "/") => {
      // From elsewhere, so that the page is loaded and not just its address changed.
      await page.goto("about:blank");
      await page.goto(`${server.origin}/#${address}`);
      await expectRunning(page, version);
      await expectScreen(page, version);
      await expectRunning(page, version);
    },
    expectVersion: () => expectRunning(page, version),
    endSession: async () => {
      await page.goto("about:blank");
      await context.clearCookies({ name: /mainstay_session$/ });
    },
    passkeys: authenticator.passkeys,
    synchronise: authenticator.synchronise,
    deviceId: () => deviceId,
    watch: refusals.watch,
    close: () => context.close(),
  };
}
