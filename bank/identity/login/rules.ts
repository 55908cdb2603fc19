import type { AssertionFailure } from "@mainstay/webauthn";

/**
 * How many wrong elements in a row block a means of login (Regulation (EU) 2018/389, article 4(3)(b): at most
 * five).
 */
export const failures_in_row_max = 5;
/** How long a means of login rests after that, in milliseconds. */
export const block_ms = 15 * 60_000;
/** How long a challenge may be answered, in milliseconds. */
export const challenge_ms_max = 5 * 60_000;

/**
 * Until when a means of login is blocked, from the wrong elements that count against it (oldest first; those
 * lifted or followed by a success aren't among them), or null. Each fifth begins a block; during a block
 * nothing is tried, so nothing counts.
 */
export function blockedUntil(failures: readonly Date[], now: Date): Date | null {
  let inRow = 0;
  let until: Date | null = null;
  for (const failedAt of failures) {
    inRow += 1;
    if (inRow < failures_in_row_max) continue;
    until = new Date(failedAt.getTime() + block_ms);
    inRow = 0;
  }
  return until !== null && until > now ? until : null;
}

/** What a failed assertion means for the answer. Only `wrong_element` counts towards a block. */
export type AssertionVerdict = "wrong_element" | "wrong_client" | "wrong_challenge";

/**
 * Tells apart what the person did wrong and what the client did. A page of another origin, a garbled answer,
 * another ceremony: that is the client, and never counts against the customer.
 */
export const assertion_verdicts: Readonly<Record<AssertionFailure, AssertionVerdict>> = {
  malformed: "wrong_client",
  type_wrong: "wrong_client",
  origin_wrong: "wrong_client",
  cross_origin: "wrong_client",
  relying_party_wrong: "wrong_client",
  challenge_wrong: "wrong_challenge",
  user_not_present: "wrong_element",
  user_not_verified: "wrong_element",
  signature_wrong: "wrong_element",
  sign_count_wrong: "wrong_element",
};

/** Why the set of accepted protocols isn't changed, in a sentence for whoever asked. */
export type AcceptedRefusal = {
  readonly code: "login_protocol_unknown" | "login_protocol_last" | "login_protocol_needed";
  readonly detail: string;
};

/**
 * Says why a set of protocols can't become the accepted one; null where it can. Only what was accepted before
 * can be needed: a version that speaks a protocol which isn't accepted couldn't log anybody in anyway.
 */
export function checkAccepted(change: {
  readonly accepted: readonly string[];
  readonly known: readonly string[];
  readonly before: readonly string[];
  readonly needed: readonly { readonly protocol: string; readonly versions: readonly string[] }[];
}): AcceptedRefusal | null {
  const { accepted, known, before, needed } = change;
  const unknown = accepted.find((protocol) => !known.includes(protocol));
  if (unknown !== undefined) {
    return {
      code: "login_protocol_unknown",
      detail: `There is no ${unknown}; there are ${known.join(", ")}.`,
    };
  }
  if (accepted.length === 0) {
    return { code: "login_protocol_last", detail: `Leave one of ${before.join(", ")}.` };
  }
  const needs = needed
    .filter(({ protocol }) => before.includes(protocol) && !accepted.includes(protocol))
    .filter(({ versions }) => versions.length > 0)
    .map(({ protocol, versions }) => `${protocol} is needed by ${versions.join(", ")}.`);
  return needs.length === 0 ? null : { code: "login_protocol_needed", detail: needs.join(" ") };
}
