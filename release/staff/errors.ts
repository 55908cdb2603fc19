import type { ProblemTable } from "@mainstay/platform";

/** Every error code of staff and the console's origin. */
export const staff_problems = {
  not_logged_in: { status: 401, title: "Log in with your passkey to go on.", retryable: false },
  login_refused: {
    status: 401,
    title: "That passkey doesn't open the console. Try another one, or ask an administrator for a new link.",
    retryable: false,
  },
  ceremony_over: { status: 410, title: "That took too long. Start again.", retryable: true },
  confirmation_refused: {
    status: 422,
    title: "That signature doesn't fit. Nothing was signed; use your own passkey of the console.",
    retryable: true,
  },
  invitation_unusable: {
    status: 410,
    title: "This link has been used, has run out or was withdrawn. Ask whoever sent it for a new one.",
    retryable: false,
  },
  passkey_refused: {
    status: 422,
    title: "That passkey couldn't be taken. Try again, with another device if you have one.",
    retryable: true,
  },
  role_missing: { status: 403, title: "Your roles don't include this.", retryable: false },
  origin_refused: {
    status: 403,
    title: "This was asked from another site, so nothing was done.",
    retryable: false,
  },
  person_unknown: { status: 404, title: "There is no such member of staff.", retryable: false },
  invitation_unknown: { status: 404, title: "There is no such invitation.", retryable: false },
  last_admin: {
    status: 409,
    title: "This is the last administrator. Make someone else one first.",
    retryable: false,
  },
  too_many_invitations: {
    status: 409,
    title: "There are too many open invitations. Withdraw one first.",
    retryable: false,
  },
} as const satisfies ProblemTable<string>;

export type StaffProblem = keyof typeof staff_problems;
