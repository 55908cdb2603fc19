import { version_pattern } from "../state.ts";
import { askEdge } from "./edge.ts";

/** A stream that says nothing for so long is taken for dead, in milliseconds: the edge pings every 20 s. */
const silence_ms_max = 45_000;
/** How long to wait before the stream is held again, in milliseconds: after it ended, and where none came. */
const again_ms = { ended: 1_000, refused: 5_000 };

type OnSwap = (version: string) => void;

function hear(line: string, onSwap: OnSwap): void {
  if (!line.startsWith("data:")) return;
  const { type, version, swap } = JSON.parse(line.slice(5)) as Record<string, unknown>;
  if (type !== "assigned" || swap !== true) return;
  if (typeof version === "string" && version_pattern.test(version)) onSwap(version);
}

/** Reads one stream to its end; `onOpen` when it has come. By fetch: a shell names itself in headers. */
async function readStream(
  running: string,
  heard: { readonly onOpen: () => void; readonly onSwap: OnSwap },
  outer: AbortSignal,
): Promise<void> {
  const ending = new AbortController();
  const end = () => ending.abort();
  outer.addEventListener("abort", end);
  const answer = await askEdge(`/assignment/events?running=${running}`, {
    cache: "no-store",
    signal: ending.signal,
  });
  if (!answer.ok || answer.body === null) return;
  heard.onOpen();
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const timer = setTimeout(end, silence_ms_max);
    const { value, done } = await reader.read().finally(() => clearTimeout(timer));
    if (done) return;
    const lines = (rest + value).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) hear(line, heard.onSwap);
  }
}

/**
 * Hears at once when the version that runs is taken back, while the page is in sight: a browser holds few
 * streams.
 */
export function listenForSwaps(running: string, onSwap: OnSwap): void {
  let held: AbortController | null = null;
  const hold = async (mine: AbortController) => {
    while (!mine.signal.aborted) {
      let wait_ms = again_ms.refused;
      const onOpen = () => (wait_ms = again_ms.ended);
      await readStream(running, { onOpen, onSwap }, mine.signal).catch(() => undefined);
      await new Promise((done) => setTimeout(done, wait_ms));
    }
  };
  const follow = () => {
    const isVisible = document.visibilityState === "visible";
    if (isVisible === (held !== null)) return;
    held?.abort();
    held = isVisible ? new AbortController() : null;
    if (held) void hold(held);
  };
  document.addEventListener("visibilitychange", follow);
  follow();
}
