import type { Clock, Random } from "@mainstay/kernel";

/**
 * What the boot layer hands to the bundle that it starts. A page opened without it (in development) has none.
 */
export type BootHandle = {
  readonly version: string;
  /** The single-use nonce by which a login vouches for this very bundle. */
  readonly activation: string | null;
  /** Said once, when the first screen stands. */
  readonly booted?: () => void;
  /**
   * Said when the server refuses this client, and not this customer: the boot layer goes back to a version
   * that works.
   */
  readonly refused?: (code: string) => void;
  /** Said when this very bundle has logged in. */
  readonly loggedIn?: () => void;
  /** True when this page was started because another version was refused. */
  readonly switched?: boolean;
};

/** How this bundle was started. */
export function bootHandle(): BootHandle {
  const handle = (globalThis as { mainstay?: BootHandle }).mainstay;
  return handle ?? { version: "0.0.0", activation: null };
}

/** The device's own clock: for ids and for words like "today", never for what the server decides. */
export const browserClock: Clock = { now: () => new Date() };

/** The browser's randomness, fit for keys and ids. */
export const browserRandom: Random = { bytes: (length) => crypto.getRandomValues(new Uint8Array(length)) };

let serverAheadMs = 0;

/**
 * Notes how far the server's clock is ahead, from the `Date` header of an answer (whole seconds, so half of
 * one is added).
 */
export function noteServerTime(dateHeader: string | null): void {
  const server = dateHeader === null ? Number.NaN : Date.parse(dateHeader);
  if (!Number.isNaN(server)) serverAheadMs = server + 500 - browserClock.now().getTime();
}

/** The time by the server's clock: what a countdown to the server's own deadline is measured on. */
export function serverNow(): Date {
  const now = browserClock.now();
  // Two clocks that agree within the header's own coarseness are taken to agree, so that nothing jumps.
  return Math.abs(serverAheadMs) < 1_500 ? now : new Date(now.getTime() + serverAheadMs);
}
