import { platform_problems, type ProblemTable } from "@mainstay/platform";

/** Every error code of messages to those affected, in the words of whoever writes one. */
export const messages_problems = {
  not_found: platform_problems.not_found,
  message_unknown: { status: 404, title: "There is no such message.", retryable: false },
  incident_unknown: { status: 404, title: "There is no such incident.", retryable: false },
  customer_unknown: {
    status: 404,
    title: "Nobody of that reference was affected by this incident.",
    retryable: false,
  },
  incident_over: {
    status: 409,
    title: "This incident goes on as another one. Write to those affected from there.",
    retryable: false,
  },
  message_changed: {
    status: 409,
    title: "Somebody has changed this message since you looked. Nothing was done; look again.",
    retryable: false,
  },
  message_signed: {
    status: 409,
    title: "Both have signed this message, so it stays as it is. Draft another one.",
    retryable: false,
  },
  message_over: { status: 409, title: "This message was discarded. Draft another one.", retryable: false },
  too_many_messages: {
    status: 409,
    title: "This incident has as many messages as it may. Edit or discard one of them.",
    retryable: false,
  },
  command_id_taken: {
    status: 409,
    title: "Another command had this id. Nothing was changed; give a new id.",
    retryable: false,
  },
  nobody_to_tell: {
    status: 409,
    title: "Nobody is known to be affected, so there is nobody to write to.",
    retryable: false,
  },
  placeholder_unknown: {
    status: 422,
    title: "The message has a placeholder that nobody can fill in. Nothing was changed.",
    retryable: false,
  },
  customer_data: {
    status: 422,
    title:
      "The message holds what may be one customer’s own, and everybody would read it. Nothing was changed.",
    retryable: false,
  },
  text_too_long: {
    status: 422,
    title: "With everything filled in the message is too long. Nothing was changed; shorten it.",
    retryable: false,
  },
  second_person_needed: {
    status: 409,
    title: "Whoever signed first can’t be the second person. Someone else with your role must sign.",
    retryable: false,
  },
  ceremony_over: { status: 410, title: "That took too long. Start again.", retryable: true },
  confirmation_refused: {
    status: 422,
    title: "That signature doesn’t fit. Nothing was signed; use your own passkey of the console.",
    retryable: true,
  },
} as const satisfies ProblemTable<string>;

export type MessagesProblem = keyof typeof messages_problems;
