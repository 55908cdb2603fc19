import { sql } from "kysely";
import type { RolloutsDb, RolloutsTransaction } from "./store.ts";
import type { EventRow } from "./tables.ts";
import type { Actor } from "./types.ts";

/** One line of a timeline to be written. */
type NewEvent = {
  readonly rolloutId: string;
  readonly at: Date;
  readonly kind: EventRow["kind"];
  readonly by: Actor;
  readonly share: number | null;
  readonly people: number | null;
  readonly reason: string | null;
  readonly details: Readonly<Record<string, unknown>>;
  /** Names what happens once; the second time isn't written. */
  readonly happening?: string;
};

/** Writes a line of the timeline; false when that happening is written already. */
export async function insertEvent(trx: RolloutsTransaction, event: NewEvent): Promise<boolean> {
  // Writers take turns until they have committed: numbers rise in the order of commits, and who reads on by
  // number never passes one that comes to light later.
  await sql`SELECT pg_advisory_xact_lock(hashtextextended('rollouts.events', 0))`.execute(trx);
  const result = await trx
    .insertInto("rollouts.events")
    .values({
      rollout_id: event.rolloutId,
      at: event.at,
      kind: event.kind,
      actor_id: event.by.id,
      actor_name: event.by.name,
      share: event.share,
      people: event.people,
      reason: event.reason,
      details: JSON.stringify(event.details),
      happening: event.happening ?? null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}

/** An event with its number, and the version that its rollout is of. */
export type NumberedEvent = EventRow & { readonly version: string };

function numberedEvents(db: RolloutsDb, limit: number) {
  return db
    .selectFrom("rollouts.events")
    .innerJoin("rollouts.rollouts", "rollouts.rollouts.id", "rollouts.events.rollout_id")
    .selectAll("rollouts.events")
    .select("rollouts.rollouts.version")
    .orderBy("number")
    .limit(limit);
}

/** Events of all rollouts after one, in the order of their numbers. */
export async function selectEventsAfter(
  db: RolloutsDb,
  number: bigint,
  limit: number,
): Promise<NumberedEvent[]> {
  return numberedEvents(db, limit).where("number", ">", number).execute();
}

/** A rollout's first events, in the order of their numbers. */
export async function selectHistory(
  db: RolloutsDb,
  rolloutId: string,
  limit: number,
): Promise<NumberedEvent[]> {
  return numberedEvents(db, limit).where("rollout_id", "=", rolloutId).execute();
}

/**
 * A rollout's timeline by when things happened, which some were told of later; of a very long one the latest.
 */
export async function selectEvents(db: RolloutsDb, rolloutId: string, limit: number): Promise<EventRow[]> {
  const rows = await db
    .selectFrom("rollouts.events")
    .selectAll()
    .where("rollout_id", "=", rolloutId)
    .orderBy("number", "desc")
    .limit(limit)
    .execute();
  return rows.toReversed().toSorted((one, other) => one.at.getTime() - other.at.getTime());
}
