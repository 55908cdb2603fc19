import type { BootHandle } from "@mainstay/wire";
import { beginBoot, bootTransition, type BootEffect, type BootEvent } from "../state.ts";
import { fetchAssignment, fetchHealthy, startInShell } from "./assignment.ts";
import { DamagedError, fetchBundle, loadBundle, preloadTheRest, urlOf, type Bundle } from "./bundle.ts";
import { shell } from "./edge.ts";
import { adviceToShow, putOffUpdate, recall, remember } from "./memory.ts";
import { addReport, sendReports } from "./reports.ts";
import { listenForSwaps } from "./swaps.ts";
import { reveal, tell, tellUpdate } from "./telling.ts";
import { keepBundles, registerWorker } from "./worker-client.ts";

declare global {
  interface Window {
    /** What the running bundle knows of how it was started. */
    mainstay?: BootHandle;
  }
}

/** How often time in the foreground is counted, in milliseconds. */
const tick_ms = 250;

/**
 * How long a screen that has just appeared is left alone before the rest of the bundle is fetched, in
 * milliseconds.
 */
const settle_ms = 1_500;

let step = beginBoot(recall());
let bundle: Bundle | undefined;

function dispatch(event: BootEvent): void {
  step = bootTransition(step.state, event);
  step.effects.forEach(perform);
}

const isVisible = () => document.visibilityState === "visible";

function ask(failed: string | null): void {
  const { good, stood } = step.state.memory;
  const isKept = good.length + stood.length > 0;
  const isStart = step.state.name === "assigning";
  const asked =
    shell !== null && isStart ? startInShell(shell.version, failed) : fetchAssignment(failed, isKept);
  void asked.then(dispatch, () => dispatch({ type: "assignment-failed" }));
}

async function load(version: string): Promise<BootEvent> {
  try {
    bundle = await fetchBundle(version);
    await loadBundle(bundle);
    return { type: "verified", visible: isVisible() };
  } catch (error) {
    return { type: "load-failed", reason: error instanceof DamagedError ? "damaged" : "unreachable" };
  }
}

function keepForLater(versions: readonly string[]): void {
  keepBundles(versions);
  if (bundle) preloadTheRest(bundle);
}

function start({ candidate, switched }: Extract<BootEffect, { type: "start" }>): void {
  if (!bundle) return;
  const { version, activation, update } = candidate;
  window.mainstay = Object.freeze<BootHandle>({
    version,
    activation,
    switched,
    shell,
    update: adviceToShow(update),
    putOffUpdate,
    booted: () => dispatch({ type: "booted" }),
    loginOffered: () => dispatch({ type: "login-offered" }),
    loggedIn: () => dispatch({ type: "logged-in" }),
    refused: (code) => dispatch({ type: "refused", code }),
    swap: (to) => dispatch({ type: "swap", version: to }),
  });
  listenForSwaps(version, (to) => dispatch({ type: "swap", version: to }));
  import(/* @vite-ignore */ urlOf(bundle, bundle.entry)).catch(() => dispatch({ type: "crashed" }));
}

function perform(effect: BootEffect): void {
  switch (effect.type) {
    case "ask":
      return ask(effect.failed);
    case "ask-healthy":
      // Where the edge can't be asked now, the next start hears it.
      return void fetchHealthy(effect.running).then(dispatch, () => undefined);
    case "load":
      return void load(effect.version).then(dispatch);
    case "start":
      return start(effect);
    case "remember":
      return remember(effect.memory);
    case "keep":
      return void setTimeout(() => keepForLater(effect.versions), settle_ms);
    case "tell":
      return tell(effect.failure, () => dispatch({ type: "retried" }));
    case "tell-update":
      return tellUpdate(effect.from, effect.update, () => dispatch({ type: "retried" }));
    case "reveal":
      shell?.noteStands();
      return reveal();
    case "report":
      return addReport({ kind: effect.kind, reason: effect.reason, activation: effect.activation });
    case "restart":
      return shell === null ? location.reload() : void shell.leave(step.state.memory);
    default:
      effect satisfies never;
  }
}

let ticked = performance.now();
setInterval(() => {
  const now = performance.now();
  // A page in the background, or a computer that slept, is no evidence against a bundle.
  const passed = Math.min(now - ticked, 2 * tick_ms);
  ticked = now;
  if (isVisible()) dispatch({ type: "passed", foregroundMs: passed });
}, tick_ms);

document.addEventListener("visibilitychange", () => dispatch({ type: isVisible() ? "shown" : "hidden" }));
window.addEventListener("error", ({ filename }) => {
  if (filename.includes("/v/")) dispatch({ type: "crashed" });
});
window.addEventListener("online", () => {
  if (step.state.name === "stuck") dispatch({ type: "retried" });
  sendReports();
});

step.effects.forEach(perform);
// A native shell has its bundle by itself, and nothing of ours between its pages and the edge.
if (shell === null) registerWorker();
// What could not be delivered last time comes after what starts the app.
setTimeout(sendReports, settle_ms);
