import { platform_problems, type ProblemTable } from "@mainstay/platform";

/** Every error code of checks. */
export const checks_problems = {
  not_found: platform_problems.not_found,
  check_run_invalid: {
    status: 422,
    title: "This run isn't one of that version: a cell is there twice, or none is the version's own.",
    retryable: false,
  },
  check_run_conflict: {
    status: 409,
    title: "Another run is kept under this id. Nothing has changed.",
    retryable: false,
  },
} as const satisfies ProblemTable<string>;

export type ChecksProblem = keyof typeof checks_problems;
