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
  review_changed: {
    status: 409,
    title: "Somebody has written since you looked. Nothing was changed; look again, then write.",
    retryable: false,
  },
  review_closed: {
    status: 409,
    title: "This review is closed, and doesn’t change any more.",
    retryable: false,
  },
  review_not_ready: {
    status: 409,
    title: "The review can’t be closed yet. Nothing was changed.",
    retryable: false,
  },
  placeholder_unknown: {
    status: 422,
    title: "The record has no such fact, so nothing was changed.",
    retryable: false,
  },
  staff_unknown: {
    status: 422,
    title: "Nobody on the staff who could do this is called by that id. Nothing was changed.",
    retryable: false,
  },
  second_reader_needed: {
    status: 409,
    title: "It takes two: whoever wrote or closes a review can’t be its second reader. Nothing was changed.",
    retryable: false,
  },
  reader_other: {
    status: 409,
    title: "Somebody else was asked to read this. Nothing was changed.",
    retryable: false,
  },
  journey_unknown: {
    status: 422,
    title: "No check has such a journey. Nothing was changed.",
    retryable: false,
  },
  action_unknown: { status: 404, title: "This review has no such action.", retryable: false },
  actions_full: {
    status: 409,
    title: "This review has as many actions as it can hold. Nothing was changed.",
    retryable: false,
  },
  note_missing: {
    status: 422,
    title: "Say where it was moved to and why: it is kept with the review.",
    retryable: false,
  },
  date_invalid: { status: 422, title: "There is no such day. Nothing was changed.", retryable: false },
  report_not_due: {
    status: 409,
    title: "This report isn’t owed: its clock hadn’t begun by then. Nothing was changed.",
    retryable: false,
  },
  report_sent: { status: 409, title: "This report was sent already. Nothing was changed.", retryable: false },
} as const satisfies ProblemTable<string>;

export type IncidentsProblem = keyof typeof incidents_problems;
