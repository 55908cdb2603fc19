import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { addMs } from "@mainstay/kernel";
import {
  codeOf,
  createScene,
  incident_id,
  incidentOf,
  personOf,
  priya,
  tom,
  valueOf,
  viewer,
  type Scene,
} from "./test-scene.ts";

let scene: Scene;
beforeEach(async () => {
  scene = await createScene();
});
afterEach(() => scene.close());

const ruth = personOf("person_ruth");
const sofia = personOf("person_sofia", { isBack: false, backAt: null });
const read = async (id: string) => valueOf(await scene.service.read(id, viewer));

describe("drafting and editing", () => {
  it("drafts once for a command, says how many it would reach, and is in the timeline", async () => {
    scene.record.people = [ruth, sofia];
    scene.record.unknown = 1;
    const given = { commandId: scene.commandId(), incidentId: incident_id };
    const id = valueOf(await scene.service.draft(priya, given));
    expect(valueOf(await scene.service.draft(priya, given))).toBe(id);
    expect(codeOf(await scene.service.draft(tom, given))).toBe("command_id_taken");
    const message = await read(id);
    expect(message).toMatchObject({ state: "draft", draft: 1, canSign: true, unfilled: [] });
    expect(message.recipients).toEqual({ now: 2, notBack: 1, later: 1 });
    expect([...scene.record.lines.values()].map(({ kind }) => kind)).toEqual(["message-drafted"]);
    const list = await scene.service.list(incident_id, viewer);
    expect(list.messages.map((one) => one.id)).toEqual([id]);
  });

  it("of an incident that isn't there, or goes on as another one, is refused", async () => {
    const nowhere = { commandId: scene.commandId(), incidentId: `inc_${"2".repeat(22)}` };
    expect(codeOf(await scene.service.draft(priya, nowhere))).toBe("incident_unknown");
    scene.record.incident = incidentOf({ mergedInto: `inc_${"3".repeat(22)}`, state: "merged" });
    const merged = { commandId: scene.commandId(), incidentId: incident_id };
    expect(codeOf(await scene.service.draft(priya, merged))).toBe("incident_over");
  });

  it("refuses an edit of a draft that somebody changed meanwhile, and says who", async () => {
    const id = await scene.draft();
    const edit = (draft: number, text: string) =>
      scene.service.edit(tom, {
        ...{ messageId: id, commandId: scene.commandId(), draft, channels: ["email"] },
        ...{ subject: "You couldn’t log in", text },
      });
    valueOf(await edit(1, "We took it back."));
    const late = await edit(1, "We took it back, really.");
    expect(late).toMatchObject({
      error: { code: "message_changed", detail: expect.stringContaining("Tom Okafor") },
    });
    expect(await read(id)).toMatchObject({ draft: 2, text: "We took it back.", channels: ["email"] });
  });

  it.each([
    ["placeholder_unknown", "Hello {last_name}, sorry."],
    ["customer_data", "Hello Ruth, sorry."],
    ["text_too_long", "{rolled_back_at} ".repeat(230)],
  ])("refuses words with %s and changes nothing", async (code, text) => {
    const id = await scene.draft();
    const before = await read(id);
    const words = { subject: "You couldn’t log in", text };
    const given = { ...words, messageId: id, commandId: scene.commandId(), draft: 1 };
    const edited = await scene.service.edit(tom, { ...given, channels: ["inbox"] });
    expect(codeOf(edited)).toBe(code);
    expect(await read(id)).toEqual(before);
  });

  it("refuses words that name an affected customer; a bank that is away names nobody", async () => {
    scene.record.people = [ruth];
    scene.bank.names.set("person_ruth", "Ruth Okonkwo");
    const words = { text: "It kept Ruth Okonkwo and others out. Sorry." };
    await expect(scene.draft(words)).rejects.toThrow("It names one affected customer.");
    scene.bank.isAway = true;
    const id = await scene.draft(words);
    scene.bank.isAway = false;
    expect(codeOf(await scene.sign(priya, id))).toBe("customer_data");
  });

  it("previews it as one affected customer reads it, and as nobody else", async () => {
    scene.record.people = [ruth, sofia];
    const id = await scene.draft({ text: "Hello {first_name}, out from {first_failure}, back {back_in}." });
    const preview = (customer: string, text?: string) =>
      scene.service.preview({ messageId: id, customer, ...(text === undefined ? {} : { text }) });
    expect(valueOf(await preview("person_ruth")).text).toBe(
      "Hello {first_name}, out from 08:41, back 09:03.",
    );
    expect(valueOf(await preview("person_sofia")).text).toContain("back {back_in}");
    expect(valueOf(await preview("person_ruth", "<b>{tries}</b>")).text).toBe("<b>4 times</b>");
    expect(codeOf(await preview("person_ruth", "{secret}"))).toBe("placeholder_unknown");
    expect(codeOf(await preview("person_other"))).toBe("customer_unknown");
  });
});

describe("signing", () => {
  it("takes two different people, who sign the message to the letter and the number of people", async () => {
    scene.record.people = [ruth, sofia];
    const id = await scene.draft();
    const { text } = valueOf(await scene.service.signOptions(priya, id));
    const { subject, text: words } = await read(id);
    expect(text).toContain(`id: ${id}`);
    expect(text).toContain("to: 2 people now, 1 of them out still; 0 later");
    expect(text).toContain(JSON.stringify(subject));
    expect(text).toContain(JSON.stringify(words));
    valueOf(await scene.sign(priya, id));
    expect(await read(id)).toMatchObject({ state: "waiting", first: { name: "Priya Nair" }, canSign: true });
    const own = valueOf(await scene.service.read(id, { id: priya.id, mayAct: true }));
    expect(own).toMatchObject({ canSign: false, whyNot: "Someone else must be the second person." });
    expect(codeOf(await scene.sign(priya, id))).toBe("second_person_needed");
    expect((await scene.service.list(null, viewer)).waiting).toBe(1);
    valueOf(await scene.sign(tom, id));
    expect(await read(id)).toMatchObject({ state: "sending", second: { name: "Tom Okafor" } });
    expect([...scene.record.lines.values()].map(({ kind }) => kind)).toEqual([
      ...["message-drafted", "message-signed", "message-approved"],
    ]);
  });

  it("falls with an edit, and what was shown before it can't be signed any more", async () => {
    scene.record.people = [ruth];
    const id = await scene.draft();
    valueOf(await scene.sign(priya, id));
    const shown = valueOf(await scene.service.signOptions(tom, id));
    const words = { subject: "You couldn’t log in", text: "We took it back. Sorry." };
    const given = { ...words, messageId: id, commandId: scene.commandId(), draft: 1 };
    valueOf(await scene.service.edit(priya, { ...given, channels: ["inbox"] }));
    expect(await read(id)).toMatchObject({ state: "draft", first: null, draft: 2 });
    const signed = { messageId: id, ceremonyId: shown.id, credential: {} as never };
    expect(codeOf(await scene.service.sign(tom, signed))).toBe("message_changed");
    expect(codeOf(await scene.service.sign(tom, signed))).toBe("confirmation_refused");
    expect(codeOf(await scene.service.sign(priya, signed))).toBe("ceremony_over");
    expect(scene.bank.taken.size).toBe(0);
  });

  it("by both makes it stay as it is", async () => {
    scene.record.people = [ruth];
    const id = await scene.draft();
    await scene.signBoth(id);
    const words = { subject: "Something else", text: "Something else altogether." };
    const given = { ...words, messageId: id, commandId: scene.commandId(), draft: 1 };
    expect(codeOf(await scene.service.edit(priya, { ...given, channels: ["inbox"] }))).toBe("message_signed");
    expect(codeOf(await scene.service.decline(tom, { messageId: id, reason: null }))).toBe("message_signed");
    expect(codeOf(await scene.sign(priya, id))).toBe("message_signed");
  });

  it("isn't asked for a message that reaches nobody, nor for one that was declined", async () => {
    const id = await scene.draft();
    expect(codeOf(await scene.sign(priya, id))).toBe("nobody_to_tell");
    valueOf(await scene.service.decline(tom, { messageId: id, reason: "Nobody was affected." }));
    expect(valueOf(await scene.service.decline(tom, { messageId: id, reason: null }))).toBe(id);
    expect(codeOf(await scene.sign(priya, id))).toBe("message_over");
  });

  it("looks again for what has become somebody's own since it was written", async () => {
    scene.record.people = [sofia];
    const id = await scene.draft({ text: "From 08:41:12 on our app refused log-ins." }).catch(() => "");
    expect(id).toBe("");
    const other = personOf("person_other", {
      firstFailureAt: new Date("2026-11-23T08:50:00Z"),
      lastFailureAt: new Date("2026-11-23T08:50:01Z"),
      isBack: false,
      backAt: null,
    });
    scene.record.people = [other];
    const second = await scene.draft({ text: "From 08:41:12 on our app refused log-ins." });
    scene.record.people = [other, sofia];
    expect(codeOf(await scene.sign(priya, second))).toBe("customer_data");
  });
});

describe("sending", () => {
  it("reaches exactly those affected, once each, with their own times; who is out comes first", async () => {
    scene.record.people = [ruth, sofia];
    const id = await scene.draft();
    await scene.signBoth(id);
    await scene.settle();
    const taken = [...scene.bank.taken.values()];
    expect(taken.map(({ customer, isUrgent }) => [customer, isUrgent])).toEqual([
      ["person_sofia", true],
      ["person_ruth", false],
    ]);
    expect(taken[1]?.text).toContain("Hello {first_name}, on 23 November 2026");
    expect(taken[1]?.text).toContain("you tried 4 times and were refused, first at 08:41");
    expect(await read(id)).toMatchObject({ state: "sending", sentAt: expect.any(String) });
    expect(scene.record.lines.get(`message-sent ${id}`)?.title).toBe("Message sent to 2");
    // A message goes out once, however often two processes look.
    const other = scene.open();
    await Promise.all([scene.settle(), scene.settle(other)]);
    expect(scene.bank.batches.flat()).toHaveLength(2);
  });

  it("waits for whom a placeholder can't be filled in for, and says so; nobody else waits", async () => {
    scene.record.people = [ruth, sofia];
    const id = await scene.draft({
      text: "Hello {first_name}, you were back in at {back_in} after {out_for}.",
    });
    expect(await read(id)).toMatchObject({
      recipients: { now: 1, notBack: 0, later: 1 },
      unfilled: [
        { name: "back_in", people: 1 },
        { name: "out_for", people: 1 },
      ],
    });
    await scene.signBoth(id);
    await scene.settle();
    expect([...scene.bank.taken.values()].map(({ customer }) => customer)).toEqual(["person_ruth"]);
    const backAt = new Date("2026-11-23T09:12:00Z");
    scene.record.people = [ruth, { ...sofia, isBack: true, backAt, out_ms: 1_848_000 }];
    await scene.settle();
    expect([...scene.bank.taken.values()].at(-1)?.text).toBe(
      "Hello {first_name}, you were back in at 09:12 after 30 minutes 48 seconds.",
    );
  });

  it("reaches who becomes known later, until the incident is long over", async () => {
    scene.record.people = [ruth];
    const id = await scene.draft();
    await scene.signBoth(id);
    await scene.settle();
    scene.record.people = [ruth, sofia];
    scene.record.incident = incidentOf({ state: "resolved", resolvedAt: scene.clock.now() });
    await scene.settle();
    expect(scene.bank.taken.size).toBe(2);
    scene.clock.advance(31 * 24 * 60 * 60_000);
    scene.record.people = [ruth, sofia, personOf("person_late")];
    await scene.settle();
    expect(scene.bank.taken.size).toBe(2);
    expect(await read(id)).toMatchObject({ state: "ended" });
  });

  it("reaches a registration by its installation, and never again by the account's name", async () => {
    const registration = personOf("ins_new", { isRegistration: true, installations: ["ins_new"] });
    const gone = personOf("ins_gone", { isRegistration: true, installations: ["ins_gone"] });
    scene.record.people = [registration, gone];
    scene.bank.unknown.add("ins_gone");
    const id = await scene.draft();
    await scene.signBoth(id);
    await scene.settle();
    scene.record.people = [
      personOf("person_new", { installations: ["ins_new"] }),
      personOf("person_gone", { installations: ["ins_gone"] }),
    ];
    await scene.settle();
    // The bank knew nobody on the second installation: that person hasn't been told.
    expect([...scene.bank.taken.values()].map(({ customer }) => customer)).toEqual([
      "ins_new",
      "person_gone",
    ]);
  });

  it("keeps to the limits of a second, and of a customer and day", async () => {
    scene.record.people = Array.from({ length: 120 }, (_one, index) => personOf(`person_${index}`));
    await scene.signBoth(await scene.draft());
    await scene.service.work();
    await scene.service.work();
    expect(scene.bank.taken.size).toBe(50);
    await scene.settle();
    expect(scene.bank.batches.map((batch) => batch.length)).toEqual([50, 50, 20]);
    scene.record.people = [ruth];
    for (let count = 0; count < 4; count += 1) await scene.signBoth(await scene.draft());
    await scene.settle();
    const ofRuth = () => [...scene.bank.taken.values()].filter(({ customer }) => customer === "person_ruth");
    // Of these five messages (the first one reaches her too) three today.
    expect(ofRuth()).toHaveLength(3);
    scene.clock.advance(24 * 60 * 60_000);
    await scene.settle();
    expect(ofRuth()).toHaveLength(5);
    expect(new Set(ofRuth().map(({ id }) => id)).size).toBe(5);
  });

  it("isn't held up by a delivery that the bank won't take as it stands", async () => {
    scene.record.people = [ruth, sofia, personOf("person_bad")];
    scene.bank.refuses.add("person_bad");
    const id = await scene.draft();
    await scene.signBoth(id);
    await scene.settle();
    expect(scene.bank.taken.size).toBe(2);
    const page = valueOf(await scene.service.deliveries({ messageId: id, after: "" }));
    const bad = page.deliveries.find(({ customer }) => customer === "person_bad");
    expect(bad?.channels[0]).toMatchObject({ state: "failed" });
  });
});

describe("what came of deliveries", () => {
  it("is read once from the bank's feed, in its order, and counted by channel", async () => {
    scene.record.people = [ruth, sofia];
    const id = await scene.draft();
    await scene.signBoth(id);
    await scene.settle();
    const [first = "", second = ""] = [...scene.bank.taken.keys()];
    const at = scene.clock.now().toISOString();
    const change = (number: number, delivery: string, state: "waiting" | "sent" | "bounced") => ({
      ...{
        number,
        id: delivery,
        channel: "email" as const,
        state,
        at,
        problem: state === "bounced" ? "550" : null,
      },
    });
    scene.bank.changes = [
      change(1, first, "waiting"),
      change(2, first, "sent"),
      change(4, second, "sent"),
      change(5, "dlv_0000000000000000000000", "sent"),
      change(7, second, "bounced"),
    ];
    await scene.settle();
    const counts = (await read(id)).deliveries.filter(({ channel }) => channel === "email");
    expect(counts).toEqual([
      { channel: "email", state: "bounced", count: 1 },
      { channel: "email", state: "sent", count: 1 },
    ]);
    const page = valueOf(await scene.service.deliveries({ messageId: id, after: "" }));
    const email = page.deliveries
      .find((one) => one.id === second)
      ?.channels.find(({ channel }) => channel === "email");
    expect(email).toMatchObject({ state: "bounced", problem: "550" });
    expect(page.next).toBeNull();
  });
});

describe("the banner", () => {
  it("is told to those affected by open incidents alone, again when it changes, and ends", async () => {
    scene.record.people = [ruth, sofia, personOf("ins_new", { isRegistration: true })];
    await scene.service.work();
    expect(scene.bank.banners).toMatchObject([
      { incident: incident_id, customers: ["person_sofia", "person_ruth"] },
    ]);
    await scene.service.work();
    expect(scene.bank.bannersPut).toBe(1);
    scene.record.people = [ruth];
    await scene.service.work();
    expect(scene.bank.banners[0]?.customers).toEqual(["person_ruth"]);
    scene.bank.isAway = true;
    scene.record.open = false;
    await scene.service.work();
    scene.bank.isAway = false;
    await scene.service.work();
    expect(scene.bank.banners).toEqual([]);
    scene.clock.advance(5 * 60_000);
    await scene.service.work();
    expect(scene.bank.bannersPut).toBe(4);
  });

  it("says that it runs while it runs, and that it is put right then", async () => {
    scene.record.people = [ruth];
    const { scope } = incidentOf();
    scene.record.incident = incidentOf({
      state: "investigating",
      takenBackAt: null,
      scope: { ...scope, until: null },
    });
    await scene.service.work();
    expect(scene.bank.banners[0]?.title).toContain("We’re putting it right");
    scene.record.incident = incidentOf({ scope: { ...scope, until: addMs(scope.from, 1) } });
    await scene.service.work();
    expect(scene.bank.banners[0]?.title).toContain("That’s put right");
  });
});
