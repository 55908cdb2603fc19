import type { Regulator } from "@mainstay/wire";
import type { Actor } from "../types.ts";
import type { ReviewDb } from "../review/store.ts";

/** What was signed last on the regulator's question; null before anybody has. */
export async function findClassification(db: ReviewDb, incidentId: string): Promise<Regulator["classified"]> {
  const row = await db
    .selectFrom("incidents.classifications")
    .selectAll()
    .where("incident_id", "=", incidentId)
    .orderBy("number", "desc")
    .limit(1)
    .executeTakeFirst();
  if (row === undefined) return null;
  const by = { id: row.by_id, name: row.by_name };
  return { as: row.classified_as, by, at: row.at.toISOString(), reason: row.reason };
}

export async function insertClassification(
  trx: ReviewDb,
  incidentId: string,
  given: {
    readonly as: "major" | "not-major";
    readonly by: Actor;
    readonly at: Date;
    readonly reason: string;
  },
): Promise<void> {
  await trx
    .insertInto("incidents.classifications")
    .values({
      ...{ incident_id: incidentId, classified_as: given.as, at: given.at, reason: given.reason },
      ...{ by_id: given.by.id, by_name: given.by.name },
    })
    .execute();
}

/** When each report was sent, by its deadline. */
export async function findReports(db: ReviewDb, incidentId: string): Promise<ReadonlyMap<string, Date>> {
  const rows = await db
    .selectFrom("incidents.reports")
    .select(["deadline", "sent_at"])
    .where("incident_id", "=", incidentId)
    .execute();
  return new Map(rows.map(({ deadline, sent_at }) => [deadline, sent_at]));
}

export async function insertReport(
  trx: ReviewDb,
  incidentId: string,
  report: { readonly deadline: string; readonly at: Date; readonly by: Actor },
): Promise<void> {
  await trx
    .insertInto("incidents.reports")
    .values({
      ...{ incident_id: incidentId, deadline: report.deadline, sent_at: report.at },
      ...{ by_id: report.by.id, by_name: report.by.name },
    })
    .execute();
}
