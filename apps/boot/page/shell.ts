import type {
  installation_header as InstallationHeader,
  platform_header as PlatformHeader,
  shell_header as ShellHeader,
  ShellHandle,
} from "@mainstay/wire";
import { version_pattern, type BootMemory } from "../state.ts";
import { readStored, writeStored } from "./memory.ts";

// Values of the wire's would bring its schemas along, and this page is to stay small: its types hold these.
const installation_header: typeof InstallationHeader = "x-mainstay-installation";
const platform_header: typeof PlatformHeader = "x-mainstay-platform";
const shell_header: typeof ShellHeader = "x-mainstay-shell";

const token_key = "mainstay-installation";
/** A bundle that the update plugin has here. */
type UpdaterBundle = { readonly id: string; readonly version: string; readonly status: string };
/** What the plugin calls the bundle that came with the app. */
const builtin = "builtin";

/** Calls a method of a native plugin: what Capacitor's bridge puts into every page of a native shell. */
type NativePromise = (plugin: string, method: string, options?: object) => Promise<unknown>;
type Bridge = {
  readonly isNativePlatform: () => boolean;
  readonly getPlatform: () => string;
  readonly nativePromise: NativePromise;
};

/** The native shell that this page runs in. */
export type Shell = ShellHandle & {
  /** The one version whose files are in reach here: the plugin decides which. */
  readonly version: string;
  /**
   * The first screen stands: the plugin keeps this bundle, and would go back to another without this word.
   */
  readonly noteStands: () => void;
  /** Has the plugin change to a bundle that may run, in place of loading the page again. */
  readonly leave: (memory: BootMemory) => Promise<void>;
};

function bridge(): Bridge | null {
  const found = (globalThis as { Capacitor?: Partial<Bridge> }).Capacitor;
  return found?.isNativePlatform?.() === true && found.nativePromise ? (found as Bridge) : null;
}

function textOf(value: unknown, name: string): string {
  const found = (value as Record<string, unknown> | null)?.[name];
  return typeof found === "string" ? found : "";
}

/** What came with the app is the oldest that there is to go back to; the plugin knows it by another name. */
async function bundleToRun(
  updater: (method: string, options?: object) => Promise<unknown>,
  memory: BootMemory,
  native: string,
): Promise<{ method: "set" | "reset"; options: object } | null> {
  const { bundles = [] } = (await updater("list")) as { bundles?: readonly UpdaterBundle[] };
  const mayRun = (version: string) => !memory.quarantined.includes(version);
  for (const version of [...memory.good, ...memory.stood].filter(mayRun)) {
    if (version === native) return { method: "reset", options: { toLastSuccessful: false } };
    const kept = bundles.find((one) => one.version === version && one.status !== "error");
    if (kept) return { method: "set", options: { id: kept.id } };
  }
  const latest = await updater("getLatest");
  const [version, url] = [textOf(latest, "version"), textOf(latest, "url")];
  if (version === builtin) return { method: "reset", options: { toLastSuccessful: false } };
  if (version === "" || url === "" || !mayRun(version)) return null;
  const made = await updater("download", { version, url, checksum: textOf(latest, "checksum") });
  return { method: "set", options: { id: textOf(made, "id") } };
}

/** Finds the native shell around this page; null in a browser. */
export async function findShell(): Promise<Shell | null> {
  const found = bridge();
  if (found === null) return null;
  const updater = (method: string, options: object = {}) =>
    found.nativePromise("CapacitorUpdater", method, options);
  const [configuration, current] = await Promise.all([
    found.nativePromise("CapacitorPasskey", "getConfiguration", {}),
    updater("current"),
  ]);
  const native = textOf(current, "native");
  const { bundle } = current as { readonly bundle?: Partial<UpdaterBundle> };
  const version = bundle?.id === builtin ? native : (bundle?.version ?? "");
  if (!version_pattern.test(version)) throw new Error("the update plugin names no version");
  const platform = found.getPlatform() === "ios" ? "ios" : "android";
  let token = readStored(token_key);
  const nameInstallation = () => {
    // The plugin asks for updates by itself, and shows whose phone this is by this.
    if (typeof token === "string") updater("setCustomId", { customId: token }).catch(() => undefined);
  };
  nameInstallation();
  return {
    platform,
    version,
    server: textOf(configuration, "origin"),
    headers: () => ({
      [platform_header]: platform,
      [shell_header]: native,
      ...(typeof token === "string" ? { [installation_header]: token } : {}),
    }),
    noteAnswer: (headers) => {
      const given = headers.get(installation_header);
      if (given === null || given === token) return;
      token = given;
      writeStored(token_key, given);
      nameInstallation();
    },
    noteStands: () => void updater("notifyAppReady").catch(() => undefined),
    leave: async (memory) => {
      const next = await bundleToRun(updater, memory, native).catch(() => null);
      // The plugin loads the page of the other bundle; with none to be had, this one is loaded again.
      if (next === null) location.reload();
      else await updater(next.method, next.options).catch(() => location.reload());
    },
  };
}
