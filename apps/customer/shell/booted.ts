import { bootHandle } from "../browser.ts";

let hasBooted = false;

/** Tells the boot layer, once, that the first screen stands: a page, its outline, or why there is none. */
export function sayBooted(): void {
  if (hasBooted) return;
  hasBooted = true;
  bootHandle().booted();
}
