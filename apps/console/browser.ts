import type { Clock, Random } from "@mainstay/kernel";

/** This computer's clock: for ages and the status bar, never for what a server decides. */
export const browserClock: Clock = { now: () => new Date() };

/** The browser's randomness, fit for ids. */
export const browserRandom: Random = { bytes: (length) => crypto.getRandomValues(new Uint8Array(length)) };

let activeAt = performance.now();
for (const kind of ["keydown", "pointerdown", "pointermove", "wheel"]) {
  addEventListener(kind, () => (activeAt = performance.now()), { passive: true });
}

/** How long nobody has touched this window, in milliseconds. */
export function idleMs(): number {
  return performance.now() - activeAt;
}

/**
 * Takes the one-time token out of the address: out of the history and of any screenshot of the address bar.
 */
export function takeToken(): string | null {
  const token = location.hash.slice(1);
  if (token === "") return null;
  history.replaceState(history.state, "", location.pathname);
  return token;
}
