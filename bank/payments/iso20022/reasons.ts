/**
 * Why a credit transfer is refused: codes of ISO 20022's external code set for status reasons, and what they
 * mean here. The text goes into the pacs.002 for people who look at it; programs go by the code.
 */
export const status_reasons = {
  AC01: "There is no account with this number, or its check digits are wrong.",
  AC04: "The account is closed.",
  AC06: "The account can't receive payments now.",
  AG01: "This kind of transfer isn't accepted.",
  AM01: "The amount is zero.",
  AM02: "The amount is larger than the bank accepts.",
  AM03: "The currency isn't one that the account holds.",
  AM05: "A transfer with this UETR has been received already.",
  AM10: "The control sum or the number of transactions doesn't fit the message.",
  AM12: "The amount has more decimals than its currency.",
  BE04: "The creditor's name is missing.",
  BE07: "The debtor's address needs at least town and country.",
  BE08: "The debtor's name is missing.",
  DT01: "The settlement date isn't acceptable.",
  DU01: "A different message with this id has been received already.",
  RC03: "The debtor's bank isn't the one that sent the message.",
  RC04: "The creditor's bank isn't this one.",
  RR12: "The transfer has no UETR.",
} as const;

/** A status reason that this bank gives. */
export type StatusReason = keyof typeof status_reasons;
