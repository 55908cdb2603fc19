import type { ProblemTable } from "@mainstay/platform";

/** Every error of this module: HTTP status, whether trying again helps, and what the customer reads. */
export const account_errors = {
  account_not_found: { status: 404, title: "We couldn't find that.", retryable: false },
  cursor_malformed: {
    status: 400,
    title: "That page doesn't exist. Start from the newest.",
    retryable: false,
  },
  too_many_streams: {
    status: 429,
    title: "Your account is open in many places. Close one and try again.",
    retryable: true,
  },
} as const satisfies ProblemTable<string>;

/** A code of this module. */
export type AccountErrorCode = keyof typeof account_errors;
