import { addMs, err, ok, type Id, type Result } from "@mainstay/kernel";
import {
  thread_entries_max,
  threads_max,
  type Inbox,
  type Thread,
  type ThreadEntry,
  type ThreadSummary,
} from "@mainstay/wire";
import { bannersOf } from "./banner-store.ts";
import { writeChannels } from "./change-store.ts";
import { unreadDeliveries } from "./delivery-store.ts";
import type { InboxDeps, Sql, Transaction } from "./deps.ts";
import type { InboxCode } from "./errors.ts";
import { entries_per_window_max, entries_window_ms, previewOf, tidyText } from "./rules.ts";
import {
  addEntry,
  countBegun,
  countUnread,
  entriesOf,
  findThread,
  insertThread,
  lockCustomer,
  markRead,
  oldestOfLast,
  threadsOf,
} from "./thread-store.ts";
import type { StoredEntry, StoredThread } from "./types.ts";

/** Whose thread. */
export type ThreadOf = { readonly personId: Id<"person">; readonly id: string };

/** Why nothing was written; `retryAfterSeconds` where that is only for now. */
export type WriteRefusal = { readonly code: InboxCode; readonly retryAfterSeconds?: number };

/** What a customer's inbox holds, newest first, and what concerns them now. */
export async function readInbox(deps: InboxDeps, personId: Id<"person">): Promise<Inbox> {
  const { sql } = deps.database;
  const [threads, unread, banners] = await Promise.all([
    threadsOf(sql, personId),
    countUnread(sql, personId),
    bannersOf(sql, personId),
  ]);
  return { threads: threads.map(summaryOf), unread, banners };
}

/** A customer's thread; another's is as if it weren't there. */
export async function readThread(
  deps: InboxDeps,
  asked: ThreadOf,
): Promise<Result<Thread, "thread_not_found">> {
  const thread = await findThread(deps.database.sql, asked);
  return thread === null ? err("thread_not_found") : ok(await wholeOf(deps.database.sql, thread));
}

/** Begins a thread: the customer writes first. The same again changes nothing. */
export function beginThread(
  deps: InboxDeps,
  begun: ThreadOf & { readonly entryId: string; readonly subject: string; readonly text: string },
): Promise<Result<Thread, WriteRefusal>> {
  const { personId, id, entryId } = begun;
  const [subject, text] = [tidyText(begun.subject).replaceAll(/\s+/g, " "), tidyText(begun.text)];
  if (subject === "" || text === "") return Promise.resolve(err({ code: "text_empty" }));
  return deps.database.sql.transaction().execute(async (sql): Promise<Result<Thread, WriteRefusal>> => {
    await lockCustomer(sql, personId);
    const known = await findThread(sql, begun);
    if (known !== null) {
      const whole = await wholeOf(sql, known);
      const [first] = whole.entries;
      const isSame = known.subject === subject && first?.id === entryId && first.text === text;
      return isSame ? ok(whole) : err({ code: "id_conflict" });
    }
    if ((await countBegun(sql, personId)) >= threads_max) return err({ code: "threads_full" });
    const busy = await tooMany(sql, deps, personId);
    if (busy !== null) return err(busy);
    const now = deps.clock.now();
    await insertThread(sql, { personId, id, subject, incident: null, begunBy: "customer", now });
    return ok(await writeAsCustomer(sql, { personId, id }, { id: entryId, text, at: now }));
  });
}

/** Adds what the customer writes to a thread. The same again changes nothing. */
export function replyToThread(
  deps: InboxDeps,
  reply: ThreadOf & { readonly entryId: string; readonly text: string },
): Promise<Result<Thread, WriteRefusal>> {
  const { personId, id, entryId } = reply;
  const text = tidyText(reply.text);
  if (text === "") return Promise.resolve(err({ code: "text_empty" }));
  return deps.database.sql.transaction().execute(async (sql): Promise<Result<Thread, WriteRefusal>> => {
    await lockCustomer(sql, personId);
    const thread = await findThread(sql, reply, { lock: true });
    if (thread === null) return err({ code: "thread_not_found" });
    const whole = await wholeOf(sql, thread);
    const known = whole.entries.find((entry) => entry.id === entryId);
    if (known !== undefined) {
      return known.from === "customer" && known.text === text ? ok(whole) : err({ code: "id_conflict" });
    }
    if (thread.entries >= thread_entries_max) return err({ code: "thread_full" });
    const busy = await tooMany(sql, deps, personId);
    if (busy !== null) return err(busy);
    return ok(await writeAsCustomer(sql, { personId, id }, { id: entryId, text, at: deps.clock.now() }));
  });
}

/** Notes that the customer has read a thread, and that the delivery which began it was. */
export function readByCustomer(
  deps: InboxDeps,
  asked: ThreadOf,
): Promise<Result<Thread, "thread_not_found">> {
  return deps.database.sql.transaction().execute(async (sql): Promise<Result<Thread, "thread_not_found">> => {
    const thread = await findThread(sql, asked, { lock: true });
    if (thread === null) return err("thread_not_found");
    const whole = await wholeOf(sql, { ...thread, isUnread: false });
    if (!(await markRead(sql, asked))) return ok(whole);
    const at = deps.clock.now();
    const deliveries = await unreadDeliveries(sql, asked);
    await writeChannels(
      sql,
      deliveries.map((deliveryId) => ({ deliveryId, channel: "inbox", state: "read", at, problem: null })),
    );
    return ok(whole);
  });
}

/** A thread as its list shows it. */
export function summaryOf(thread: StoredThread): ThreadSummary {
  const { id, subject, preview, incident, isUnread, waitsFor } = thread;
  return { id, subject, preview, incident, isUnread, waitsFor, updatedAt: thread.updatedAt.toISOString() };
}

/** A thread with its entries. */
export async function wholeOf(sql: Sql, thread: StoredThread): Promise<Thread> {
  return { ...summaryOf(thread), entries: (await entriesOf(sql, thread)).map(entryOf) };
}

function entryOf(entry: StoredEntry): ThreadEntry {
  const { id, author, staffName, text } = entry;
  return { id, from: author, name: staffName, at: entry.at.toISOString(), text };
}

async function writeAsCustomer(
  sql: Transaction,
  thread: ThreadOf,
  written: { readonly id: string; readonly text: string; readonly at: Date },
): Promise<Thread> {
  await addEntry(sql, thread, {
    entry: { ...written, author: "customer", staffName: null, staffId: null },
    preview: previewOf(written.text),
    waitsFor: "bank",
    isUnread: false,
  });
  const changed = await findThread(sql, thread);
  if (changed === null) throw new Error("a thread that was written to is there");
  return wholeOf(sql, changed);
}

/** Says when the customer may write again, where they have written as much as they may for now. */
async function tooMany(
  sql: Transaction,
  deps: InboxDeps,
  personId: Id<"person">,
): Promise<WriteRefusal | null> {
  const now = deps.clock.now();
  const since = addMs(now, -entries_window_ms);
  const oldest = await oldestOfLast(sql, { personId, since, count: entries_per_window_max });
  if (oldest === null) return null;
  const wait_ms = oldest.getTime() + entries_window_ms - now.getTime();
  return { code: "too_many_messages", retryAfterSeconds: Math.max(1, Math.ceil(wait_ms / 1000)) };
}
