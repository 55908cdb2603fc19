import type { BundleManifest } from "@mainstay/wire";
import { isSigned, readKeys, signatureUrl, type OtherVerifier } from "../signature.ts";
import { version_pattern } from "../state.ts";

/** How long a part of the bundle may take to arrive, in milliseconds. */
export const fetch_ms_max = 20_000;

/** What arrived is not what the manifest says. */
export class DamagedError extends Error {
  override readonly name = "DamagedError";
}

/** The part of a manifest that starting needs. */
export type Bundle = Pick<BundleManifest, "version" | "entry" | "preloads" | "styles" | "files">;

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((entry) => typeof entry === "string");

function isBundle(value: unknown): value is Bundle {
  const given = value as Partial<Record<keyof Bundle, unknown>> | null;
  return (
    typeof given === "object" &&
    given !== null &&
    typeof given.version === "string" &&
    version_pattern.test(given.version) &&
    typeof given.entry === "string" &&
    isTexts(given.preloads) &&
    isTexts(given.styles) &&
    Array.isArray(given.files)
  );
}

/** The keys that this page accepts came with it: the build has written them into it. */
function keysOfPage(): ReturnType<typeof readKeys> {
  const written = document.querySelector<HTMLMetaElement>("meta[name=mainstay-release-keys]");
  return readKeys(written?.content ?? "");
}

type Verifier = typeof import("../ed25519/verifier.ts");
/** Where the build has put `ed25519/verifier.ts`. */
declare const __VERIFIER_URL__: string;

/** For browsers without Ed25519 of their own; the others never fetch this part. */
const verifyOtherwise: OtherVerifier = async (signature, signed, key) => {
  const { verifyAsync } = (await import(/* @vite-ignore */ __VERIFIER_URL__)) as Verifier;
  return verifyAsync(signature, signed, key, { zip215: false }).catch(() => false);
};

function get(path: string): Promise<Response> {
  return fetch(path, { signal: AbortSignal.timeout(fetch_ms_max) });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * Reads a version's manifest and verifies who signed it; throws `DamagedError` when it isn't one or isn't
 * signed by one of the keys, and fetch's own errors when it doesn't come.
 */
export async function fetchBundle(version: string): Promise<Bundle> {
  const keys = keysOfPage();
  const [answer, signed] = await Promise.all([
    get(`/v/${version}/manifest.json`),
    get(signatureUrl(version, keys)),
  ]);
  if (!answer.ok) throw new Error(`the manifest answered ${answer.status}`);
  // A server in trouble proves nothing; one that has a manifest and no signature serves what nobody signed.
  if (!signed.ok && signed.status !== 404) throw new Error(`the signature answered ${signed.status}`);
  const manifest = await answer.arrayBuffer();
  const signature = signed.ok ? parse(await signed.text()) : null;
  if (!(await isSigned(manifest, signature, keys, verifyOtherwise))) {
    throw new DamagedError("the manifest is not signed by us");
  }
  const parsed = parse(new TextDecoder().decode(manifest));
  if (!isBundle(parsed) || parsed.version !== version) throw new DamagedError("the manifest is not one");
  return parsed;
}

/** The address of a bundle's file. */
export function urlOf(bundle: Bundle, path: string): string {
  return `/v/${bundle.version}/${path}`;
}

function integrityOf(bundle: Bundle, path: string): string {
  const file = bundle.files.find((candidate) => candidate.path === path);
  if (!file) throw new DamagedError(`${path} isn't in the manifest`);
  return `sha256-${file.sha256}`;
}

/**
 * Says whether a file that the browser refused is altered (and not merely unreachable), by asking for it
 * plainly.
 */
async function isReachable(url: string): Promise<boolean> {
  return fetch(url, { signal: AbortSignal.timeout(fetch_ms_max) }).then(
    (answer) => answer.ok,
    () => false,
  );
}

function link(bundle: Bundle, path: string, rel: "modulepreload" | "stylesheet"): Promise<void> {
  const made = document.createElement("link");
  const href = urlOf(bundle, path);
  made.rel = rel;
  made.integrity = integrityOf(bundle, path);
  made.crossOrigin = "anonymous";
  made.href = href;
  return new Promise((resolve, reject) => {
    made.addEventListener("load", () => resolve());
    made.addEventListener("error", () => {
      void isReachable(href).then((reachable) =>
        reject(reachable ? new DamagedError(href) : new Error(`${href} didn't come`)),
      );
    });
    document.head.append(made);
  });
}

/** Fetches a module with its hash checked, for a browser that doesn't know `modulepreload`. */
async function fetchChecked(bundle: Bundle, path: string): Promise<void> {
  const href = urlOf(bundle, path);
  const integrity = integrityOf(bundle, path);
  await fetch(href, { integrity, signal: AbortSignal.timeout(fetch_ms_max) }).catch(
    async (cause: unknown) => {
      throw (await isReachable(href)) ? new DamagedError(href) : cause;
    },
  );
}

function preload(bundle: Bundle, path: string): Promise<void> {
  const known = document.createElement("link").relList.supports("modulepreload");
  return known ? link(bundle, path, "modulepreload") : fetchChecked(bundle, path);
}

/**
 * Puts into the page what a bundle needs before it can run: its entry, the modules that the entry imports and
 * its styles, each refused by the browser unless its SHA-256 is the manifest's. Nothing runs yet.
 */
export async function loadBundle(bundle: Bundle): Promise<void> {
  await Promise.all([
    ...[bundle.entry, ...bundle.preloads].map((path) => preload(bundle, path)),
    ...bundle.styles.map((path) => link(bundle, path, "stylesheet")),
  ]);
}

/**
 * Verifies the modules that the app will import later, so that none runs unverified; failures show when it is
 * imported.
 */
export function preloadTheRest(bundle: Bundle): void {
  const loaded = new Set([bundle.entry, ...bundle.preloads]);
  for (const { path } of bundle.files) {
    if (path.endsWith(".js") && !loaded.has(path)) void preload(bundle, path).catch(() => undefined);
  }
}
