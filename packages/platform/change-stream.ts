import type { FastifyReply, FastifyRequest } from "fastify";
import type { Changes } from "./changes.ts";

/** How often an open stream says that it is alive, in milliseconds. */
const ping_ms = 15_000;
/** How long a burst of changes is gathered into one word, in milliseconds. */
const gather_ms = 100;
/**
 * How long a stream lasts at most, in milliseconds: whoever reads it asks again, and shows that they still
 * may.
 */
export const stream_ms_max = 5 * 60_000;

/**
 * Answers with server-sent events: something changed, of one subject or, with null, of any. Says so once at
 * its beginning, so that what changed while nobody listened isn't missed. `wordOf` makes the event of what
 * changed; `{"type":"ping"}` keeps the connection.
 */
export function streamChanges(
  changes: Pick<Changes, "listen" | "stopped">,
  given: {
    readonly request: FastifyRequest;
    readonly reply: FastifyReply;
    readonly subject: string | null;
    readonly wordOf: (subject: string | null) => { readonly type: "changed" };
  },
): FastifyReply {
  const { request, reply, subject, wordOf } = given;
  reply.hijack();
  const { raw } = reply;
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (value !== undefined) raw.setHeader(name, value);
  }
  raw.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
  });
  const say = (event: { readonly type: string }) => void raw.write(`data: ${JSON.stringify(event)}\n\n`);
  let gathered: NodeJS.Timeout | undefined;
  let changed: string | null = subject;
  const sayChanged = () => {
    gathered = undefined;
    say(wordOf(changed));
  };
  const stop = changes.listen((heard) => {
    if (subject !== null && heard !== null && heard !== subject) return;
    changed = subject ?? heard;
    gathered ??= setTimeout(sayChanged, gather_ms);
  });
  const pinging = setInterval(() => say({ type: "ping" }), ping_ms);
  const ending = setTimeout(() => raw.end(), stream_ms_max);
  const over = () => void raw.end();
  changes.stopped.addEventListener("abort", over);
  const end = () => {
    stop();
    changes.stopped.removeEventListener("abort", over);
    clearInterval(pinging);
    clearTimeout(ending);
    clearTimeout(gathered);
  };
  raw.on("close", end);
  request.raw.on("error", () => raw.end());
  sayChanged();
  return reply;
}
