import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createScene, priya, tom, valueOf, verdictAt, type Scene } from "./test-scene.ts";

let scene: Scene;
beforeEach(async () => {
  scene = await createScene();
  await scene.publish("1.0.0");
  await scene.publish("1.1.0");
  await scene.people(1_000);
});
afterEach(() => scene.close());

const hour = 60 * 60_000;
const stateOf = async (id: string) => {
  const rollout = await scene.service.find(id);
  return `${rollout?.state} ${rollout?.stage}`;
};
const show = (id: string, worseByLessThanPoints: number) =>
  scene.service.noteVerdict(id, verdictAt(scene.clock.now(), { kind: "no-worse", worseByLessThanPoints }));
const turn = () => scene.service.turn(scene.bank);
const kinds = async (id: string) => (await scene.service.eventsOf(id)).map(({ kind }) => kind);

describe("a version that was let out against its checks", () => {
  test("takes two people and a reason, and can't pass 1 %", async () => {
    await scene.publish("1.4.0", { checks: "red" });
    const given = { version: "1.4.0", commandId: scene.commandId(), reason: "The next server needs it." };
    const { approval } = valueOf(await scene.service.overrideChecks(priya, given));
    await expect(scene.start("1.4.0")).rejects.toThrow("checks_red");
    valueOf(await scene.signBoth(approval ?? ""));
    await expect(scene.start("1.4.0", { shares: [0.02, 1] })).rejects.toThrow("override_limited");
    const id = await scene.start("1.4.0");
    expect(await scene.press(id, "advance")).toMatchObject({ error: { code: "override_limited" } });
    valueOf(await show(id, 1));
    scene.clock.advance(100 * hour);
    await turn();
    expect(await stateOf(id)).toBe("waiting 0");
    expect((await scene.service.plan()).platforms.ios.rollout?.share).toBe(0.01);
    expect(await scene.press(id, "finish")).toMatchObject({ error: { code: "move_impossible" } });
    expect(await scene.press(id, "advance", tom)).toMatchObject({ error: { code: "override_limited" } });
  });

  test("isn't one where everything is green", async () => {
    const given = { version: "1.1.0", commandId: scene.commandId(), reason: "Just because." };
    expect(await scene.service.overrideChecks(priya, given)).toMatchObject({
      error: { code: "checks_green" },
    });
  });
});

describe("a rollback", () => {
  test("by the guard takes the version from everybody, and has the bank lift what it caused", async () => {
    const id = await scene.start("1.1.0");
    const before = await scene.service.plan();
    const alarm = verdictAt(scene.clock.now(), { kind: "roll-back", logEvidence: 9.6 });
    scene.bankState.isAway = true;
    expect(valueOf(await scene.service.noteVerdict(id, alarm))).toBe("rolled-back");
    expect(valueOf(await scene.service.rollBackByGuard(id, alarm))).toBe("rolled-back");
    const plan = await scene.service.plan();
    expect(plan.epoch).toBeGreaterThan(before.epoch);
    expect(plan.platforms.ios).toMatchObject({ stable: "1.0.0", rollout: null });
    expect(plan.takenBack).toEqual([
      { version: "1.1.0", platforms: expect.arrayContaining(["ios", "android", "web"]) as unknown },
    ]);
    await turn();
    expect(scene.lifted).toEqual([]);
    scene.bankState.isAway = false;
    scene.clock.advance(60_000);
    await turn();
    await turn();
    expect(scene.lifted).toEqual(["1.1.0"]);
    expect(await kinds(id)).toEqual(["started", "alarm", "rolled-back", "failures-lifted"]);
    // What was taken back doesn't come again.
    await expect(scene.start("1.1.0")).rejects.toThrow("version_taken_back");
  });

  test("of stable goes to the one before it; without one it is refused, and says what to do", async () => {
    const given = {
      commandId: scene.commandId(),
      platform: "ios" as const,
      expectedStable: "1.0.0",
      reason: "It broke.",
    };
    expect(await scene.service.rollBackStable(priya, given)).toMatchObject({
      error: { code: "no_previous_stable" },
    });
    expect((await scene.service.plan()).takenBack).toEqual([]);
    const asked = valueOf(
      await scene.service.start(priya, {
        commandId: scene.commandId(),
        version: "1.1.0",
        platforms: ["ios"],
        stages: [{ share: 1, minutes: 0, marginPoints: 3 }],
      }),
    );
    const { rollout } = valueOf(await scene.signBoth(asked.approval ?? ""));
    valueOf(await scene.press(rollout ?? "", "finish"));
    expect((await scene.service.plan()).platforms.ios).toMatchObject({ stable: "1.1.0", previous: "1.0.0" });
    const again = { ...given, commandId: scene.commandId() };
    expect(await scene.service.rollBackStable(priya, again)).toMatchObject({
      error: { code: "rollout_changed" },
    });
    valueOf(await scene.press(rollout ?? "", "roll-back"));
    const plan = await scene.service.plan();
    expect(plan.platforms.ios).toMatchObject({ stable: "1.0.0", previous: null });
    expect(plan.takenBack).toEqual([{ version: "1.1.0", platforms: ["ios"] }]);
    expect(valueOf(await scene.press(rollout ?? "", "roll-back")).state).toBe("rolled-back");
  });
});

describe("a withdrawal", () => {
  const withdrawalOf = (version: string) =>
    JSON.stringify({ version, reason: "It leaks the feed.", withdrawnAt: "2026-11-22T12:00:00.000Z" });
  const withdraw = (version: string) => {
    const withdrawal = withdrawalOf(version);
    return scene.service.withdraw({ version, withdrawal, signature: scene.sign("withdrawal", withdrawal) });
  };

  test("takes the version from under its rollout, and forbids it for ever", async () => {
    const id = await scene.start("1.1.0");
    valueOf(await withdraw("1.1.0"));
    expect(await stateOf(id)).toBe("rolled-back 0");
    expect((await scene.service.plan()).takenBack).toEqual([
      { version: "1.1.0", platforms: ["ios", "android", "web"] },
    ]);
    expect(valueOf(await withdraw("1.1.0"))).toEqual({ version: "1.1.0" });
    await expect(scene.start("1.1.0")).rejects.toThrow("version_withdrawn");
  });

  test("of the only stable version is refused: nobody would have anything", async () => {
    expect(await withdraw("1.0.0")).toMatchObject({ error: { code: "no_previous_stable" } });
    const unsigned = { version: "1.1.0", withdrawal: withdrawalOf("1.1.0"), signature: "{}" };
    expect(await scene.service.withdraw(unsigned)).toMatchObject({ error: { code: "version_refused" } });
  });
});

test("login protocols are needed by what is live, and by what a rollback goes to", async () => {
  await scene.publish("2.0.0");
  const needs = async () =>
    Object.fromEntries(
      (await scene.service.protocolsNeeded()).map(({ protocol, neededBy }) => [protocol, neededBy]),
    );
  expect(await needs()).toEqual({ "login/1": ["1.0.0"], "login/2": [] });
  const id = await scene.start("2.0.0");
  expect(await needs()).toEqual({ "login/1": ["1.0.0"], "login/2": ["2.0.0"] });
  valueOf(await scene.press(id, "roll-back"));
  expect(await needs()).toEqual({ "login/1": ["1.0.0"], "login/2": [] });
});

test("a declined approval does nothing, and one that takes too long is over", async () => {
  const id = await scene.start("1.1.0", { shares: [0.1, 0.5, 1] });
  const asked = valueOf(await scene.press(id, "advance"));
  expect(await scene.press(id, "advance")).toMatchObject({ error: { code: "approval_open" } });
  valueOf(await scene.service.decline(tom, { approvalId: asked.approval ?? "", reason: "Not today." }));
  expect(await scene.signBoth(asked.approval ?? "").catch((error: Error) => error.message)).toContain(
    "approval_over",
  );
  const next = valueOf(await scene.press(id, "advance"));
  scene.clock.advance(25 * hour);
  await turn();
  const list = await scene.service.approvals({ id: tom.id, mayAct: true });
  expect(list.approvals.find((approval) => approval.id === next.approval)?.state).toBe("expired");
  expect(await stateOf(id)).toMatch(/ 0$/);
});
