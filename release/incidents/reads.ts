import {
  affected_page_max,
  type Affected,
  type AffectedPage,
  type Incident,
  type IncidentImpact,
  type Incidents,
  type IncidentsConcerning,
  type IncidentSummary,
  type Regulator,
  type TimelineEntry,
} from "@mainstay/wire";
import * as affectedStore from "./affected-store.ts";
import { readCause } from "./cause.ts";
import type { Context } from "./context.ts";
import * as impactStore from "./impact-store.ts";
import { transitions } from "./machine.ts";
import type { PaymentsDelayed } from "./payments-delayed.ts";
import * as store from "./store.ts";
import type { AffectedPeople, IncidentRecord } from "./types.ts";
import { osText } from "./words.ts";

/** The most lines of a timeline that are shown. */
const lines_shown_max = 498;
/** How many of the affected are read at once for the whole list. */
const export_page_max = 1_000;
/** The lines by which an incident was found, and by which a version was taken back. */
const alarm_kinds = ["alarm", "held", "called", "probe-failed", "ledger-wrong"] as const;
const rollback_kind = "rolled-back";

/** The regulator's questions about an incident. */
export type RegulatorPort = (incident: IncidentRecord, impact: IncidentImpact) => Promise<Regulator>;

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

/** The figures of some incidents, by id; `null` for payments where the bank hasn't said. */
async function readImpacts(
  context: Context,
  incidents: readonly IncidentRecord[],
  paymentsDelayed: (id: string) => number | null,
): Promise<ReadonlyMap<string, IncidentImpact>> {
  const ids = incidents.map(({ id }) => id);
  const { pool } = context.database;
  const now = context.clock.now();
  const [figures, failed, ends, lines] = await Promise.all([
    impactStore.readFigures(pool, ids, now),
    impactStore.readFailedLogIns(pool, ids),
    impactStore.readEnds(pool, ids),
    store.selectFirstLines(context.db, ids, [...alarm_kinds, rollback_kind]),
  ]);
  const firstOf = (id: string, kinds: readonly string[]) => {
    const times = lines.filter((line) => line.incident_id === id && kinds.includes(line.kind));
    return times.length === 0 ? null : Math.min(...times.map(({ at }) => at.getTime()));
  };
  return new Map(
    ids.map((id): [string, IncidentImpact] => {
      const counted = figures.get(id);
      const firstFailure = ends.find(({ incidentId }) => incidentId === id)?.firstAt.getTime() ?? null;
      const [alarm, rollback] = [firstOf(id, alarm_kinds), firstOf(id, [rollback_kind])];
      return [
        id,
        {
          people: counted?.people ?? 0,
          unknown: counted?.unknown ?? 0,
          backIn: counted?.backIn ?? 0,
          failedLogIns: failed.get(id) ?? 0,
          medianOut_ms: counted?.medianOut_ms ?? null,
          longestOut_ms: counted?.longestOut_ms ?? null,
          totalOut_ms: counted?.totalOut_ms ?? 0,
          firstFailureToAlarm_ms: alarm === null || firstFailure === null ? null : alarm - firstFailure,
          alarmToRollback_ms: alarm === null || rollback === null ? null : rollback - alarm,
          paymentsDelayed: counted === undefined ? 0 : paymentsDelayed(id),
        },
      ];
    }),
  );
}

function summaryOf(incident: IncidentRecord, impact: IncidentImpact): IncidentSummary {
  const { scope } = incident;
  return {
    id: incident.id,
    number: incident.number,
    title: incident.title,
    state: incident.state,
    severity: incident.severity,
    source: incident.source,
    openedAt: incident.openedAt.toISOString(),
    openedBy: incident.openedBy,
    resolvedAt: iso(incident.resolvedAt),
    commander: incident.commander,
    mergedInto: incident.mergedInto,
    scope: {
      versions: [...scope.versions],
      platforms: [...scope.platforms],
      components: [...scope.components],
      from: scope.from.toISOString(),
      until: iso(scope.until),
    },
    impact,
    isReviewed: incident.reviewedAt !== null,
  };
}

const no_impact: IncidentImpact = {
  ...{ people: 0, unknown: 0, backIn: 0, failedLogIns: 0, medianOut_ms: null, longestOut_ms: null },
  ...{ totalOut_ms: 0, firstFailureToAlarm_ms: null, alarmToRollback_ms: null, paymentsDelayed: null },
};

/** The list: open ones first, then the newest. */
export async function readIncidents(context: Context, delayed: PaymentsDelayed): Promise<Incidents> {
  const [incidents, open] = await Promise.all([
    store.selectIncidents(context.db),
    store.countOpen(context.db),
  ]);
  const impacts = await readImpacts(context, incidents, delayed.last);
  return {
    incidents: incidents.map((incident) => summaryOf(incident, impacts.get(incident.id) ?? no_impact)),
    open,
  };
}

/** The incidents that a customer is among the affected of, the newest first. */
export async function readConcerning(
  context: Context,
  customer: string,
  delayed: PaymentsDelayed,
): Promise<IncidentsConcerning> {
  const incidents = await store.selectConcerning(context.db, customer);
  const impacts = await readImpacts(context, incidents, delayed.last);
  return {
    incidents: incidents.map((incident) => summaryOf(incident, impacts.get(incident.id) ?? no_impact)),
  };
}

/**
 * The timeline: what was written, and what follows from the affected as they are known by now: the first that
 * failed, and the last who was in again.
 */
async function readTimeline(context: Context, incidentId: string): Promise<TimelineEntry[]> {
  const [lines, [ends]] = await Promise.all([
    store.selectLines(context.db, incidentId, lines_shown_max),
    impactStore.readEnds(context.database.pool, [incidentId]),
  ]);
  const entries = lines.map((line): TimelineEntry => {
    const { at, kind, title, detail, actor_id, actor_name } = line;
    const actor = actor_id === null ? null : { id: actor_id, name: actor_name ?? actor_id };
    return { at: at.toISOString(), kind, title, detail, actor };
  });
  if (ends !== undefined) {
    const { firstAt, firstOs, firstReason, lastBackAt } = ends;
    const detail = `${osText(firstOs)}, ${firstReason}`;
    const first = { kind: "first-failure", title: "First failed log-in", detail, actor: null };
    entries.push({ at: firstAt.toISOString(), ...first });
    if (lastBackAt !== null) {
      const last = { kind: "last-back", title: "The last one is back in", detail: null, actor: null };
      entries.push({ at: lastBackAt.toISOString(), ...last });
    }
  }
  // Sorting is stable: what happened at the same moment stays as it was written.
  return entries.toSorted((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0));
}

/** The figures of one incident; the bank is asked about payments, for a moment. */
async function readImpact(
  context: Context,
  incident: IncidentRecord,
  delayed: PaymentsDelayed,
): Promise<IncidentImpact> {
  await delayed.ask(incident);
  const impacts = await readImpacts(context, [incident], delayed.last);
  return impacts.get(incident.id) ?? no_impact;
}

/** Everybody who was kept out, by what has been counted so far. */
export async function readPeople(context: Context, incidentId: string): Promise<AffectedPeople> {
  const { pool } = context.database;
  const [people, unknown] = await Promise.all([
    impactStore.readPeople(pool, incidentId, context.clock.now()),
    impactStore.countUnknown(pool, incidentId),
  ]);
  return { people, unknown };
}

/** The page of one incident; null for one that isn't there. */
export async function readIncident(
  context: Context,
  id: string,
  ports: { readonly delayed: PaymentsDelayed; readonly regulatorOf: RegulatorPort },
): Promise<Incident | null> {
  const incident = await store.findIncident(context.db, id);
  if (incident === null) return null;
  const [impact, rollouts, merged, timeline, cause] = await Promise.all([
    readImpact(context, incident, ports.delayed),
    store.selectRollouts(context.db, id),
    store.selectMerged(context.db, id),
    readTimeline(context, id),
    readCause(context, incident),
  ]);
  const isReviewed = incident.reviewedAt !== null;
  return {
    ...summaryOf(incident, impact),
    rollouts,
    merged: merged.map(({ id: mergedId, number, title }) => ({ id: mergedId, number, title })),
    timeline,
    cause,
    regulator: await ports.regulatorOf(incident, impact),
    nextStates: isReviewed ? [] : [...transitions[incident.state]],
  };
}

function cursorOf(row: Affected): affectedStore.AffectedCursor {
  return {
    isBack: row.backAt !== null,
    firstFailureAt: row.firstFailureAt,
    installation: row.installation,
    customer: row.customer ?? "",
  };
}

function readCursor(text: string): affectedStore.AffectedCursor | null {
  const [isBack, firstFailureAt = "", installation, customer] = Buffer.from(text, "base64url")
    .toString("utf8")
    .split(" ");
  if (installation === undefined || customer === undefined || Number.isNaN(Date.parse(firstFailureAt))) {
    return null;
  }
  return { isBack: isBack === "1", firstFailureAt, installation, customer };
}

function cursorText({
  isBack,
  firstFailureAt,
  installation,
  customer,
}: affectedStore.AffectedCursor): string {
  return Buffer.from([isBack ? "1" : "0", firstFailureAt, installation, customer].join(" ")).toString(
    "base64url",
  );
}

/** A page of the affected; a cursor that no page gave begins at the beginning. */
export async function readAffectedPage(
  context: Context,
  asked: { readonly incidentId: string; readonly back: boolean | null; readonly after: string | null },
): Promise<AffectedPage> {
  const { incidentId, back, after } = asked;
  const { pool } = context.database;
  const cursor = after === null ? null : readCursor(after);
  const limit = affected_page_max + 1;
  const [rows, counts] = await Promise.all([
    affectedStore.readAffected(pool, { incidentId, back, after: cursor, now: context.clock.now(), limit }),
    affectedStore.countAffected(pool, incidentId),
  ]);
  const affected = rows.slice(0, affected_page_max);
  const last = affected.at(-1);
  const hasMore = rows.length > affected_page_max;
  return { affected, next: hasMore && last ? cursorText(cursorOf(last)) : null, ...counts };
}

/** All of the affected, one after the other: as they are by the time of reading. */
export async function* readAllAffected(context: Context, incidentId: string): AsyncGenerator<Affected> {
  let after: affectedStore.AffectedCursor | null = null;
  const now = context.clock.now();
  for (;;) {
    const rows: Affected[] = await affectedStore.readAffected(context.database.pool, {
      ...{ incidentId, back: null, after, now, limit: export_page_max },
    });
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < export_page_max) return;
    after = cursorOf(last);
  }
}
