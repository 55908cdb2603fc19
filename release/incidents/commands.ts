import { ok } from "@mainstay/kernel";
import type { StaffMember } from "@mainstay/staff";
import type { IncidentState } from "@mainstay/wire";
import { audit, carryOut, isAhead, refuse, type Context, type Turn } from "./context.ts";
import { attachVersions } from "./attaching.ts";
import { isOpen, mayGo } from "./machine.ts";
import { writeLine } from "./lines.ts";
import { openIncident } from "./opening.ts";
import * as store from "./store.ts";
import type { Actor, Answer, IncidentRecord, Refusal, Scope } from "./types.ts";

/** What staff open an incident with. */
export type OpenRequest = {
  readonly commandId: string;
  readonly title: string;
  readonly severity: number;
  readonly scope: Scope;
};

/** What staff change of an incident: what is named. */
export type ChangeRequest = {
  readonly commandId: string;
  /** As it was seen by whoever changes it. */
  readonly expectedState: IncidentState;
  readonly state?: IncidentState;
  readonly severity?: number;
  readonly title?: string;
  readonly command?: true;
  readonly scope?: Scope;
  readonly reason?: string;
};

const state_titles: Readonly<Record<Exclude<IncidentState, "merged">, string>> = {
  triage: "Being looked at",
  investigating: "Looking for the cause",
  identified: "Cause found",
  monitoring: "Watching",
  resolved: "All clear",
};

async function whyNotScope(context: Context, scope: Scope, now: Date): Promise<Refusal | null> {
  if (isAhead(scope.from, now) || (scope.until !== null && isAhead(scope.until, now))) {
    return { code: "time_ahead" };
  }
  if (scope.until !== null && scope.until < scope.from) return { code: "scope_invalid" };
  const known = new Set((await context.rollouts.knownVersions()).map(({ version }) => version));
  const unknown = scope.versions.filter((version) => !known.has(version));
  if (unknown.length === 0) return null;
  return { code: "scope_invalid", detail: `Nobody has published ${unknown.join(", ")}.` };
}

/** Opens an incident by a member of staff; answers its id. */
export async function open(context: Context, by: StaffMember, request: OpenRequest): Answer<string> {
  const { commandId, title, severity, scope } = request;
  const why = await whyNotScope(context, scope, context.clock.now());
  const command = { id: commandId, asked: { open: request, by: by.id } };
  return carryOut(context, command, async (turn) => {
    if (why !== null) return refuse(why.code, why.detail);
    const id = await openIncident(context, turn, {
      ...{ title, severity, source: "staff", scope, detail: null },
      by: actorOf(by),
    });
    await attachVersions(context, turn, { incidentId: id, scope });
    return ok(id);
  });
}

function actorOf({ id, name }: StaffMember): Actor {
  return { id, name };
}

/** An incident that may be changed by who saw it in a state. */
async function findAsSeen(
  turn: Turn,
  id: string,
  expected: IncidentState,
): Promise<IncidentRecord | Refusal> {
  const incident = await store.findIncident(turn.trx, id);
  if (incident === null) return { code: "incident_unknown" };
  if (incident.state === expected) return incident.state === "merged" ? { code: "incident_over" } : incident;
  return { code: "incident_changed", detail: `It is ${incident.state} now.` };
}

/**
 * Changes what is named, whole or not at all. Refused where the incident no longer stands as it was seen: of
 * two who close one, the second is told that it has moved on.
 */
export async function change(
  context: Context,
  by: StaffMember,
  given: { readonly id: string; readonly request: ChangeRequest },
): Answer<string> {
  const { id, request } = given;
  const { scope } = request;
  const why = scope === undefined ? null : await whyNotScope(context, scope, context.clock.now());
  const command = { id: request.commandId, asked: { change: id, request, by: by.id } };
  return carryOut(context, command, async (turn) => {
    const incident = await findAsSeen(turn, id, request.expectedState);
    if ("code" in incident) return refuse(incident.code, incident.detail);
    if (why !== null) return refuse(why.code, why.detail);
    const lines = linesOf(incident, request, by);
    if (request.state !== undefined && request.state !== incident.state) {
      const refusal = whyNotMove(incident, request.state);
      if (refusal !== null) return refuse(refusal.code, refusal.detail);
    }
    await store.updateIncident(turn.trx, id, columnsOf(incident, request, { by, now: turn.now }));
    for (const [index, line] of lines.entries()) {
      await writeLine(turn, id, {
        ...{ ...line, at: turn.now, by: actorOf(by) },
        happening: `command:${request.commandId}:${index}`,
      });
    }
    await store.notifyChange(turn.trx, id);
    const { commandId: _command, expectedState: _expected, ...details } = request;
    await audit(turn, { by: actorOf(by), action: "incidents.changed", subject: id, details });
    if (scope !== undefined) await attachVersions(context, turn, { incidentId: id, scope });
    return ok(id);
  });
}

function whyNotMove(incident: IncidentRecord, to: IncidentState): Refusal | null {
  if (!mayGo(incident.state, to)) return { code: "move_impossible" };
  if (incident.state === "resolved" && incident.reviewedAt !== null) {
    return { code: "move_impossible", detail: "Its review is closed. Open a new incident." };
  }
  return null;
}

type Words = { readonly kind: string; readonly title: string; readonly detail: string | null };

function linesOf(incident: IncidentRecord, request: ChangeRequest, by: StaffMember): Words[] {
  const { state, severity, title, command, scope, reason = null } = request;
  const lines: Words[] = [];
  if (title !== undefined && title !== incident.title) {
    lines.push({ kind: "title", title: `Called “${title}”`, detail: `before, “${incident.title}”` });
  }
  if (command === true && incident.commander?.id !== by.id) {
    lines.push({ kind: "commander", title: `${by.name} takes command`, detail: null });
  }
  if (severity !== undefined && severity !== incident.severity) {
    const detail = reason === null ? `was ${incident.severity}` : `was ${incident.severity}; ${reason}`;
    lines.push({ kind: "severity", title: `Severity ${severity}`, detail });
  }
  if (scope !== undefined)
    lines.push({ kind: "scope", title: "Whose failures count was changed", detail: reason });
  if (state !== undefined && state !== incident.state && state !== "merged") {
    lines.push({ kind: "state", title: state_titles[state], detail: reason });
  }
  return lines;
}

function columnsOf(
  incident: IncidentRecord,
  request: ChangeRequest,
  turn: { readonly by: StaffMember; readonly now: Date },
): Parameters<typeof store.updateIncident>[2] {
  const { state = incident.state, severity = incident.severity, title = incident.title } = request;
  const scope = request.scope ?? incident.scope;
  const isMoved = state !== incident.state;
  const isEnding = isMoved && state === "resolved";
  const isComingBack = isMoved && incident.state === "resolved";
  const until = isEnding ? (scope.until ?? turn.now) : isComingBack ? null : scope.until;
  const isScopeChanged = request.scope !== undefined || isEnding || isComingBack;
  return {
    state,
    severity,
    title,
    ...(request.command === true ? { commander_id: turn.by.id, commander_name: turn.by.name } : {}),
    ...(isEnding ? { resolved_at: turn.now } : {}),
    ...(isComingBack ? { resolved_at: null } : {}),
    ...(isScopeChanged ? store.scopeColumns({ ...scope, until }) : {}),
  };
}

/** Writes a note of a member of staff, at a time that they say or now. */
export async function note(
  context: Context,
  by: StaffMember,
  given: { readonly id: string; readonly commandId: string; readonly text: string; readonly at: Date | null },
): Answer<string> {
  const { id, commandId, text, at } = given;
  const asked = { note: id, text, at: at?.toISOString() ?? null, by: by.id };
  return carryOut(context, { id: commandId, asked }, async (turn) => {
    const incident = await store.findIncident(turn.trx, id);
    if (incident === null) return refuse("incident_unknown");
    if (incident.state === "merged") return refuse("incident_over");
    if (at !== null && isAhead(at, turn.now)) return refuse("time_ahead");
    await writeLine(turn, id, {
      ...{ kind: "note", title: by.name, detail: text, at: at ?? turn.now, by: actorOf(by) },
      happening: `command:${commandId}`,
    });
    const details = { text, at: at?.toISOString() ?? null };
    await audit(turn, { by: actorOf(by), action: "incidents.noted", subject: id, details });
    return ok(id);
  });
}

function union<T>(one: readonly T[], other: readonly T[]): T[] {
  // An empty list means all.
  return one.length === 0 || other.length === 0 ? [] : [...new Set([...one, ...other])];
}

function scopeOfBoth(one: Scope, other: Scope): Scope {
  return {
    versions: union(one.versions, other.versions),
    platforms: union(one.platforms, other.platforms),
    components: union(one.components, other.components),
    from: one.from < other.from ? one.from : other.from,
    until: one.until !== null && other.until !== null && one.until > other.until ? one.until : other.until,
  };
}

/** Ends a duplicate: it goes on as another one, which takes its scope, its rollouts and its record. */
export async function merge(
  context: Context,
  by: StaffMember,
  given: { readonly id: string; readonly commandId: string; readonly into: string },
): Answer<string> {
  const { id, commandId, into } = given;
  const command = { id: commandId, asked: { merge: id, into, by: by.id } };
  return carryOut(context, command, async (turn) => {
    const { trx, now } = turn;
    const [from, to] = [await store.findIncident(trx, id), await store.findIncident(trx, into)];
    if (from === null || to === null) return refuse("incident_unknown");
    if (from.state === "merged") return refuse("incident_over");
    if (id === into || !isOpen(from.state) || !isOpen(to.state)) return refuse("merge_impossible");
    await store.updateIncident(trx, id, { state: "merged", merged_into: into });
    await store.updateIncident(trx, into, {
      ...store.scopeColumns(scopeOfBoth(from.scope, to.scope)),
      severity: Math.min(from.severity, to.severity),
    });
    // What was merged into the duplicate before goes along.
    await store.moveMerged(trx, id, into);
    for (const rollout of await store.selectRollouts(trx, id)) {
      await store.insertRollout(trx, into, { id: rollout, at: now });
    }
    await store.copyLines(trx, id, into);
    const line = { kind: "merged", at: now, by: actorOf(by) };
    const title = `${from.number} goes on here`;
    await writeLine(turn, into, { ...line, title, detail: from.title, happening: `merged:${id}` });
    await store.notifyChange(trx, id);
    await store.notifyChange(trx, into);
    const details = { into: to.number, number: from.number };
    await audit(turn, { by: actorOf(by), action: "incidents.merged", subject: id, details });
    return ok(into);
  });
}
