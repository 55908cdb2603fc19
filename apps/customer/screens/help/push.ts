import { err, ok, type Result } from "@mainstay/kernel";
import { bootHandle } from "../../browser.ts";
import { localFailure, type Failure } from "../../api/failure.ts";
import { fetchOrThrow, request } from "../../api/request.ts";

/**
 * Whether this device takes notifications. `unsupported`: this browser has none; `blocked`: the person has
 * said no, in the browser's own settings.
 */
export type PushState = "on" | "off" | "blocked" | "unsupported";

/** Why they couldn't be switched on or off: the bank refused, the person did, or the browser's service. */
export type PushFailure =
  | { readonly by: "bank"; readonly failure: Failure }
  | { readonly by: "person" }
  | { readonly by: "browser" };

type PushKey = { readonly publicKey: string; readonly isSubscribed: boolean };

/** The worker that the boot layer has registered, where this browser can be pushed to at all. */
async function pushManager(): Promise<PushManager | null> {
  // In a native shell the pages come from the shell, and notifications are the shell's.
  if (bootHandle().shell !== null) return null;
  if (!("serviceWorker" in navigator) || !("PushManager" in globalThis) || !("Notification" in globalThis)) {
    return null;
  }
  const registration = await navigator.serviceWorker.getRegistration();
  return registration?.active ? registration.pushManager : null;
}

/** How it stands on this device, by the browser's word and the bank's. */
export async function readPushState(): Promise<PushState> {
  const manager = await pushManager();
  if (manager === null) return "unsupported";
  if (Notification.permission === "denied") return "blocked";
  const [subscription, key] = await Promise.all([
    manager.getSubscription(),
    fetchOrThrow<PushKey>("/api/push"),
  ]);
  return subscription !== null && key.isSubscribed ? "on" : "off";
}

/** Asks the person, then the browser's push service, then the bank. */
export async function switchPushOn(): Promise<Result<null, PushFailure>> {
  const manager = await pushManager();
  if (manager === null) return err({ by: "browser" });
  if ((await Notification.requestPermission()) !== "granted") return err({ by: "person" });
  const key = await request<PushKey>("/api/push");
  if (!key.ok) return err({ by: "bank", failure: key.error });
  const subscription = await subscribe(manager, key.value.publicKey);
  if (subscription === null) return err({ by: "browser" });
  const { endpoint, keys } = subscription.toJSON();
  const { p256dh, auth } = keys ?? {};
  const answer = await request("/api/push", { method: "PUT", body: { endpoint, keys: { p256dh, auth } } });
  if (answer.ok) return ok(null);
  await subscription.unsubscribe().catch(() => false);
  return err({ by: "bank", failure: answer.error });
}

/** Subscribes under the bank's key; null where the browser's push service says no. */
async function subscribe(manager: PushManager, publicKey: string): Promise<PushSubscription | null> {
  try {
    // One that was made under another key of the bank's can't be used any more.
    await (await manager.getSubscription())?.unsubscribe();
    return await manager.subscribe({ userVisibleOnly: true, applicationServerKey: publicKey });
  } catch {
    return null;
  }
}

/** Tells the bank first, so that nothing more is sent; then the browser. */
export async function switchPushOff(): Promise<Result<null, PushFailure>> {
  const subscription = await (await pushManager())?.getSubscription();
  if (!subscription) return ok(null);
  const { endpoint } = subscription;
  const answer = await request("/api/push", { method: "DELETE", body: { endpoint } });
  if (!answer.ok) return err({ by: "bank", failure: answer.error });
  const isEnded = await subscription.unsubscribe().catch(() => false);
  return isEnded ? ok(null) : err({ by: "bank", failure: localFailure("unreadable") });
}
