import { sql as raw } from "kysely";
import type { Id } from "@mainstay/kernel";
import { thread_entries_max, threads_max, type ThreadEntry, type ThreadSummary } from "@mainstay/wire";
import type { Sql, Transaction } from "./deps.ts";
import type { NewEntry, StoredEntry, StoredThread } from "./types.ts";

type ThreadRow = {
  readonly person_id: Id<"person">;
  readonly id: string;
  readonly subject: string;
  readonly incident: string | null;
  readonly preview: string;
  readonly is_unread: boolean;
  readonly waits_for: ThreadSummary["waitsFor"];
  readonly waits_since: Date | null;
  readonly entries: number;
  readonly updated_at: Date;
};

function toThread(row: ThreadRow): StoredThread {
  return {
    personId: row.person_id,
    id: row.id,
    subject: row.subject,
    incident: row.incident,
    preview: row.preview,
    isUnread: row.is_unread,
    waitsFor: row.waits_for,
    waitsSince: row.waits_since,
    entries: row.entries,
    updatedAt: row.updated_at,
  };
}

/** Has everything that one customer writes at a moment follow one another, until the transaction ends. */
export async function lockCustomer(sql: Transaction, personId: string): Promise<void> {
  // The lock is on a number made of the customer's id: limits are counted, and threads begun, one by one.
  await raw`SELECT pg_advisory_xact_lock(hashtextextended(${`inbox/${personId}`}, 0))`.execute(sql);
}

/** A customer's thread, or null; `lock` holds its row until the transaction ends. */
export async function findThread(
  sql: Sql,
  thread: { readonly personId: string; readonly id: string },
  options: { readonly lock: boolean } = { lock: false },
): Promise<StoredThread | null> {
  const { rows } = await raw<ThreadRow>`
    SELECT *
      FROM inbox.threads
     WHERE person_id = ${thread.personId}
       AND id = ${thread.id}
       ${options.lock ? raw`FOR UPDATE` : raw``}`.execute(sql);
  return rows[0] === undefined ? null : toThread(rows[0]);
}

/** The thread that staff mean by an id: the first that got it. */
export async function findThreadById(sql: Sql, id: string): Promise<StoredThread | null> {
  const { rows } = await raw<ThreadRow>`
    SELECT *
      FROM inbox.threads
     WHERE id = ${id}
     ORDER BY created_at, person_id
     LIMIT 1`.execute(sql);
  return rows[0] === undefined ? null : toThread(rows[0]);
}

/** A customer's threads, newest first. */
export async function threadsOf(sql: Sql, personId: string): Promise<readonly StoredThread[]> {
  const { rows } = await raw<ThreadRow>`
    SELECT *
      FROM inbox.threads
     WHERE person_id = ${personId}
     ORDER BY updated_at DESC, id
     LIMIT ${threads_max}`.execute(sql);
  return rows.map(toThread);
}

/** How many threads a customer hasn't read. */
export async function countUnread(sql: Sql, personId: string): Promise<number> {
  const { rows } = await raw<{ count: bigint }>`
    SELECT count(*) AS count
      FROM inbox.threads
     WHERE person_id = ${personId}
       AND is_unread`.execute(sql);
  return Number(rows[0]?.count ?? 0n);
}

/** How many threads a customer has begun. */
export async function countBegun(sql: Sql, personId: string): Promise<number> {
  const { rows } = await raw<{ count: bigint }>`
    SELECT count(*) AS count
      FROM inbox.threads
     WHERE person_id = ${personId}
       AND begun_by = 'customer'`.execute(sql);
  return Number(rows[0]?.count ?? 0n);
}

/** When the oldest of a customer's last so many entries since then was written; null for fewer. */
export async function oldestOfLast(
  sql: Sql,
  asked: { readonly personId: string; readonly since: Date; readonly count: number },
): Promise<Date | null> {
  const { rows } = await raw<{ at: Date }>`
    SELECT at
      FROM inbox.entries
     WHERE person_id = ${asked.personId}
       AND author = 'customer'
       AND at > ${asked.since}
     ORDER BY at DESC
    OFFSET ${asked.count - 1}
     LIMIT 1`.execute(sql);
  return rows[0]?.at ?? null;
}

/** Begins a thread without entries; `addEntry` follows in the same transaction. */
export async function insertThread(
  sql: Transaction,
  thread: Pick<StoredThread, "personId" | "id" | "subject" | "incident"> & {
    readonly begunBy: "bank" | "customer";
    readonly now: Date;
  },
): Promise<void> {
  await raw`
    INSERT INTO inbox.threads (person_id, id, subject, incident, begun_by, waits_for, is_unread, entries,
                               preview, created_at, updated_at)
    VALUES (${thread.personId}, ${thread.id}, ${thread.subject}, ${thread.incident}, ${thread.begunBy},
            'nobody', FALSE, 0, '', ${thread.now}, ${thread.now})`.execute(sql);
}

/** Adds an entry as the thread's last and says what that makes of the thread. */
export async function addEntry(
  sql: Transaction,
  thread: Pick<StoredThread, "personId" | "id">,
  added: {
    readonly entry: NewEntry;
    readonly preview: string;
    readonly waitsFor: StoredThread["waitsFor"];
    readonly isUnread: boolean;
  },
): Promise<void> {
  const { entry, preview, waitsFor, isUnread } = added;
  await raw`
    WITH thread AS (
      UPDATE inbox.threads
         SET entries = entries + 1,
             preview = ${preview},
             waits_since = CASE
               WHEN ${waitsFor}::TEXT <> 'bank' THEN NULL
               WHEN waits_for = 'bank' THEN waits_since
               ELSE ${entry.at}
             END,
             waits_for = ${waitsFor},
             is_unread = ${isUnread},
             updated_at = GREATEST(updated_at, ${entry.at})
       WHERE person_id = ${thread.personId}
         AND id = ${thread.id}
      RETURNING entries
    )
    INSERT INTO inbox.entries (person_id, thread_id, number, id, author, staff_name, staff_id, at, text)
    SELECT ${thread.personId}, ${thread.id}, thread.entries, ${entry.id}, ${entry.author},
           ${entry.staffName}, ${entry.staffId}, ${entry.at}, ${entry.text}
      FROM thread`.execute(sql);
}

type EntryRow = {
  readonly id: string;
  readonly author: ThreadEntry["from"];
  readonly staff_name: string | null;
  readonly at: Date;
  readonly text: string;
};

/** A thread's entries, oldest first. */
export async function entriesOf(
  sql: Sql,
  thread: { readonly personId: string; readonly id: string },
): Promise<readonly StoredEntry[]> {
  const { rows } = await raw<EntryRow>`
    SELECT id, author, staff_name, at, text
      FROM inbox.entries
     WHERE person_id = ${thread.personId}
       AND thread_id = ${thread.id}
     ORDER BY number
     LIMIT ${thread_entries_max}`.execute(sql);
  return rows.map((row) => ({
    id: row.id,
    author: row.author,
    staffName: row.staff_name,
    at: row.at,
    text: row.text,
  }));
}

/** Notes that the customer has read a thread; false where nothing was unread. */
export async function markRead(
  sql: Transaction,
  thread: { readonly personId: string; readonly id: string },
): Promise<boolean> {
  const { numAffectedRows } = await raw`
    UPDATE inbox.threads
       SET is_unread = FALSE
     WHERE person_id = ${thread.personId}
       AND id = ${thread.id}
       AND is_unread`.execute(sql);
  return numAffectedRows === 1n;
}

/** Notes that a thread needs no answer; false where it needed none before. */
export async function markDone(sql: Transaction, thread: Pick<StoredThread, "personId" | "id">) {
  const { numAffectedRows } = await raw`
    UPDATE inbox.threads
       SET waits_for = 'nobody',
           waits_since = NULL
     WHERE person_id = ${thread.personId}
       AND id = ${thread.id}
       AND waits_for = 'bank'`.execute(sql);
  return numAffectedRows === 1n;
}

/** What waits for the bank, oldest waiting first, and how many there are in all. */
export async function threadsWaiting(
  sql: Sql,
  limit: number,
): Promise<{ readonly threads: readonly StoredThread[]; readonly waiting: number }> {
  const { rows } = await raw<ThreadRow>`
    SELECT *
      FROM inbox.threads
     WHERE waits_for = 'bank'
     ORDER BY waits_since, id
     LIMIT ${limit}`.execute(sql);
  const counted = await raw<{ count: bigint }>`
    SELECT count(*) AS count
      FROM inbox.threads
     WHERE waits_for = 'bank'`.execute(sql);
  return { threads: rows.map(toThread), waiting: Number(counted.rows[0]?.count ?? 0n) };
}

/** The newest threads of all customers, as far as a customer wrote in them or the bank waits for one. */
export async function threadsNewest(sql: Sql, limit: number): Promise<readonly StoredThread[]> {
  const { rows } = await raw<ThreadRow>`
    SELECT *
      FROM inbox.threads
     ORDER BY updated_at DESC, id
     LIMIT ${limit}`.execute(sql);
  return rows.map(toThread);
}
