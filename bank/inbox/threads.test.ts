import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { newId } from "@mainstay/kernel";
import { seededRandom } from "@mainstay/testkit";
import { thread_entries_max } from "@mainstay/wire";
import { entries_per_window_max, entries_window_ms } from "./rules.ts";
import { ada, ben, createInboxScene } from "./test-scene.ts";

const scene = await createInboxScene();
const { inbox, clock, outside, database } = scene;
afterAll(scene.close);

const random = seededRandom(11);
const id = <Prefix extends string>(prefix: Prefix) => newId(prefix, { clock, random });
const staff = { id: "staff_priya", name: "Priya Raman" };
const nothing = async () => undefined;

/** Ada writes first. */
const begin = (changes: Partial<Parameters<typeof inbox.begin>[0]> = {}) =>
  inbox.begin({
    personId: ada.personId,
    id: id("thr"),
    entryId: id("ent"),
    subject: "A question",
    text: "Did my rent go out?",
    ...changes,
  });

async function begun(): Promise<string> {
  const written = await begin();
  if (!written.ok) throw new Error(written.error.code);
  return written.value.id;
}

beforeEach(() => {
  scene.calm();
  // What was written before is long ago: the limits are each test's own.
  clock.advance(entries_window_ms + 1);
});

describe("a customer", () => {
  it("writes first, and the bank is waited for", async () => {
    const threadId = await begun();
    const whole = await inbox.thread({ personId: ada.personId, id: threadId });
    expect(whole).toMatchObject({
      ok: true,
      value: {
        subject: "A question",
        waitsFor: "bank",
        isUnread: false,
        incident: null,
        entries: [{ from: "customer", name: null, text: "Did my rent go out?" }],
      },
    });
  });

  it("who sends the same again has written once; with other words it is a conflict", async () => {
    const same = { id: id("thr"), entryId: id("ent") };
    const first = await begin(same);
    expect(await begin(same)).toEqual(first);
    expect(await begin({ ...same, text: "Other words" })).toEqual({
      ok: false,
      error: { code: "id_conflict" },
    });
    const reply = { personId: ada.personId, id: same.id, entryId: id("ent"), text: "And my gas bill?" };
    const replied = await inbox.reply(reply);
    expect(await inbox.reply(reply)).toEqual(replied);
    expect(await inbox.reply({ ...reply, text: "?" })).toMatchObject({ error: { code: "id_conflict" } });
    expect(replied).toMatchObject({ value: { entries: [{}, { text: "And my gas bill?" }] } });
  });

  it("and both of two that are sent at the same moment are there once", async () => {
    const threadId = await begun();
    const reply = { personId: ada.personId, id: threadId, entryId: id("ent"), text: "Hello?" };
    await Promise.all([inbox.reply(reply), inbox.reply(reply), inbox.reply(reply)]);
    const whole = await inbox.thread({ personId: ada.personId, id: threadId });
    expect(whole.ok && whole.value.entries.length).toBe(2);
  });

  it("sees nothing of another's thread, and takes nothing of it by its id", async () => {
    const threadId = await begun();
    const asBen = { personId: ben.personId, id: threadId };
    expect(await inbox.thread(asBen)).toEqual({ ok: false, error: "thread_not_found" });
    expect(await inbox.read(asBen)).toEqual({ ok: false, error: "thread_not_found" });
    const reply = await inbox.reply({ ...asBen, entryId: id("ent"), text: "Hello" });
    expect(reply).toMatchObject({ ok: false, error: { code: "thread_not_found" } });
    // The very id of Ada's thread is as good to Ben as any other: nothing tells that it is taken.
    expect((await begin({ ...asBen, subject: "Mine" })).ok).toBe(true);
    const adas = await inbox.thread({ personId: ada.personId, id: threadId });
    expect(adas).toMatchObject({ value: { subject: "A question" } });
    expect(await inbox.staff.thread(threadId)).toMatchObject({ value: { personId: ada.personId } });
  });

  it.each(["", "   ", "\n\t ", "\u0000\u0007", "\u202E"])(
    "who writes %j has written nothing",
    async (text) => {
      expect(await begin({ text })).toMatchObject({ ok: false, error: { code: "text_empty" } });
      const threadId = await begun();
      const reply = { personId: ada.personId, id: threadId, entryId: id("ent"), text };
      expect(await inbox.reply(reply)).toMatchObject({ ok: false, error: { code: "text_empty" } });
    },
  );

  it("may write markup: it stays text, and what can't be seen is taken away", async () => {
    const text = "<script>alert(1)</script> {first_name} \u202Egnihton\u0000";
    const written = await begin({ text });
    expect(written).toMatchObject({
      value: { entries: [{ text: "<script>alert(1)</script> {first_name} gnihton" }] },
    });
  });

  it("who writes very much at once is asked to wait, and told how long", async () => {
    const threadId = await begun();
    const reply = () =>
      inbox.reply({ personId: ada.personId, id: threadId, entryId: id("ent"), text: "And?" });
    for (let count = 1; count < entries_per_window_max; count += 1) expect((await reply()).ok).toBe(true);
    expect(await reply()).toEqual({
      ok: false,
      error: { code: "too_many_messages", retryAfterSeconds: entries_window_ms / 1000 },
    });
    expect(await begin()).toMatchObject({ error: { code: "too_many_messages" } });
    clock.advance(entries_window_ms);
    expect((await reply()).ok).toBe(true);
  });

  it("who has filled a thread begins another", async () => {
    const threadId = await begun();
    await database.pool.query("UPDATE inbox.threads SET entries = $1 WHERE id = $2", [
      thread_entries_max,
      threadId,
    ]);
    const reply = { personId: ada.personId, id: threadId, entryId: id("ent"), text: "One more" };
    expect(await inbox.reply(reply)).toMatchObject({ error: { code: "thread_full" } });
  });
});

describe("staff", () => {
  const answer = (threadId: string, changes: Partial<Parameters<typeof inbox.staff.answer>[0]> = {}) =>
    inbox.staff.answer({
      threadId,
      entryId: id("ent"),
      text: "It did, at 07:00.",
      by: staff,
      alsoDo: nothing,
      ...changes,
    });

  it("see what waits, longest waiting first; a second question doesn't go to the end", async () => {
    const first = await begun();
    clock.advance(1_000);
    const second = await begun();
    clock.advance(1_000);
    await inbox.reply({ personId: ada.personId, id: first, entryId: id("ent"), text: "Hello?" });
    const { threads, waiting } = await inbox.staff.threads({ isWaitingOnly: true });
    const order = threads.map((thread) => thread.id);
    expect(order.indexOf(first)).toBeLessThan(order.indexOf(second));
    expect(waiting).toBe(threads.length);
  });

  it("answer, under their first name; the customer is told, and waited for", async () => {
    const threadId = await begun();
    const answered = await answer(threadId);
    expect(answered).toMatchObject({
      value: { personId: ada.personId, waitsFor: "customer", isUnread: true },
    });
    expect(answered.ok && answered.value.entries.at(-1)).toMatchObject({
      from: "staff",
      name: "Priya",
      text: "It did, at 07:00.",
    });
    expect(outside.news).toEqual([ada.personId]);
    expect((await inbox.inboxOf(ada.personId)).unread).toBeGreaterThan(0);
    const read = await inbox.read({ personId: ada.personId, id: threadId });
    expect(read).toMatchObject({ value: { isUnread: false } });
  });

  it("who send the same again have answered once, with what belongs to it", async () => {
    const threadId = await begun();
    const done: string[] = [];
    const same = { entryId: id("ent"), alsoDo: async () => void done.push("audited") };
    await answer(threadId, same);
    await answer(threadId, same);
    expect(done).toEqual(["audited"]);
    const broken = answer(threadId, {
      alsoDo: async () => Promise.reject(new Error("the audit is away")),
    });
    await expect(broken).rejects.toThrow("the audit is away");
    const whole = await inbox.staff.thread(threadId);
    expect(whole.ok && whole.value.entries.length).toBe(2);
  });

  it("let a thread rest, once", async () => {
    const threadId = await begun();
    const done: string[] = [];
    const rest = { threadId, alsoDo: async () => void done.push("audited") };
    expect(await inbox.staff.done(rest)).toMatchObject({ value: { waitsFor: "nobody" } });
    await inbox.staff.done(rest);
    expect(done).toEqual(["audited"]);
    const { threads } = await inbox.staff.threads({ isWaitingOnly: true });
    expect(threads.map((thread) => thread.id)).not.toContain(threadId);
    await inbox.reply({ personId: ada.personId, id: threadId, entryId: id("ent"), text: "Thanks" });
    expect(await inbox.staff.thread(threadId)).toMatchObject({ value: { waitsFor: "bank" } });
  });

  it("find nothing under an id that is nobody's", async () => {
    const nobody = id("thr");
    expect(await inbox.staff.thread(nobody)).toEqual({ ok: false, error: "thread_not_found" });
    expect(await answer(nobody)).toEqual({ ok: false, error: "thread_not_found" });
    expect(await inbox.staff.done({ threadId: nobody, alsoDo: nothing })).toEqual({
      ok: false,
      error: "thread_not_found",
    });
  });
});
