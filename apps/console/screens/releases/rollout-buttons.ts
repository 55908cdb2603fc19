import type { Rollout } from "@mainstay/wire";
import { ArrowRight, Check, Pause, Play, Undo2, type LucideIcon } from "lucide-react";
import type { RolloutVerb } from "../../api/releases.ts";
import { stageText } from "../../parts/numbers.ts";
import { isOver, targetText } from "./words.ts";

/** A button of a rollout: what it does, how many it touches first, and why it is off. */
export type RolloutButton = {
  readonly verb: RolloutVerb;
  readonly look: "primary" | "plain" | "danger";
  readonly icon: LucideIcon;
  readonly name: string;
  readonly keys: string;
  readonly people: number;
  /** What happens to those people, after their number. */
  readonly fate: string;
  readonly why: string | null;
  readonly needsSecond: boolean;
};

/**
 * The three buttons of a rollout, always in the same places: pause or go on, roll back, advance or finish.
 */
export function rolloutButtons(rollout: Rollout): readonly RolloutButton[] {
  const { actions, stages, stage, state } = rollout;
  const target = targetText(rollout) ?? "the version before";
  const isPaused = state === "paused" || state === "held";
  const hold = isPaused ? actions.resume : actions.pause;
  const next = stages[stage + 1];
  const isAtEnd = next === undefined || state === "finishing" || actions.finish.allowed;
  const step = isAtEnd ? actions.finish : actions.advance;
  return [
    {
      verb: isPaused ? "resume" : "pause",
      look: "plain",
      icon: isPaused ? Play : Pause,
      name: isPaused ? "Go on" : "Pause",
      keys: "p",
      people: hold.people,
      fate: isPaused ? "may get it again" : "keep it, nobody new",
      why: hold.allowed ? null : (hold.why ?? "not now"),
      needsSecond: hold.needsSecond,
    },
    {
      verb: "roll-back",
      look: "danger",
      icon: Undo2,
      name: "Roll back",
      keys: "shift+r",
      people: actions.rollBack.people,
      fate: `people go to ${target}`,
      why: actions.rollBack.allowed ? null : (actions.rollBack.why ?? "not now"),
      needsSecond: actions.rollBack.needsSecond,
    },
    {
      verb: isAtEnd ? "finish" : "advance",
      look: "primary",
      icon: isAtEnd ? Check : ArrowRight,
      name: isAtEnd ? "Finish" : isOver(state) ? "Advance" : `Advance to ${stageText(next.share * 100)}`,
      keys: "a",
      people: step.people,
      fate: `more people, ${step.needsSecond ? "two sign" : "now"}`,
      why: step.allowed ? null : (step.why ?? "not now"),
      needsSecond: step.needsSecond,
    },
  ];
}
