import type { IncomingMessage, ServerResponse } from "node:http";
import { version_header } from "./assignments/api-words.ts";
import {
  activation_header,
  assigned_version_header,
  dpop_nonce_header,
  installation_header,
  isShellOrigin,
  platform_header,
  session_token_header,
  shell_header,
  swap_header,
} from "@mainstay/wire";

/** What a native shell's page may send beside what any page may (Fetch, CORS-safelisted). */
const allowed_headers = [
  ...["authorization", "content-type", "dpop", "accept"],
  ...[activation_header, installation_header, platform_header, shell_header, version_header],
];
/** What it may read of an answer. */
const exposed_headers = [
  ...[assigned_version_header, swap_header, installation_header, session_token_header],
  ...[dpop_nonce_header, "date", "retry-after", "x-request-id"],
];
const allowed_methods = "GET, HEAD, POST, PUT, PATCH, DELETE";
/** How long a browser may remember the answer to a preflight, in seconds. */
const preflight_seconds_max = 600;

/**
 * Lets the pages of native shells read our answers, and nobody else's (Fetch, CORS protocol): no cookie goes
 * with what they ask. Answers true where the request was a preflight, which is answered by this.
 */
export function answerShellOrigin(request: IncomingMessage, response: ServerResponse): boolean {
  const { origin } = request.headers;
  if (origin === undefined || !isShellOrigin(origin)) return false;
  response.setHeader("access-control-allow-origin", origin);
  response.setHeader("access-control-expose-headers", exposed_headers.join(", "));
  response.appendHeader("vary", "origin");
  const asks = request.headers["access-control-request-method"];
  if (request.method !== "OPTIONS" || asks === undefined) return false;
  response.writeHead(204, {
    "access-control-allow-methods": allowed_methods,
    "access-control-allow-headers": allowed_headers.join(", "),
    "access-control-max-age": String(preflight_seconds_max),
  });
  response.end();
  return true;
}
