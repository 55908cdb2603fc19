import { assert } from "@mainstay/kernel";
import { rollout_stages_max, second_person_share_min } from "@mainstay/wire";
import type { RolloutRecord, Stage, StagePlan } from "./types.ts";

const hour = 60;
/** How a rollout goes where whoever starts it says nothing else. */
export const default_stages: readonly StagePlan[] = [
  { share: 0.01, minutes: hour, marginPoints: 10 },
  { share: 0.02, minutes: 2 * hour, marginPoints: 10 },
  { share: 0.05, minutes: 4 * hour, marginPoints: 5 },
  { share: 0.1, minutes: 8 * hour, marginPoints: 5 },
  { share: 0.2, minutes: 12 * hour, marginPoints: 3 },
  { share: 0.5, minutes: 24 * hour, marginPoints: 2 },
  // With everybody but the control group, for three days.
  { share: 1, minutes: 72 * hour, marginPoints: 1 },
];

/** The share that stays on stable at 100 %, until the rollout has finished: without it nothing compares. */
export const holdout_share = 0.01;
/** The greatest share that a version may reach which was let out against its checks. */
export const overridden_share_max = 0.01;

/**
 * When a stage has run out of installations: nine tenths of what its share could ever show have been seen
 * (each installation counts twice at most: its first log-in and its first later one), or twice its time has
 * passed.
 */
const outcomes_per_installation = 2;
const seen_share_min = 0.9;
const patience_factor = 2;
/** A stage of no time at all still gets this long for its evidence, in milliseconds. */
const patience_ms_min = 10 * 60_000;

/** Says whether these can be a rollout's stages: few, growing, the last one everybody. */
export function areStages(stages: readonly StagePlan[]): boolean {
  const grows = stages.every((stage, index) => stage.share > (stages[index - 1]?.share ?? 0));
  return stages.length > 0 && stages.length <= rollout_stages_max && grows && stages.at(-1)?.share === 1;
}

/** The stage that a rollout is in. */
export function stageOf(rollout: Pick<RolloutRecord, "stages" | "stage">): Stage {
  const stage = rollout.stages[rollout.stage];
  assert(stage !== undefined, "a rollout is in one of its stages");
  return stage;
}

/** Says whether a rollout is in its last stage. */
export function isLastStage(rollout: Pick<RolloutRecord, "stages" | "stage">): boolean {
  return rollout.stage === rollout.stages.length - 1;
}

/** The share of installations that a stage gives the candidate: of everybody, all but the control group. */
export function shareGiven(share: number): number {
  return Math.min(share, 1 - holdout_share);
}

/** A share as people write it. */
export function percent(share: number): string {
  return `${Math.round(share * 1_000) / 10} %`;
}

/** Says whether a share touches so many that two people sign. */
export function needsSecondPerson(share: number): boolean {
  return share > second_person_share_min;
}

/** When a stage's time will have passed, the time that the rollout stood still not counted. */
export function stageDueAt(rollout: RolloutRecord, now: Date): Date {
  const { startedAt, minutes, stillMs } = stageOf(rollout);
  const standsStill = rollout.state === "paused" || rollout.state === "held";
  const stillNow = standsStill ? now.getTime() - rollout.stateSince.getTime() : 0;
  return new Date((startedAt ?? rollout.startedAt).getTime() + minutes * 60_000 + stillMs + stillNow);
}

/** Says whether the guard has shown by now what the stage asks: no worse than its margin. */
export function isShown(rollout: Pick<RolloutRecord, "stages" | "stage" | "verdict">): boolean {
  const { verdict } = rollout;
  if (verdict === null || verdict.kind === "roll-back" || verdict.kind === "hold") return false;
  return (
    verdict.worseByLessThanPoints !== null && verdict.worseByLessThanPoints <= stageOf(rollout).marginPoints
  );
}

function isExhausted(rollout: RolloutRecord, options: { now: Date; people: number }): boolean {
  const seen = rollout.verdict?.candidate.n ?? 0;
  if (options.people > 0 && seen >= seen_share_min * outcomes_per_installation * options.people) return true;
  const { minutes } = stageOf(rollout);
  const time_ms = minutes * 60_000;
  const patience_ms = Math.max((patience_factor - 1) * time_ms, patience_ms_min);
  return options.now.getTime() >= stageDueAt(rollout, options.now).getTime() + patience_ms;
}

/** What time alone does to a rollout. */
export type Decision =
  | { readonly kind: "nothing" }
  | { readonly kind: "advance" }
  | { readonly kind: "finish" }
  | { readonly kind: "ask"; readonly for: NonNullable<RolloutRecord["waitingFor"]> };

function decideWithEvidence(rollout: RolloutRecord): Decision {
  if (isLastStage(rollout)) return { kind: "finish" };
  const next = rollout.stages[rollout.stage + 1]?.share ?? 1;
  if (rollout.isOverridden && next > overridden_share_max) return { kind: "ask", for: "new-version" };
  if (needsSecondPerson(next) && rollout.secondSignedAt === null)
    return { kind: "ask", for: "second-person" };
  return { kind: "advance" };
}

/**
 * Decides what time and evidence do to a rollout at an instant. A stage ends when its time has passed AND the
 * candidate is shown to be within the stage's margin; without the evidence a person is asked once its
 * installations have run out; evidence that comes after that still counts. `people` get the stage's share.
 */
export function decide(rollout: RolloutRecord, options: { now: Date; people: number }): Decision {
  const nothing: Decision = { kind: "nothing" };
  const waits = rollout.state === "waiting";
  if (!waits && rollout.state !== "running" && rollout.state !== "finishing") return nothing;
  if (waits && rollout.waitingFor !== "evidence") return nothing;
  if (options.now < stageDueAt(rollout, options.now)) return nothing;
  if (isShown(rollout)) return decideWithEvidence(rollout);
  return !waits && isExhausted(rollout, options) ? { kind: "ask", for: "evidence" } : nothing;
}
