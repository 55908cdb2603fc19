import { ok } from "@mainstay/kernel";
import type { RolloutCommand } from "@mainstay/wire";
import { openApproval } from "./approvals.ts";
import { carryOut, refuse, type Context } from "./context.ts";
import { isActive } from "./machine.ts";
import * as moves from "./moves.ts";
import { peopleAtShare } from "./people.ts";
import { needsSecondPerson, overridden_share_max, percent, shareGiven } from "./stages.ts";
import * as store from "./store.ts";
import type { Actor, Answer, Commanded } from "./types.ts";

/** What a person can do to a rollout. */
export type RolloutVerb = "advance" | "pause" | "resume" | "finish" | "roll-back";

/** To stop harm one may always act, whatever the page showed: these don't ask how the rollout stood. */
const always_safe: ReadonlySet<RolloutVerb> = new Set(["pause", "roll-back"]);
/** What a safe command leads to: where the rollout stands so already, it has been done. */
const leads_to = { pause: "paused", "roll-back": "rolled-back" } as const;

async function advanceByPerson(context: Context, move: moves.Move): Answer<Commanded> {
  const { rollout, by, trx, now } = move;
  const next = rollout.stages[rollout.stage + 1];
  if (next === undefined || (rollout.state !== "running" && rollout.state !== "waiting")) {
    return refuse(isActive(rollout.state) ? "move_impossible" : "rollout_over");
  }
  if (rollout.isOverridden && next.share > overridden_share_max) return refuse("override_limited");
  if (!needsSecondPerson(next.share) || rollout.secondSignedAt !== null) {
    const state = await moves.advance(context, move, { isSecondSigned: false });
    return state.ok ? ok({ rollout: rollout.id, state: state.value, approval: null }) : state;
  }
  const platforms = rollout.targets.map(({ platform }) => platform);
  const { worseByLessThanPoints: bound = null } = rollout.verdict ?? {};
  const shown = bound === null ? "nothing is shown yet" : `shown to be worse by less than ${bound} points`;
  return openApproval(
    context,
    { trx, now, by },
    {
      effect: { kind: "advance", rolloutId: rollout.id, state: rollout.state, stage: rollout.stage },
      version: rollout.version,
      rolloutId: rollout.id,
      people: peopleAtShare(context.people.last(), platforms, shareGiven(next.share)),
      what:
        `roll out ${rollout.version} on ${platforms.join(", ")} to ${percent(next.share)}, ` +
        `and from there to everybody by time and evidence; ${shown}`,
      reason: move.reason ?? "",
    },
  );
}

async function act(context: Context, verb: RolloutVerb, move: moves.Move): Answer<Commanded> {
  if (verb === "advance") return advanceByPerson(context, move);
  const made = {
    pause: () => moves.pause(move),
    resume: () => moves.resume(move),
    finish: () => moves.finish(context, move),
    "roll-back": () => moves.rollBack(context, move, { evidence: null }),
  }[verb];
  const state = await made();
  return state.ok ? ok({ rollout: move.rollout.id, state: state.value, approval: null }) : state;
}

/**
 * Does what a person asks of a rollout. `expected` is how its page showed it: where it has moved on since,
 * nothing is done, unless that is to stop harm. An operator at the machine sees no page and expects nothing.
 */
export async function command(
  context: Context,
  given: {
    readonly by: Actor;
    readonly rolloutId: string;
    readonly verb: RolloutVerb;
    readonly command: Pick<RolloutCommand, "commandId" | "reason">;
    readonly expected: Pick<RolloutCommand, "expectedState" | "expectedStage"> | null;
  },
): Answer<Commanded> {
  const { by, rolloutId, verb, expected } = given;
  const { commandId, reason = null } = given.command;
  const asked = [
    verb,
    by.id,
    rolloutId,
    reason,
    expected?.expectedState ?? null,
    expected?.expectedStage ?? null,
  ];
  const done = await carryOut(context, { id: commandId, asked }, async (trx, now) => {
    const rollout = await store.findRollout(trx, rolloutId);
    if (!rollout) return refuse("rollout_unknown");
    if ((verb === "pause" || verb === "roll-back") && rollout.state === leads_to[verb]) {
      return ok({ rollout: rollout.id, state: rollout.state, approval: null });
    }
    const isAsExpected =
      expected === null ||
      (rollout.state === expected.expectedState && rollout.stage === expected.expectedStage);
    const isSafe = always_safe.has(verb) && isActive(rollout.state);
    if (!isAsExpected && !isSafe) return refuse("rollout_changed", `It is ${rollout.state} now.`);
    return act(context, verb, { trx, now, rollout, by, reason });
  });
  if (done.ok && verb === "resume") await context.onResumed(rolloutId);
  return done;
}
