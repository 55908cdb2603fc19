import { platform_problems, type ProblemTable } from "@mainstay/platform";

/** What can be wrong with a request about signals or the guard's verdict. */
export const signals_problems = {
  ...platform_problems,
  rollout_unknown: {
    status: 404,
    title: "No rollout has that id, or none has run on that platform. Look it up in the console.",
    retryable: false,
  },
  verdict_token_wrong: {
    status: 401,
    title: "The token is missing or wrong. It is what `npm run release -- verdict-token` prints.",
    retryable: false,
  },
  not_to_go_on: {
    status: 409,
    title: "The guard doesn't say to go on.",
    retryable: true,
  },
  not_to_roll_back: {
    status: 409,
    title: "The guard doesn't say to roll back.",
    retryable: true,
  },
} as const satisfies ProblemTable<string>;

/** Why a signal isn't taken. The sender doesn't send it again. */
export type Refusal = "malformed" | "unknown_version" | "time_in_the_future";
