import type { Kysely } from "kysely";
import type { Review, ReviewAction, ReviewText } from "@mainstay/wire";
import type { IncidentTables } from "../tables.ts";
import type { Actor } from "../types.ts";
import type { ActionsTable, ReviewsTable, ReviewTables } from "./tables.ts";

/** A connection or a transaction that knows the tables of reviews. */
export type ReviewDb = Kysely<IncidentTables & ReviewTables>;

/** The most actions of one review, and the most of its edits that are shown. */
export const actions_max = 50;
export const edits_shown_max = 200;

export async function findReview(db: ReviewDb, incidentId: string): Promise<ReviewsTable | undefined> {
  return db
    .selectFrom("incidents.reviews")
    .selectAll()
    .where("incident_id", "=", incidentId)
    .executeTakeFirst();
}

/** The review that is there, or the first draft of one. */
export async function ensureReview(trx: ReviewDb, incidentId: string): Promise<ReviewsTable> {
  await trx
    .insertInto("incidents.reviews")
    .values({
      ...{ incident_id: incidentId, draft: 1 },
      ...{ reader_id: null, reader_name: null, reader_asked_at: null, read_at: null },
      ...{ closed_at: null, closed_by_id: null, closed_by_name: null, closed_review: null },
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return trx
    .selectFrom("incidents.reviews")
    .selectAll()
    .where("incident_id", "=", incidentId)
    .executeTakeFirstOrThrow();
}

export async function updateReview(
  trx: ReviewDb,
  incidentId: string,
  set: Partial<Omit<ReviewsTable, "incident_id">>,
): Promise<void> {
  await trx.updateTable("incidents.reviews").set(set).where("incident_id", "=", incidentId).execute();
}

/** What people have written, by part. */
export async function findTexts(db: ReviewDb, incidentId: string): Promise<ReadonlyMap<ReviewText, string>> {
  const rows = await db
    .selectFrom("incidents.review_texts")
    .select(["part", "text"])
    .where("incident_id", "=", incidentId)
    .execute();
  return new Map(rows.map(({ part, text }) => [part, text]));
}

export async function putText(
  trx: ReviewDb,
  incidentId: string,
  { part, text }: { readonly part: ReviewText; readonly text: string },
): Promise<void> {
  await trx
    .insertInto("incidents.review_texts")
    .values({ incident_id: incidentId, part, text })
    .onConflict((conflict) => conflict.columns(["incident_id", "part"]).doUpdateSet({ text }))
    .execute();
}

export async function findActions(db: ReviewDb, incidentId: string): Promise<ReviewAction[]> {
  const rows = await db
    .selectFrom("incidents.review_actions")
    .selectAll()
    .where("incident_id", "=", incidentId)
    .orderBy("number")
    .execute();
  return rows.map(({ id, what, owner_id, owner_name, due, state, note }) => ({
    ...{ id, what, due, state, note },
    owner: { id: owner_id, name: owner_name },
  }));
}

/** Whose review an action is in; undefined where there is no such action. */
export async function findActionOwner(db: ReviewDb, id: string): Promise<string | undefined> {
  const row = await db
    .selectFrom("incidents.review_actions")
    .select("incident_id")
    .where("id", "=", id)
    .executeTakeFirst();
  return row?.incident_id;
}

export async function putAction(trx: ReviewDb, action: Omit<ActionsTable, "number">): Promise<void> {
  const { id: _id, incident_id: _incident, ...set } = action;
  await trx
    .insertInto("incidents.review_actions")
    .values(action)
    .onConflict((conflict) => conflict.column("id").doUpdateSet(set))
    .execute();
}

export async function insertEdit(
  trx: ReviewDb,
  edit: {
    readonly incidentId: string;
    readonly draft: number;
    readonly at: Date;
    readonly by: Actor;
    readonly what: string;
    readonly content: unknown;
  },
): Promise<void> {
  const { incidentId, draft, at, by, what, content } = edit;
  await trx
    .insertInto("incidents.review_edits")
    .values({
      ...{ incident_id: incidentId, draft, at, what },
      ...{ by_id: by.id, by_name: by.name, content: JSON.stringify(content) },
    })
    .execute();
}

/** Every edit, newest first. */
export async function findEdits(db: ReviewDb, incidentId: string): Promise<Review["edits"]> {
  const rows = await db
    .selectFrom("incidents.review_edits")
    .select(["draft", "at", "by_id", "by_name", "what"])
    .where("incident_id", "=", incidentId)
    .orderBy("draft", "desc")
    .limit(edits_shown_max)
    .execute();
  return rows.map(({ draft, at, by_id, by_name, what }) => ({
    ...{ draft, what, at: at.toISOString() },
    by: { id: by_id, name: by_name },
  }));
}

/** Whether somebody has written any of a review's texts. */
export async function hasWritten(
  db: ReviewDb,
  incidentId: string,
  { staff, parts }: { readonly staff: string; readonly parts: readonly string[] },
): Promise<boolean> {
  const row = await db
    .selectFrom("incidents.review_edits")
    .select("draft")
    .where("incident_id", "=", incidentId)
    .where("by_id", "=", staff)
    .where("what", "in", [...parts])
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
