import type { FastifyReply, FastifyRequest } from "fastify";
import type { RolloutStreamEvent } from "@mainstay/wire";
import type { RolloutsService } from "./service.ts";

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
 * Answers with server-sent events: something changed, of one rollout or, with null, of any. Says so once at
 * its beginning, so that what changed while nobody listened isn't missed.
 */
export function streamChanges(
  service: Pick<RolloutsService, "listen" | "stopped">,
  given: {
    readonly request: FastifyRequest;
    readonly reply: FastifyReply;
    readonly rolloutId: string | null;
  },
): FastifyReply {
  const { request, reply, rolloutId } = given;
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
  const say = (event: RolloutStreamEvent) => void raw.write(`data: ${JSON.stringify(event)}\n\n`);
  let gathered: NodeJS.Timeout | undefined;
  let changed: string | null = rolloutId;
  const sayChanged = () => {
    gathered = undefined;
    say({ type: "changed", rollout: changed });
  };
  const stop = service.listen((change) => {
    if (rolloutId !== null && change.rolloutId !== null && change.rolloutId !== rolloutId) return;
    changed = rolloutId ?? change.rolloutId;
    gathered ??= setTimeout(sayChanged, gather_ms);
  });
  const pinging = setInterval(() => say({ type: "ping" }), ping_ms);
  const ending = setTimeout(() => raw.end(), stream_ms_max);
  const over = () => void raw.end();
  service.stopped.addEventListener("abort", over);
  const end = () => {
    stop();
    service.stopped.removeEventListener("abort", over);
    clearInterval(pinging);
    clearTimeout(ending);
    clearTimeout(gathered);
  };
  raw.on("close", end);
  request.raw.on("error", () => raw.end());
  sayChanged();
  return reply;
}
