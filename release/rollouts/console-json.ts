import type {
  Platform,
  RolloutAction,
  RolloutEvent,
  RolloutNext,
  RolloutStage,
  RolloutSummary,
} from "@mainstay/wire";
import { isActive } from "./machine.ts";
import { peopleAtShare, peopleOn, type DeviceCounts } from "./people.ts";
import {
  isLastStage,
  isShown,
  needsSecondPerson,
  overridden_share_max,
  shareGiven,
  stageDueAt,
  stageOf,
} from "./stages.ts";
import type { EventRow } from "./tables.ts";
import type { RolloutRecord, Stage } from "./types.ts";

/** What the console's words for a rollout are made of. */
type Look = { readonly counts: DeviceCounts; readonly now: Date };

/** The platforms of a rollout. */
export function platformsOf(rollout: RolloutRecord): readonly Platform[] {
  return rollout.targets.map(({ platform }) => platform);
}

/** How many have the candidate now. */
export function peopleNow(rollout: RolloutRecord, { counts }: Look): number {
  if (rollout.state === "rolled-back") return 0;
  return peopleOn(counts, { platforms: platformsOf(rollout), version: rollout.version });
}

function stageState(rollout: RolloutRecord, position: number): RolloutStage["state"] {
  if (position > rollout.stage) return "not-reached";
  if (position < rollout.stage || rollout.state === "finished") return "passed";
  return rollout.state === "rolled-back" ? "taken-back" : "now";
}

function progressOf(rollout: RolloutRecord, stage: Stage, now: Date): number {
  const startedAt = stage.startedAt?.getTime() ?? now.getTime();
  const due = stageDueAt(rollout, now).getTime();
  return Math.min(1, Math.max(0, (now.getTime() - startedAt) / Math.max(1, due - startedAt)));
}

function stageToJson(rollout: RolloutRecord, position: number, look: Look): RolloutStage {
  const stage = rollout.stages[position] ?? stageOf(rollout);
  const state = stageState(rollout, position);
  const planned = peopleAtShare(look.counts, platformsOf(rollout), shareGiven(stage.share));
  const passed = stage.people ?? planned;
  return {
    share: stage.share,
    minutes: stage.minutes,
    marginPoints: stage.marginPoints,
    people: state === "now" ? peopleNow(rollout, look) : state === "not-reached" ? planned : passed,
    state,
    startedAt: stage.startedAt?.toISOString() ?? null,
    endedAt: stage.endedAt?.toISOString() ?? null,
    progress: state === "passed" ? 1 : state === "now" ? progressOf(rollout, stage, look.now) : 0,
    needsSecond: needsSecondPerson(stage.share),
  };
}

function nextOf(rollout: RolloutRecord, now: Date): RolloutNext | null {
  if (!isActive(rollout.state)) return null;
  const next = rollout.stages[rollout.stage + 1]?.share ?? null;
  const dueAt = stageDueAt(rollout, now);
  const needsTwo = next !== null && needsSecondPerson(next) && rollout.secondSignedAt === null;
  const waitsForPerson = rollout.state === "waiting" && rollout.waitingFor !== "second-person";
  return {
    share: next,
    at: dueAt.toISOString(),
    timePassed: dueAt <= now,
    marginPoints: stageOf(rollout).marginPoints,
    boundPoints: rollout.verdict?.worseByLessThanPoints ?? null,
    evidenceShown: isShown(rollout),
    shownSince: rollout.shownSince?.toISOString() ?? null,
    by: needsTwo ? "two-people" : waitsForPerson ? "person" : "itself",
  };
}

function points(value: number | null | undefined): string {
  return value === null || value === undefined
    ? "nothing is shown"
    : `less than ${value} points worse is shown`;
}

/** What a person should look at, in a sentence; null where nothing is. */
export function attentionOf(rollout: RolloutRecord): string | null {
  if (rollout.attention !== null) return rollout.attention;
  const { state, waitingFor, heldFor, verdict } = rollout;
  const { marginPoints } = stageOf(rollout);
  if (state === "waiting" && waitingFor === "evidence") {
    const bound = points(verdict?.worseByLessThanPoints);
    return `The stage has run out of installations: ${bound}, ${marginPoints} are asked for.`;
  }
  if (state === "waiting" && waitingFor === "second-person") {
    return "The next stage touches many: advance, and let a second person sign.";
  }
  if (state === "waiting") {
    return "It was let out against its checks and can’t go beyond 1 %. Publish a version that passes them.";
  }
  if (state === "held" && heldFor === "both-arms-fail") {
    return "Log-ins fail on stable too: an outage. The stage stands still and goes on by itself.";
  }
  if (state === "held") {
    return "Only installations that have never logged in fail. Nobody new gets it: resume or roll back.";
  }
  return null;
}

/** A rollout as lists and cards show it. */
export function summaryToJson(rollout: RolloutRecord, look: Look): RolloutSummary {
  return {
    id: rollout.id,
    version: rollout.version,
    platforms: [...platformsOf(rollout)],
    state: rollout.state,
    stage: rollout.stage,
    stages: rollout.stages.map((_stage, position) => stageToJson(rollout, position, look)),
    people: peopleNow(rollout, look),
    startedAt: rollout.startedAt.toISOString(),
    startedBy: rollout.startedBy,
    endedAt: rollout.ended?.at.toISOString() ?? null,
    overridden: rollout.isOverridden,
    rollbackTo: rollout.targets.map(({ platform, goesBackTo }) => ({ platform, version: goesBackTo })),
    next: nextOf(rollout, look.now),
    verdict: rollout.verdict,
    attention: attentionOf(rollout),
  };
}

/** A line of the timeline. */
export function eventToJson(row: EventRow): RolloutEvent {
  return {
    at: row.at.toISOString(),
    kind: row.kind,
    by: { id: row.actor_id, name: row.actor_name },
    share: row.share,
    people: row.people,
    reason: row.reason,
    details: JSON.parse(row.details) as Record<string, unknown>,
  };
}

function whyOff(rollout: RolloutRecord, verb: string): string | null {
  switch (rollout.state) {
    case "rolled-back":
      return verb === "advance" ? "needs a new version" : "nobody is on it now";
    case "finished":
      return verb === "roll back" ? null : "it is stable now";
    case "paused":
      return verb === "advance" || verb === "finish"
        ? "resume it first"
        : verb === "pause"
          ? "is paused"
          : null;
    case "held":
      return verb === "advance" || verb === "finish" ? "held by the guard" : null;
    default:
      return verb === "resume" ? "is neither paused nor held" : null;
  }
}

function whyNotAdvance(rollout: RolloutRecord, next: Stage | undefined): string | null {
  const off = whyOff(rollout, "advance");
  if (off !== null) return off;
  if (next === undefined) return "everybody has it";
  return rollout.isOverridden && next.share > overridden_share_max ? "can’t pass 1 %" : null;
}

/** The buttons of a rollout's page: what works, why not, and how many each touches. */
export function actionsOf(
  rollout: RolloutRecord,
  look: Look,
  options: { readonly mayAct: boolean; readonly whyNotBack: string | null },
): Readonly<Record<"advance" | "pause" | "resume" | "finish" | "rollBack", RolloutAction>> {
  const has = peopleNow(rollout, look);
  const next = rollout.stages[rollout.stage + 1];
  const all = peopleOn(look.counts, { platforms: platformsOf(rollout) });
  const planned = (share: number) => peopleAtShare(look.counts, platformsOf(rollout), shareGiven(share));
  const action = (why: string | null, people: number, needsSecond = false): RolloutAction => {
    const reason = options.mayAct ? why : "takes the role release-manager";
    return { allowed: reason === null, why: reason, people, needsSecond };
  };
  const isAtEnd = isLastStage(rollout) && (rollout.state === "finishing" || rollout.state === "waiting");
  const needsSecond = next !== undefined && needsSecondPerson(next.share) && rollout.secondSignedAt === null;
  const more = next === undefined ? 0 : Math.max(0, planned(next.share) - has);
  return {
    advance: action(whyNotAdvance(rollout, next), more, needsSecond),
    pause: action(whyOff(rollout, "pause"), has),
    resume: action(whyOff(rollout, "resume"), Math.max(0, planned(stageOf(rollout).share) - has)),
    finish: action(
      whyOff(rollout, "finish") ?? (isAtEnd ? null : "not at 100 % yet"),
      Math.max(0, all - has),
    ),
    rollBack: action(
      whyOff(rollout, "roll back") ?? (rollout.state === "finished" ? options.whyNotBack : null),
      has,
    ),
  };
}
