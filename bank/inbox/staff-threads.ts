import { err, ok, type Id, type Result } from "@mainstay/kernel";
import { thread_entries_max, type Thread, type ThreadSummary } from "@mainstay/wire";
import type { InboxDeps, Transaction } from "./deps.ts";
import type { InboxCode } from "./errors.ts";
import { insertPushes } from "./push-store.ts";
import { previewOf, tidyText } from "./rules.ts";
import {
  addEntry,
  entriesOf,
  findThread,
  findThreadById,
  markDone,
  threadsNewest,
  threadsOf,
  threadsWaiting,
} from "./thread-store.ts";
import { summaryOf, wholeOf } from "./threads.ts";
import type { StaffAuthor } from "./types.ts";

/** The most threads of one list. */
const listed_max = 100;

/** A thread as staff see it: whose it is, by the person's id. */
export type OfCustomer<T> = T & { readonly personId: Id<"person"> };

/** The threads that wait for the bank, oldest waiting first, or the newest of all; and how many wait. */
export type ThreadList = {
  readonly threads: readonly OfCustomer<ThreadSummary>[];
  readonly waiting: number;
};

/**
 * What is done in the transaction of a change by staff, last: the audit. It gets the transaction and whose
 * thread it is.
 */
export type InSameTransaction = (sql: Transaction, personId: Id<"person">) => Promise<void>;

/** Lists threads of all customers. */
export async function listThreads(
  deps: InboxDeps,
  asked: { readonly isWaitingOnly: boolean },
): Promise<ThreadList> {
  const { sql } = deps.database;
  const { threads, waiting } = await threadsWaiting(sql, listed_max);
  const shown = asked.isWaitingOnly ? threads : await threadsNewest(sql, listed_max);
  return { threads: shown.map((thread) => ({ ...summaryOf(thread), personId: thread.personId })), waiting };
}

/** The threads of one customer, newest first. */
export async function listThreadsOf(
  deps: InboxDeps,
  personId: Id<"person">,
): Promise<readonly ThreadSummary[]> {
  return (await threadsOf(deps.database.sql, personId)).map(summaryOf);
}

/** One thread, by its id alone. */
export async function findForStaff(
  deps: InboxDeps,
  id: string,
): Promise<Result<OfCustomer<Thread>, "thread_not_found">> {
  const { sql } = deps.database;
  const thread = await findThreadById(sql, id);
  if (thread === null) return err("thread_not_found");
  return ok({ ...(await wholeOf(sql, thread)), personId: thread.personId });
}

/**
 * Adds what a member of staff answers; the customer's devices are told. The same again changes nothing.
 * `alsoDo` runs last in the same transaction.
 */
export async function answerThread(
  deps: InboxDeps,
  answer: {
    readonly threadId: string;
    readonly entryId: string;
    readonly text: string;
    readonly by: StaffAuthor;
    readonly alsoDo: InSameTransaction;
  },
): Promise<Result<OfCustomer<Thread>, InboxCode>> {
  const { threadId, entryId, by } = answer;
  const text = tidyText(answer.text);
  if (text === "") return err("text_empty");
  const found = await findThreadById(deps.database.sql, threadId);
  if (found === null) return err("thread_not_found");
  const { personId } = found;
  const answered = await deps.database.sql
    .transaction()
    .execute(async (sql): Promise<Result<null, InboxCode>> => {
      const thread = await findThread(sql, found, { lock: true });
      if (thread === null) return err("thread_not_found");
      const known = (await entriesOf(sql, thread)).find((entry) => entry.id === entryId);
      if (known !== undefined) {
        return known.author === "staff" && known.text === text ? ok(null) : err("id_conflict");
      }
      if (thread.entries >= thread_entries_max) return err("thread_full");
      const at = deps.clock.now();
      await addEntry(sql, thread, {
        entry: { id: entryId, author: "staff", staffName: firstNameOf(by), staffId: by.id, at, text },
        preview: previewOf(text),
        waitsFor: "customer",
        isUnread: true,
      });
      const { id, subject } = thread;
      const push = { source: entryId, deliveryId: null, threadId: id, subject, personId, now: at };
      await insertPushes(sql, push);
      await answer.alsoDo(sql, personId);
      return ok(null);
    });
  if (!answered.ok) return answered;
  deps.onNews(personId);
  return findForStaff(deps, threadId);
}

/** Notes that a thread needs no answer; again changes nothing. `alsoDo` runs last in the same transaction. */
export async function finishThread(
  deps: InboxDeps,
  done: { readonly threadId: string; readonly alsoDo: InSameTransaction },
): Promise<Result<OfCustomer<Thread>, "thread_not_found">> {
  const found = await findThreadById(deps.database.sql, done.threadId);
  if (found === null) return err("thread_not_found");
  await deps.database.sql.transaction().execute(async (sql) => {
    if (await markDone(sql, found)) await done.alsoDo(sql, found.personId);
  });
  return findForStaff(deps, done.threadId);
}

/** Customers read staff's first names and no more. */
function firstNameOf({ name }: StaffAuthor): string {
  return name.trim().split(/\s+/)[0] ?? name;
}
