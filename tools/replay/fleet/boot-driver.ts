import { sleep } from "@mainstay/platform";
import { Value } from "typebox/value";
import type { Answer, DeviceClient } from "@mainstay/testkit/client";
import { AssignmentEventSchema, AssignmentSchema, type Assignment } from "@mainstay/wire";
import {
  beginBoot,
  bootTransition,
  empty_memory,
  type BootEffect,
  type BootEvent,
  type BootMemory,
  type BootStep,
  type Candidate,
} from "../../../apps/boot/state.ts";
import type { FleetHttp } from "./http.ts";

/** How long a boot may take before the phone's owner gives up, in milliseconds. */
const boot_wait_ms_max = 20_000;
/** How often a report is tried, and how long a phone waits in between, in milliseconds. */
const report_tries_max = 5;
const report_pause_ms = 2_000;

/** What a phone's boot layer does its work with. */
export type BootDriverParts = {
  readonly http: FleetHttp;
  readonly device: DeviceClient;
  /** What the phone says of itself with every request. */
  readonly said: Readonly<Record<string, string>>;
  /** Fetches a version; rejects where it can't be had. */
  readonly load: (version: string) => Promise<unknown>;
  /** A bundle has been started, in the place of another where there is a reason. */
  readonly onStart: (candidate: Candidate, switched: string | null) => void;
};

/** A phone's boot layer. */
export type BootDriver = {
  /** Begins a page load. */
  readonly begin: () => void;
  readonly dispatch: (event: BootEvent) => void;
  /** The bundle that runs; null while none does. */
  readonly running: () => Candidate | null;
  /** Resolves with what runs, or null when nothing does in time. */
  readonly whenRunning: () => Promise<Candidate | null>;
  /** Closes the app: nothing runs, nothing is listened to. What is remembered stays. */
  readonly close: () => void;
};

/** What a phone asks of the edge outside the API: no device proof, but the installation's cookie. */
function createEdgeAsker({ http, device, said }: BootDriverParts) {
  const ask = (method: string, path: string, body?: unknown): Promise<Answer | null> =>
    device.call(method, path, body, { proof: null }).catch(() => null);
  return {
    assignment: async (query: string): Promise<Assignment | null> => {
      const answer = await ask("GET", `/assignment${query}`);
      return Value.Check(AssignmentSchema, answer?.body) ? answer.body : null;
    },
    /** Reports what the boot layer saw; what isn't taken is tried again, as a device does. */
    report: async ({ kind, activation, reason }: Extract<BootEffect, { type: "report" }>): Promise<void> => {
      const body = { reports: [{ kind, activation, reason, agoMs: 0 }] };
      for (let count = 0; count < report_tries_max; count += 1) {
        const answer = await ask("POST", "/boot/reports", body);
        if (answer !== null && answer.status < 500 && answer.status !== 429) return;
        await sleep(report_pause_ms);
      }
    },
    /** Listens for the version that this phone should be on. */
    listen: (version: string, onSwap: (version: string) => void): (() => void) => {
      const cookie = [...device.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
      const headers = { ...said, cookie, accept: "text/event-stream" };
      return http.listen(`/assignment/events?running=${version}`, headers, (data) => {
        const event: unknown = JSON.parse(data);
        if (!Value.Check(AssignmentEventSchema, event)) return;
        if (event.type === "assigned" && event.swap) onSwap(event.version);
      });
    },
  };
}

/** Asks what an effect wants to know; answers the event that comes of it. */
async function answerTo(
  effect: Extract<BootEffect, { type: "ask" | "ask-healthy" | "load" }>,
  edge: ReturnType<typeof createEdgeAsker>,
  parts: BootDriverParts,
): Promise<BootEvent | null> {
  if (effect.type === "load") {
    return parts.load(effect.version).then(
      () => ({ type: "verified", visible: true }),
      () => ({ type: "load-failed", reason: "unreachable" }),
    );
  }
  if (effect.type === "ask-healthy") {
    const given = await edge.assignment(`?running=${effect.running}`);
    return given && { type: "healthy", versions: given.healthy };
  }
  const given = await edge.assignment(effect.failed === null ? "" : `?failed=${effect.failed}`);
  return given === null ? { type: "assignment-failed" } : { type: "assigned", ...given };
}

/** Drives the boot layer's own state machine (apps/boot/state.ts) for one phone, over HTTP. */
export function createBootDriver(parts: BootDriverParts): BootDriver {
  const edge = createEdgeAsker(parts);
  let memory: BootMemory = empty_memory;
  let step: BootStep = beginBoot(memory);
  let running: Candidate | null = null;
  let stopListening = (): void => undefined;
  let whenRunning = Promise.withResolvers<Candidate | null>();

  function begin(): void {
    stopListening();
    running = null;
    step = beginBoot(memory);
    step.effects.forEach(perform);
  }

  function dispatch(event: BootEvent): void {
    step = bootTransition(step.state, event);
    step.effects.forEach(perform);
  }

  function start({ candidate, switched }: Extract<BootEffect, { type: "start" }>): void {
    running = candidate;
    parts.onStart(candidate, switched);
    stopListening = edge.listen(candidate.version, (version) => dispatch({ type: "swap", version }));
    queueMicrotask(() => {
      dispatch({ type: "booted" });
      whenRunning.resolve(candidate);
      whenRunning = Promise.withResolvers();
    });
  }

  function perform(effect: BootEffect): void {
    switch (effect.type) {
      case "ask":
      case "ask-healthy":
      case "load":
        void answerTo(effect, edge, parts).then((event) => event && dispatch(event));
        return;
      case "start":
        return start(effect);
      case "remember":
        memory = effect.memory;
        return;
      case "report":
        return void edge.report(effect);
      case "restart":
        return begin();
      case "keep":
      case "reveal":
      case "tell":
      case "tell-update":
        return;
    }
  }

  return {
    begin,
    dispatch,
    running: () => running,
    whenRunning: async () => {
      if (running !== null && step.state.name === "running") return running;
      return Promise.race([whenRunning.promise, sleep(boot_wait_ms_max).then(() => null)]);
    },
    close: () => {
      stopListening();
      running = null;
    },
  };
}
