import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  bad_version,
  codeOf,
  createScene,
  good_version,
  installationOf,
  noon,
  priya,
  signalOf,
  tom,
  valueOf,
  type Scene,
} from "./test-scene.ts";

let scene: Scene;

beforeAll(async () => {
  scene = await createScene();
});

beforeEach(() => scene.reset());

afterAll(() => scene.close());

async function page(id: string) {
  const read = await scene.incidents.readIncident(id);
  if (read === null) throw new Error("there is none");
  return read;
}

async function kindsOf(id: string) {
  return (await page(id)).timeline.map(({ kind }) => kind);
}

const affected = async (incidentId: string) =>
  (await scene.incidents.readAffected({ incidentId, back: null, after: null })).affected;

describe("who was kept out", () => {
  test("is known as it happens, and since when they are back", async () => {
    const id = await scene.open();
    await scene.settle();
    await scene.deliver(signalOf("login-failed", 1, { at: 5 }), signalOf("login-failed", 2, { at: 6 }));
    await scene.settle();
    expect((await page(id)).impact).toMatchObject({ people: 2, backIn: 0 });
    await scene.deliver(signalOf("login-succeeded", 1, { at: 35, version: good_version }));
    await scene.settle();
    const rows = await affected(id);
    expect(rows.map(({ customer, backAt, versionNow }) => [customer, backAt, versionNow])).toEqual([
      ["cus-2", null, null],
      ["cus-1", new Date(noon + 35_000).toISOString(), good_version],
    ]);
    expect(rows.map(({ out_ms }) => out_ms)).toEqual([54_000, 30_000]);
    const { impact, timeline } = await page(id);
    expect(impact).toMatchObject({
      backIn: 1,
      medianOut_ms: 30_000,
      longestOut_ms: 54_000,
      totalOut_ms: 84_000,
    });
    expect(timeline.some(({ kind }) => kind === "last-back")).toBe(false);
    await scene.deliver(signalOf("login-succeeded", 2, { at: 50, version: good_version }));
    await scene.settle();
    expect((await page(id)).timeline.find(({ kind }) => kind === "last-back")?.at).toBe(
      new Date(noon + 50_000).toISOString(),
    );
  });

  test("what happened before the incident was opened counts as what happens after", async () => {
    await scene.deliver(
      signalOf("login-succeeded", 3, { at: -60 * 60, version: good_version }),
      signalOf("login-failed", 3, { at: 10, over: { customer: null } }),
      signalOf("login-failed", 4, { at: 11, version: good_version }),
    );
    const id = await scene.open();
    await scene.settle();
    expect(await affected(id)).toMatchObject([{ customer: "cus-3", knownBy: "installation" }]);
  });

  test("silence is a failure after 60 s of control's being there", async () => {
    const id = await scene.open();
    await scene.settle();
    await scene.deliver(signalOf("login-begun", 1, { at: 55 }));
    await scene.settle();
    scene.clock.advance(59_000);
    await scene.settle();
    expect(await affected(id)).toEqual([]);
    scene.clock.advance(2_000);
    await scene.settle();
    expect(await affected(id)).toMatchObject([{ customer: null, reason: "silent", knownBy: "nobody" }]);
    // Whoever logs in there next is told of it.
    await scene.deliver(signalOf("login-succeeded", 1, { at: 100, version: good_version }));
    await scene.settle();
    expect(await affected(id)).toMatchObject([{ customer: "cus-1", knownBy: "next-log-in", tries: 1 }]);
  });

  test("a customer with two installations is one of the people, out once at a time", async () => {
    const id = await scene.open();
    const mine = { over: { customer: "cus-1" } };
    await scene.deliver(
      signalOf("login-failed", 1, { at: 0, ...mine }),
      signalOf("login-failed", 2, { at: 10, ...mine }),
      signalOf("login-succeeded", 1, { at: 30, ...mine }),
      signalOf("login-succeeded", 2, { at: 40, ...mine }),
    );
    await scene.settle();
    expect((await page(id)).impact).toMatchObject({ people: 1, backIn: 1, totalOut_ms: 40_000 });
    expect(await scene.incidents.affectedPeople(id)).toEqual({
      unknown: 0,
      people: [
        {
          customer: "cus-1",
          ...{ isRegistration: false, isBack: true, tries: 2, out_ms: 40_000 },
          installations: [installationOf(1), installationOf(2)],
          firstFailureAt: new Date(noon),
          lastFailureAt: new Date(noon + 10_000),
          backAt: new Date(noon + 40_000),
        },
      ],
    });
    const concerning = await scene.incidents.readConcerning("cus-1");
    expect(concerning.incidents).toMatchObject([{ id, impact: { people: 1 } }]);
    expect(await scene.incidents.readConcerning("cus-2")).toEqual({ incidents: [] });
  });

  test("the bank is asked when they were out; where it is away, nothing is said of payments", async () => {
    scene.asked.isAway = true;
    const id = await scene.open();
    await scene.deliver(
      signalOf("login-failed", 1, { at: 5 }),
      signalOf("login-succeeded", 1, { at: 35, version: good_version }),
    );
    await scene.settle();
    expect((await page(id)).impact.paymentsDelayed).toBeNull();
    scene.asked.isAway = false;
    expect((await page(id)).impact.paymentsDelayed).toBe(1);
    expect(scene.asked.spans).toEqual([
      { customer: "cus-1", from: new Date(noon + 5_000), until: new Date(noon + 35_000) },
    ]);
  });

  test("a changed scope is reckoned anew", async () => {
    const id = await scene.open();
    await scene.deliver(signalOf("login-failed", 1, { at: 5 }), signalOf("login-failed", 2, { at: 20 }));
    await scene.settle();
    const scope = {
      versions: [bad_version],
      platforms: [],
      components: [],
      from: new Date(noon + 10_000),
      until: null,
    };
    const request = { commandId: scene.commandId(), expectedState: "triage", scope } as const;
    valueOf(await scene.incidents.change(priya, { id, request }));
    await scene.settle();
    expect((await affected(id)).map(({ customer }) => customer)).toEqual(["cus-2"]);
    const wider = { ...scope, versions: [], from: new Date(noon) };
    const back = { ...request, commandId: scene.commandId(), scope: wider };
    valueOf(await scene.incidents.change(priya, { id, request: back }));
    await scene.settle();
    expect(await affected(id)).toHaveLength(2);
  });

  test("the list has pages, those who aren't back first", async () => {
    const id = await scene.open();
    const many = Array.from({ length: 410 }, (_none, n) => n);
    await scene.deliver(...many.map((n) => signalOf("login-failed", n, { at: 5 })));
    await scene.deliver(
      ...many.filter((n) => n % 2 === 0).map((n) => signalOf("login-succeeded", n, { at: 9 })),
    );
    await scene.settle();
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const read = await scene.incidents.readAffected({ incidentId: id, back: null, after });
      expect([read.total, read.back]).toEqual([410, 205]);
      seen.push(
        ...read.affected.map(({ backAt, customer }) => `${backAt === null ? "out" : "in"} ${customer}`),
      );
      after = read.next;
    } while (after !== null);
    expect(new Set(seen).size).toBe(410);
    expect(seen.slice(0, 205).every((text) => text.startsWith("out"))).toBe(true);
    const out = await scene.incidents.readAffected({ incidentId: id, back: false, after: null });
    expect(out.affected).toHaveLength(200);
    let exported = 0;
    for await (const row of scene.incidents.readAllAffected(id)) exported += row.tries;
    expect(exported).toBe(410);
  });
});

describe("what people do", () => {
  test("of two who close one, the second is told that it has moved on", async () => {
    const id = await scene.open();
    const close = (by = priya) =>
      scene.incidents.change(by, {
        id,
        request: { commandId: scene.commandId(), expectedState: "triage", state: "resolved" },
      });
    const codes = await Promise.all([codeOf(close()), codeOf(close(tom))]);
    expect(codes.toSorted()).toEqual(["incident_changed", null].toSorted());
    expect((await kindsOf(id)).filter((kind) => kind === "state")).toHaveLength(1);
    const { nextStates, scope } = await page(id);
    expect([nextStates, scope.until]).toEqual([["monitoring"], scene.clock.now().toISOString()]);
  });

  test("a command given twice is carried out once; another one under its id is refused", async () => {
    const id = await scene.open();
    const commandId = scene.commandId();
    const note = (text: string) =>
      scene.incidents.note(priya, { id, commandId, text, at: new Date(noon + 5_000) });
    valueOf(await note("The handle is left out."));
    valueOf(await note("The handle is left out."));
    expect(await codeOf(note("Something else."))).toBe("command_id_taken");
    const notes = (await page(id)).timeline.filter(({ kind }) => kind === "note");
    expect(notes).toMatchObject([{ title: "Priya Nair", detail: "The handle is left out." }]);
    expect(notes[0]?.at).toBe(new Date(noon + 5_000).toISOString());
  });

  test("times in the future are refused, wherever one may be given", async () => {
    const id = await scene.open();
    const ahead = new Date(scene.clock.now().getTime() + 120_000);
    const commandId = scene.commandId();
    expect(await codeOf(scene.incidents.note(priya, { id, commandId, text: "x", at: ahead }))).toBe(
      "time_ahead",
    );
    await expect(scene.open({ from: ahead })).rejects.toThrow("time_ahead");
    const scope = { versions: [], platforms: [], components: [], from: new Date(noon), until: ahead };
    const request = { commandId, expectedState: "triage", scope } as const;
    expect(await codeOf(scene.incidents.change(priya, { id, request }))).toBe("time_ahead");
    await expect(scene.open({ until: new Date(noon - 1) })).rejects.toThrow("scope_invalid");
    await expect(scene.open({ versions: ["9.9.9"] })).rejects.toThrow("scope_invalid");
  });

  test("command, severity and title change with a line each, and are in the audit", async () => {
    const id = await scene.open();
    const request = {
      ...({ commandId: scene.commandId(), expectedState: "triage", command: true, severity: 1 } as const),
      ...({
        title: "Nobody with iOS 27 can log in",
        state: "identified",
        reason: "it is the handle",
      } as const),
    };
    valueOf(await scene.incidents.change(tom, { id, request }));
    const { timeline, commander, title } = await page(id);
    expect([commander?.name, title]).toEqual(["Tom Okafor", "Nobody with iOS 27 can log in"]);
    expect(timeline.slice(-4).map((line) => [line.kind, line.title, line.actor?.id])).toEqual([
      ["title", "Called “Nobody with iOS 27 can log in”", tom.id],
      ["commander", "Tom Okafor takes command", tom.id],
      ["severity", "Severity 1", tom.id],
      ["state", "Cause found", tom.id],
    ]);
    const { rows } = await scene.database.pool.query<{ action: string }>(
      "SELECT action FROM staff.audit WHERE subject = $1 ORDER BY number",
      [id],
    );
    expect(rows.map(({ action }) => action)).toEqual(["incidents.opened", "incidents.changed"]);
  });

  test("what can't be isn't done: moves, merges, what isn't there", async () => {
    const id = await scene.open();
    const command = { commandId: scene.commandId() };
    const change = (state: "triage" | "merged") =>
      scene.incidents.change(priya, {
        id,
        request: { commandId: scene.commandId(), expectedState: "triage", state },
      });
    expect(await codeOf(change("merged"))).toBe("move_impossible");
    expect(await codeOf(scene.incidents.merge(priya, { id, into: id, ...command }))).toBe("merge_impossible");
    const nothing = `inc_${"0".repeat(22)}`;
    expect(await codeOf(scene.incidents.merge(priya, { id, into: nothing, ...command }))).toBe(
      "incident_unknown",
    );
    expect(await scene.incidents.readIncident(nothing)).toBeNull();
    const line = { kind: "note", title: "x", detail: null, at: scene.clock.now(), by: null, happening: "x" };
    await scene.incidents.record(nothing, line);
  });

  test("several at once count apart; a duplicate goes on as the other, with all that it knew", async () => {
    const android = { platform: "android", os: "android-17" } as const;
    const onAndroid = signalOf("login-failed", 9, { at: 8 });
    await scene.deliver(signalOf("login-failed", 1, { at: 5 }), {
      ...onAndroid,
      activation: { ...onAndroid.activation, ...android },
    });
    const first = await scene.open({ platforms: ["ios"] }, "iPhones can’t log in");
    const second = await scene.open({ platforms: ["android"] }, "Androids can’t log in");
    await scene.settle();
    expect(
      [await affected(first), await affected(second)].map((rows) => rows.map(({ customer }) => customer)),
    ).toEqual([["cus-1"], ["cus-9"]]);
    const { commandId } = scene;
    valueOf(
      await scene.incidents.note(tom, { id: second, commandId: commandId(), text: "Pixels", at: null }),
    );
    valueOf(await scene.incidents.merge(tom, { id: second, commandId: commandId(), into: first }));
    await scene.settle();
    expect((await page(first)).impact.people).toBe(2);
    expect((await page(first)).merged).toMatchObject([{ id: second, number: "INC-0002" }]);
    expect(await kindsOf(first)).toEqual(expect.arrayContaining(["note", "merged"]));
    expect(await page(second)).toMatchObject({ state: "merged", mergedInto: first, nextStates: [] });
    // What somebody has to tell of the duplicate is told where it goes on, once.
    const line = { kind: "message-sent", title: "Sent to 2", detail: null, at: scene.clock.now(), by: null };
    await scene.incidents.record(second, { ...line, happening: "sent" });
    await scene.incidents.record(first, { ...line, happening: "sent" });
    expect((await kindsOf(first)).filter((kind) => kind === "message-sent")).toHaveLength(1);
    const note = scene.incidents.note(tom, { id: second, commandId: commandId(), text: "more", at: null });
    expect(await codeOf(note)).toBe("incident_over");
  });
});

test("whoever listens hears which incident changed", async () => {
  const heard: (string | null)[] = [];
  const stop = scene.incidents.listen(({ incidentId }) => heard.push(incidentId));
  const id = await scene.open();
  await expect.poll(() => heard).toContain(id);
  stop();
});
