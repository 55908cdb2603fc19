import type { Event } from "@mainstay/wire";
import { open } from "./request.ts";

/** Waiting times between attempts to hold the stream again, in milliseconds. */
const backoff_ms = [500, 1_000, 2_000, 5_000, 10_000, 30_000] as const;

/** A stream that says nothing for so long is taken for dead: the server pings every 20 seconds. */
const silence_ms_max = 45_000;

/**
 * What listeners hear beside the server's own events: `connected` means that something may have been missed.
 */
export type Heard =
  | Event
  | { readonly type: "connected" }
  | { readonly type: "disconnected" }
  /** The bank says that this session may not listen: it has ended, or sees less than it did. */
  | { readonly type: "refused" };

type Listener = (heard: Heard) => void;

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/**
 * Reads server-sent events out of a stream of text: every `data:` line is one event, anything else is for
 * other clients. What follows the last line end waits for more.
 */
export function eventReader(onData: (data: string) => void): (text: string) => void {
  let rest = "";
  return (text) => {
    const lines = (rest + text).split(/\r?\n/);
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.startsWith("data:")) onData(line.slice(5).trim());
  };
}

/** Reads one stream until it ends, fails or falls silent. Says whether it was ever open. */
async function readStream(tell: Listener, outer: AbortSignal): Promise<boolean> {
  const silence = new AbortController();
  const signal = AbortSignal.any([outer, silence.signal]);
  const opened = await open("/api/events", { signal }, "text/event-stream");
  if (!opened.ok && (opened.error.status === 401 || opened.error.status === 403)) tell({ type: "refused" });
  if (!opened.ok || opened.value.body === null) return false;
  tell({ type: "connected" });
  const reader = opened.value.body.pipeThrough(new TextDecoderStream()).getReader();
  const feed = eventReader((data) => tell(JSON.parse(data) as Event));
  let timer = setTimeout(() => silence.abort(), silence_ms_max);
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), silence_ms_max);
      feed(value);
    }
  } catch {
    // A stream that breaks is held again; what was missed is read again on `connected`.
  } finally {
    clearTimeout(timer);
  }
  return true;
}

async function holdStream(tell: Listener, signal: AbortSignal): Promise<void> {
  for (let failures = 0; !signal.aborted;) {
    const wasOpen = await readStream(tell, signal);
    failures = wasOpen ? 0 : failures + 1;
    if (signal.aborted) return;
    tell({ type: "disconnected" });
    await wait(backoff_ms[Math.min(failures, backoff_ms.length - 1)] ?? 30_000, signal);
  }
}

/**
 * Listens to the bank's events until the signal is aborted. However many tabs are open, one of them (whoever
 * holds the lock) keeps the one stream of this browser and tells the others; when it closes, another takes
 * over.
 */
export function listen(listener: Listener, signal: AbortSignal): void {
  if (!("locks" in navigator) || !("BroadcastChannel" in globalThis)) {
    void holdStream(listener, signal);
    return;
  }
  const channel = new BroadcastChannel("mainstay-events");
  channel.addEventListener("message", (message: MessageEvent<Heard>) => listener(message.data));
  signal.addEventListener("abort", () => channel.close());
  const tellAll = (heard: Heard) => {
    listener(heard);
    if (!signal.aborted) channel.postMessage(heard);
  };
  void navigator.locks
    .request("mainstay-events", { signal }, () => holdStream(tellAll, signal))
    // Waiting for the lock ends by the signal: nothing is wrong then.
    .catch(() => undefined);
}
