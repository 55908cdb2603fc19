import Type from "typebox";
import {
  ArmCountsSchema,
  PlatformSchema,
  RolloutIdSchema,
  RolloutStateSchema,
  RolloutVerdictSchema,
} from "@mainstay/wire";
import type { RolloutState, RolloutVerdict } from "@mainstay/wire";
import { logins_threshold } from "./guards.ts";
import type { WatchedRollout } from "./types.ts";

/**
 * What another system should do with its own deployment.
 *
 * - `go-on`: nothing speaks against it.
 * - `wait`: stay where it is; a person or the guard holds the rollout.
 * - `roll-back`: it is shown to be worse, or has been taken back.
 */
export const VerdictActionSchema = Type.Enum(["go-on", "wait", "roll-back"]);
export type VerdictAction = Type.Static<typeof VerdictActionSchema>;

/** GET /verdict/:rollout and GET /verdict?platform= */
export const VerdictAnswerSchema = Type.Object({
  rollout: RolloutIdSchema,
  version: Type.String(),
  platforms: Type.Array(PlatformSchema),
  state: RolloutStateSchema,
  action: VerdictActionSchema,
  ...RolloutVerdictSchema.properties,
  candidate: ArmCountsSchema,
  stable: ArmCountsSchema,
});
export type VerdictAnswer = Type.Static<typeof VerdictAnswerSchema>;

/** What the rollout's state alone says; a running one goes by the verdict. */
const action_of_state: Readonly<Record<RolloutState, VerdictAction>> = {
  running: "go-on",
  finishing: "go-on",
  finished: "go-on",
  paused: "wait",
  held: "wait",
  waiting: "wait",
  "rolled-back": "roll-back",
};

const action_of_kind: Readonly<Record<RolloutVerdict["kind"], VerdictAction>> = {
  continue: "go-on",
  "no-worse": "go-on",
  hold: "wait",
  "roll-back": "roll-back",
};

const strength: Readonly<Record<VerdictAction, number>> = { "go-on": 0, wait: 1, "roll-back": 2 };

/** The stronger of what the rollout's state and the guard say. */
export function actionOf(state: RolloutState, kind: RolloutVerdict["kind"]): VerdictAction {
  const [one, other] = [action_of_state[state], action_of_kind[kind]];
  return strength[one] >= strength[other] ? one : other;
}

/** The answer for a rollout; before the first outcome nothing speaks against it. */
export function answerOf(rollout: WatchedRollout, verdict: RolloutVerdict | null): VerdictAnswer {
  const said: RolloutVerdict = verdict ?? {
    kind: "continue",
    logEvidence: 0,
    threshold: logins_threshold,
    reason: null,
    segment: "all",
    worseByLessThanPoints: null,
    waitsForStable: false,
    candidate: { n: 0, failed: 0 },
    stable: { n: 0, failed: 0 },
    at: rollout.startedAt.toISOString(),
  };
  return {
    rollout: rollout.id,
    version: rollout.candidate,
    platforms: [...rollout.platforms],
    state: rollout.state,
    action: actionOf(rollout.state, said.kind),
    ...said,
  };
}
