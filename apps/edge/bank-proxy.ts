import type { IncomingMessage, ServerResponse } from "node:http";
import { errors, Pool } from "undici";
import { request_id_header, type Logger } from "@mainstay/platform";
import { customer_header, session_token_header } from "@mainstay/wire";
import { answerProblem, type EdgeProblem } from "./problems.ts";
import { readBody } from "./read-body.ts";

/** How many requests may be on their way to the bank at once, and how many connections carry them. */
export const bank_requests_max = 1_024;
export const bank_connections_max = 128;
/** How many event streams may be open at once: each keeps a connection for itself. */
export const event_streams_max = 2_000;
/** How long the bank may take to begin an answer, in milliseconds: longer than its own longest statement. */
export const bank_answer_ms_max = 20_000;
/** How long an answer may pause, in milliseconds: event streams ping every 20 seconds. */
export const bank_pause_ms_max = 60_000;
/** How long reaching the bank may take, in milliseconds. */
export const bank_connect_ms_max = 2_000;

/**
 * Headers that belong to one connection and are not passed on (RFC 9110 §7.6.1), and what only we may say.
 */
const dropped_headers = new Set([
  "connection",
  "content-length",
  "expect",
  "forwarded",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "x-edge-secret",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
  "x-request-id",
  "x-scheme-secret",
  "x-staff-assertion",
]);

/** What begins like this is said between processes of ours and the boot layer, and goes no further. */
const own_prefix = "x-mainstay-";
/** Cookies that are the edge's alone. */
const own_cookie = /^(?:__Host-)?mainstay_(?:installation|check)=/;

/** Header fields, as names and values. */
type Fields = readonly (readonly [name: string, value: string])[];

/** What the edge says itself with a request that it passes on, and with the answer. */
export type PassWords = {
  readonly toBank: Fields;
  readonly toClient: Fields;
  /**
   * Told the answer's status and the customer whom it logged in; answers more fields for the client. Cookies
   * are added to the bank's own.
   */
  readonly onAnswer: (status: number, customer: string | null) => Fields;
};

/** Passes requests on to the bank. */
export type BankProxy = {
  readonly pass: (
    request: IncomingMessage,
    response: ServerResponse,
    given: { readonly requestId: string; readonly words: PassWords },
  ) => void;
  readonly isReady: () => Promise<boolean>;
  readonly close: () => Promise<void>;
};

/**
 * What the client sent, without what belongs to its connection or only to us, as undici takes it: names and
 * values by turns.
 */
function headersFor(request: IncomingMessage, requestId: string, scheme: string, toBank: Fields): string[] {
  const own = new Set((request.headers.connection ?? "").split(",").map((name) => name.trim().toLowerCase()));
  const passed: string[] = [];
  for (let index = 0; index + 1 < request.rawHeaders.length; index += 2) {
    const name = (request.rawHeaders[index] ?? "").toLowerCase();
    if (dropped_headers.has(name) || own.has(name) || name.startsWith(own_prefix)) continue;
    const value = request.rawHeaders[index + 1] ?? "";
    const kept = name === "cookie" ? withoutOwnCookies(value) : value;
    if (kept !== "" || name !== "cookie") passed.push(name, kept);
  }
  for (const [name, value] of toBank) passed.push(name, value);
  passed.push(request_id_header, requestId, "x-forwarded-proto", scheme);
  passed.push("x-forwarded-for", request.socket.remoteAddress ?? "unknown");
  return passed;
}

function withoutOwnCookies(cookies: string): string {
  const kept = cookies.split(";").filter((cookie) => !own_cookie.test(cookie.trim()));
  return kept.join(";").trim();
}

/** Writes the bank's status and headers to the client: what is said between us stays here. */
function beginAnswer(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string | string[] | undefined>>,
  words: PassWords,
): void {
  for (const [name, value] of Object.entries(headers)) {
    const isOurs = name.startsWith(own_prefix) && name !== session_token_header;
    const wanted = name === "content-length" || !(dropped_headers.has(name) || isOurs);
    if (value !== undefined && wanted) response.setHeader(name, value);
  }
  const customer = headers[customer_header];
  const more = words.onAnswer(status, typeof customer === "string" ? customer : null);
  for (const [name, value] of more) response.appendHeader(name, value);
  response.writeHead(status);
}

/** Whether the bank can't have been asked: the connection itself failed. */
function isUnreached(error: Error): boolean {
  const code = "code" in error ? error.code : undefined;
  return error instanceof errors.ConnectTimeoutError || code === "ECONNREFUSED" || code === "ENOTFOUND";
}

/** One request's answer on its way from the bank to the client. */
function answerHandler(
  response: ServerResponse,
  { streams, words }: { readonly streams: boolean; readonly words: PassWords },
  ended: (problem: EdgeProblem | null, error?: Error) => void,
): Parameters<Pool["dispatch"]>[1] {
  return {
    onRequestStart: (controller) => {
      response.on("close", () => {
        // The client went away: the bank needn't go on for it.
        if (!response.writableFinished) controller.abort(new Error("the client went away"));
      });
    },
    onResponseStart: (_controller, status, headers) => {
      if (status < 200) return;
      beginAnswer(response, status, headers, words);
      if (streams) response.flushHeaders();
    },
    onResponseData: (controller, chunk) => {
      if (response.write(chunk)) return;
      controller.pause();
      response.once("drain", () => controller.resume());
    },
    onResponseEnd: () => {
      response.end();
      ended(null);
    },
    onResponseError: (_controller, error) => {
      ended(isUnreached(error) ? "bank_unavailable" : "bank_silent", error);
    },
  };
}

/** Makes the way to the bank: a pool of kept connections, and one of its own for event streams. */
export function createBankProxy(deps: { bankUrl: string; origin: string; log: Logger }): BankProxy {
  const { bankUrl, log } = deps;
  const scheme = deps.origin.startsWith("https:") ? "https" : "http";
  const shared = {
    pipelining: 1,
    connect: { timeout: bank_connect_ms_max },
    headersTimeout: bank_answer_ms_max,
    bodyTimeout: bank_pause_ms_max,
  };
  const pool = new Pool(bankUrl, { ...shared, connections: bank_connections_max });
  const streams = new Pool(bankUrl, { ...shared, connections: event_streams_max });
  let [requests, open] = [0, 0];

  function send(
    request: IncomingMessage,
    response: ServerResponse,
    given: { readonly requestId: string; readonly words: PassWords; readonly body: Buffer | null },
  ): void {
    const { requestId, words, body } = given;
    const path = request.url ?? "/";
    const stream = path === "/api/events" || path.startsWith("/api/events?");
    if (stream ? open >= event_streams_max : requests >= bank_requests_max) {
      answerProblem(response, "busy", { retryAfterSeconds: 1 });
      return;
    }
    if (stream) open += 1;
    else requests += 1;
    const ended = (problem: EdgeProblem | null, error?: Error) => {
      if (stream) open -= 1;
      else requests -= 1;
      if (problem === null || response.destroyed) return;
      log.warn({ reason: error?.message, requestId }, "the bank didn't answer");
      if (response.headersSent) response.destroy();
      else answerProblem(response, problem, { retryAfterSeconds: 2 });
    };
    const headers = headersFor(request, requestId, scheme, words.toBank);
    const options = { path, method: request.method ?? "GET", headers, body };
    (stream ? streams : pool).dispatch(options, answerHandler(response, { streams: stream, words }, ended));
  }

  return {
    pass: (request, response, { requestId, words }) => {
      for (const [name, value] of words.toClient) response.setHeader(name, value);
      readBody(request, (body) => {
        if (body !== "too large") {
          send(request, response, { requestId, words, body });
          return;
        }
        // What is still coming is not read: the answer goes out, and the connection ends with it.
        response.setHeader("connection", "close");
        answerProblem(response, "body_too_large");
      });
    },
    isReady: async () => {
      const answer = await pool.request({ path: "/health/ready", method: "GET" }).catch(() => null);
      await answer?.body.dump();
      return answer?.statusCode === 200;
    },
    close: async () => {
      await Promise.all([pool.destroy(), streams.destroy()]);
    },
  };
}
