import { ok } from "@mainstay/kernel";
import type { RolloutVerdict } from "@mainstay/wire";
import { insertEvent } from "./event-store.ts";
import { inTurn, refuse, type Context } from "./context.ts";
import { isActive } from "./machine.ts";
import * as moves from "./moves.ts";
import { peopleAtShare } from "./people.ts";
import { decide, isShown, stageOf } from "./stages.ts";
import * as store from "./store.ts";
import { guard_actor, time_actor, type Actor, type Answer, type RolloutRecord } from "./types.ts";

/** How far apart two calls for a person are at least, in milliseconds. */
const call_ms_min = 10 * 60_000;

type Turn = { readonly trx: store.RolloutsTransaction; readonly now: Date };

const held_words = {
  "both-arms-fail": "Log-ins fail on stable too: an outage, for which the new version isn’t to blame.",
  "unproven-installations-fail": "Only installations that have never logged in fail on the new version.",
} as const;

/** What the guard's word does to a rollout that it doesn't take back. */
async function follow(turn: Turn, rollout: RolloutRecord, verdict: RolloutVerdict): Answer<unknown> {
  const move = { ...turn, rollout, by: guard_actor, reason: null };
  if (rollout.state === "held") {
    // An outage that is over lets the stage go on by itself; so does a pause that a person has ended.
    return verdict.kind === "hold" ? ok(null) : moves.resume(move);
  }
  const { reason } = verdict;
  const mayHold = isActive(rollout.state) && rollout.state !== "paused";
  if (verdict.kind !== "hold" || reason === null || !mayHold) return ok(null);
  return moves.hold({ ...move, reason: held_words[reason] }, reason);
}

async function keepVerdict(turn: Turn, rollout: RolloutRecord, verdict: RolloutVerdict): Promise<void> {
  const shown = isShown({ ...rollout, verdict });
  await store.updateRollout(turn.trx, rollout.id, {
    verdict: JSON.stringify(verdict),
    shown_since: shown ? (rollout.shownSince ?? turn.now) : null,
  });
  await store.notifyChange(turn.trx, rollout.id);
}

/**
 * Takes the guard's latest word, as often as it is told: the stage's evidence, a hold, the end of one, and
 * the alarm. A word that is older than the one that is kept changes nothing.
 */
export async function noteVerdict(
  context: Context,
  rolloutId: string,
  verdict: RolloutVerdict,
): Answer<RolloutRecord["state"]> {
  if (verdict.kind === "roll-back") return rollBackByGuard(context, rolloutId, verdict);
  return inTurn(context, async (trx, now): Answer<RolloutRecord["state"]> => {
    const rollout = await store.findRollout(trx, rolloutId);
    if (!rollout) return refuse("rollout_unknown");
    const isOld = rollout.verdict !== null && rollout.verdict.at > verdict.at;
    if (rollout.state === "rolled-back" || isOld) return ok(rollout.state);
    await keepVerdict({ trx, now }, rollout, verdict);
    const followed = await follow({ trx, now }, { ...rollout, verdict }, verdict);
    if (!followed.ok) return followed;
    return ok((await store.findRollout(trx, rolloutId))?.state ?? rollout.state);
  });
}

/** Takes a version back on the guard's evidence. Told twice, it is done once. */
export async function rollBackByGuard(
  context: Context,
  rolloutId: string,
  verdict: RolloutVerdict,
): Answer<RolloutRecord["state"]> {
  const [evidence, threshold] = [verdict.logEvidence, verdict.threshold].map((value) => value.toFixed(2));
  return rollBackBy(context, {
    rolloutId,
    by: guard_actor,
    reason: `Log-ins fail more often than on stable: evidence ${evidence} of ${threshold}.`,
    evidence: verdict,
  });
}

/**
 * Takes a version back: by the guard with its evidence, or by somebody else without. Done twice, it is done
 * once.
 */
export async function rollBackBy(
  context: Context,
  given: {
    readonly rolloutId: string;
    readonly by: Actor;
    readonly reason: string;
    readonly evidence: RolloutVerdict | null;
  },
): Answer<RolloutRecord["state"]> {
  const { rolloutId, by, reason, evidence } = given;
  return inTurn(context, async (trx, now): Answer<RolloutRecord["state"]> => {
    const rollout = await store.findRollout(trx, rolloutId);
    if (!rollout) return refuse("rollout_unknown");
    if (rollout.state === "rolled-back") return ok(rollout.state);
    if (evidence !== null) await keepVerdict({ trx, now }, rollout, evidence);
    return moves.rollBack(context, { trx, now, rollout, by, reason }, { evidence });
  });
}

/** Writes down what a machine shouldn't decide: for the page of the rollout, and for incidents. */
export async function callPerson(context: Context, rolloutId: string, why: string): Answer<null> {
  return inTurn(context, async (trx, now): Answer<null> => {
    const rollout = await store.findRollout(trx, rolloutId);
    if (!rollout) return refuse("rollout_unknown");
    // A call may be told twice; one that comes again later is another one.
    const slot = Math.floor(now.getTime() / call_ms_min);
    const isNew = await insertEvent(trx, {
      ...{ rolloutId, at: now, kind: "called", by: guard_actor, share: null, people: null },
      ...{ reason: why, details: {}, happening: `called ${slot}` },
    });
    if (!isNew && rollout.attention === why) return ok(null);
    await store.updateRollout(trx, rolloutId, { attention: why });
    await store.notifyChange(trx, rolloutId);
    return ok(null);
  });
}

/** Does to one rollout what time asks for by now; true when that was something. */
async function tickOne(context: Context, rolloutId: string): Promise<boolean> {
  const done = await inTurn(context, async (trx, now): Answer<boolean> => {
    const rollout = await store.findRollout(trx, rolloutId);
    if (!rollout) return ok(false);
    const platforms = rollout.targets.map(({ platform }) => platform);
    const people = peopleAtShare(context.people.last(), platforms, stageOf(rollout).share);
    const decision = decide(rollout, { now, people });
    const move = { trx, now, rollout, by: time_actor, reason: null };
    switch (decision.kind) {
      case "nothing":
        return ok(false);
      case "ask": {
        const asked = await moves.ask(move, decision.for);
        return asked.ok ? ok(true) : asked;
      }
      case "finish": {
        const finished = await moves.finish(context, move);
        return finished.ok ? ok(true) : finished;
      }
      case "advance": {
        const advanced = await moves.advance(context, move, { isSecondSigned: false });
        return advanced.ok ? ok(true) : advanced;
      }
    }
  });
  return done.ok && done.value;
}

/**
 * Does what time alone brings about: the next stage where its evidence is there, a question where it isn't,
 * the end of the last one. One step a rollout and turn, each in a transaction of its own.
 */
export async function tick(context: Context): Promise<number> {
  const now = context.clock.now();
  const counts = await context.people.now();
  let steps = 0;
  for (const rollout of await store.selectRollouts(context.db, { isActive: true, limit: 3 })) {
    const platforms = rollout.targets.map(({ platform }) => platform);
    const people = peopleAtShare(counts, platforms, stageOf(rollout).share);
    // Looked at without a lock first: most of the time nothing is due.
    if (decide(rollout, { now, people }).kind === "nothing") continue;
    if (await tickOne(context, rollout.id)) steps += 1;
  }
  return steps;
}
