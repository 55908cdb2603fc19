import type { IncomingMessage } from "node:http";
import { body_bytes_max } from "@mainstay/platform";

/**
 * Reads a whole body of at most 64 KiB (or what is said): null where there is none. It is read before
 * anything else is done, so that a slow sender holds nothing of ours but its own connection.
 */
export function readBody(
  request: IncomingMessage,
  done: (body: Buffer | null | "too large") => void,
  bytes_max = body_bytes_max,
): void {
  if (request.headers["content-length"] === undefined && request.headers["transfer-encoding"] === undefined) {
    done(null);
    return;
  }
  if (Number(request.headers["content-length"] ?? 0) > bytes_max) {
    done("too large");
    return;
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  const collect = (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= bytes_max) {
      chunks.push(chunk);
      return;
    }
    request.off("data", collect);
    request.off("end", finish);
    done("too large");
  };
  const finish = () => done(chunks.length === 1 ? (chunks[0] ?? null) : Buffer.concat(chunks));
  request.on("data", collect);
  request.on("end", finish);
}
