import type { Problem } from "@mainstay/wire";
import { idleMs } from "../browser.ts";

/** How long an answer may take, in milliseconds. */
const answer_ms_max = 20_000;
/** After so long without a touch, what the window asks by itself doesn't put the session's end off. */
const active_ms_max = 30_000;

/** Says that nobody touched the window: the request doesn't put the session's end off. */
export const console_idle = { "x-console-idle": "1" } as const;

/**
 * A failure that the server named, or that kept it from being asked; `title` is for whoever reads the screen.
 */
export class RequestError extends Error {
  override readonly name = "RequestError";
  readonly code: string;
  readonly status: number;

  constructor(problem: Pick<Problem, "code" | "title" | "status" | "detail">) {
    super([problem.title, problem.detail].filter(Boolean).join(" "));
    this.code = problem.code;
    this.status = problem.status;
  }
}

const unreachable = new RequestError({
  code: "unreachable",
  status: 0,
  title: "The console's server can't be reached. Check your connection; nothing has changed.",
});

function isProblem(value: unknown): value is Problem {
  return typeof value === "object" && value !== null && "code" in value && "title" in value;
}

/** Asks the console's server. Throws `RequestError` for any answer but a good one. */
export async function request<T>(method: string, path: string, body?: unknown): Promise<T> {
  const answer = await fetch(path, {
    method,
    headers: {
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(idleMs() > active_ms_max ? console_idle : {}),
    },
    body: body === undefined ? null : JSON.stringify(body),
    signal: AbortSignal.timeout(answer_ms_max),
  }).catch(() => {
    throw unreachable;
  });
  const value: unknown = await answer.json().catch(() => null);
  if (answer.ok) return value as T;
  if (isProblem(value)) throw new RequestError(value);
  throw new RequestError({
    code: "unknown",
    status: answer.status,
    title: "The server gave an answer that isn't one of ours. Try again in a minute.",
  });
}

/** The sentence to show for a failure. */
export function sentenceOf(error: unknown): string {
  if (error instanceof RequestError) return error.message;
  if (error instanceof Error && error.name === "NotAllowedError") {
    return "The passkey wasn't used. Try again when you're ready.";
  }
  return "Something is wrong in the console itself. Load the page again.";
}
