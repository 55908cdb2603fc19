/** The only script that may become the service worker. */
const worker_url = "/sw.js";

type ScriptUrlPolicy = { readonly createScriptURL: (url: string) => string };
type TrustedTypes = {
  readonly createPolicy: (
    name: string,
    rules: ScriptUrlPolicy,
  ) => { readonly createScriptURL: (url: string) => unknown };
};

/**
 * The page's policy demands trusted types: this one lets a single address through, and there is no other
 * policy.
 */
function trustedWorkerUrl(): string {
  const trustedTypes = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes;
  if (!trustedTypes) return worker_url;
  const policy = trustedTypes.createPolicy("mainstay-boot", {
    createScriptURL: (url) => {
      if (url !== worker_url) throw new TypeError("only the boot layer's worker may be registered");
      return url;
    },
  });
  return policy.createScriptURL(worker_url) as string;
}

/**
 * Registers the boot layer's service worker once the page has loaded. Without one the app works, online only.
 */
export function registerWorker(): void {
  if (!("serviceWorker" in navigator)) return;
  const url = trustedWorkerUrl();
  const register = () =>
    void navigator.serviceWorker.register(url, { scope: "/", updateViaCache: "none" }).catch(() => undefined);
  if (document.readyState === "complete") register();
  else window.addEventListener("load", register, { once: true });
}

/** Asks the worker to keep these versions' verified files for an offline start, and to drop any other. */
export function keepBundles(versions: readonly string[]): void {
  if (!("serviceWorker" in navigator)) return;
  void navigator.serviceWorker.ready.then((registration) =>
    registration.active?.postMessage({ type: "keep", versions }),
  );
}
