import { sql } from "kysely";
import type { StatusDb, StatusTransaction } from "./tables.ts";

/** A subscription. */
export type Subscriber = {
  readonly id: string;
  readonly email: string;
  readonly confirmedAt: Date | null;
  readonly askedAt: Date;
  readonly asked: number;
};

type Row = {
  id: string;
  email: string;
  confirmed_at: Date | null;
  asked_at: Date;
  asked: number;
};

const toSubscriber = (row: Row): Subscriber => ({
  id: row.id,
  email: row.email,
  confirmedAt: row.confirmed_at,
  askedAt: row.asked_at,
  asked: row.asked,
});
const columns = ["id", "email", "confirmed_at", "asked_at", "asked"] as const;

/** Finds the subscription of an address, and holds it until the transaction ends: two requests take turns. */
export async function lockSubscriber(
  trx: StatusTransaction,
  emailKey: string,
): Promise<Subscriber | undefined> {
  const row = await trx
    .selectFrom("status.subscribers")
    .select(columns)
    .where("email_key", "=", emailKey)
    .forUpdate()
    .executeTakeFirst();
  return row && toSubscriber(row);
}

/** Adds a subscription that isn't confirmed yet; false where somebody did at the same moment. */
export async function insertSubscriber(
  trx: StatusTransaction,
  given: { readonly id: string; readonly email: string; readonly emailKey: string; readonly at: Date },
): Promise<boolean> {
  const { id, email, emailKey, at } = given;
  const inserted = await trx
    .insertInto("status.subscribers")
    .values({ id, email, email_key: emailKey, created_at: at, confirmed_at: null, asked_at: at, asked: 1 })
    .onConflict((conflict) => conflict.column("email_key").doNothing())
    .executeTakeFirst();
  return inserted.numInsertedOrUpdatedRows === 1n;
}

export async function noteAsked(
  trx: StatusTransaction,
  id: string,
  asked: { readonly at: Date; readonly times: number },
): Promise<void> {
  await trx
    .updateTable("status.subscribers")
    .set({ asked_at: asked.at, asked: asked.times })
    .where("id", "=", id)
    .execute();
}

/** Confirms a subscription; false where there is none of that id. Again changes nothing. */
export async function confirmSubscriber(db: StatusDb, id: string, at: Date): Promise<boolean> {
  const confirmed = await db
    .updateTable("status.subscribers")
    .set({ confirmed_at: sql<Date>`COALESCE(confirmed_at, ${at}::TIMESTAMPTZ)` })
    .where("id", "=", id)
    .executeTakeFirst();
  return confirmed.numUpdatedRows > 0n;
}

/** Ends a subscription, with what waits to be sent to it. */
export async function deleteSubscriber(db: StatusDb, id: string): Promise<void> {
  await db.deleteFrom("status.subscribers").where("id", "=", id).execute();
}

export async function forgetUnconfirmed(db: StatusDb, before: Date): Promise<void> {
  await db
    .deleteFrom("status.subscribers")
    .where("confirmed_at", "is", null)
    .where("asked_at", "<", before)
    .execute();
}

/** How many subscriptions there are, and how many of them are confirmed. */
export async function countSubscribers(db: StatusDb): Promise<{ all: number; confirmed: number }> {
  const row = await db
    .selectFrom("status.subscribers")
    .select([
      (count) => count.fn.countAll<bigint>().as("all"),
      (count) => count.fn.count<bigint>("confirmed_at").as("confirmed"),
    ])
    .executeTakeFirstOrThrow();
  return { all: Number(row.all), confirmed: Number(row.confirmed) };
}

/** Puts the mail that asks for confirmation into the queue. */
export async function insertConfirmation(
  trx: StatusTransaction,
  mail: { readonly id: string; readonly subscriber: string; readonly at: Date },
): Promise<void> {
  const { id, subscriber, at } = mail;
  await trx
    .insertInto("status.mails")
    .values({ id, subscriber, update_id: null, created_at: at, attempt_at: at, sent_at: null, problem: null })
    .execute();
}

/** Puts a mail of an update into the queue for everybody who has confirmed; once, however often. */
export async function queueUpdate(trx: StatusTransaction, updateId: string, at: Date): Promise<void> {
  await sql`
    INSERT INTO status.mails (id, subscriber, update_id, created_at, attempt_at)
    SELECT 'stm_' || replace(gen_random_uuid()::TEXT, '-', ''), id, ${updateId}, ${at}, ${at}
      FROM status.subscribers
     WHERE confirmed_at IS NOT NULL
    ON CONFLICT (subscriber, update_id) DO NOTHING`.execute(trx);
}

/** A mail that is to be sent now. */
export type DueMail = {
  readonly id: string;
  readonly subscriber: string;
  readonly email: string;
  readonly askedAt: Date;
  readonly attempts: number;
  /** Null for the mail that asks for confirmation. */
  readonly update: {
    readonly title: string;
    readonly state: string;
    readonly text: string;
    readonly at: Date;
  } | null;
};

/** Takes the next mail that is due: from now on it is under way. */
export async function claimMail(db: StatusDb, now: Date): Promise<DueMail | undefined> {
  const { rows } = await sql<{
    id: string;
    subscriber: string;
    email: string;
    asked_at: Date;
    attempts: number;
    title: string | null;
    state: string | null;
    text: string | null;
    at: Date | null;
  }>`
    WITH due AS (
      SELECT id
        FROM status.mails
       WHERE state = 'waiting'
         AND attempt_at <= ${now}
       ORDER BY attempt_at, id
       LIMIT 1
         -- Another sender takes the next one.
         FOR UPDATE SKIP LOCKED
    ),
    claimed AS (
      UPDATE status.mails AS mail
         SET state = 'sending', attempts = mail.attempts + 1
        FROM due
       WHERE mail.id = due.id
   RETURNING mail.id, mail.subscriber, mail.update_id, mail.attempts
    )
    SELECT claimed.id, claimed.subscriber, email, asked_at, claimed.attempts, title, updates.state, text,
           updates.at
      FROM claimed
      JOIN status.subscribers ON subscribers.id = claimed.subscriber
      LEFT JOIN status.updates ON updates.id = claimed.update_id
      LEFT JOIN status.incidents ON incidents.incident = updates.incident`.execute(db);
  const [row] = rows;
  if (row === undefined) return undefined;
  const { id, subscriber, email, attempts, title, state, text, at } = row;
  const isUpdate = title !== null && state !== null && text !== null && at !== null;
  return {
    ...{ id, subscriber, email, attempts, askedAt: row.asked_at },
    update: isUpdate ? { title, state, text, at } : null,
  };
}

/** Writes what came of a mail. */
export async function settleMail(
  db: StatusDb,
  id: string,
  came: {
    readonly state: "waiting" | "sent" | "failed" | "uncertain";
    readonly attemptAt: Date;
    readonly sentAt: Date | null;
    readonly problem: string | null;
  },
): Promise<void> {
  const { state, attemptAt, sentAt, problem } = came;
  await db
    .updateTable("status.mails")
    .set({ state, attempt_at: attemptAt, sent_at: sentAt, problem })
    .where("id", "=", id)
    .execute();
}

/** What a process that was killed left under way may have been sent, or not. */
export async function doubtUnfinished(db: StatusDb): Promise<void> {
  await db.updateTable("status.mails").set({ state: "uncertain" }).where("state", "=", "sending").execute();
}

/** Mails of which nobody knows whether they were taken. */
export async function uncertainMails(db: StatusDb, limit: number): Promise<readonly string[]> {
  const rows = await db
    .selectFrom("status.mails")
    .select("id")
    .where("state", "=", "uncertain")
    .orderBy("id")
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

export async function forgetMails(db: StatusDb, before: Date): Promise<void> {
  await db
    .deleteFrom("status.mails")
    .where("created_at", "<", before)
    .where("state", "in", ["sent", "failed"])
    .execute();
}
