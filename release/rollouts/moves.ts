import { ok } from "@mainstay/kernel";
import type { RolloutEvent, RolloutState } from "@mainstay/wire";
import { insertEvent } from "./event-store.ts";
import { voidApprovalsOf } from "./approval-store.ts";
import { audit, refuse, type Context } from "./context.ts";
import { isActive, transition, type RolloutMove } from "./machine.ts";
import { peopleAtShare, peopleOn } from "./people.ts";
import { isLastStage, isShown, shareGiven, stageOf } from "./stages.ts";
import * as store from "./store.ts";
import { insertBankCall } from "./version-store.ts";
import type { Actor, Answer, RolloutRecord } from "./types.ts";

/** A rollout that is to be changed, and by whom, in a transaction that has its turn. */
export type Move = {
  readonly trx: store.RolloutsTransaction;
  readonly now: Date;
  readonly rollout: RolloutRecord;
  readonly by: Actor;
  readonly reason: string | null;
};

type Change = {
  readonly move: RolloutMove;
  readonly event: RolloutEvent["kind"];
  readonly details?: Readonly<Record<string, unknown>>;
  readonly people?: number;
  readonly set?: Parameters<typeof store.updateRollout>[2];
  /** The share in force afterwards; the stage's, where nothing is said. */
  readonly share?: number;
};

function platformsOf(rollout: RolloutRecord) {
  return rollout.targets.map(({ platform }) => platform);
}

/** Makes a move and all that belongs to every one: state, timeline, audit, the plan's next epoch. */
async function change(move: Move, to: Change): Answer<RolloutState> {
  const { trx, now, rollout, by, reason } = move;
  const state = transition(rollout.state, to.move);
  if (state === null) return refuse(isActive(rollout.state) ? "move_impossible" : "rollout_over");
  if (rollout.state === "paused" || rollout.state === "held") {
    const addStillMs = Math.max(0, now.getTime() - rollout.stateSince.getTime());
    await store.updateStage(trx, { rolloutId: rollout.id, position: rollout.stage }, { addStillMs });
  }
  await store.updateRollout(trx, rollout.id, {
    state,
    state_since: now,
    waiting_for: null,
    held_for: null,
    attention: null,
    reason,
    ...to.set,
  });
  const share = to.share ?? shareGiven(stageOf(rollout).share);
  const details = { from: rollout.state, to: state, ...to.details };
  await insertEvent(trx, {
    rolloutId: rollout.id,
    at: now,
    kind: to.event,
    by,
    share,
    people: to.people ?? null,
    reason,
    details,
  });
  await audit(trx, {
    at: now,
    by,
    action: `rollouts.${to.event}`,
    subject: rollout.id,
    details: { version: rollout.version, share, reason, ...details },
  });
  // What waits for a signature was asked of a rollout that stood otherwise. A question changes nothing of it.
  if (to.move !== "ask") await voidApprovalsOf(trx, rollout.id, now);
  await store.raiseEpoch(trx);
  await store.notifyChange(trx, rollout.id);
  return ok(state);
}

/** To the next stage. `isSecondSigned`: two people have signed for more than 20 %. */
export async function advance(
  context: Context,
  move: Move,
  options: { readonly isSecondSigned: boolean },
): Answer<RolloutState> {
  const { trx, now, rollout } = move;
  const position = rollout.stage + 1;
  const next = rollout.stages[position];
  if (next === undefined) return refuse("move_impossible");
  const isLast = position === rollout.stages.length - 1;
  const counts = context.people.last();
  const has = peopleOn(counts, { platforms: platformsOf(rollout), version: rollout.version });
  const changed = await change(move, {
    move: isLast ? "advance-to-all" : "advance",
    event: isLast ? "finishing" : "advanced",
    share: shareGiven(next.share),
    people: peopleAtShare(counts, platformsOf(rollout), shareGiven(next.share)),
    details: { stage: position, boundPoints: rollout.verdict?.worseByLessThanPoints ?? null },
    set: {
      stage: position,
      shown_since: isShown({ ...rollout, stage: position }) ? now : null,
      ...(options.isSecondSigned ? { second_signed_at: now } : {}),
    },
  });
  if (!changed.ok) return changed;
  const rolloutId = rollout.id;
  await store.updateStage(trx, { rolloutId, position: rollout.stage }, { ended_at: now, people: has });
  await store.updateStage(trx, { rolloutId, position }, { started_at: now });
  return changed;
}

/** Nobody new gets the candidate. */
export function pause(move: Move): Answer<RolloutState> {
  return change(move, { move: "pause", event: "paused" });
}

/** The guard's hold: the stage freezes. */
export function hold(move: Move, heldFor: NonNullable<RolloutRecord["heldFor"]>): Answer<RolloutState> {
  const set = { held_for: heldFor };
  return change(move, { move: "hold", event: "held", set, details: { heldFor } });
}

/** From a pause or a hold back to the stage. */
export function resume(move: Move): Answer<RolloutState> {
  const event = move.rollout.state === "held" ? "hold-ended" : "resumed";
  return change(move, { move: isLastStage(move.rollout) ? "resume-finishing" : "resume", event });
}

/** A person must say how it goes on, and sees what is shown by now. */
export function ask(move: Move, waitingFor: NonNullable<RolloutRecord["waitingFor"]>): Answer<RolloutState> {
  const { rollout } = move;
  return change(move, {
    move: "ask",
    event: "asked",
    set: { waiting_for: waitingFor },
    details: {
      waitingFor,
      marginPoints: stageOf(rollout).marginPoints,
      boundPoints: rollout.verdict?.worseByLessThanPoints ?? null,
    },
  });
}

/** The candidate becomes stable for its platforms, and what was stable is kept to go back to. */
export async function finish(context: Context, move: Move): Answer<RolloutState> {
  const { trx, now, rollout, by } = move;
  // A stage that waits for a person is no end: only from 100 % does a version become everybody's.
  if (isActive(rollout.state) && !isLastStage(rollout)) return refuse("move_impossible");
  const platforms = platformsOf(rollout);
  const has = peopleOn(context.people.last(), { platforms, version: rollout.version });
  const changed = await change(move, {
    move: "finish",
    event: "finished",
    share: 1,
    people: has,
    details: { boundPoints: rollout.verdict?.worseByLessThanPoints ?? null },
    set: { ended_at: now, ended_by_id: by.id, ended_by_name: by.name },
  });
  if (!changed.ok) return changed;
  await store.updateStage(
    trx,
    { rolloutId: rollout.id, position: rollout.stage },
    { ended_at: now, people: has },
  );
  for (const { platform, goesBackTo } of rollout.targets) {
    await store.updatePlatform(trx, platform, { stable: rollout.version, previous: goesBackTo });
  }
  await store.endTargets(trx, rollout.id);
  return changed;
}

/**
 * Takes the version back from everybody who has it. Of a rollout that has finished, its platforms' stable
 * version goes back to the one before it; where one of them has none, nothing is changed.
 */
export async function rollBack(
  context: Context,
  move: Move,
  options: { readonly evidence: Readonly<Record<string, unknown>> | null },
): Answer<RolloutState> {
  const { trx, now, rollout, by } = move;
  const platforms = platformsOf(rollout);
  const wasStable = rollout.state === "finished";
  if (wasStable) {
    const rows = await store.selectPlatforms(trx);
    const busy = await store.selectRollouts(trx, { isActive: true, limit: 3 });
    for (const platform of platforms) {
      const { stable, previous } = store.platformOf(rows, platform);
      if (stable !== rollout.version) return refuse("rollout_over");
      if (previous === null) return refuse("no_previous_stable", `There is none on ${platform}.`);
      if (busy.some(({ targets }) => targets.some((target) => target.platform === platform))) {
        return refuse("rollout_active", `The one on ${platform} would have nothing to be compared with.`);
      }
    }
    for (const platform of platforms) {
      const { previous } = store.platformOf(rows, platform);
      await store.updatePlatform(trx, platform, { stable: previous, previous: null });
    }
  }
  const has = peopleOn(context.people.last(), { platforms, version: rollout.version });
  if (options.evidence !== null && transition(rollout.state, "roll-back") !== null) {
    await insertEvent(trx, {
      rolloutId: rollout.id,
      at: now,
      kind: "alarm",
      by,
      share: shareGiven(stageOf(rollout).share),
      people: has,
      reason: null,
      details: options.evidence,
      happening: "alarm",
    });
  }
  const changed = await change(move, {
    move: "roll-back",
    event: "rolled-back",
    share: 0,
    people: has,
    details: {
      goesBackTo: Object.fromEntries(
        rollout.targets.map(({ platform, goesBackTo }) => [platform, goesBackTo]),
      ),
      shareBefore: wasStable ? 1 : shareGiven(stageOf(rollout).share),
      evidence: options.evidence,
    },
    set: { ended_at: now, ended_by_id: by.id, ended_by_name: by.name },
  });
  if (!changed.ok) return changed;
  const stage = { rolloutId: rollout.id, position: rollout.stage };
  if (!wasStable) await store.updateStage(trx, stage, { ended_at: now, people: has });
  await store.endTargets(trx, rollout.id);
  await store.insertTakenBack(trx, rollout.version, { platforms, at: now });
  // Failed log-ins that the version caused count against nobody.
  await insertBankCall(trx, { kind: "lift-failures", version: rollout.version, rolloutId: rollout.id }, now);
  return changed;
}
