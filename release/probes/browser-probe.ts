import type { TestBrowser } from "@mainstay/browser";
import type { CheckPhone } from "@mainstay/checks/runner";
import { present, type Clock } from "@mainstay/kernel";
import { sleep, type Logger } from "@mainstay/platform";
import type { ProbeCustomer } from "@mainstay/wire";
import { passkeyOf } from "./keys.ts";
import type { Lane, ProbeResult } from "./types.ts";

/** How long one log-in may take in a browser, in milliseconds. */
const log_in_ms_max = 25_000;
/** How long after a browser that wouldn't start it is tried again, in milliseconds. */
const again_ms = 10 * 60_000;
/** After so many log-ins the browser is started anew, so that it can't grow for ever. */
const log_ins_max = 400;
/** From when the passkey's uses are counted: one for each tenth of a second, so that none comes twice. */
const counted_since_ms = Date.UTC(2026, 0, 1);

/** Logs in with a version's own bundle, in a real browser. */
export type BrowserProbe = {
  /** Null where it couldn't be tried: that proves nothing. `place` names the phone that it is done on. */
  readonly probe: (asked: {
    readonly lane: Lane;
    readonly place: string;
    readonly ticketFor: (version: string) => string;
    readonly customers: readonly ProbeCustomer[];
  }) => Promise<ProbeResult | null>;
  readonly close: () => Promise<void>;
};

/** What the browser's probes are made of. */
export type BrowserProbeDeps = {
  readonly clock: Clock;
  readonly log: Logger;
  readonly origin: string;
  readonly edgeSecret: string;
};

type Asked = Parameters<BrowserProbe["probe"]>[0];

/** A browser that runs, with a phone for each place: the same phone again is the same device to the bank. */
type Running = {
  readonly browser: TestBrowser;
  readonly phones: Map<string, CheckPhone>;
  logIns: number;
};

/**
 * Makes the probe that logs in with the version's own bundle: only it sees a bundle that doesn't do what its
 * manifest says. One browser, started with the first probe and kept, one page a round.
 */
export function createBrowserProbe(deps: BrowserProbeDeps): BrowserProbe {
  const { clock, log } = deps;
  let running: Running | null = null;
  let notBefore_ms = 0;
  let isClosed = false;

  async function start(): Promise<Running | null> {
    if (isClosed || clock.now().getTime() < notBefore_ms) return null;
    try {
      // Heavy, and for many installations of no use: loaded with the first probe.
      const { launchBrowser } = await import("@mainstay/browser");
      running = { browser: await launchBrowser(), phones: new Map(), logIns: 0 };
      return running;
    } catch (error) {
      notBefore_ms = clock.now().getTime() + again_ms;
      log.info({ reason: String(error) }, "no browser is at hand: versions are probed by the protocol alone");
      return null;
    }
  }

  async function end(): Promise<void> {
    const ended = running;
    running = null;
    await ended?.browser.close().catch(() => undefined);
  }

  return {
    probe: async (asked) => {
      if (running !== null && running.logIns >= log_ins_max) await end();
      const inBrowser = running ?? (await start());
      if (inBrowser === null) return null;
      const at = clock.now();
      // A browser stumbles now and then where the app doesn't: what fails twice is the app's.
      const isIn = (await tryOnce(deps, inBrowser, asked)) === null;
      const reason = isIn ? null : await tryAgain(deps, inBrowser, asked);
      const isBroken = isClosed || !inBrowser.browser.browser.isConnected();
      if (isBroken) await end();
      if (isBroken && reason !== null) return null;
      return {
        ...asked.lane,
        kind: "browser",
        at,
        took_ms: clock.now().getTime() - at.getTime(),
        outcomes: {
          "log-in": reason === null ? "passed" : "failed",
          balances: "skipped",
          payments: "skipped",
        },
        reason: reason === null ? null : `in a browser: ${reason}`,
      };
    },
    close: async () => {
      isClosed = true;
      await end();
    },
  };
}

/** Tries once; a reason why it failed, or null. */
async function tryOnce(deps: BrowserProbeDeps, inBrowser: Running, asked: Asked): Promise<string | null> {
  const { failureOf } = await import("@mainstay/checks/runner");
  const over = new AbortController();
  const limit = sleep(log_in_ms_max, over.signal).then(() => "it took too long");
  const done = logInWith(deps, inBrowser, asked).then(
    () => null,
    (error: unknown) => failureOf(error).message,
  );
  const reason = await Promise.race([done, limit]);
  over.abort();
  return reason;
}

/** Once more, on a phone that nobody has used. */
async function tryAgain(deps: BrowserProbeDeps, inBrowser: Running, asked: Asked): Promise<string | null> {
  await inBrowser.phones
    .get(asked.place)
    ?.close()
    .catch(() => undefined);
  inBrowser.phones.delete(asked.place);
  return tryOnce(deps, inBrowser, asked);
}

/** Logs in as somebody does who opens the app on their phone. */
async function logInWith(deps: BrowserProbeDeps, inBrowser: Running, asked: Asked): Promise<void> {
  const { logIn, openCheckPhone } = await import("@mainstay/checks/runner");
  const { clock, origin, edgeSecret } = deps;
  const { lane, place, ticketFor, customers } = asked;
  const customer = present(
    customers.find(({ name }) => name === "browser"),
    "the browser's customer",
  );
  const { id, key } = passkeyOf(edgeSecret, "browser");
  const passkey = {
    credentialId: Buffer.from(id, "base64url").toString("base64"),
    rpId: customer.rpId,
    privateKey: key.export({ type: "pkcs8", format: "der" }).toString("base64"),
    userHandle: Buffer.from(customer.userHandle, "base64url").toString("base64"),
    signCount: Math.floor((clock.now().getTime() - counted_since_ms) / 100),
    isResidentCredential: true,
  };
  inBrowser.logIns += 1;
  const known = inBrowser.phones.get(place);
  const server = { origin, ticketFor, payIn: null };
  const phone =
    known ?? (await openCheckPhone({ browser: inBrowser.browser, server, version: lane.version }));
  inBrowser.phones.set(place, phone);
  await phone.use(lane.version);
  await phone.synchronise([passkey]);
  await phone.endSession();
  const watch = phone.watch();
  const steps = async (): Promise<void> => {
    await phone.start();
    await logIn(phone.page);
    await phone.expectVersion();
  };
  await Promise.race([steps(), watch.refused]);
  // Until the next round the page shows nothing and asks nothing.
  await phone.endSession();
}
