import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { written_parts } from "./conditions.ts";
import {
  ada,
  amara,
  createScene,
  incident_id,
  jonas,
  priya,
  tom,
  valueOf,
  type Scene,
} from "./test-scene.ts";

let scene: Scene;
beforeEach(async () => {
  scene = await createScene();
});
afterEach(() => scene.close());

const refused = (code: string, detail?: RegExp) => ({
  ok: false,
  error: {
    code,
    ...(detail === undefined ? {} : { detail: expect.stringMatching(detail) as string }),
  },
});

const write = async (part: (typeof written_parts)[number] | "summary", text: string, by = amara) =>
  scene.reviews.writeText({ ...scene.edit(by), part, text, draft: (await scene.read()).draft });
const act = (change: Partial<Parameters<Scene["reviews"]["putAction"]>[0]> = {}) =>
  scene.reviews.putAction({
    ...scene.edit(),
    ...{ id: scene.actionId(), what: "A phone with iOS 27", owner: jonas.id, due: "2026-10-09" },
    ...{ state: "open" as const, note: null },
    ...change,
  });
const classify = (as: "major" | "not-major" = "not-major") =>
  scene.reviews.classify(amara, {
    ...{ incidentId: incident_id, commandId: scene.commandId(), as, reason: "31 of 26,840 for 51 minutes" },
  });
const missing = async () => (await scene.read()).conditions.filter(({ isMet }) => !isMet).map(({ id }) => id);

/** All that a close asks for, done by Amara and read by Priya. */
async function makeReady(): Promise<void> {
  for (const part of written_parts) valueOf(await write(part, `Written by a person: {people}`));
  valueOf(await scene.reviews.demandCheck({ ...scene.edit(), journey: "log-in-new-passkey-fresh" }));
  valueOf(await classify());
  valueOf(await scene.reviews.askReader({ ...scene.edit(), staff: priya.id }));
  valueOf(await scene.reviews.readThrough(scene.edit(priya)));
}

describe("the first draft", () => {
  test("is written by the record: facts stand in it by name, and none is missing", async () => {
    const review = await scene.read();
    expect(review).toMatchObject({ draft: 1, number: "INC-0041", editedBy: null, closedAt: null });
    expect(review.texts.every(({ isDrafted }) => isDrafted)).toBe(true);
    const summary = review.texts.find(({ part }) => part === "summary")?.text;
    expect(summary).toContain("{people} people couldn’t log in with version {version}");
    const facts = new Map(review.facts.map(({ key, value }) => [key, value]));
    for (const [, key = ""] of review.texts.flatMap(({ text }) => [...text.matchAll(/\{([a-z-]+)\}/g)])) {
      expect(facts.get(key), key).not.toBe("not known");
    }
    expect(facts.get("date")).toBe("Thursday 1 October 2026");
    // Summer time in London.
    expect(facts.get("first-failure-at")).toBe("08:41:12");
    expect(facts.get("median-out")).toBe("5 min 40 s");
    expect(facts.get("alarm-to-rollback")).toBe("0.4 s");
    expect(facts.get("resolved-at")).toBe("10:00:00");
  });

  test("suggests the red cell of the failing version as the check, a log-in before all else", async () => {
    expect((await scene.read()).check).toBeNull();
    await scene.check(["register", "log-in-old-passkey-fresh", "back-again"]);
    expect((await scene.read()).check).toEqual({
      id: "dmd_0000000000000000000041",
      incident: incident_id,
      journey: "log-in-old-passkey-fresh",
      title: "Log in, older version's passkey, fresh device",
      failedOn: "8.4.1",
      demandedAt: null,
    });
  });

  test("lists who may own an action or read it: staff with the role and access", async () => {
    expect((await scene.read()).staff).toEqual([amara, jonas, priya]);
  });

  test("isn't there for an incident that isn't", async () => {
    expect(await scene.reviews.read("inc_0000000000000000000042")).toBeNull();
  });
});

describe("edits", () => {
  test("raise the draft, keep who wrote what, and are in the audit", async () => {
    valueOf(await write("cause", "The proof was made over the wrong words, {failed-log-ins} times."));
    valueOf(await write("summary", "Short.", jonas));
    const review = await scene.read();
    expect(review).toMatchObject({ draft: 3, editedBy: jonas });
    expect(review.edits).toMatchObject([
      { draft: 3, by: jonas, what: "summary" },
      { draft: 2, by: amara, what: "cause" },
    ]);
    expect(review.texts.find(({ part }) => part === "cause")).toMatchObject({ isDrafted: false });
    expect(await scene.audited()).toEqual(["reviews.edited", "reviews.edited"]);
  });

  test("of a draft that isn't the latest any more are refused, and nothing is lost", async () => {
    valueOf(await write("cause", "Mine"));
    const late = await scene.reviews.writeText({
      ...scene.edit(jonas),
      part: "cause",
      text: "His",
      draft: 1,
    });
    expect(late).toMatchObject(refused("review_changed"));
    expect((await scene.read()).texts.find(({ part }) => part === "cause")?.text).toBe("Mine");
  });

  test("by the same command twice are one; another one under its id is refused", async () => {
    const given = { ...scene.edit(), part: "cause" as const, text: "Once", draft: 1 };
    valueOf(await scene.reviews.writeText(given));
    valueOf(await scene.reviews.writeText(given));
    expect((await scene.read()).draft).toBe(2);
    const other = await scene.reviews.writeText({ ...given, text: "Twice" });
    expect(other).toMatchObject(refused("command_id_taken"));
  });

  test("with a fact that the record doesn't have are refused by its name", async () => {
    expect(await write("cause", "For {people}, {iban} and {salary}")).toMatchObject(
      refused("placeholder_unknown", /\{iban\}, no \{salary\}/),
    );
    valueOf(await write("cause", "In code: { people } and {}, as they stand"));
    expect((await scene.read()).draft).toBe(2);
  });

  test("of an incident that goes on as another one, or isn't there, are refused", async () => {
    expect(
      await scene.reviews.readThrough({ ...scene.edit(), incidentId: "inc_0000000000000000000042" }),
    ).toMatchObject(refused("incident_unknown"));
  });
});

describe("actions", () => {
  test("have an owner of the staff and a day; are changed, done, or moved with a reason", async () => {
    const id = scene.actionId();
    valueOf(await act({ id }));
    valueOf(await act());
    expect(await act({ owner: ada.id })).toMatchObject(refused("staff_unknown"));
    expect(await act({ owner: tom.id })).toMatchObject(refused("staff_unknown"));
    expect(await act({ due: "2026-02-30" })).toMatchObject(refused("date_invalid"));
    expect(await act({ id, state: "moved", note: " " })).toMatchObject(refused("note_missing"));
    valueOf(await act({ id, state: "moved", note: "To the plan of the second quarter", owner: priya.id }));
    const { actions } = await scene.read();
    expect(actions.map(({ state, owner, due }) => [state, owner, due])).toEqual([
      ["moved", priya, "2026-10-09"],
      ["open", jonas, "2026-10-09"],
    ]);
  });
});

describe("the check", () => {
  test("is demanded of every later version, in the timeline and for ever", async () => {
    await scene.check(["log-in-clock-off"]);
    expect(await scene.reviews.demandCheck({ ...scene.edit(), journey: "log-in-by-magic" })).toMatchObject(
      refused("journey_unknown"),
    );
    valueOf(await scene.reviews.demandCheck({ ...scene.edit(), journey: "log-in-clock-off" }));
    const { check } = await scene.read();
    expect(check).toMatchObject({ journey: "log-in-clock-off", failedOn: "8.4.1" });
    expect(check?.demandedAt).not.toBeNull();
    expect(await scene.checks.demandedJourneys()).toEqual([
      { journey: "log-in-clock-off", title: "Log in, clock a day off", incident: "INC-0041" },
    ]);
    expect(await scene.linesOf()).toContain("check-demanded");
  });
});

describe("the second reader", () => {
  test("is somebody else than who asks or writes, and their word is theirs alone", async () => {
    valueOf(await write("cause", "By Jonas", jonas));
    const ask = (staff: string, by = amara) => scene.reviews.askReader({ ...scene.edit(by), staff });
    expect(await ask(amara.id)).toMatchObject(refused("second_reader_needed"));
    expect(await ask(jonas.id)).toMatchObject(refused("second_reader_needed"));
    expect(await ask(ada.id)).toMatchObject(refused("staff_unknown"));
    valueOf(await ask(priya.id));
    expect(await scene.reviews.readThrough(scene.edit(jonas))).toMatchObject(refused("reader_other"));
    valueOf(await scene.reviews.readThrough(scene.edit(priya)));
    expect((await scene.read()).reader?.readAt).not.toBeNull();
  });

  test("reads it again when a text has changed since", async () => {
    valueOf(await scene.reviews.askReader({ ...scene.edit(), staff: priya.id }));
    valueOf(await scene.reviews.readThrough(scene.edit(priya)));
    valueOf(await write("cause", "Changed"));
    expect((await scene.read()).reader?.readAt).toBeNull();
  });
});

describe("closing", () => {
  test("too early is refused with what is missing, and changes nothing", async () => {
    expect(await missing()).toEqual(["written", "check", "reader", "classified"]);
    const early = await scene.reviews.close(scene.edit());
    expect(early).toMatchObject(
      refused("review_not_ready", /missing: cause, trigger.*; the failing case is a check; a second/),
    );
    expect((await scene.read()).draft).toBe(1);
    await makeReady();
    valueOf(await act());
    expect(await missing()).toEqual(["actions"]);
    expect(await scene.reviews.close(scene.edit())).toMatchObject(refused("review_not_ready"));
    await scene.setState("monitoring");
    expect(await missing()).toEqual(["resolved", "actions"]);
  });

  test("keeps the review as it is, marks the incident, and nothing changes it any more", async () => {
    await makeReady();
    valueOf(await scene.reviews.close(scene.edit()));
    const review = await scene.read();
    expect(review).toMatchObject({ closedBy: amara, closedAt: "2026-10-02T09:30:00.000Z" });
    expect(review.timeline.at(-1)?.kind).toBe("review-closed");
    expect(await scene.linesOf()).toContain("review-closed");
    expect(await write("cause", "Later")).toMatchObject(refused("review_closed", /Amara Cole/));
    expect(await classify("major")).toMatchObject(refused("review_closed"));
    expect(await act()).toMatchObject(refused("review_closed"));
  });

  test("by two at once closes it once; the other is told who did", async () => {
    await makeReady();
    const ends = await Promise.all([
      scene.reviews.close(scene.edit(amara)),
      scene.reviews.close(scene.edit(jonas)),
    ]);
    expect(ends.filter(({ ok }) => ok)).toHaveLength(1);
    expect(ends.find(({ ok }) => !ok)).toMatchObject(
      refused("review_closed", /(Amara Cole|Jonas Lindqvist) closed it/),
    );
    expect((await scene.linesOf()).filter((kind) => kind === "review-closed")).toHaveLength(1);
  });

  test("takes two: the second reader doesn't close it; the same command again is one close", async () => {
    await makeReady();
    expect(await scene.reviews.close(scene.edit(priya))).toMatchObject(refused("second_reader_needed"));
    const given = scene.edit();
    valueOf(await scene.reviews.close(given));
    valueOf(await scene.reviews.close(given));
    expect(await scene.reviews.close(scene.edit())).toMatchObject(refused("review_closed"));
  });
});

describe("what the regulator asks", () => {
  const send = (deadline: string, at: string, by = amara) =>
    scene.reviews.noteReport(by, {
      ...{ incidentId: incident_id, commandId: scene.commandId(), deadline, at: new Date(at) },
    });

  test("is classified by a person, who may say otherwise later", async () => {
    valueOf(await classify("major"));
    scene.clock.advance(1_000);
    valueOf(await classify("not-major"));
    expect((await scene.read()).regulator.classified).toMatchObject({ as: "not-major", by: amara });
    expect(await scene.audited()).toEqual(["incidents.classified", "incidents.classified"]);
  });

  test("reports are noted once, in their turn, and never ahead of time", async () => {
    const today = "2026-10-02T09:30:00.000Z";
    expect(await send("first-report", today)).toMatchObject(refused("report_not_due"));
    valueOf(await classify("major"));
    expect(await send("first-report", "2026-10-02T09:31:01.000Z")).toMatchObject(refused("time_ahead"));
    expect(await send("first-report", "2026-10-02T09:00:00.000Z")).toMatchObject(refused("report_not_due"));
    expect(await send("second-report", today)).toMatchObject(refused("report_not_due"));
    expect(await send("fourth-report", today)).toMatchObject(refused("report_not_due"));
    valueOf(await send("first-report", today));
    expect(await send("first-report", today, jonas)).toMatchObject(refused("report_sent"));
    const { deadlines } = (await scene.read()).regulator;
    expect(deadlines.find(({ id }) => id === "second-report")?.dueAt).toBe("2026-10-05T09:30:00.000Z");
    expect(await scene.linesOf()).toEqual(["classified", "report-sent"]);
  });

  test("is answered on after the review is closed: the last report may be due only later", async () => {
    await makeReady();
    valueOf(await classify("major"));
    valueOf(await scene.reviews.close(scene.edit()));
    valueOf(await send("first-report", "2026-10-02T09:30:00.000Z"));
    const { deadlines } = (await scene.read()).regulator;
    expect(deadlines.find(({ id }) => id === "first-report")?.doneAt).not.toBeNull();
  });
});
