import type { Problem } from "@mainstay/wire";

/**
 * Why a request has no answer to show: a problem document of the server, or one of these three of our own.
 */
export type Failure = Omit<Problem, "type" | "status"> & { readonly status: number };

/**
 * Codes that the server never sends: the request did not reach it, took too long, or was answered by
 * something else.
 */
export const local_codes = { offline: "offline", timeout: "timeout", unreadable: "unreadable" } as const;

/** A failure that never came from the server. */
export function localFailure(code: keyof typeof local_codes): Failure {
  return { status: 0, code, title: code, retryable: true };
}

/** Says whether nothing was heard from the server at all. */
export function isUnreached(failure: Failure): boolean {
  return failure.status === 0;
}

/** How a query reports a failure: TanStack Query asks for something that is thrown. */
export class FailureError extends Error {
  override readonly name = "FailureError";
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.code);
    this.failure = failure;
  }
}

/** The failure behind what a query reports; anything else thrown is a bug of ours, and is told as such. */
export function failureOf(error: unknown): Failure {
  return error instanceof FailureError ? error.failure : localFailure("unreadable");
}
