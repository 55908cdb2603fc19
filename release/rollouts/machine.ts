import type { RolloutState } from "@mainstay/wire";

/** What can happen to a rollout. */
export type RolloutMove =
  /** To the next stage, which isn't the last. */
  | "advance"
  /** To the last stage: everybody but 1 %. */
  | "advance-to-all"
  | "pause"
  | "hold"
  /** The stage is over, and a person must say how it goes on. */
  | "ask"
  /** From a pause or a hold, back to the stage that it was in. */
  | "resume"
  | "resume-finishing"
  | "finish"
  | "roll-back";

/**
 * The state machine of rollouts, whole. What isn't written here can't happen. `finished` can still be rolled
 * back while its version is stable: a break that shows late.
 */
export const transitions: Readonly<
  Record<RolloutState, Readonly<Partial<Record<RolloutMove, RolloutState>>>>
> = {
  running: {
    advance: "running",
    "advance-to-all": "finishing",
    pause: "paused",
    hold: "held",
    ask: "waiting",
    "roll-back": "rolled-back",
  },
  waiting: {
    advance: "running",
    "advance-to-all": "finishing",
    pause: "paused",
    hold: "held",
    finish: "finished",
    "roll-back": "rolled-back",
  },
  paused: { resume: "running", "resume-finishing": "finishing", "roll-back": "rolled-back" },
  held: { resume: "running", "resume-finishing": "finishing", pause: "paused", "roll-back": "rolled-back" },
  finishing: {
    pause: "paused",
    hold: "held",
    ask: "waiting",
    finish: "finished",
    "roll-back": "rolled-back",
  },
  finished: { "roll-back": "rolled-back" },
  "rolled-back": {},
};

/** The states in which a rollout decides what its platforms get; at most one such a platform. */
export const active_states = [
  "running",
  "waiting",
  "paused",
  "held",
  "finishing",
] as const satisfies readonly RolloutState[];

/** Says whether a rollout decides what its platforms get. */
export function isActive(state: RolloutState): boolean {
  return active_states.some((active) => active === state);
}

/** Where a move leads from a state; null where it can't be made. */
export function transition(state: RolloutState, move: RolloutMove): RolloutState | null {
  return transitions[state][move] ?? null;
}
