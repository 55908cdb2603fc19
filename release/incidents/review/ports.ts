import type { Clock, Random } from "@mainstay/kernel";
import type { ChecksService } from "@mainstay/checks";
import type { Database } from "@mainstay/platform";
import type { Cause, IncidentImpact, Regulator, StaffPeople, TimelineEntry } from "@mainstay/wire";
import type { Incidents } from "../incidents.ts";
import type { IncidentsDb } from "../store.ts";
import type { IncidentRecord } from "../types.ts";

/** All that the record says of an incident by now. */
export type Recorded = {
  readonly incident: IncidentRecord;
  readonly impact: IncidentImpact;
  readonly timeline: readonly TimelineEntry[];
  readonly cause: Cause;
  readonly regulator: Regulator;
};

/** What reviews are made of. */
export type ReviewDeps = {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly incidents: Pick<Incidents, "find" | "readIncident" | "recordIn">;
  readonly checks: Pick<ChecksService, "demand" | "demandsOf" | "matrixOf">;
  /** Staff, with the roles that they have. */
  readonly people: () => Promise<StaffPeople["people"]>;
  /** How many customers used the bank within 30 days; null where nobody has counted. */
  readonly clients: () => Promise<number | null>;
};

/** What a review's functions work with. */
export type ReviewContext = ReviewDeps & { readonly db: IncidentsDb };

/** Reads all that the record says of an incident; null where there is none. */
export async function readRecorded(
  { incidents }: Pick<ReviewDeps, "incidents">,
  incidentId: string,
): Promise<Recorded | null> {
  const incident = await incidents.find(incidentId);
  const page = incident === null ? null : await incidents.readIncident(incidentId);
  if (incident === null || page === null) return null;
  const { impact, timeline, cause, regulator } = page;
  return { incident, impact, timeline, cause, regulator };
}
