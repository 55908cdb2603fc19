import { ok } from "@mainstay/kernel";
import {
  check_journeys,
  journey_titles,
  review_texts,
  type CheckJourney,
  type Review,
  type ReviewAction,
  type ReviewText,
} from "@mainstay/wire";
import { audit, carryOut, refuse, type Turn } from "../context.ts";
import { findIncident, notifyChange, updateIncident } from "../store.ts";
import type { Actor, Answer, IncidentRecord } from "../types.ts";
import { missingSentence } from "./conditions.ts";
import { factsOf, unknownPlaceholders } from "./facts.ts";
import { findRedCell, readReview, readStaff } from "./reading.ts";
import { readRecorded, type ReviewContext } from "./ports.ts";
import * as store from "./store.ts";
import type { ReviewsTable, ReviewTables } from "./tables.ts";

/** Whoever edits which review, by a command of theirs. */
export type Edit = { readonly incidentId: string; readonly commandId: string; readonly by: Actor };

/** An edit in its turn: nobody else changes an incident or its review meanwhile. */
type EditTurn = Turn & {
  readonly db: store.ReviewDb;
  readonly row: ReviewsTable;
  readonly incident: IncidentRecord;
};

/** What an edit made, of which part; for the list of edits and the audit. */
type Edited = { readonly what: string; readonly content: unknown };

/**
 * Carries out an edit once: refused where the review is closed or the incident goes on as another one. Raises
 * the draft, and keeps what was written with who wrote it. Answers the incident's id.
 */
function edit(
  context: ReviewContext,
  { incidentId, commandId, by }: Edit,
  asked: readonly unknown[],
  work: (turn: EditTurn) => Answer<Edited>,
): Answer<string> {
  const command = { id: commandId, asked: ["review", incidentId, by.id, ...asked] };
  return carryOut(context, command, async (turn) => {
    const { trx, now } = turn;
    const incident = await findIncident(trx, incidentId);
    if (incident === null) return refuse("incident_unknown");
    if (incident.state === "merged") return refuse("incident_over");
    const db = trx.withTables<ReviewTables>();
    const row = await store.ensureReview(db, incidentId);
    if (row.closed_at !== null)
      return refuse("review_closed", `${row.closed_by_name ?? "Somebody"} closed it.`);
    const done = await work({ ...turn, db, row, incident });
    if (!done.ok) return done;
    const { what, content } = done.value;
    const draft = row.draft + 1;
    await store.updateReview(db, incidentId, { draft });
    await store.insertEdit(db, { incidentId, draft, at: now, by, what, content });
    const details = { number: incident.number, draft, what, content };
    await audit({ trx, now }, { by, action: "reviews.edited", subject: incidentId, details });
    await notifyChange(trx, incidentId);
    return ok(incidentId);
  });
}

/** Writes a part. Facts stand in it as `{key}`, and a key that the record doesn't have is refused. */
export async function writeText(
  context: ReviewContext,
  given: Edit & { readonly part: ReviewText; readonly draft: number; readonly text: string },
): Answer<string> {
  const { incidentId, part, draft, text } = given;
  const recorded = await readRecorded(context, incidentId);
  if (recorded === null) return refuse("incident_unknown");
  const unknown = unknownPlaceholders(text, factsOf(recorded, null));
  if (unknown.length > 0) {
    return refuse("placeholder_unknown", `There is no {${unknown.join("}, no {")}}.`);
  }
  return edit(context, given, ["text", part, draft, text], async ({ db, row }) => {
    if (row.draft !== draft) return refuse("review_changed");
    await store.putText(db, incidentId, { part, text });
    // What was read is what is closed: whoever read it before reads it again.
    await store.updateReview(db, incidentId, { read_at: null });
    return ok({ what: part, content: text });
  });
}

/** Whether a date is one that the calendar has. */
function isDate(text: string): boolean {
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}

/** Makes an action, or changes it. Whoever owns it is staff; what was moved says where and why. */
export async function putAction(
  context: ReviewContext,
  given: Edit & Pick<ReviewAction, "id" | "what" | "due" | "state" | "note"> & { readonly owner: string },
): Answer<string> {
  const { incidentId, id, what, due, state, note } = given;
  const owner = (await readStaff(context)).find((staff) => staff.id === given.owner);
  if (owner === undefined) return refuse("staff_unknown");
  if (!isDate(due)) return refuse("date_invalid");
  if (state === "moved" && (note ?? "").trim().length < 3) return refuse("note_missing");
  const asked = ["action", id, what, owner.id, due, state, note];
  return edit(context, given, asked, async ({ db }) => {
    const of = await store.findActionOwner(db, id);
    if (of !== undefined && of !== incidentId) return refuse("action_unknown");
    if (of === undefined && (await store.findActions(db, incidentId)).length >= store.actions_max) {
      return refuse("actions_full");
    }
    const columns = { id, incident_id: incidentId, what, due, state, note };
    await store.putAction(db, { ...columns, owner_id: owner.id, owner_name: owner.name });
    return ok({ what: "actions", content: { id, what, owner, due, state, note } });
  });
}

/** Demands a journey of every later version. It can't be taken back. */
export async function demandCheck(
  context: ReviewContext,
  given: Edit & { readonly journey: string },
): Answer<string> {
  const { incidentId, by } = given;
  const journey = check_journeys.find((known): known is CheckJourney => known === given.journey);
  if (journey === undefined) return refuse("journey_unknown");
  const recorded = await readRecorded(context, incidentId);
  if (recorded === null) return refuse("incident_unknown");
  const red = await findRedCell(context, recorded);
  return edit(context, given, ["check", journey], async ({ trx, incident, now }) => {
    const title = journey_titles[journey];
    const failedOn = red?.journey === journey ? red.version : null;
    const { number } = incident;
    await context.checks.demand(trx, { incident: { id: incidentId, number }, journey, title, failedOn, by });
    const line = {
      kind: "check-demanded",
      title: `Demanded of every later version: “${title}”`,
      detail: null,
    };
    await context.incidents.recordIn(trx, incidentId, {
      ...line,
      at: now,
      by,
      happening: `check-demanded:${journey}`,
    });
    return ok({ what: "check", content: { journey, failedOn } });
  });
}

/** Asks somebody to read it who hasn't written it. */
export async function askReader(
  context: ReviewContext,
  given: Edit & { readonly staff: string },
): Answer<string> {
  const { incidentId, by } = given;
  const reader = (await readStaff(context)).find(({ id }) => id === given.staff);
  if (reader === undefined) return refuse("staff_unknown");
  if (reader.id === by.id) return refuse("second_reader_needed");
  return edit(context, given, ["reader", reader.id], async ({ db, now }) => {
    if (await store.hasWritten(db, incidentId, { staff: reader.id, parts: review_texts })) {
      return refuse("second_reader_needed");
    }
    const columns = { reader_id: reader.id, reader_name: reader.name };
    await store.updateReview(db, incidentId, { ...columns, reader_asked_at: now, read_at: null });
    return ok({ what: "reader", content: { asked: reader } });
  });
}

/** The second reader's word that they have read it as it stands. */
export function readThrough(context: ReviewContext, given: Edit): Answer<string> {
  const { incidentId, by } = given;
  return edit(context, given, ["read"], async ({ db, row, now }) => {
    if (row.reader_id !== by.id) return refuse("reader_other");
    if (await store.hasWritten(db, incidentId, { staff: by.id, parts: review_texts })) {
      return refuse("second_reader_needed");
    }
    await store.updateReview(db, incidentId, { read_at: now });
    return ok({ what: "reader", content: { read: by } });
  });
}

/**
 * Closes a review whose conditions are met: keeps it as it stands now, figures and all, and marks the
 * incident as reviewed. Of two who close it at once, the second is told who was first.
 */
export async function closeReview(context: ReviewContext, given: Edit): Answer<string> {
  const { incidentId, by } = given;
  const recorded = await readRecorded(context, incidentId);
  if (recorded === null) return refuse("incident_unknown");
  const review: Review = await readReview(context, recorded);
  const isReady = review.conditions.every(({ isMet }) => isMet);
  return edit(context, given, ["close"], async ({ trx, db, row, incident, now }) => {
    if (!isReady) return refuse("review_not_ready", missingSentence(review.conditions));
    // What was judged ready is what is closed.
    if (row.draft !== review.draft || incident.state !== recorded.incident.state) {
      return refuse("review_changed");
    }
    if (row.reader_id === by.id) return refuse("second_reader_needed");
    const line = { kind: "review-closed", title: "The review was closed", detail: null, at: now, by };
    const closed: Review = {
      ...review,
      draft: row.draft + 1,
      timeline: [
        ...review.timeline,
        { at: now.toISOString(), kind: line.kind, title: line.title, detail: null, actor: by },
      ],
      closedAt: now.toISOString(),
      closedBy: { id: by.id, name: by.name },
    };
    const columns = { closed_at: now, closed_by_id: by.id, closed_by_name: by.name };
    await store.updateReview(db, incidentId, { ...columns, closed_review: JSON.stringify(closed) });
    await updateIncident(trx, incidentId, { reviewed_at: now });
    await context.incidents.recordIn(trx, incidentId, { ...line, happening: "review-closed" });
    return ok({ what: "closed", content: null });
  });
}
