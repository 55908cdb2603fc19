import { err, ok, type Result } from "@mainstay/kernel";
import type {
  activation_header as ActivationHeader,
  session_token_header as SessionTokenHeader,
  swap_header as SwapHeader,
} from "@mainstay/wire";
import { bootHandle, noteServerTime } from "../browser.ts";
import { deviceKey } from "../login/device-key.ts";
import { makeProof } from "../login/proof.ts";
import { serverUrl } from "../native/server.ts";
import { forgetSessionToken, keepSessionToken, sessionToken } from "../native/session-token.ts";
import { FailureError, localFailure, type Failure } from "./failure.ts";

/** How long an answer may take, in milliseconds. */
const answer_ms_max = 15_000;

/** The code by which the server asks for its nonce (RFC 9449 §8). */
const nonce_wanted_code = "use_dpop_nonce";

/** What the codes of an ended, missing or foreign session begin with. */
const session_code = /^session_/;

/** Headers between app and edge: by the wire's types, whose schemas needn't come along for their names. */
const activation_header: typeof ActivationHeader = "x-mainstay-activation";
const swap_header: typeof SwapHeader = "x-mainstay-swap";
const session_token_header: typeof SessionTokenHeader = "x-mainstay-session";
/** What a version that was started without the edge says of itself. */
const version_header = "x-mainstay-version";

let nonce: string | null = null;
let sessionEnded: () => void = () => undefined;

/** Says what to do when the bank answers that there is no session any more. */
export function onSessionEnded(listener: () => void): void {
  sessionEnded = listener;
}

/** What a request is. */
export type Ask = {
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly body?: unknown;
  readonly signal?: AbortSignal;
  /** False for what anybody may ask: then no key is needed, and none is made. */
  readonly proof?: boolean;
  /** The nonce that the proof must carry; the newest that the server gave where none is said. */
  readonly nonce?: string;
};

/** Which version asks: by the edge's own signed word where there is one. */
function versionHeaders(): Record<string, string> {
  const { activation, version } = bootHandle();
  return activation === null ? { [version_header]: version } : { [activation_header]: activation };
}

async function send(path: string, ask: Ask, accept: string): Promise<Response> {
  const method = ask.method ?? "GET";
  const { shell } = bootHandle();
  const headers: Record<string, string> = { accept, ...versionHeaders(), ...shell?.headers() };
  if (ask.proof !== false) {
    const token = await sessionToken();
    if (token !== null) headers["authorization"] = `DPoP ${token}`;
    headers["dpop"] = await makeProof(await deviceKey(), { method, path, nonce: ask.nonce ?? nonce, token });
  }
  if (ask.body !== undefined) headers["content-type"] = "application/json";
  const response = await fetch(serverUrl(path), {
    method,
    headers,
    ...(ask.body === undefined ? {} : { body: JSON.stringify(ask.body) }),
    ...(ask.signal === undefined ? {} : { signal: ask.signal }),
    // A native shell gets no cookie of ours: what names it stands in headers.
    credentials: shell === null ? "same-origin" : "omit",
    cache: "no-store",
  });
  nonce = response.headers.get("dpop-nonce") ?? nonce;
  noteServerTime(response.headers.get("date"));
  shell?.noteAnswer(response.headers);
  await keepSessionToken(response.headers.get(session_token_header));
  const swap = response.headers.get(swap_header);
  if (swap !== null) bootHandle().swap(swap);
  return response;
}

async function readFailure(response: Response): Promise<Failure> {
  const body: unknown = await response.json().catch(() => null);
  if (typeof body !== "object" || body === null || !("code" in body)) {
    return { ...localFailure("unreadable"), status: response.status };
  }
  return { ...(body as Failure), status: response.status };
}

/**
 * Sends one request with this installation's proof and gives the response back as it is, or why there is
 * none. A refusal that only asks for a fresh nonce is answered once, with the nonce.
 */
export async function open(path: string, ask: Ask, accept: string): Promise<Result<Response, Failure>> {
  for (let attempt = 1; ; attempt += 1) {
    let response: Response;
    try {
      response = await send(path, ask, accept);
    } catch (error) {
      return err(
        localFailure(error instanceof DOMException && error.name === "TimeoutError" ? "timeout" : "offline"),
      );
    }
    if (response.ok) return ok(response);
    const failure = await readFailure(response);
    if (attempt === 1 && response.status === 401 && failure.code === nonce_wanted_code) continue;
    if (response.status === 401 && session_code.test(failure.code)) {
      await forgetSessionToken();
      sessionEnded();
    }
    return err(failure);
  }
}

/**
 * Asks the bank's API; the answer's type is the wire schema's. Failures are values: what to say, and whether
 * to retry.
 */
export async function request<T>(path: string, ask: Ask = {}): Promise<Result<T, Failure>> {
  const signal = ask.signal ?? AbortSignal.timeout(answer_ms_max);
  const opened = await open(path, { ...ask, signal }, "application/json");
  if (!opened.ok) return opened;
  if (opened.value.status === 204) return ok({} as T);
  try {
    return ok((await opened.value.json()) as T);
  } catch {
    return err(localFailure("unreadable"));
  }
}

/** For queries: the answer, or a thrown `FailureError`. */
export async function fetchOrThrow<T>(path: string, ask: Ask = {}): Promise<T> {
  const answer = await request<T>(path, ask);
  if (!answer.ok) throw new FailureError(answer.error);
  return answer.value;
}
