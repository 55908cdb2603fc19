import { readSource } from "@mainstay/catalog";
import type { BrowserContext } from "playwright-core";

/** What a page asked of a native plugin. */
export type NativeCall = { readonly plugin: string; readonly method: string; readonly options: unknown };

const types: Readonly<Record<string, string>> = {
  html: "text/html",
  js: "text/javascript",
  css: "text/css",
  json: "application/json",
  svg: "image/svg+xml",
  png: "image/png",
  woff2: "font/woff2",
  webmanifest: "application/manifest+json",
};

/**
 * Runs in the page before anything else, in place of Capacitor's bridge (native-bridge.js, 8.5.2): what it
 * finds there is what pages in a native shell find. The passkey plugin asks the browser's own authenticator.
 */
function stubBridge(shell: { readonly server: string; readonly version: string; readonly platform: string }) {
  const passkeys: Record<string, (publicKey: never) => Promise<unknown>> = {
    getConfiguration: async () => ({ origin: shell.server, autoShim: true, domains: [] }),
    createCredential: async (publicKey) =>
      (await navigator.credentials.create({
        publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(publicKey),
      })) as unknown,
    getCredential: async (publicKey) =>
      (await navigator.credentials.get({
        publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey),
      })) as unknown,
  };
  const updater: Record<string, () => unknown> = {
    current: () => ({
      bundle: { id: "builtin", version: "builtin", status: "success" },
      native: shell.version,
    }),
    list: () => ({ bundles: [] }),
    getLatest: () => ({ version: "builtin" }),
  };
  const tell = (call: object) =>
    (window as { mainstayNative?: (call: object) => Promise<void> }).mainstayNative?.(call);
  const Capacitor = {
    isNativePlatform: () => true,
    getPlatform: () => shell.platform,
    nativePromise: async (plugin: string, method: string, options: { publicKey?: never }) => {
      await tell({ plugin, method, options: JSON.parse(JSON.stringify(options)) as unknown });
      if (plugin === "CapacitorUpdater") return updater[method]?.() ?? {};
      const answer = await passkeys[method]?.(options.publicKey as never);
      // Plugins answer with JSON.
      return JSON.parse(JSON.stringify(answer)) as unknown;
    },
  };
  Object.assign(window, { Capacitor });
}

/**
 * Makes a browser context what the web view of a native shell is: its pages come from the unpacked bundle, at
 * the shell's own origin, and plugins are there. Answers what the plugins are asked, as it comes in.
 */
export async function becomeShell(
  context: BrowserContext,
  shell: { readonly zip: string; readonly version: string; readonly server: string },
): Promise<NativeCall[]> {
  const calls: NativeCall[] = [];
  const files = new Map((await readSource(shell.zip)).map(({ path, content }) => [path, content]));
  await context.exposeBinding("mainstayNative", (_source, call: NativeCall) => void calls.push(call));
  await context.addInitScript(stubBridge, {
    server: shell.server,
    version: shell.version,
    platform: "android",
  });
  await context.route("https://localhost/**", (route) => {
    const path = new URL(route.request().url()).pathname.slice(1) || "index.html";
    const content = files.get(path);
    if (content === undefined) return route.fulfill({ status: 404, body: "" });
    const contentType = types[path.slice(path.lastIndexOf(".") + 1)] ?? "application/octet-stream";
    return route.fulfill({ status: 200, contentType, body: content });
  });
  return calls;
}
