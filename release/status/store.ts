import { sql, type Selectable } from "kysely";
import type { IncidentsTable, StatusDb, StatusTransaction, UpdatesTable } from "./tables.ts";
import type { Change, MeasuredState, OfferedComponent, Override } from "./types.ts";

/** The most incidents that the page tells of, and the most updates of each. */
export const incidents_shown_max = 50;
export const updates_shown_max = 100;
/** The most changes of one component that its history is made of; older ones are left out. */
const changes_read_max = 20_000;

/** Takes the turn of judging, until the transaction ends; answers when it was done last. */
export async function takeTurn(trx: StatusTransaction): Promise<Date | null> {
  const row = await trx
    .selectFrom("status.turns")
    .select("judged_at")
    // One process judges at a time; readers aren't held up.
    .forUpdate()
    .executeTakeFirstOrThrow();
  return row.judged_at;
}

export async function endTurn(trx: StatusTransaction, judgedAt: Date): Promise<void> {
  await trx.updateTable("status.turns").set({ judged_at: judgedAt }).execute();
}

export async function judgedAt(db: StatusDb): Promise<Date | null> {
  const row = await db.selectFrom("status.turns").select("judged_at").executeTakeFirstOrThrow();
  return row.judged_at;
}

/** How each component stands by the latest change; those that were never judged are missing. */
export async function currentStates(db: StatusDb): Promise<ReadonlyMap<string, Change>> {
  const { rows } = await sql<{ component: string; state: MeasuredState; at: Date }>`
    SELECT DISTINCT ON (component) component, state, at
      FROM status.changes
     ORDER BY component, at DESC, number DESC`.execute(db);
  return new Map(rows.map(({ component, state, at }) => [component, { state, at }]));
}

export async function insertChange(
  trx: StatusTransaction,
  change: { readonly component: OfferedComponent; readonly state: MeasuredState; readonly at: Date },
): Promise<void> {
  await trx.insertInto("status.changes").values(change).execute();
}

/** A component's changes since a time, oldest first, with the one that held then. */
export async function changesSince(
  db: StatusDb,
  component: OfferedComponent,
  since: Date,
): Promise<readonly Change[]> {
  const before = await db
    .selectFrom("status.changes")
    .select(["state", "at"])
    .where("component", "=", component)
    .where("at", "<=", since)
    .orderBy("at", "desc")
    .orderBy("number", "desc")
    .limit(1)
    .execute();
  const later = await db
    .selectFrom("status.changes")
    .select(["state", "at"])
    .where("component", "=", component)
    .where("at", ">", since)
    .orderBy("at", "desc")
    .orderBy("number", "desc")
    .limit(changes_read_max)
    .execute();
  return [...before, ...later.toReversed()];
}

export async function selectOverrides(db: StatusDb): Promise<readonly Override[]> {
  const rows = await db.selectFrom("status.overrides").selectAll().execute();
  return rows.map(({ by_id, by_name, ...row }) => ({ ...row, by: { id: by_id, name: by_name } }));
}

export async function putOverride(trx: StatusTransaction, override: Override): Promise<void> {
  const { component, state, by, at, reason } = override;
  const row = { component, state, by_id: by.id, by_name: by.name, at, reason };
  await trx
    .insertInto("status.overrides")
    .values(row)
    .onConflict((conflict) => conflict.column("component").doUpdateSet(row))
    .execute();
}

export async function deleteOverride(trx: StatusTransaction, component: OfferedComponent): Promise<boolean> {
  const deleted = await trx
    .deleteFrom("status.overrides")
    .where("component", "=", component)
    .executeTakeFirst();
  return deleted.numDeletedRows > 0n;
}

/** Takes a command's id; false where it was done before. */
export async function takeCommand(trx: StatusTransaction, id: string, at: Date): Promise<boolean> {
  const taken = await trx
    .insertInto("status.commands")
    .values({ id, at })
    .onConflict((conflict) => conflict.column("id").doNothing())
    .executeTakeFirst();
  return taken.numInsertedOrUpdatedRows === 1n;
}

export async function forgetCommands(db: StatusDb, before: Date): Promise<void> {
  await db.deleteFrom("status.commands").where("at", "<", before).execute();
}

type StoredIncident = Omit<Selectable<IncidentsTable>, "is_hidden">;

export async function putIncident(trx: StatusTransaction, incident: StoredIncident): Promise<void> {
  await trx
    .insertInto("status.incidents")
    .values(incident)
    .onConflict((conflict) => conflict.column("incident").doUpdateSet({ ...incident, is_hidden: false }))
    .execute();
}

export async function hideIncident(trx: StatusTransaction, incident: string): Promise<void> {
  await trx
    .updateTable("status.incidents")
    .set({ is_hidden: true })
    .where("incident", "=", incident)
    .where("is_hidden", "=", false)
    .execute();
}

/** The incidents that the public reads of: those that go on first, then the newest. */
export async function selectIncidents(db: StatusDb): Promise<readonly StoredIncident[]> {
  return db
    .selectFrom("status.incidents")
    .selectAll()
    .where("is_hidden", "=", false)
    .orderBy(sql`state = 'works-again'`)
    .orderBy("started_at", "desc")
    .orderBy("incident")
    .limit(incidents_shown_max)
    .execute();
}

export async function findIncident(
  db: StatusDb,
  incident: string,
): Promise<Selectable<IncidentsTable> | undefined> {
  return db
    .selectFrom("status.incidents")
    .selectAll()
    .where("incident", "=", incident)
    .where("is_hidden", "=", false)
    .executeTakeFirst();
}

/** Updates of incidents, newest first. */
export async function selectUpdates(
  db: StatusDb,
  incidents: readonly string[],
): Promise<readonly Selectable<UpdatesTable>[]> {
  if (incidents.length === 0) return [];
  return db
    .selectFrom("status.updates")
    .selectAll()
    .where("incident", "in", [...incidents])
    .orderBy("at", "desc")
    .orderBy("id", "desc")
    .limit(incidents_shown_max * updates_shown_max)
    .execute();
}

/** The state that was written of an incident last, by itself; undefined before the first update. */
export async function writtenState(
  trx: StatusTransaction,
  incident: string,
): Promise<UpdatesTable["state"] | undefined> {
  const row = await trx
    .selectFrom("status.updates")
    .select("state")
    .where("incident", "=", incident)
    .where("by_itself", "=", true)
    .orderBy("at", "desc")
    .orderBy("id", "desc")
    .limit(1)
    .executeTakeFirst();
  return row?.state;
}

export async function insertUpdate(trx: StatusTransaction, update: UpdatesTable): Promise<void> {
  await trx.insertInto("status.updates").values(update).execute();
}

export async function findUpdate(
  db: StatusDb,
  id: string,
  incident: string,
): Promise<Selectable<UpdatesTable> | undefined> {
  return db
    .selectFrom("status.updates")
    .selectAll()
    .where("id", "=", id)
    .where("incident", "=", incident)
    .executeTakeFirst();
}

export async function amendUpdate(
  trx: StatusTransaction,
  id: string,
  amended: { readonly text: string; readonly by: { id: string; name: string }; readonly at: Date },
): Promise<void> {
  const { text, by, at } = amended;
  await trx
    .updateTable("status.updates")
    .set({ text, amended_by_id: by.id, amended_by_name: by.name, amended_at: at })
    .where("id", "=", id)
    .execute();
}
