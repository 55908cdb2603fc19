import { login_journeys, check_journeys, review_texts, type CheckCell, type Review } from "@mainstay/wire";
import { conditionsOf } from "./conditions.ts";
import { draftText } from "./drafts.ts";
import { factsOf } from "./facts.ts";
import type { Recorded, ReviewContext } from "./ports.ts";
import * as store from "./store.ts";
import type { ReviewsTable, ReviewTables } from "./tables.ts";

/** The roles of staff who may write a review, own its actions and read it. */
const writer_role = "release-manager";

/** Staff who may own an action or be the second reader: those who have access and the role. */
export async function readStaff({ people }: Pick<ReviewContext, "people">): Promise<Review["staff"]> {
  return (await people())
    .filter(({ endedAt, roles }) => endedAt === null && roles.some((role) => role === writer_role))
    .map(({ id, name }) => ({ id, name }));
}

/** The red cell of a failing version's own matrix that says most: of a log-in, where log-in was concerned. */
export async function findRedCell(context: ReviewContext, recorded: Recorded): Promise<CheckCell | null> {
  const { components, versions } = recorded.incident.scope;
  const isLogIn = components.length === 0 || components.includes("log-in");
  for (const version of versions) {
    const { cells } = await context.checks.matrixOf(version);
    const red = cells.filter(
      (cell) => cell.result === "failed" && cell.version === version && cell.server === "now",
    );
    const of = (journeys: readonly string[]): CheckCell | undefined =>
      journeys
        .map((journey) => red.find((cell) => cell.journey === journey))
        .find((cell) => cell !== undefined);
    const found = (isLogIn ? of(login_journeys) : undefined) ?? of(check_journeys);
    if (found !== undefined) return found;
  }
  return null;
}

/** What is demanded for the incident, or else what the red cell suggests. */
async function readCheck(context: ReviewContext, recorded: Recorded): Promise<Review["check"]> {
  const { id } = recorded.incident;
  const [demanded] = await context.checks.demandsOf(id);
  if (demanded !== undefined) return demanded;
  const red = await findRedCell(context, recorded);
  if (red === null) return null;
  const { journey, title, version } = red;
  // Until it is demanded it has the incident's own digits for an id.
  return {
    id: id.replace(/^inc_/, "dmd_"),
    incident: id,
    journey,
    title,
    failedOn: version,
    demandedAt: null,
  };
}

function readerOf(row: ReviewsTable | undefined): Review["reader"] {
  const { reader_id: id = null, reader_name: name = null, reader_asked_at: askedAt = null } = row ?? {};
  if (id === null || askedAt === null) return null;
  const readAt = row?.read_at ?? null;
  return {
    ...{ id, name: name ?? id },
    askedAt: askedAt.toISOString(),
    readAt: readAt?.toISOString() ?? null,
  };
}

/** Reads a review as the record and people have it now. One that is closed is what it was then. */
export async function readReview(context: ReviewContext, recorded: Recorded): Promise<Review> {
  const db = context.db.withTables<ReviewTables>();
  const { incident, impact, timeline, regulator } = recorded;
  const row = await store.findReview(db, incident.id);
  if (row !== undefined && row.closed_review !== null) {
    const closed = JSON.parse(row.closed_review) as Review;
    // Its last report may be due only weeks later.
    return { ...closed, regulator: { ...closed.regulator, deadlines: regulator.deadlines } };
  }
  const written = await store.findTexts(db, incident.id);
  const edits = await store.findEdits(db, incident.id);
  const texts = review_texts.map((part) => {
    const text = written.get(part);
    return { part, text: text ?? draftText(part, recorded), isDrafted: text === undefined };
  });
  const standing = {
    incident,
    texts,
    actions: await store.findActions(db, incident.id),
    check: await readCheck(context, recorded),
    reader: readerOf(row),
    classified: regulator.classified,
  };
  return {
    incident: incident.id,
    number: incident.number,
    title: incident.title,
    draft: row?.draft ?? 1,
    editedAt: edits[0]?.at ?? null,
    editedBy: edits[0]?.by ?? null,
    facts: factsOf(recorded, await context.clients()),
    impact,
    timeline: [...timeline],
    texts,
    actions: standing.actions,
    regulator,
    check: standing.check,
    reader: standing.reader,
    conditions: conditionsOf(standing),
    closedAt: null,
    closedBy: null,
    staff: await readStaff(context),
    edits,
  };
}
