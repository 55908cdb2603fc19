import { isSigned, readKeys, signatureUrl, type OtherVerifier } from "../signature.ts";
import { kept_bundles_max, version_pattern } from "../state.ts";

/**
 * What of the service worker's world this file uses (the page's own types are the ones that TypeScript loads
 * here).
 */
type ExtendableEvent = Event & { waitUntil(work: Promise<unknown>): void };
type FetchEvent = ExtendableEvent & {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
};
type PushMessageEvent = ExtendableEvent & { readonly data: { json(): unknown } | null };
type NotificationClick = ExtendableEvent & { readonly notification: Notification };
type Page = { focus(): Promise<Page>; navigate(url: string): Promise<Page | null> };
type WorkerScope = {
  addEventListener(type: "install" | "activate", listener: (event: ExtendableEvent) => void): void;
  addEventListener(type: "fetch", listener: (event: FetchEvent) => void): void;
  addEventListener(type: "push", listener: (event: PushMessageEvent) => void): void;
  addEventListener(type: "notificationclick", listener: (event: NotificationClick) => void): void;
  addEventListener(
    type: "message",
    listener: (event: ExtendableEvent & { readonly data: unknown }) => void,
  ): void;
  skipWaiting(): Promise<void>;
  readonly clients: {
    claim(): Promise<void>;
    matchAll(which: { readonly type: "window" }): Promise<readonly Page[]>;
    openWindow(url: string): Promise<unknown>;
  };
  readonly registration: {
    showNotification(title: string, options: NotificationOptions): Promise<void>;
  };
  readonly location: Location;
};
declare const self: WorkerScope;

/**
 * The boot layer's scripts and styles with their SHA-256, the page's own, and the keys of releases
 * (`readKeys`); the build fills them in.
 */
declare const __BOOT_FILES__: Readonly<Record<string, string>>;
declare const __BOOT_HASH__: string;
declare const __RELEASE_KEYS__: string;

/** How long the network may take to bring the boot page before the kept one is shown, in milliseconds. */
const page_ms_max = 3_000;

const boot_cache = `boot-${__BOOT_HASH__}`;
const bundle_prefix = "bundle-";

const boot_files: Readonly<Record<string, string>> = { "/": __BOOT_HASH__, ...__BOOT_FILES__ };

/** Keeps the boot layer itself: whole, or not at all. */
async function keepBootLayer(): Promise<void> {
  const cache = await caches.open(boot_cache);
  await cache.addAll(Object.keys(boot_files).map((path) => new Request(path, { cache: "reload" })));
}

async function dropOldBootLayers(): Promise<void> {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith("boot-") && name !== boot_cache);
  await Promise.all(old.map((name) => caches.delete(name)));
}

/** SHA-256, in hexadecimal digits. */
async function hashOf(content: ArrayBuffer): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * A kept file of the boot layer's own, if it is still what was built: any script of this origin may write to
 * these caches, and no release is to put another `/` in its place.
 */
async function keptBootFile(path: string): Promise<Response | null> {
  const kept = await (await caches.open(boot_cache)).match(path);
  if (!kept) return null;
  return (await hashOf(await kept.clone().arrayBuffer())) === boot_files[path] ? kept : null;
}

/**
 * The boot page from the network, or the kept one when the network is slow, absent or answers with a fault.
 */
async function bootPage(request: Request): Promise<Response> {
  const kept = await keptBootFile("/");
  if (!kept) return fetch(request);
  const fresh = await fetch(request, { signal: AbortSignal.timeout(page_ms_max) }).catch(() => null);
  return fresh?.ok === true ? fresh : kept;
}

async function bootFile(request: Request, path: string): Promise<Response> {
  return (await keptBootFile(path)) ?? fetch(request);
}

/** A bundle's file, wherever it comes from: the page lets none run that isn't what the manifest says. */
async function keptOrFetched(request: Request): Promise<Response> {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}

type Manifest = { readonly files: readonly { readonly path: string; readonly sha256: string }[] };

/**
 * A browser without Ed25519 keeps what it can't verify: the page does, with more at hand, before each start.
 */
const trustThePage: OtherVerifier = () => Promise.resolve(true);

async function fetchOk(url: string): Promise<Response> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  return answer;
}

/**
 * Fetches every file of a version that one of the keys has signed, each with its hash checked. The manifest
 * goes in last: where it is, the bundle is whole.
 */
async function keepBundle(version: string): Promise<void> {
  const cache = await caches.open(bundle_prefix + version);
  const manifest_url = `/v/${version}/manifest.json`;
  const keys = readKeys(__RELEASE_KEYS__);
  const signature_url = signatureUrl(version, keys);
  if ((await cache.match(manifest_url)) && (await cache.match(signature_url))) return;
  const [answer, signed] = await Promise.all([fetchOk(manifest_url), fetchOk(signature_url)]);
  const manifest = await answer.clone().arrayBuffer();
  const signature: unknown = await signed.clone().json();
  if (!(await isSigned(manifest, signature, keys, trustThePage))) {
    throw new Error(`${version} is not signed by us`);
  }
  const { files } = JSON.parse(new TextDecoder().decode(manifest)) as Manifest;
  for (const { path, sha256 } of files) {
    const url = `/v/${version}/${path}`;
    await cache.put(url, await fetch(url, { integrity: `sha256-${sha256}` }));
  }
  await cache.put(signature_url, signed);
  await cache.put(manifest_url, answer);
}

/**
 * Keeps these versions, newest first, and drops every other. A version that can't be had whole is not kept.
 */
async function keepBundles(versions: readonly string[]): Promise<void> {
  const wanted = versions.filter((version) => version_pattern.test(version)).slice(0, kept_bundles_max);
  for (const version of wanted) {
    await keepBundle(version).catch(() => caches.delete(bundle_prefix + version));
  }
  const names = await caches.keys();
  const others = names.filter(
    (name) => name.startsWith(bundle_prefix) && !wanted.includes(name.slice(bundle_prefix.length)),
  );
  await Promise.all(others.map((name) => caches.delete(name)));
}

function versionsOf(data: unknown): readonly string[] | null {
  if (typeof data !== "object" || data === null || !("type" in data) || data.type !== "keep") return null;
  if (!("versions" in data) || !Array.isArray(data.versions)) return null;
  return data.versions.filter((version): version is string => typeof version === "string");
}

/** What a push of the bank's says: what the message is about, and where it stands. */
type PushedMessage = { readonly subject?: string; readonly thread?: string; readonly tag?: string };

/** Reads a push; one that can't be read is told of all the same: a browser allows none that shows nothing. */
function readPush(event: PushMessageEvent): PushedMessage {
  try {
    const read: unknown = event.data?.json();
    return typeof read === "object" && read !== null ? read : {};
  } catch {
    return {};
  }
}

/** Shows a push. Two with one tag are one notification: a push that was repeated is seen once. */
function showPush({ subject, thread, tag = "message" }: PushedMessage): Promise<void> {
  const body = typeof subject === "string" ? subject : "You have a new message.";
  // Only the form of an address of the app's own is taken from outside.
  const isThread = typeof thread === "string" && /^thr_\w{1,40}$/.test(thread);
  const url = isThread ? `/#/help/messages/${thread}` : "/#/help";
  return self.registration.showNotification("Mainstay", {
    body,
    tag,
    icon: "/icons/icon-192.png",
    data: url,
  });
}

/** Brings an open page of the app to the message, or opens one. */
async function openMessage(url: string): Promise<void> {
  const [page] = await self.clients.matchAll({ type: "window" });
  const shown = await page?.navigate(url).catch(() => null);
  await (shown ? shown.focus() : self.clients.openWindow(url));
}

self.addEventListener("push", (event) => event.waitUntil(showPush(readPush(event))));

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(openMessage(String(event.notification.data)));
});

self.addEventListener("install", (event) => {
  event.waitUntil(keepBootLayer().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(dropOldBootLayers().then(() => self.clients.claim()));
});

self.addEventListener("message", (event) => {
  const versions = versionsOf(event.data);
  if (versions) event.waitUntil(keepBundles(versions));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  const { pathname } = url;
  // The bank's answers are never kept, nor is which version to start: those come from the network or not at
  // all.
  if (pathname.startsWith("/api/") || pathname === "/assignment") return;
  // What works is told by the edge, and by nothing that stands in its place.
  if (pathname.startsWith("/status")) return;
  if (request.mode === "navigate") event.respondWith(bootPage(request));
  else if (pathname in __BOOT_FILES__) event.respondWith(bootFile(request, pathname));
  else if (pathname.startsWith("/v/")) event.respondWith(keptOrFetched(request));
});
