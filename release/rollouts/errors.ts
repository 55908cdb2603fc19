import { platform_problems, type ProblemTable } from "@mainstay/platform";

/** Every error code of rollouts, approvals and versions, in the words of a release manager. */
export const rollouts_problems = {
  not_found: platform_problems.not_found,
  rollout_unknown: { status: 404, title: "There is no such rollout.", retryable: false },
  rollout_changed: {
    status: 409,
    title: "The rollout has moved on since you looked. Nothing was changed; look again.",
    retryable: false,
  },
  command_id_taken: {
    status: 409,
    title: "Another command had this id. Nothing was changed; give a new id.",
    retryable: false,
  },
  rollout_active: {
    status: 409,
    title: "A rollout is under way on this platform. Finish it or roll it back first.",
    retryable: false,
  },
  rollout_over: {
    status: 409,
    title: "This rollout is over. Start a new one with a newer version.",
    retryable: false,
  },
  move_impossible: {
    status: 409,
    title: "That can't be done while the rollout stands as it does. Nothing was changed.",
    retryable: false,
  },
  override_limited: {
    status: 409,
    title:
      "This version was let out against its checks, so it can't go beyond 1 %. Publish one that passes them.",
    retryable: false,
  },
  no_previous_stable: {
    status: 409,
    title:
      "There is no earlier stable version to go back to, so nothing was changed. " +
      "Publish a version that works and roll it out.",
    retryable: false,
  },
  no_stable: {
    status: 409,
    title: "This platform has no stable version yet, so a rollout would have nothing to go back to.",
    retryable: false,
  },
  version_unknown: { status: 404, title: "There is no such version. Publish it first.", retryable: false },
  version_conflict: {
    status: 409,
    title: "Another version was published under this name. Give the new one a new name.",
    retryable: false,
  },
  version_refused: {
    status: 422,
    title: "This version's manifest or its signature is wrong, so it wasn't taken.",
    retryable: false,
  },
  version_withdrawn: {
    status: 409,
    title: "This version was withdrawn, and nobody may be on it.",
    retryable: false,
  },
  version_taken_back: {
    status: 409,
    title: "This version was rolled back and doesn't come again. Publish a newer one.",
    retryable: false,
  },
  version_not_newer: {
    status: 409,
    title: "This version isn't newer than the stable one.",
    retryable: false,
  },
  platform_not_supported: {
    status: 422,
    title: "This version isn't made for that platform.",
    retryable: false,
  },
  stages_invalid: {
    status: 422,
    title: "Stages must grow from one to the next, and the last must be 100 %.",
    retryable: false,
  },
  checks_missing: {
    status: 409,
    title: "This version hasn't been checked. Check it, or ask a second person to go on regardless.",
    retryable: false,
  },
  checks_red: {
    status: 409,
    title: "A check of this version is red. Repair it, or ask a second person to go on regardless.",
    retryable: false,
  },
  checks_green: {
    status: 409,
    title: "Every check of this version is green: there is nothing to go on against.",
    retryable: false,
  },
  demanded_check_missing: {
    status: 409,
    title: "This version lacks a green result of a check that an incident demands of every version.",
    retryable: false,
  },
  adopt_refused: {
    status: 403,
    title: "In production a version becomes stable by a rollout alone.",
    retryable: false,
  },
  approval_unknown: { status: 404, title: "There is no such approval.", retryable: false },
  approval_over: { status: 409, title: "This was decided already, or took too long.", retryable: false },
  approval_open: {
    status: 409,
    title: "The same already waits for a second person. Sign that, or decline it.",
    retryable: false,
  },
  second_person_needed: {
    status: 409,
    title: "Whoever asks can't be the second person. Someone else with your role must sign.",
    retryable: false,
  },
  first_person_needed: {
    status: 409,
    title: "Whoever asked for this must sign it first.",
    retryable: false,
  },
  ceremony_over: { status: 410, title: "That took too long. Start again.", retryable: true },
  confirmation_refused: {
    status: 422,
    title: "That signature doesn't fit. Nothing was signed; use your own passkey of the console.",
    retryable: true,
  },
  reason_missing: { status: 422, title: "Say why: it is kept with the record.", retryable: false },
  minimum_too_high: {
    status: 409,
    title: "The minimum can't be above the recommended version, nor on the web above what is stable.",
    retryable: false,
  },
  protocol_needed: {
    status: 409,
    title: "Versions that people are on, or that a rollback would go to, still speak this login protocol.",
    retryable: false,
  },
  bank_unavailable: {
    status: 503,
    title: "The bank can't be reached just now. Nothing has changed; try again in a minute.",
    retryable: true,
  },
} as const satisfies ProblemTable<string>;

export type RolloutsProblem = keyof typeof rollouts_problems;
