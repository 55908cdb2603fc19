import { useQueryClient, type QueryKey } from "@tanstack/react-query";
import { useEffect } from "react";
import { console_idle } from "./request.ts";

/** How long a lost stream waits before it is asked for again, in milliseconds. */
const again_ms = 3_000;
/** Changes that come in quick succession are asked for together, at most so often, in milliseconds. */
const gather_ms = 250;

/** Reads server-sent events until the stream ends; each event's data is handed on. */
async function readEvents(path: string, signal: AbortSignal, onData: (data: string) => void): Promise<void> {
  // A stream is opened by the page itself: it never puts the session's end off.
  const answer = await fetch(path, { headers: { accept: "text/event-stream", ...console_idle }, signal });
  if (!answer.ok || answer.body === null) return;
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const parts = (rest + value).split("\n\n");
    rest = parts.pop() ?? "";
    for (const part of parts) if (part.startsWith("data:")) onData(part.slice(5).trim());
  }
}

function isChange(data: string): boolean {
  try {
    const event: unknown = JSON.parse(data);
    return typeof event === "object" && event !== null && "type" in event && event.type === "changed";
  } catch {
    return false;
  }
}

/** Asks again for what a page shows whenever the server says that something about it has changed. */
export function useChanges(path: string, keys: readonly QueryKey[]): void {
  const client = useQueryClient();
  const named = JSON.stringify(keys);
  useEffect(() => {
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let gathering: ReturnType<typeof setTimeout> | undefined;
    const refresh = () => {
      gathering = undefined;
      for (const queryKey of JSON.parse(named) as QueryKey[]) void client.invalidateQueries({ queryKey });
    };
    const connect = () => {
      void readEvents(path, stop.signal, (data) => {
        if (isChange(data)) gathering ??= setTimeout(refresh, gather_ms);
      })
        // A stream that breaks off is opened again; what the page shows is asked for regularly anyway.
        .catch(() => undefined)
        .then(() => {
          if (!stop.signal.aborted) timer = setTimeout(connect, again_ms);
        });
    };
    connect();
    return () => {
      stop.abort();
      clearTimeout(timer);
      clearTimeout(gathering);
    };
  }, [client, path, named]);
}
