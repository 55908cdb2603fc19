import type { ProblemTable } from "@mainstay/platform";

/**
 * The error codes of identity. A log-in that fails says one thing only, whatever was wrong and whoever it
 * was; the first three are of the closed list that means "this client, not this customer" (packages/wire,
 * `client_refusal_codes`).
 */
export const identity_problems = {
  login_protocol_unsupported: {
    status: 400,
    title: "This version of the app is no longer understood here. We're getting you one that is.",
    retryable: false,
  },
  client_version_unsupported: {
    status: 400,
    title: "This version of the app is too old to log in with. We're getting you a newer one.",
    retryable: false,
  },
  client_proof_invalid: {
    status: 401,
    title: "This version of the app couldn't prove which device it runs on. We're getting you one that can.",
    retryable: false,
  },
  use_dpop_nonce: { status: 401, title: "Once more, with the server's newest nonce.", retryable: true },
  proof_replayed: { status: 401, title: "That request was received before. Send it anew.", retryable: true },
  session_required: {
    status: 401,
    title: "You're logged out on this device. Log in to go on.",
    retryable: false,
  },
  passkey_needed: {
    status: 403,
    title: "You've been away for a few minutes. Confirm with your passkey to see this.",
    retryable: false,
  },
  login_failed: { status: 401, title: "That didn't work. Try again with your passkey.", retryable: true },
  login_challenge_expired: {
    status: 409,
    title: "That took a while. Let's start the log-in again.",
    retryable: true,
  },
  login_blocked: {
    status: 429,
    title: "Too many tries didn't work. This way of logging in rests for a while.",
    retryable: true,
  },
  not_found: { status: 404, title: "We couldn't find that.", retryable: false },
  registration_answers_invalid: {
    status: 422,
    title: "Something in your answers doesn't look right yet.",
    retryable: false,
  },
  registration_incomplete: { status: 409, title: "A few answers are still missing.", retryable: false },
  registration_not_open: { status: 409, title: "Your answers can't be changed any more.", retryable: false },
  registration_not_passed: {
    status: 409,
    title: "We're not done checking your details yet.",
    retryable: false,
  },
  registrations_full: {
    status: 429,
    title: "Several accounts were begun on this device. Finish one of them first.",
    retryable: false,
  },
  passkey_invalid: { status: 422, title: "That passkey couldn't be saved. Try once more.", retryable: true },
  passkey_exists: { status: 409, title: "That passkey is here already.", retryable: false },
  passkey_challenge_expired: {
    status: 409,
    title: "That took a while. Let's make the passkey again.",
    retryable: true,
  },
  passkey_last: {
    status: 409,
    title: "This is your only passkey. Add another one first, or you couldn't get back in.",
    retryable: false,
  },
  passkeys_full: {
    status: 409,
    title: "You have as many passkeys as we keep. Remove one first.",
    retryable: false,
  },
  recovery_failed: {
    status: 401,
    title: "That e-mail and code don't go together, or the code was used.",
    retryable: true,
  },
  recovery_blocked: {
    status: 429,
    title: "Too many tries didn't work. Recovery rests for a while.",
    retryable: true,
  },
  demo_unavailable: { status: 404, title: "There is no demo customer here.", retryable: false },
  approval_failed: {
    status: 401,
    title: "Your passkey didn't approve this. Nothing was sent.",
    retryable: true,
  },
  approval_expired: {
    status: 409,
    title: "That took a while. Check the details and approve again.",
    retryable: false,
  },
  approval_blocked: {
    status: 429,
    title: "Too many tries didn't work. Your passkey rests for a while. Nothing was sent.",
    retryable: true,
  },
  login_protocol_unknown: {
    status: 422,
    title: "There is no such login protocol here.",
    retryable: false,
  },
  login_protocol_needed: {
    status: 409,
    title: "A version of the app still needs that login protocol. Nothing was changed.",
    retryable: false,
  },
  login_protocol_last: {
    status: 409,
    title: "Without a login protocol nobody could log in. Nothing was changed.",
    retryable: false,
  },
  staff_required: { status: 401, title: "Log in to the console to go on.", retryable: false },
  staff_role_required: { status: 403, title: "Your role doesn't cover this.", retryable: false },
  referral_decided: {
    status: 409,
    title: "Somebody has decided this the other way already.",
    retryable: false,
  },
} as const satisfies ProblemTable<string>;

/** A code of identity's error table. */
export type IdentityCode = keyof typeof identity_problems;
