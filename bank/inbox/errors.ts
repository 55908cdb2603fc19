import { platform_problems, type ProblemTable } from "@mainstay/platform";

/** Every error of this module: HTTP status, whether trying again helps, and what the customer reads. */
export const inbox_problems = {
  not_found: platform_problems.not_found,
  thread_not_found: { status: 404, title: "We couldn't find that message.", retryable: false },
  text_empty: { status: 422, title: "There's nothing in it yet. Write a few words first.", retryable: false },
  id_conflict: {
    status: 409,
    title: "This was sent before, with other words. Write it as a new message.",
    retryable: false,
  },
  thread_full: {
    status: 409,
    title: "This conversation has become very long. Begin a new one: we'll read it just the same.",
    retryable: false,
  },
  threads_full: {
    status: 409,
    title: "You've begun a great many conversations. Write in one of those, please.",
    retryable: false,
  },
  too_many_messages: {
    status: 429,
    title: "That was a lot at once. What you typed is still here: send it in a few minutes.",
    retryable: true,
  },
  push_service_unknown: {
    status: 422,
    title: "We don't send to the service that this browser uses. Your messages are under Help.",
    retryable: false,
  },
  push_keys_wrong: {
    status: 422,
    title: "This browser's key for notifications can't be used. Switch them off and on again.",
    retryable: false,
  },
  placeholder_unknown: {
    status: 422,
    title: "The message has a placeholder that nobody can fill in. Nothing was taken.",
    retryable: false,
  },
} as const satisfies ProblemTable<string>;

/** A code of this module. */
export type InboxCode = keyof typeof inbox_problems;
