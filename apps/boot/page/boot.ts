import type { BootHandle } from "@mainstay/wire";
import { beginBoot, bootTransition, version_pattern, type BootEffect, type BootEvent } from "../state.ts";
import { DamagedError, fetchBundle, loadBundle, preloadTheRest, urlOf, type Bundle } from "./bundle.ts";
import { recall, remember } from "./memory.ts";
import { reveal, tell } from "./telling.ts";
import { keepBundles, registerWorker } from "./worker-client.ts";

declare global {
  interface Window {
    /** What the running bundle knows of how it was started. */
    mainstay?: BootHandle;
  }
}

/**
 * How long the edge may take to say which version to start, where a verified one is kept here, and where none
 * is.
 */
const assignment_ms_max = { kept: 4_000, none: 20_000 };
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

async function ask(): Promise<BootEvent> {
  const ms = step.state.memory.good.length > 0 ? assignment_ms_max.kept : assignment_ms_max.none;
  const answer = await fetch("/assignment", { cache: "no-store", signal: AbortSignal.timeout(ms) });
  const given = (await answer.json()) as { version?: unknown; activation?: unknown };
  const { version, activation } = given;
  if (typeof version !== "string" || !version_pattern.test(version) || typeof activation !== "string") {
    return { type: "assignment-failed" };
  }
  return { type: "assigned", version, activation };
}

async function load(version: string): Promise<BootEvent> {
  try {
    bundle = await fetchBundle(version);
    await loadBundle(bundle);
    return { type: "verified" };
  } catch (error) {
    return { type: "load-failed", reason: error instanceof DamagedError ? "damaged" : "unreachable" };
  }
}

function keepForLater(): void {
  keepBundles(step.state.memory.good);
  if (bundle) preloadTheRest(bundle);
}

function start(version: string, activation: string | null): void {
  if (!bundle) return;
  window.mainstay = Object.freeze<BootHandle>({
    version,
    activation,
    booted: () => dispatch({ type: "booted" }),
    loginOffered: () => undefined,
    loggedIn: () => undefined,
    refused: () => undefined,
    swap: () => undefined,
    switched: null,
    update: { kind: "none" },
    putOffUpdate: () => undefined,
  });
  import(/* @vite-ignore */ urlOf(bundle, bundle.entry)).catch(() => dispatch({ type: "crashed" }));
}

function perform(effect: BootEffect): void {
  switch (effect.type) {
    case "ask":
      void ask().then(dispatch, () => dispatch({ type: "assignment-failed" }));
      return;
    case "load":
      void load(effect.version).then(dispatch);
      return;
    case "start":
      start(effect.candidate.version, effect.candidate.activation);
      return;
    case "remember":
      remember(effect.memory);
      return;
    case "keep":
      setTimeout(keepForLater, settle_ms);
      return;
    case "tell":
      tell(effect.failure, () => dispatch({ type: "retried" }));
      return;
    case "reveal":
      reveal();
      return;
    case "restart":
      location.reload();
      return;
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
  if (document.visibilityState === "visible") dispatch({ type: "passed", foregroundMs: passed });
}, tick_ms);

window.addEventListener("error", (event) => {
  if (event.filename.includes("/v/")) dispatch({ type: "crashed" });
});
window.addEventListener("online", () => {
  if (step.state.name === "stuck") dispatch({ type: "retried" });
});

step.effects.forEach(perform);
registerWorker();
