import { bootHandle } from "../browser.ts";

/**
 * Where the bank is reached: in a browser at this page's own origin, in a native shell (whose pages come from
 * the shell itself) at the server that the boot layer names.
 */
export function serverOrigin(): string {
  return bootHandle().shell?.server ?? location.origin;
}

/** The address of something at the server. */
export function serverUrl(path: string): string {
  return (bootHandle().shell?.server ?? "") + path;
}
