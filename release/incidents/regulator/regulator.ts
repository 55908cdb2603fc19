import { ok, type Clock } from "@mainstay/kernel";
import type { Database } from "@mainstay/platform";
import type { IncidentImpact, Regulator } from "@mainstay/wire";
import { audit, carryOut, isAhead, refuse } from "../context.ts";
import { readEnds } from "../impact-store.ts";
import { findIncident, notifyChange, type IncidentsDb } from "../store.ts";
import type { IncidentTables } from "../tables.ts";
import type { Actor, Answer, IncidentRecord } from "../types.ts";
import type { ReviewDb } from "../review/store.ts";
import type { ReviewTables } from "../review/tables.ts";
import type { Incidents } from "../incidents.ts";
import { clockDeadlines, report_deadlines } from "./deadlines.ts";
import * as store from "./store.ts";
import { countThresholds } from "./thresholds.ts";

/** What the regulator's questions are answered with. */
export type RegulatorDeps = {
  readonly database: Database;
  readonly clock: Clock;
  /** How many customers used the bank within 30 days; null where nobody has counted. */
  readonly clients: () => Promise<number | null>;
};

/** What a person's word on them is kept with. */
type Keeping = {
  readonly db: IncidentsDb;
  readonly clock: Clock;
  readonly incidents: Pick<Incidents, "recordIn">;
};

const tablesOf = (db: IncidentsDb): ReviewDb => db.withTables<ReviewTables>();

/** The deadlines of an incident, clocked by what has been signed and sent so far. */
async function readDeadlines(db: ReviewDb, incident: IncidentRecord): Promise<Regulator["deadlines"]> {
  const classified = await store.findClassification(db, incident.id);
  return clockDeadlines({
    awareAt: incident.openedAt,
    classified: classified === null ? null : { as: classified.as, at: new Date(classified.at) },
    sentAt: await store.findReports(db, incident.id),
  });
}

/**
 * Makes what regulators ask of an incident: thresholds counted, who classified it, and deadlines clocked,
 * all by now.
 */
export function createRegulator({ database, clock, clients }: RegulatorDeps) {
  const db = database.sql.withTables<IncidentTables & ReviewTables>();
  return {
    regulatorOf: async (incident: IncidentRecord, impact: IncidentImpact): Promise<Regulator> => {
      const [ends] = await readEnds(database.pool, [incident.id]);
      const counted = {
        components: incident.scope.components,
        people: impact.people,
        clients: await clients(),
        firstFailureAt: ends?.firstAt ?? null,
        lastBackAt: ends?.lastBackAt ?? null,
        ...{ openedAt: incident.openedAt, resolvedAt: incident.resolvedAt },
      };
      return {
        ...countThresholds(counted, clock.now()),
        classified: await store.findClassification(db, incident.id),
        deadlines: await readDeadlines(db, incident),
      };
    },
  };
}

/**
 * Keeps what a person says on the regulator's question; they may say otherwise later, and the latest holds.
 * Answers the incident's id.
 */
export function classify(
  context: Keeping,
  by: Actor,
  given: {
    readonly incidentId: string;
    readonly commandId: string;
    readonly as: "major" | "not-major";
    readonly reason: string;
  },
): Answer<string> {
  const { incidentId, as, reason } = given;
  const command = { id: given.commandId, asked: ["classify", by.id, incidentId, as, reason] };
  return carryOut(context, command, async ({ trx, now }) => {
    const incident = await findIncident(trx, incidentId);
    if (incident === null) return refuse("incident_unknown");
    if (incident.state === "merged") return refuse("incident_over");
    if (incident.reviewedAt !== null) return refuse("review_closed");
    await store.insertClassification(tablesOf(trx), incidentId, { as, by, at: now, reason });
    const said = as === "major" ? "major" : "not major";
    const line = { kind: "classified", title: `Classified as ${said}`, detail: reason, at: now, by };
    await context.incidents.recordIn(trx, incidentId, {
      ...line,
      happening: `classified:${given.commandId}`,
    });
    const entry = { by, action: "incidents.classified", subject: incidentId, details: { as, reason } };
    await audit({ trx, now }, entry);
    await notifyChange(trx, incidentId);
    return ok(incidentId);
  });
}

/** Keeps when a report went to a regulator, once for each deadline. Answers the incident's id. */
export async function noteReport(
  context: Keeping,
  by: Actor,
  given: {
    readonly incidentId: string;
    readonly commandId: string;
    readonly deadline: string;
    readonly at: Date;
  },
): Answer<string> {
  const { incidentId, deadline, at } = given;
  if (isAhead(at, context.clock.now())) return refuse("time_ahead");
  if (!report_deadlines.some((known) => known === deadline)) return refuse("report_not_due");
  const command = { id: given.commandId, asked: ["report", by.id, incidentId, deadline, at] };
  return carryOut(context, command, async ({ trx, now }) => {
    const incident = await findIncident(trx, incidentId);
    if (incident === null) return refuse("incident_unknown");
    const clocked = (await readDeadlines(tablesOf(trx), incident)).find(({ id }) => id === deadline);
    if (clocked === undefined || clocked.startedAt === null) return refuse("report_not_due");
    if (clocked.doneAt !== null) return refuse("report_sent");
    if (at < new Date(clocked.startedAt)) return refuse("report_not_due");
    await store.insertReport(tablesOf(trx), incidentId, { deadline, at, by });
    const line = {
      kind: "report-sent",
      title: `Sent to the regulator: ${clocked.name}`,
      detail: null,
      at,
      by,
    };
    await context.incidents.recordIn(trx, incidentId, { ...line, happening: `report-sent:${deadline}` });
    const details = { deadline, at: at.toISOString() };
    await audit({ trx, now }, { by, action: "incidents.report-sent", subject: incidentId, details });
    await notifyChange(trx, incidentId);
    return ok(incidentId);
  });
}
