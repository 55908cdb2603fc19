import { isDeepStrictEqual } from "node:util";
import { addMs, ok } from "@mainstay/kernel";
import type { NumberedEvent, RolloutRecord } from "@mainstay/rollouts";
import { inTurn, type Context, type Turn } from "./context.ts";
import { isOpen } from "./machine.ts";
import { attachRollout } from "./attaching.ts";
import { writeLine } from "./lines.ts";
import { findOpenOfVersion, openIncident, type Opening } from "./opening.ts";
import { detailsOf, evidenceIn, lineOf } from "./rollout-lines.ts";
import { first_severity, type MachineCause } from "./severity.ts";
import * as store from "./store.ts";
import { guard_actor, type IncidentRecord, type Scope } from "./types.ts";
import { segmentText } from "./words.ts";

/** The most events that one transaction reads. */
export const events_batch_max = 100;
/** How long before a hold or a call failures may have begun that belong to it, in milliseconds. */
export const outage_lookback_ms = 30 * 60_000;

/**
 * Reads the next events of rollouts, opens and continues incidents by them, and keeps how far it has read, in
 * one transaction: a process that is killed reads them again, and none twice. True when there may be more.
 */
export async function readEvents(context: Context): Promise<boolean> {
  const read = await store.readEventsRead(context.db);
  const events = await context.rollouts.eventsAfter(read, events_batch_max);
  const last = events.at(-1);
  if (last === undefined) return false;
  context.atStep?.("read");
  await inTurn(context, async (turn) => {
    // Another process may have read them meanwhile.
    if (turn.register.events_read !== read) return ok(null);
    for (const event of events) await take(context, turn, event);
    await store.updateRegister(turn.trx, { events_read: last.number });
    context.atStep?.("written");
    return ok(null);
  });
  context.atStep?.("committed");
  return true;
}

/** Why an event opens an incident; null where it doesn't. A person's rollback is a person's to explain. */
function causeOf(event: NumberedEvent): MachineCause | null {
  if (event.actor_id !== guard_actor.id) return null;
  if (event.kind === "rolled-back") return "rolled-back";
  if (event.kind === "called") return "called";
  if (event.kind !== "held") return null;
  const { heldFor } = detailsOf(event);
  return heldFor === "unproven-installations-fail" ? "unproven-installations-fail" : "both-arms-fail";
}

async function take(context: Context, turn: Turn, event: NumberedEvent): Promise<void> {
  const known = await store.selectIncidentsOfRollout(turn.trx, event.rollout_id);
  const open = known.filter(({ state }) => isOpen(state));
  const cause = causeOf(event);
  if (cause !== null) await openOrJoin(context, turn, { event, cause, known: open[0] ?? null });
  if (cause !== null && open.length === 0) return;
  const line = lineOf(event);
  // What happens to a rollout after its incident was resolved is told there still.
  const latest = open.length > 0 ? open : known.slice(0, 1);
  if (line !== null) for (const { id } of latest) await writeLine(turn, id, line);
}

async function openOrJoin(
  context: Context,
  turn: Turn,
  given: {
    readonly event: NumberedEvent;
    readonly cause: MachineCause;
    /** The open incident that the rollout belongs to already. */
    readonly known: IncidentRecord | null;
  },
): Promise<void> {
  const { event, known } = given;
  const rollout = await context.rollouts.find(event.rollout_id);
  if (rollout === null) return;
  const platforms = rollout.targets.map(({ platform }) => platform);
  const joined = known ?? (await findOpenOfVersion(turn, event.version, platforms));
  const attach = (incidentId: string) => attachRollout(context, turn, { incidentId, rollout });
  if (joined === null) {
    await openIncident(context, turn, openingOf({ ...given, rollout }), attach);
    return;
  }
  await widen(turn, joined, rollout);
  await attach(joined.id);
}

/** Whoever spoke first may have known neither that log-ins fail, nor since when, nor everywhere where. */
async function widen(turn: Turn, joined: IncidentRecord, rollout: RolloutRecord): Promise<void> {
  const { scope } = joined;
  const own = rollout.targets.map(({ platform }) => platform);
  // An empty list means all; an outage of every version didn't begin with a rollout.
  const wider: Scope = {
    ...scope,
    platforms: scope.platforms.length === 0 ? [] : [...new Set([...scope.platforms, ...own])],
    components: scope.components.length === 0 ? [] : [...new Set([...scope.components, "log-in" as const])],
    from: scope.versions.length > 0 && rollout.startedAt < scope.from ? rollout.startedAt : scope.from,
  };
  if (isDeepStrictEqual(wider, scope)) return;
  await store.updateIncident(turn.trx, joined.id, store.scopeColumns(wider));
}

function openingOf(given: {
  readonly event: NumberedEvent;
  readonly cause: MachineCause;
  readonly rollout: RolloutRecord;
}): Opening {
  const { event, cause, rollout } = given;
  const { version } = rollout;
  const isEverybody = cause === "both-arms-fail";
  const isLate = isEverybody || cause === "called";
  return {
    title: titleOf(event, cause, version),
    severity: first_severity[cause],
    source: "guard",
    scope: {
      versions: isEverybody ? [] : [version],
      platforms: rollout.targets.map(({ platform }) => platform),
      components: ["log-in"],
      from: isLate ? addMs(event.at, -outage_lookback_ms) : rollout.startedAt,
      until: null,
    },
    by: guard_actor,
    detail: event.reason,
  };
}

function titleOf(event: NumberedEvent, cause: MachineCause, version: string): string {
  if (cause === "both-arms-fail") return "People can’t log in, whatever their version";
  if (cause === "unproven-installations-fail") return `New installations can’t log in with ${version}`;
  if (cause === "called") return `More log-ins than usual fail with ${version}`;
  const { evidence } = detailsOf(event);
  const found = typeof evidence === "object" && evidence !== null ? evidenceIn({ ...evidence }) : null;
  return `Some people${segmentText(found?.segment ?? "")} couldn’t log in with ${version}`;
}
