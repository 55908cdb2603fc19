import type { ProblemTable } from "@mainstay/platform";

/** Every error of this module: HTTP status, whether trying again helps, and what the customer reads. */
export const payment_errors = {
  account_not_found: { status: 404, title: "We couldn't find that account.", retryable: false },
  page_unknown: {
    status: 400,
    title: "That page doesn't exist. Start from the newest.",
    retryable: false,
  },
  payment_not_found: { status: 404, title: "We couldn't find that payment.", retryable: false },
  payee_not_found: {
    status: 404,
    title: "There's no account with this number. Check it with whoever gave it to you.",
    retryable: false,
  },
  payee_unknown: { status: 404, title: "We couldn't find that payee.", retryable: false },
  payee_not_reachable: {
    status: 422,
    title: "That account is at another bank. For now you can pay people who bank with Mainstay.",
    retryable: false,
  },
  payee_is_self: {
    status: 422,
    title: "That's this account. Choose somebody else to pay.",
    retryable: false,
  },
  currency_not_supported: { status: 422, title: "This account pays in pounds.", retryable: false },
  amount_too_large: {
    status: 422,
    title: "That's more than we send at once. The most is £1,000,000.",
    retryable: false,
  },
  name_checks_exhausted: {
    status: 429,
    title: "That was a lot of names to check. Wait an hour, or call whoever you want to pay.",
    retryable: true,
  },
  id_conflict: {
    status: 409,
    title: "This payment was made before, with other details. Start a new one.",
    retryable: false,
  },
  approval_expired: {
    status: 409,
    title: "That took a while, so nothing was sent. Start again when you're ready.",
    retryable: false,
  },
  insufficient_funds: {
    status: 422,
    title: "There isn't enough in your account. We sent nothing.",
    retryable: false,
  },
  payee_account_closed: { status: 422, title: "That account is closed. We sent nothing.", retryable: false },
  refused_by_ledger: {
    status: 422,
    title: "We couldn't send it. Your money is still here.",
    retryable: false,
  },
  undo_too_late: { status: 409, title: "It's too late to undo: the money has left.", retryable: false },
  undo_not_possible: { status: 409, title: "There's nothing to undo.", retryable: false },
  pay_in_failed: {
    status: 502,
    title: "The other bank didn't answer as it should. Nothing was paid in; try again in a moment.",
    retryable: true,
  },
  scheme_unauthorised: { status: 401, title: "The scheme's secret is missing or wrong.", retryable: false },
  message_not_xml: { status: 400, title: "The message is not well-formed XML in UTF-8.", retryable: false },
  message_forbidden_xml: {
    status: 400,
    title: "The message declares a document type, entities or another encoding.",
    retryable: false,
  },
  message_wrong_schema: {
    status: 400,
    title: "The message does not fit the scheme's schema.",
    retryable: false,
  },
} as const satisfies ProblemTable<string>;

/** A code of this module. */
export type PaymentErrorCode = keyof typeof payment_errors;
