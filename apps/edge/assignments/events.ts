import type { IncomingMessage, ServerResponse } from "node:http";
import type { AssignmentEvent } from "@mainstay/wire";
import { answerProblem } from "../problems.ts";
import type { Assigner } from "./assigner.ts";
import type { Client } from "./clients.ts";

/** How many clients may listen at once. */
export const listeners_max = 8_000;
/** How many streams one installation may hold: tabs in sight are few. */
export const listeners_each_max = 6;
/** How many versions are named in the metrics; the rest is counted together. */
export const versions_counted_max = 20;
/** How often a stream says that it is alive, in milliseconds. */
export const ping_ms = 20_000;

type Listener = {
  readonly client: Client;
  readonly running: string;
  readonly response: ServerResponse;
  /** What it was told last, so that a change that isn't one for it is not told. */
  told: string;
};

/** The streams on which clients hear at once which version they should be on. */
export type AssignmentEvents = {
  readonly listen: (request: IncomingMessage, response: ServerResponse, running: string) => void;
  /** Tells every client for whom something has changed. */
  readonly tellAll: () => void;
  /** How many listen, by the version that they run. */
  readonly counts: () => ReadonlyMap<string, number>;
  readonly stop: () => void;
};

function write({ response }: Listener, event: AssignmentEvent): void {
  // Who doesn't read is not waited for: a stream that fills up is cut, and the client holds a new one.
  if (!response.write(`data: ${JSON.stringify(event)}\n\n`)) response.destroy();
}

function say(listener: Listener, version: string, swap: boolean): void {
  const word = `${version}/${swap}`;
  if (word === listener.told) return;
  listener.told = word;
  write(listener, { type: "assigned", version, swap });
}

function tellSwap(assigner: Assigner, listener: Listener): boolean {
  const wanted = assigner.swapOf(listener.client, listener.running);
  if (wanted !== null) say(listener, wanted, true);
  return wanted !== null;
}

function tell(assigner: Assigner, listener: Listener): void {
  if (tellSwap(assigner, listener)) return;
  const version = assigner.shouldRun(listener.client);
  if (version !== null) say(listener, version, false);
}

/**
 * How many listen, by the version that they say they run: the most frequent ones by name, so that nobody can
 * make the metrics grow.
 */
function countsOf(listeners: ReadonlySet<Listener>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { running } of listeners) counts.set(running, (counts.get(running) ?? 0) + 1);
  const sorted = [...counts].toSorted(([, left], [, right]) => right - left);
  const others = sorted.slice(versions_counted_max).reduce((sum, [, count]) => sum + count, 0);
  return new Map([
    ...sorted.slice(0, versions_counted_max),
    ...(others > 0 ? [["other", others] as const] : []),
  ]);
}

/** Makes the streams. They ping until they are stopped. */
export function createAssignmentEvents(deps: { readonly assigner: Assigner }): AssignmentEvents {
  const { assigner } = deps;
  const listeners = new Set<Listener>();
  const each = new Map<string, number>();

  function leave(listener: Listener): void {
    const name = listener.client.installation.i;
    listeners.delete(listener);
    const left = (each.get(name) ?? 1) - 1;
    if (left === 0) each.delete(name);
    else each.set(name, left);
  }

  const timer = setInterval(() => {
    for (const listener of listeners) write(listener, { type: "ping" });
  }, ping_ms);
  timer.unref();

  return {
    listen: (request, response, running) => {
      const client = assigner.clientOf(request);
      const name = client.installation.i;
      const held = each.get(name) ?? 0;
      if (listeners.size >= listeners_max || held >= listeners_each_max) {
        answerProblem(response, "busy", { retryAfterSeconds: 5 });
        return;
      }
      response.writeHead(200, {
        "content-type": "text/event-stream",
        "cache-control": "no-store",
        "x-accel-buffering": "no",
      });
      const listener: Listener = { client, running, response, told: "" };
      listeners.add(listener);
      each.set(name, held + 1);
      response.on("close", () => leave(listener));
      response.flushHeaders();
      tell(assigner, listener);
    },
    tellAll: () => {
      // Whoever must change at once hears it first; what is for the next start may wait for them.
      for (const listener of listeners) tellSwap(assigner, listener);
      setImmediate(() => {
        for (const listener of listeners) tell(assigner, listener);
      });
    },
    counts: () => countsOf(listeners),
    stop: () => {
      clearInterval(timer);
      for (const { response } of listeners) response.destroy();
    },
  };
}
