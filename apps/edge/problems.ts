import type { ServerResponse } from "node:http";
import { platform_problems, request_id_header, type ProblemTable } from "@mainstay/platform";

/** What the edge itself may answer instead of the bank or a file. */
export const edge_problems = {
  ...platform_problems,
  /** The bank was never reached: nothing can have changed. */
  bank_unavailable: {
    status: 503,
    title: "We can't reach the bank just now. Nothing has changed, and your money is safe. Try again soon.",
    retryable: true,
  },
  /** The bank was asked and didn't answer: it may have done what was asked. */
  bank_silent: {
    status: 504,
    title: "The bank hasn't answered. If you were paying, look at your feed; trying again never pays twice.",
    retryable: true,
  },
  host_unknown: { status: 421, title: "This address isn't one of ours.", retryable: false },
  headers_too_large: { status: 431, title: "That is larger than we accept.", retryable: false },
  no_version: {
    status: 503,
    title: "The app isn't there yet. Try again in a minute.",
    retryable: true,
  },
  /** What a device reported could not be made durable: it keeps it. */
  reports_kept: {
    status: 503,
    title: "We couldn't take that in just now. It isn't lost; it comes again by itself.",
    retryable: true,
  },
  service_worker_refused: {
    status: 403,
    title: "Only the boot layer's service worker may be registered.",
    retryable: false,
  },
} as const satisfies ProblemTable<string>;

export type EdgeProblem = keyof typeof edge_problems;

/** Answers with a problem document (RFC 9457). Does nothing when an answer has begun already. */
export function answerProblem(
  response: ServerResponse,
  code: EdgeProblem,
  extra: { readonly allow?: string; readonly retryAfterSeconds?: number } = {},
): void {
  if (response.headersSent) return;
  const { status, title, retryable } = edge_problems[code];
  const body = JSON.stringify({
    type: `urn:mainstay:problem:${code}`,
    title,
    status,
    code,
    retryable,
    requestId: response.getHeader(request_id_header),
    ...(extra.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: extra.retryAfterSeconds }),
  });
  if (extra.allow !== undefined) response.setHeader("allow", extra.allow);
  if (extra.retryAfterSeconds !== undefined) response.setHeader("retry-after", extra.retryAfterSeconds);
  response.writeHead(status, {
    "content-type": "application/problem+json",
    "content-length": Buffer.byteLength(body),
    "cache-control": "no-store",
  });
  response.end(body);
}
