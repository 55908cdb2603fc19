import type { Result } from "@mainstay/kernel";

/**
 * What the wire says of one error code. `title` is a sentence for the customer: what happened, what it means,
 * what to do.
 */
export type ProblemSpec = { readonly status: number; readonly title: string; readonly retryable: boolean };

/** A module's one table of its error codes. */
export type ProblemTable<Code extends string> = Readonly<Record<Code, ProblemSpec>>;

/**
 * An expected failure on its way out of a route; the HTTP server turns it into a problem document (RFC 9457).
 */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly code: string;
  readonly spec: ProblemSpec;
  readonly extra: ProblemExtra;

  constructor(code: string, spec: ProblemSpec, extra: ProblemExtra = {}) {
    super(`${code}: ${spec.title}`);
    this.code = code;
    this.spec = spec;
    this.extra = extra;
  }
}

/** What a problem document may say beside its code. */
export type ProblemExtra = {
  readonly detail?: string;
  readonly retryAfterSeconds?: number;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
};

/** Makes the failure of a code of a module's table, to be thrown in a route. */
export function problem<Code extends string>(
  table: ProblemTable<Code>,
  code: Code,
  extra: ProblemExtra = {},
): ProblemError {
  return new ProblemError(code, table[code], extra);
}

/** Gives a result's value, or throws its failure as a problem: the last line of most routes. */
export function unwrap<T, Code extends string>(result: Result<T, Code>, table: ProblemTable<Code>): T {
  if (result.ok) return result.value;
  throw problem(table, result.error);
}

/** The errors that any server may answer. */
export const platform_problems = {
  bad_request: { status: 400, title: "That request doesn't fit what we expect.", retryable: false },
  not_found: { status: 404, title: "We couldn't find that.", retryable: false },
  method_not_allowed: { status: 405, title: "That can't be done here.", retryable: false },
  body_too_large: { status: 413, title: "That is larger than we accept.", retryable: false },
  unsupported_media_type: {
    status: 415,
    title: "We don't read that kind of content here.",
    retryable: false,
  },
  too_many_requests: {
    status: 429,
    title: "That was a lot at once. Wait a moment and try again.",
    retryable: true,
  },
  busy: {
    status: 503,
    title: "We're very busy. Nothing has changed; try again in a moment.",
    retryable: true,
  },
  internal: {
    status: 500,
    title: "Something is wrong on our side. We've been told; try again in a while.",
    retryable: true,
  },
} as const satisfies ProblemTable<string>;
