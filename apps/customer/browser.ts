import type { Clock, Random } from "@mainstay/kernel";
import type { BootHandle } from "@mainstay/wire";

const nothing = () => undefined;

/** Stands in for the boot layer where there is none: in development, pages are opened without it. */
const no_boot_layer: BootHandle = {
  version: "0.0.0",
  activation: null,
  booted: nothing,
  loginOffered: nothing,
  loggedIn: nothing,
  refused: nothing,
  swap: nothing,
  switched: null,
  shell: null,
  update: { kind: "none" },
  putOffUpdate: nothing,
};

/** How this bundle was started, and what it may say to the boot layer that started it. */
export function bootHandle(): BootHandle {
  return (globalThis as { mainstay?: BootHandle }).mainstay ?? no_boot_layer;
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
