import type { IncomingMessage, ServerResponse } from "node:http";

/** One request with what is known of it. */
export type Exchange = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** What stands before the question mark. */
  readonly path: string;
};

/** One of the edge's addresses, and what answers there. */
export type Route = {
  /** What the route is called in the metrics. */
  readonly name: string;
  readonly matches: (path: string) => boolean;
  readonly answer: (exchange: Exchange) => Promise<void> | void;
  /** The methods that may come, or any; GET and HEAD where nothing is said. */
  readonly methods?: readonly string[] | "any";
};

/** Matches one path. */
export const is = (wanted: string) => (path: string) => path === wanted;
/** Matches every path that begins so. */
export const isUnder = (prefix: string) => (path: string) => path.startsWith(prefix);

/** Answers with a JSON document that nobody keeps. */
export function answerJson(response: ServerResponse, status: number, value: unknown): void {
  const body = JSON.stringify(value);
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "content-length": Buffer.byteLength(body),
    "cache-control": "no-store",
  });
  response.end(body);
}

/** The values of a query string. */
export function queryOf(request: IncomingMessage): URLSearchParams {
  const url = request.url ?? "/";
  const mark = url.indexOf("?");
  return new URLSearchParams(mark === -1 ? "" : url.slice(mark));
}
