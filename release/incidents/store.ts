import { sql, type Kysely, type QueryExecutorProvider, type Transaction } from "kysely";
import { open_states } from "./machine.ts";
import type { IncidentsTable, IncidentTables, LinesTable } from "./tables.ts";
import type { IncidentRecord, Line, Scope } from "./types.ts";

/** A connection or a transaction that knows the incidents schema. */
export type IncidentsDb = Kysely<IncidentTables>;
export type IncidentsTransaction = Transaction<IncidentTables>;

/** The channel on which every process hears that an incident changed. */
export const changes_channel = "mainstay_incidents";
/** The most incidents that are listed, and that are open at once as far as a machine looks. */
export const incidents_shown_max = 100;

/** Takes the turn of a change: the next one, in whichever process, waits for the end of this transaction. */
export async function lockRegister(
  trx: IncidentsTransaction,
): Promise<{ readonly last_number: bigint; readonly events_read: bigint }> {
  return (
    trx
      .selectFrom("incidents.register")
      .select(["last_number", "events_read"])
      // Held to the end of the transaction; readers aren't held up.
      .forUpdate()
      .executeTakeFirstOrThrow()
  );
}

/** How far rollouts' events have been read, without a lock. */
export async function readEventsRead(db: IncidentsDb): Promise<bigint> {
  const row = await db.selectFrom("incidents.register").select("events_read").executeTakeFirstOrThrow();
  return row.events_read;
}

export async function updateRegister(
  trx: IncidentsTransaction,
  set: { readonly last_number?: bigint; readonly events_read?: bigint },
): Promise<void> {
  await trx.updateTable("incidents.register").set(set).execute();
}

/** Tells every process that listens, once this transaction is committed. */
export async function notifyChange(trx: QueryExecutorProvider, incidentId: string): Promise<void> {
  await sql`SELECT pg_notify(${changes_channel}, ${incidentId})`.execute(trx);
}

/** Incidents with when what they are about was last taken back, by the timeline. */
function incidentRows(db: IncidentsDb) {
  return db
    .selectFrom("incidents.incidents")
    .selectAll("incidents.incidents")
    .select(({ selectFrom }) =>
      selectFrom("incidents.lines")
        .select(({ fn }) => fn.max("incidents.lines.at").as("at"))
        .whereRef("incidents.lines.incident_id", "=", "incidents.incidents.id")
        .where("incidents.lines.kind", "=", "rolled-back")
        .as("taken_back_at"),
    );
}

function recordOf(row: IncidentsTable & { readonly taken_back_at: Date | null }): IncidentRecord {
  return {
    id: row.id,
    number: numberText(row.number),
    title: row.title,
    state: row.state,
    severity: row.severity,
    source: row.source,
    openedAt: row.opened_at,
    openedBy: { id: row.opened_by_id, name: row.opened_by_name },
    resolvedAt: row.resolved_at,
    takenBackAt: row.taken_back_at,
    commander:
      row.commander_id === null
        ? null
        : { id: row.commander_id, name: row.commander_name ?? row.commander_id },
    mergedInto: row.merged_into,
    scope: {
      versions: row.scope_versions,
      platforms: row.scope_platforms,
      components: row.scope_components,
      from: row.scope_from,
      until: row.scope_until,
    },
    reviewedAt: row.reviewed_at,
  };
}

/** `INC-0041`. */
export function numberText(number: bigint): string {
  return `INC-${String(number).padStart(4, "0")}`;
}

/** A scope's columns. Signals are read anew by it, from its beginning. */
export function scopeColumns(scope: Scope) {
  return {
    arrivals_read: -1n,
    scope_versions: [...scope.versions],
    scope_platforms: [...scope.platforms],
    scope_components: [...scope.components],
    scope_from: scope.from,
    scope_until: scope.until,
  };
}

export async function insertIncident(
  trx: IncidentsTransaction,
  incident: Pick<
    IncidentRecord,
    "id" | "title" | "state" | "severity" | "source" | "openedAt" | "openedBy" | "scope"
  > & { readonly number: bigint },
): Promise<void> {
  const { openedAt, openedBy, scope, ...columns } = incident;
  await trx
    .insertInto("incidents.incidents")
    .values({
      ...columns,
      ...scopeColumns(scope),
      opened_at: openedAt,
      opened_by_id: openedBy.id,
      opened_by_name: openedBy.name,
      resolved_at: null,
      commander_id: null,
      commander_name: null,
      merged_into: null,
      reviewed_at: null,
    })
    .execute();
}

export async function updateIncident(
  trx: IncidentsTransaction,
  id: string,
  set: Partial<Omit<IncidentsTable, "id" | "number" | "source">>,
): Promise<void> {
  await trx.updateTable("incidents.incidents").set(set).where("id", "=", id).execute();
}

export async function findIncident(db: IncidentsDb, id: string): Promise<IncidentRecord | null> {
  const row = await incidentRows(db).where("id", "=", id).executeTakeFirst();
  return row ? recordOf(row) : null;
}

/** Open ones first, then the newest. */
export async function selectIncidents(db: IncidentsDb): Promise<IncidentRecord[]> {
  const rows = await incidentRows(db)
    .orderBy(({ eb }) => eb("state", "in", [...open_states]), "desc")
    .orderBy("opened_at", "desc")
    .orderBy("number", "desc")
    .limit(incidents_shown_max)
    .execute();
  return rows.map(recordOf);
}

/** Neither resolved nor merged, the oldest first. */
export async function selectOpen(db: IncidentsDb): Promise<IncidentRecord[]> {
  const rows = await incidentRows(db)
    .where("state", "not in", ["resolved", "merged"])
    .orderBy("opened_at")
    .orderBy("number")
    .limit(incidents_shown_max)
    .execute();
  return rows.map(recordOf);
}

/** How many are open, however many are shown. */
export async function countOpen(db: IncidentsDb): Promise<number> {
  const row = await db
    .selectFrom("incidents.incidents")
    .select(({ fn }) => fn.countAll<bigint>().as("open"))
    .where("state", "not in", ["resolved", "merged"])
    .executeTakeFirstOrThrow();
  return Number(row.open);
}

/** The incidents, not merged, that a customer is among the affected of, the newest first. */
export async function selectConcerning(db: IncidentsDb, customer: string): Promise<IncidentRecord[]> {
  const rows = await incidentRows(db)
    .where("state", "!=", "merged")
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom("incidents.affected")
          .select("incidents.affected.incident_id")
          .whereRef("incidents.affected.incident_id", "=", "incidents.incidents.id")
          .where("incidents.affected.customer", "=", customer),
      ),
    )
    .orderBy("opened_at", "desc")
    .limit(incidents_shown_max)
    .execute();
  return rows.map(recordOf);
}

/** Incidents that signals still concern: open ones, and those resolved after a time. */
export async function selectLive(
  db: IncidentsDb,
  resolvedAfter: Date,
): Promise<(IncidentRecord & { readonly arrivalsRead: bigint })[]> {
  const rows = await incidentRows(db)
    .where("state", "!=", "merged")
    .where(({ or, eb }) => or([eb("resolved_at", "is", null), eb("resolved_at", ">", resolvedAfter)]))
    .orderBy("opened_at", "desc")
    .limit(incidents_shown_max)
    .execute();
  return rows.map((row) => ({ ...recordOf(row), arrivalsRead: row.arrivals_read }));
}

/** The incidents that went on as another one. */
export async function selectMerged(db: IncidentsDb, into: string): Promise<IncidentRecord[]> {
  const rows = await incidentRows(db).where("merged_into", "=", into).orderBy("number").limit(50).execute();
  return rows.map(recordOf);
}

/** Has what went on as one incident go on as another. */
export async function moveMerged(trx: IncidentsTransaction, from: string, into: string): Promise<void> {
  await trx
    .updateTable("incidents.incidents")
    .set({ merged_into: into })
    .where("merged_into", "=", from)
    .execute();
}

/** Adds a rollout; false where it was there already. */
export async function insertRollout(
  trx: IncidentsTransaction,
  incidentId: string,
  rollout: { readonly id: string; readonly at: Date },
): Promise<boolean> {
  const result = await trx
    .insertInto("incidents.rollouts")
    .values({ incident_id: incidentId, rollout_id: rollout.id, attached_at: rollout.at })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}

/** The rollouts of an incident, the first first. */
export async function selectRollouts(db: IncidentsDb, incidentId: string): Promise<string[]> {
  const rows = await db
    .selectFrom("incidents.rollouts")
    .select("rollout_id")
    .where("incident_id", "=", incidentId)
    .orderBy("attached_at")
    .orderBy("rollout_id")
    .limit(20)
    .execute();
  return rows.map((row) => row.rollout_id);
}

/** The incidents of a rollout that weren't merged, the latest first. */
export async function selectIncidentsOfRollout(
  db: IncidentsDb,
  rolloutId: string,
): Promise<IncidentRecord[]> {
  const rows = await incidentRows(db)
    .innerJoin("incidents.rollouts", "incidents.rollouts.incident_id", "incidents.incidents.id")
    .where("incidents.rollouts.rollout_id", "=", rolloutId)
    .where("state", "!=", "merged")
    .orderBy("opened_at", "desc")
    .execute();
  return rows.map(recordOf);
}

/**
 * Writes a line, in any transaction on control's database: to the incident, or where it was merged to the one
 * as which it goes on. Answers that one's id; null where the line was there already, or no such incident.
 */
export async function insertLine(
  trx: QueryExecutorProvider,
  incidentId: string,
  line: Line,
): Promise<string | null> {
  const { rows } = await sql<{ incident_id: string }>`
    WITH RECURSIVE path AS (
      SELECT id, merged_into
        FROM incidents.incidents
       WHERE id = ${incidentId}
       UNION
      SELECT later.id, later.merged_into
        FROM incidents.incidents AS later
        JOIN path ON later.id = path.merged_into
    )
    INSERT INTO incidents.lines (incident_id, happening, at, kind, title, detail, actor_id, actor_name)
    SELECT id, ${line.happening}, ${line.at}::TIMESTAMPTZ, ${line.kind}, ${line.title}, ${line.detail},
           ${line.by?.id ?? null}::TEXT, ${line.by?.name ?? null}::TEXT
      FROM path
     WHERE merged_into IS NULL
    -- Told twice is told once.
    ON CONFLICT (incident_id, happening) DO NOTHING
    RETURNING incident_id`.execute(trx);
  return rows[0]?.incident_id ?? null;
}

/** Copies the lines of an incident that is merged, so that nothing of it is lost where it goes on. */
export async function copyLines(trx: IncidentsTransaction, from: string, into: string): Promise<void> {
  await sql`
    INSERT INTO incidents.lines (incident_id, happening, at, kind, title, detail, actor_id, actor_name)
    SELECT ${into}, happening, at, kind, title, detail, actor_id, actor_name
      FROM incidents.lines
     WHERE incident_id = ${from}
       AND kind NOT IN ('opened', 'state', 'commander', 'severity')
     ORDER BY number
    -- Both may tell of the same event of a rollout.
    ON CONFLICT (incident_id, happening) DO NOTHING`.execute(trx);
}

/** A timeline by when things happened; of a very long one the latest. */
export async function selectLines(db: IncidentsDb, incidentId: string, limit: number): Promise<LinesTable[]> {
  const rows = await db
    .selectFrom("incidents.lines")
    .selectAll()
    .where("incident_id", "=", incidentId)
    .orderBy("at", "desc")
    .orderBy("number", "desc")
    .limit(limit)
    .execute();
  return rows.toReversed();
}

/** When a kind of line first stands in a timeline, of several incidents at once. */
export async function selectFirstLines(
  db: IncidentsDb,
  incidentIds: readonly string[],
  kinds: readonly string[],
): Promise<readonly { readonly incident_id: string; readonly kind: string; readonly at: Date }[]> {
  if (incidentIds.length === 0) return [];
  return db
    .selectFrom("incidents.lines")
    .select(["incident_id", "kind"])
    .select(({ fn }) => fn.min<Date>("at").as("at"))
    .where("incident_id", "in", [...incidentIds])
    .where("kind", "in", [...kinds])
    .groupBy(["incident_id", "kind"])
    .execute();
}

export async function findCommand(
  trx: IncidentsTransaction,
  id: string,
): Promise<{ asked: Buffer; answer: string } | undefined> {
  return trx
    .selectFrom("incidents.commands")
    .select(["asked", "answer"])
    .where("id", "=", id)
    .executeTakeFirst();
}

export async function insertCommand(
  trx: IncidentsTransaction,
  command: { id: string; asked: Buffer; answer: string; at: Date },
): Promise<void> {
  await trx.insertInto("incidents.commands").values(command).execute();
}

export async function forgetCommands(db: IncidentsDb, before: Date): Promise<void> {
  await db.deleteFrom("incidents.commands").where("at", "<", before).execute();
}
