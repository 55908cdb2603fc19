import { platform_problems, type ProblemTable } from "@mainstay/platform";

/** Every error code of incidents, in the words of whoever handles one. */
export const incidents_problems = {
  not_found: platform_problems.not_found,
  incident_unknown: { status: 404, title: "There is no such incident.", retryable: false },
  incident_changed: {
    status: 409,
    title: "The incident has moved on since you looked. Nothing was changed; look again.",
    retryable: false,
  },
  incident_over: {
    status: 409,
    title: "This incident goes on as another one. Look there; nothing was changed.",
    retryable: false,
  },
  move_impossible: {
    status: 409,
    title: "An incident can’t go from how it stands to that. Nothing was changed.",
    retryable: false,
  },
  merge_impossible: {
    status: 409,
    title: "These two can’t be merged: it takes two that are different and open. Nothing was changed.",
    retryable: false,
  },
  command_id_taken: {
    status: 409,
    title: "Another command had this id. Nothing was changed; give a new id.",
    retryable: false,
  },
  time_ahead: {
    status: 422,
    title: "That time lies in the future. Nothing was changed; check the time and send it again.",
    retryable: false,
  },
  scope_invalid: {
    status: 422,
    title: "The scope ends before it begins. Nothing was changed.",
    retryable: false,
  },
} as const satisfies ProblemTable<string>;

export type IncidentsProblem = keyof typeof incidents_problems;
