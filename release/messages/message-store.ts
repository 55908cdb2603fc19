import type { Kysely, Transaction } from "kysely";
import type { MessagesTable, MessageTables } from "./tables.ts";

/** A connection or a transaction that knows the messages schema. */
export type MessagesDb = Kysely<MessageTables>;
export type MessagesTransaction = Transaction<MessageTables>;

/** How many messages a list holds. */
export const messages_page_max = 100;

export async function insertMessage(
  trx: MessagesTransaction,
  message: Pick<
    MessagesTable,
    | "id"
    | "incident_id"
    | "subject"
    | "text"
    | "channels"
    | "created_at"
    | "created_by_id"
    | "created_by_name"
  >,
): Promise<MessagesTable> {
  return trx
    .insertInto("messages.messages")
    .values({ ...message, state: "draft", draft: 1 } as MessagesTable)
    .returningAll()
    .executeTakeFirstOrThrow();
}

export async function findMessage(db: MessagesDb, id: string): Promise<MessagesTable | undefined> {
  return db.selectFrom("messages.messages").selectAll().where("id", "=", id).executeTakeFirst();
}

/** One message, for a change of it. */
export async function lockMessage(trx: MessagesTransaction, id: string): Promise<MessagesTable | undefined> {
  return (
    trx
      .selectFrom("messages.messages")
      .selectAll()
      .where("id", "=", id)
      // Held to the end of the transaction: an edit and a signature happen one after the other.
      .forUpdate()
      .executeTakeFirst()
  );
}

export async function updateMessage(
  trx: MessagesTransaction,
  id: string,
  set: Partial<Omit<MessagesTable, "id" | "incident_id" | "created_at">>,
): Promise<MessagesTable> {
  return trx
    .updateTable("messages.messages")
    .set(set)
    .where("id", "=", id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Messages, newest first: of one incident, or with null of all. */
export async function selectMessages(db: MessagesDb, incidentId: string | null): Promise<MessagesTable[]> {
  const all = db.selectFrom("messages.messages").selectAll();
  const of = incidentId === null ? all : all.where("incident_id", "=", incidentId);
  return of.orderBy("created_at", "desc").orderBy("id", "desc").limit(messages_page_max).execute();
}

/** How many an incident has that weren't discarded. */
export async function countMessages(db: MessagesDb, incidentId: string): Promise<number> {
  const row = await db
    .selectFrom("messages.messages")
    .select((eb) => eb.fn.countAll<bigint>().as("count"))
    .where("incident_id", "=", incidentId)
    .where("state", "<>", "discarded")
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

export async function countWaiting(db: MessagesDb): Promise<number> {
  const row = await db
    .selectFrom("messages.messages")
    .select((eb) => eb.fn.countAll<bigint>().as("count"))
    .where("state", "=", "waiting")
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** What goes out now. */
export async function selectSending(db: MessagesDb): Promise<MessagesTable[]> {
  return db
    .selectFrom("messages.messages")
    .selectAll()
    .where("state", "=", "sending")
    .orderBy("id")
    .execute();
}

type Offer = MessageTables["messages.offers"];

export async function insertOffer(db: MessagesDb, offer: Offer, now: Date): Promise<void> {
  await db.deleteFrom("messages.offers").where("expires_at", "<", now).execute();
  await db.insertInto("messages.offers").values(offer).execute();
}

export async function findOffer(
  db: MessagesDb,
  asked: { readonly ceremonyId: string; readonly messageId: string; readonly staffId: string },
): Promise<Offer | undefined> {
  return db
    .selectFrom("messages.offers")
    .selectAll()
    .where("ceremony_id", "=", asked.ceremonyId)
    .where("message_id", "=", asked.messageId)
    .where("staff_id", "=", asked.staffId)
    .executeTakeFirst();
}

export async function insertSignature(
  trx: MessagesTransaction,
  signature: MessageTables["messages.signatures"],
): Promise<void> {
  await trx.insertInto("messages.signatures").values(signature).execute();
}

export async function findCommand(
  trx: MessagesTransaction,
  id: string,
): Promise<{ asked: Buffer; message_id: string } | undefined> {
  return trx
    .selectFrom("messages.commands")
    .select(["asked", "message_id"])
    .where("id", "=", id)
    .executeTakeFirst();
}

export async function insertCommand(
  trx: MessagesTransaction,
  command: MessageTables["messages.commands"],
): Promise<void> {
  await trx.insertInto("messages.commands").values(command).execute();
}

export async function forgetCommands(db: MessagesDb, before: Date): Promise<void> {
  await db.deleteFrom("messages.commands").where("at", "<", before).execute();
}
