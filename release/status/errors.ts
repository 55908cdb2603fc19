import { platform_problems, type ProblemTable } from "@mainstay/platform";

/** Every error code of the status page, in the words of whoever looks after it. */
export const status_problems = {
  not_found: platform_problems.not_found,
  component_not_offered: {
    status: 404,
    title: "The bank doesn’t offer that yet, so there is nothing to say of it.",
    retryable: false,
  },
  override_not_worse: {
    status: 422,
    title: "The page is never made better by hand than what is measured. Choose a state that is worse.",
    retryable: false,
  },
  incident_not_public: {
    status: 404,
    title: "The public doesn’t read of that incident, so there is nothing to add to.",
    retryable: false,
  },
  update_unknown: { status: 404, title: "There is no such update.", retryable: false },
  too_many_requests: platform_problems.too_many_requests,
} as const satisfies ProblemTable<string>;

export type StatusProblem = keyof typeof status_problems;
