import Type from "typebox";
import { sleep } from "@mainstay/platform";
import type { Faults } from "./faults.ts";

/** How long the slow fault keeps the bank waiting, in milliseconds. */
export const slow_answer_ms = 8_000;

/** What the bank asks. */
export const IdentityCheckRequestSchema = Type.Object({
  registrationId: Type.String({ maxLength: 40 }),
  firstName: Type.String({ maxLength: 60 }),
  lastName: Type.String({ maxLength: 60 }),
  dateOfBirth: Type.String({ maxLength: 10 }),
  address: Type.Object({
    line1: Type.String({ maxLength: 70 }),
    line2: Type.Optional(Type.String({ maxLength: 70 })),
    town: Type.String({ maxLength: 35 }),
    postcode: Type.String({ maxLength: 10 }),
    country: Type.String({ maxLength: 2 }),
  }),
});
type IdentityCheckRequest = Type.Static<typeof IdentityCheckRequestSchema>;

/** What the bank is told. */
export const IdentityCheckAnswerSchema = Type.Object({
  outcome: Type.Union([Type.Literal("pass"), Type.Literal("refer"), Type.Literal("fail")]),
  reasons: Type.Array(Type.String()),
});
type IdentityCheckAnswer = Type.Static<typeof IdentityCheckAnswerSchema>;

/** The rules, as the overview page tells them. */
export const identity_rules: readonly { readonly lastName: string; readonly outcome: string }[] = [
  { lastName: "Refer", outcome: "is referred to staff: two sources disagree about the address" },
  { lastName: "Fail", outcome: "fails: the person is recorded as deceased" },
  { lastName: "any other", outcome: "passes" },
];

/** Decides by the last name alone, so that whoever tests knows the answer beforehand. */
export function decideIdentity(person: Pick<IdentityCheckRequest, "lastName">): IdentityCheckAnswer {
  switch (person.lastName.trim().toLowerCase()) {
    case "refer":
      return { outcome: "refer", reasons: ["The address was found under another name."] };
    case "fail":
      return { outcome: "fail", reasons: ["The person is recorded as deceased."] };
    default:
      return { outcome: "pass", reasons: [] };
  }
}

/**
 * Answers a check under the faults that are on. With "none" it answers only when the caller has gone away.
 */
export async function answerIdentityCheck(
  person: IdentityCheckRequest,
  deps: { readonly faults: Faults; readonly gone: AbortSignal },
): Promise<IdentityCheckAnswer> {
  const { identityCheck } = deps.faults.settings();
  if (identityCheck === "slow") await sleep(slow_answer_ms, deps.gone);
  if (identityCheck === "none") await untilAborted(deps.gone);
  return decideIdentity(person);
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
