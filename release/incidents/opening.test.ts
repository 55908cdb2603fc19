import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  bad_version,
  codeOf,
  createScene,
  noon,
  priya,
  rollout_id,
  signalOf,
  valueOf,
  type Scene,
} from "./test-scene.ts";

let scene: Scene;

beforeAll(async () => {
  scene = await createScene();
});

beforeEach(() => scene.reset());

afterAll(() => scene.close());

async function only() {
  const list = await scene.incidents.list();
  expect(list).toHaveLength(1);
  const [first] = list;
  if (first === undefined) throw new Error("there is none");
  return first;
}

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

describe("opened by machines", () => {
  test("the guard's rollback opens one, with all that led there, once", async () => {
    scene.rollouts.tell("started", 0, { share: 0.01, people: 2_684 });
    scene.rollouts.tell("advanced", 10);
    await scene.deliver(signalOf("login-failed", 1, { at: 20 }), signalOf("login-failed", 2, { at: 25 }));
    scene.rollouts.rollBack(40);
    await scene.settle();
    await scene.settle(scene.another());
    const { id, ...incident } = await only();
    expect(incident).toMatchObject({
      number: "INC-0001",
      title: "Some people with iOS 27 couldn’t log in with 1.4.0",
      ...{ state: "triage", severity: 3, source: "guard", openedBy: { id: "guard" } },
      scope: { versions: [bad_version], platforms: ["ios"], components: ["log-in"], from: new Date(noon) },
    });
    const { timeline, rollouts, impact } = await page(id);
    expect(rollouts).toEqual([rollout_id]);
    expect(timeline.map(({ kind, title, detail }) => [kind, title, detail])).toEqual([
      ["published", "1.4.0 published", "Quicker start"],
      ["stage", "1.4.0 went out at 1 %", "2,684 people"],
      ["stage", "1.4.0 reached 10 %", "26,840 people"],
      ["first-failure", "First failed log-in", "iOS 27, user_handle_missing"],
      ["alarm", "Alarm: evidence 7.31", "over 6.9; strongest with iOS 27"],
      ["rolled-back", "Rolled back to 1.3.0", "26,840 people, by the guard"],
      ["opened", "Incident opened", null],
    ]);
    expect(impact).toMatchObject({ people: 2, failedLogIns: 2, backIn: 0, medianOut_ms: null });
    expect(impact).toMatchObject({ firstFailureToAlarm_ms: 20_000, alarmToRollback_ms: 0 });
  });

  test("an outage that hits every version is everybody's, and worse", async () => {
    scene.rollouts.tell("held", 30, { details: JSON.stringify({ heldFor: "both-arms-fail" }) });
    await scene.settle();
    expect(await only()).toMatchObject({ severity: 1, scope: { versions: [] } });
  });

  test("a hold, a failing probe and the rollback of one version are one incident", async () => {
    scene.rollouts.tell("held", 30, { details: JSON.stringify({ heldFor: "unproven-installations-fail" }) });
    await scene.settle();
    const probe = {
      ...({ component: "log-in", version: bad_version, platform: "ios" } as const),
      sentence: "Log-in fails three times in a row",
      at: new Date(noon + 45_000),
    };
    const id = await scene.incidents.openFromProbe(probe);
    expect(await scene.incidents.openFromProbe(probe)).toBe(id);
    scene.rollouts.rollBack(50);
    await scene.settle();
    expect((await only()).id).toBe(id);
    const kinds = await kindsOf(id);
    expect(kinds.filter((kind) => kind === "probe-failed")).toHaveLength(1);
    expect(kinds).toContain("rolled-back");
    await scene.incidents.probeRecovered({ ...probe, sentence: "Log-in works", at: scene.clock.now() });
    expect(await kindsOf(id)).toContain("probe-passed");
  });

  test("a probe that spoke first is joined by the rollback, which knows since when", async () => {
    const at = new Date(noon + 30_000);
    const id = await scene.incidents.openFromProbe({
      ...{ component: "payments", version: bad_version, platform: null, sentence: "No penny moves", at },
    } as const);
    scene.rollouts.rollBack(40);
    await scene.settle();
    expect(await only()).toMatchObject({
      ...{ id, source: "probe" },
      scope: { components: ["payments", "log-in"], from: new Date(at.getTime() - 15 * 60_000) },
    });
  });

  test("a person is called where a machine shouldn't decide, and that is an incident too", async () => {
    scene.rollouts.tell("called", 30, { reason: "Look at the log-ins." });
    await scene.settle();
    expect(await only()).toMatchObject({ severity: 2, title: "More log-ins than usual fail with 1.4.0" });
    scene.rollouts.tell("called", 700, { reason: "Look at the log-ins." });
    await scene.settle();
    await only();
  });

  test("a person's rollback opens none, but is told in one that is open", async () => {
    scene.rollouts.tell("rolled-back", 10, { actor_id: priya.id, actor_name: priya.name });
    await scene.settle();
    expect(await scene.incidents.list()).toEqual([]);
    const id = await scene.open();
    scene.rollouts.tell("paused", 20, { actor_id: priya.id, actor_name: priya.name, reason: "to look" });
    await scene.settle();
    expect(await kindsOf(id)).toEqual(expect.arrayContaining(["published", "rolled-back", "paused"]));
  });

  test("the ledger's checker opens one, tells when the book is right, and counts no log-ins", async () => {
    const wrong = [{ name: "Every entry balances", examples: ["ent_1"] }];
    const report = { at: scene.clock.now().toISOString(), ok: false, wrong };
    valueOf(await scene.incidents.ledgerReport(report));
    valueOf(await scene.incidents.ledgerReport({ ...report, at: new Date(noon + 61_000).toISOString() }));
    await scene.deliver(signalOf("login-failed", 1, { at: 59 }));
    await scene.settle();
    const { id, severity } = await only();
    expect([severity, await affected(id)]).toEqual([1, []]);
    valueOf(await scene.incidents.ledgerReport({ ...report, ok: true, wrong: [] }));
    valueOf(await scene.incidents.ledgerReport({ ...report, ok: true, wrong: [] }));
    const kinds = await kindsOf(id);
    expect(kinds.filter((kind) => kind.startsWith("ledger"))).toEqual(["ledger-wrong", "ledger-right"]);
    const ahead = { ...report, at: new Date(noon + 3_600_000).toISOString() };
    expect(await codeOf(scene.incidents.ledgerReport(ahead))).toBe("time_ahead");
  });
});
