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
