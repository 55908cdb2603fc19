import { afterAll, beforeEach, describe, expect, it } from "vitest";
import type { Id } from "@mainstay/kernel";
import { ada, ben, browserKeys, createInboxScene, demo } from "./test-scene.ts";

const scene = await createInboxScene();
const { inbox, outside, delivery, statesOf, database } = scene;
afterAll(scene.close);
beforeEach(scene.calm);

async function outcomesOf(deliveries: Parameters<typeof inbox.deliver>[0]): Promise<string[]> {
  const taken = await inbox.deliver(deliveries);
  if (!taken.ok) throw new Error(taken.error.detail);
  return taken.value.map(({ outcome }) => outcome);
}

async function count(table: string, id: string): Promise<number> {
  const column = table === "deliveries" || table === "emails" ? "id" : "delivery_id";
  const { rows } = await database.pool.query(
    `SELECT count(*)::INT AS count FROM inbox.${table} WHERE ${column} = $1`,
    [id],
  );
  return rows[0].count;
}

describe("a delivery", () => {
  it("is taken once and whole: thread, e-mail, and how each channel stands", async () => {
    const given = delivery();
    expect(await outcomesOf([given])).toEqual(["taken"]);
    expect(await statesOf(given.id)).toEqual({ inbox: "sent", email: "waiting", push: "none" });
    const { threads, unread } = await inbox.inboxOf(ada.personId);
    expect(unread).toBe(1);
    expect(threads[0]).toMatchObject({
      subject: "Sorry about Tuesday",
      preview: "Hello Ada, you couldn't log in from 08:02 to 08:03. Your money stayed safe.",
      incident: given.incident,
      isUnread: true,
      waitsFor: "nobody",
    });
    expect(outside.news).toEqual([ada.personId]);
  });

  it("that comes again changes nothing, in the same batch, later, and at the same moment", async () => {
    const given = delivery();
    expect(await outcomesOf([given, given])).toEqual(["taken", "known"]);
    expect(await outcomesOf([{ ...given, subject: "Other words" }])).toEqual(["known"]);
    const raced = delivery();
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => outcomesOf([raced])));
    expect(outcomes.flat().toSorted()).toEqual([...Array.from({ length: 5 }, () => "known"), "taken"]);
    for (const { id } of [given, raced]) {
      expect([await count("deliveries", id), await count("emails", id)]).toEqual([1, 1]);
    }
  });

  it("to nobody is unknown each time, and taken once they are there", async () => {
    const given = delivery({ customer: "cus_nobody" });
    expect(await outcomesOf([given])).toEqual(["unknown"]);
    expect(await outcomesOf([given])).toEqual(["unknown"]);
    expect(await outcomesOf([{ ...given, customer: ben.ref }])).toEqual(["taken"]);
  });

  it("to a customer of the demo is in the app, and no e-mail goes anywhere", async () => {
    const given = delivery({ customer: demo.ref });
    expect(await outcomesOf([given])).toEqual(["taken"]);
    expect(await statesOf(given.id)).toEqual({ inbox: "sent", email: "none", push: "none" });
    expect(await inbox.inboxOf(demo.personId)).toMatchObject({ unread: 1 });
  });

  it("to an installation goes by e-mail to whom a registration failed for", async () => {
    const given = delivery({ customer: "inst_of_rita" });
    expect(await outcomesOf([given])).toEqual(["taken"]);
    expect(await statesOf(given.id)).toEqual({ inbox: "none", email: "waiting", push: "none" });
    expect(await outcomesOf([delivery({ customer: "inst_of_nobody" })])).toEqual(["unknown"]);
  });

  it("writes what a customer is called as text, in HTML too", async () => {
    const given = delivery({ customer: ben.ref, subject: "{first_name}, sorry" });
    await outcomesOf([given]);
    while (await inbox.work.sendNextEmail());
    const mail = outside.mails.find(({ id }) => id === given.id);
    expect(mail?.textBody).toContain("Hello Ben <b>&amp;</b>,");
    expect(mail?.htmlBody).toContain("Hello Ben &lt;b&gt;&amp;amp;&lt;/b&gt;,");
    expect(mail?.htmlBody).not.toContain("<b>");
  });

  it("has only the channels that were asked for", async () => {
    const given = delivery({ channels: ["email"] });
    await outcomesOf([given]);
    expect(await statesOf(given.id)).toEqual({ email: "waiting" });
  });
});

describe("a text that nobody can fill in", () => {
  it.each(["Hello {name}", "{}", "{first_name} {balance}", "{ first_name }", "{First_Name}"])(
    "%j is refused, and nothing of its batch is taken",
    async (text) => {
      const [good, bad] = [delivery(), delivery({ text })];
      const refused = await inbox.deliver([good, bad]);
      expect(refused).toMatchObject({ ok: false, error: { code: "placeholder_unknown" } });
      expect(await count("deliveries", good.id)).toBe(0);
    },
  );
});

describe("the change feed", () => {
  it("has no gap and no doubled number, and none that appears behind one that was read", async () => {
    const seen: number[] = [];
    let isDone = false;
    const reading = (async () => {
      while (!isDone) {
        const after = seen.at(-1) ?? 0;
        seen.push(...(await inbox.changesAfter(after)).map(({ number }) => number));
      }
    })();
    await Promise.all(Array.from({ length: 20 }, () => outcomesOf([delivery(), delivery()])));
    isDone = true;
    await reading;
    const all = (await inbox.changesAfter(0)).map(({ number }) => number);
    expect(seen.toSorted((a, b) => a - b)).toEqual(seen);
    // Nothing was changed twice meanwhile, so whoever read on has seen every number.
    const last = seen.at(-1) ?? 0;
    expect(seen).toEqual(all.filter((number) => number <= last));
    expect(new Set(all).size).toBe(all.length);
  });

  it("says that a message was read once the customer opened it", async () => {
    const given = delivery();
    await outcomesOf([given]);
    const { threads } = await inbox.inboxOf(ada.personId);
    const thread = { personId: ada.personId, id: threads[0]?.id ?? "" };
    await inbox.thread(thread);
    const opened = (await inbox.inboxOf(ada.personId)).threads.find(({ id }) => id === thread.id);
    expect(opened?.isUnread).toBe(true);
    await inbox.read(thread);
    await inbox.read(thread);
    const read = (await inbox.changesAfter(0)).filter(({ state }) => state === "read");
    expect(read.filter(({ channel }) => channel === "inbox").length).toBe(1);
  });
});

describe("a delivery that fails half-way", () => {
  it("leaves nothing, and is taken whole when it comes again", async () => {
    const given = delivery();
    // The e-mail's row is there already, as nothing but a fault could make it: the transaction breaks.
    await database.pool.query(
      `INSERT INTO inbox.deliveries (id, message, customer, taken_at)
       VALUES ('dlv_other', 'msg_1', 'x', now())`,
    );
    const tooLong = { ...given, channels: [...given.channels, "letter" as "push"] };
    await expect(inbox.deliver([tooLong])).rejects.toThrow();
    expect([await count("deliveries", given.id), await count("emails", given.id)]).toEqual([0, 0]);
    expect(await outcomesOf([given])).toEqual(["taken"]);
  });
});

describe("banners", () => {
  const banner = (incident: string, customers: string[], title = "Logging in failed this morning") => ({
    incident,
    title,
    text: "It works again. There is nothing to do.",
    updatedAt: "2026-11-24T08:10:00.000Z",
    customers,
  });
  const titles = async (personId: typeof ada.personId) =>
    (await inbox.inboxOf(personId)).banners.map(({ title }) => title);

  it("are seen by those concerned and nobody else, and whoever's change is told at once", async () => {
    await inbox.putBanners([banner("inc_one", [ada.ref, "cus_nobody", "inst_of_rita"])]);
    expect([await titles(ada.personId), await titles(ben.personId)]).toEqual([
      ["Logging in failed this morning"],
      [],
    ]);
    expect(outside.news).toEqual([ada.personId]);
    await inbox.putBanners([banner("inc_one", [ada.ref])]);
    expect(outside.news).toEqual([ada.personId]);
    await inbox.putBanners([banner("inc_one", [ada.ref, ben.ref])]);
    expect(outside.news).toEqual([ada.personId, ben.personId]);
    await inbox.putBanners([banner("inc_one", [ada.ref, ben.ref], "It works again")]);
    expect(await titles(ben.personId)).toEqual(["It works again"]);
    await inbox.putBanners([banner("inc_two", [ben.ref])]);
    expect([await titles(ada.personId), (await titles(ben.personId)).length]).toEqual([[], 1]);
    await inbox.putBanners([]);
    expect(await titles(ben.personId)).toEqual([]);
  });
});

describe("where pushes go", () => {
  const device = { personId: ada.personId, deviceId: "dev_phone" };
  it.each([
    "https://evil.example/push",
    "http://fcm.googleapis.com/fcm/send/1",
    "https://fcm.googleapis.com:8443/fcm/send/1",
    "https://fcm.googleapis.com@evil.example/1",
    "https://user:pass@fcm.googleapis.com/1",
    "https://fcm.googleapis.com.evil.example/1",
    "https://127.0.0.1/push",
    "http://169.254.169.254/latest/meta-data",
    "https://notpush.apple.com.example/1",
    "not an address",
  ])("%s is refused", async (endpoint) => {
    const refused = await inbox.subscribe(device, { endpoint, ...browserKeys() });
    expect(refused).toEqual({ ok: false, error: "push_service_unknown" });
  });

  it.each([
    { ...browserKeys(), auth: "c2hvcnQ" },
    { ...browserKeys(), p256dh: Buffer.alloc(65, 4).toString("base64url") },
    { ...browserKeys(), p256dh: "" },
  ])("keys that aren't keys are refused: %j", async (keys) => {
    const endpoint = "https://fcm.googleapis.com/fcm/send/1";
    expect(await inbox.subscribe(device, { endpoint, ...keys })).toEqual({
      ok: false,
      error: "push_keys_wrong",
    });
  });

  it("are ten browsers of one customer; a device that is logged out is none", async () => {
    for (let index = 0; index < 12; index += 1) {
      scene.clock.advance(1_000);
      const endpoint = `https://updates.push.services.mozilla.com/wpush/v2/${index}`;
      const subscribed = await inbox.subscribe(
        { personId: ada.personId, deviceId: `dev_${index}` },
        { endpoint, ...browserKeys() },
      );
      expect(subscribed.ok).toBe(true);
    }
    const isOn = async (deviceId: string) =>
      (await inbox.pushKey({ personId: ada.personId, deviceId })).isSubscribed;
    expect([await isOn("dev_0"), await isOn("dev_1"), await isOn("dev_2")]).toEqual([false, false, true]);
    await inbox.takeEvent({
      id: "evt_1" as Id<"evt">,
      kind: "identity.device-logged-out",
      subject: ada.personId,
      payload: { deviceId: "dev_2" },
      occurredAt: scene.clock.now(),
    });
    expect(await isOn("dev_2")).toBe(false);
    // A browser on which somebody else logs in takes their pushes, and no longer the first customer's.
    const endpoint = "https://updates.push.services.mozilla.com/wpush/v2/11";
    await inbox.subscribe({ personId: ben.personId, deviceId: "dev_11" }, { endpoint, ...browserKeys() });
    expect(await isOn("dev_11")).toBe(false);
    await inbox.unsubscribe(ada.personId, endpoint);
    expect((await inbox.pushKey({ personId: ben.personId, deviceId: "dev_11" })).isSubscribed).toBe(true);
  });
});
