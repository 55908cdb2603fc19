import pg from "pg";
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

describe("a fresh bank", () => {
  test("has its first version as stable on its platforms, and later ones only by a rollout", async () => {
    const { platforms } = await scene.service.plan();
    expect(platforms.web).toMatchObject({ stable: "1.0.0", previous: null, rollout: null });
    const known = await scene.service.knownVersions();
    expect(known.map(({ version }) => version).toSorted()).toEqual(["1.0.0", "1.1.0"]);
  });

  test("takes a developer's next build as stable where the start asks for it, production never", async () => {
    const manifest = scene.manifestOf("1.2.0", ["web"]);
    const given = { manifest, signature: scene.sign("manifest", manifest), adopt: true };
    expect(valueOf(await scene.service.registerVersion(given))).toMatchObject({ stableOn: ["web"] });
    expect((await scene.service.plan()).platforms.web).toMatchObject({ stable: "1.2.0", previous: "1.0.0" });
    const production = await createScene({ isProduction: true });
    expect(await production.service.registerVersion(given)).toMatchObject({
      error: { code: "adopt_refused" },
    });
    await production.close();
  });

  test("refuses a version that is altered, signed as something else, or named like another one", async () => {
    const manifest = scene.manifestOf("1.2.0", ["web"]);
    const register = (text: string, signature: string) =>
      scene.service.registerVersion({ manifest: text, signature, adopt: false });
    const signature = scene.sign("manifest", manifest);
    const altered = manifest.replace("Quicker", "Slower");
    expect(await register(altered, signature)).toMatchObject({ error: { code: "version_refused" } });
    const other = scene.sign("withdrawal", manifest);
    expect(await register(manifest, other)).toMatchObject({ error: { code: "version_refused" } });
    expect((await scene.service.knownVersions()).length).toBe(2);
    valueOf(await register(manifest, signature));
    expect(valueOf(await register(manifest, signature))).toMatchObject({ isNew: false });
    expect(await register(altered, scene.sign("manifest", altered))).toMatchObject({
      error: { code: "version_conflict" },
    });
  });
});

describe("a rollout", () => {
  test("goes from stage to stage by time and evidence, and its version ends as stable", async () => {
    const id = await scene.start("1.1.0");
    expect((await scene.service.plan()).platforms.ios.rollout).toMatchObject({
      id,
      candidate: "1.1.0",
      share: 0.01,
      state: "running",
    });
    scene.clock.advance(hour);
    await turn();
    expect(await stateOf(id)).toBe("running 0");
    valueOf(await show(id, 3));
    await turn();
    expect(await stateOf(id)).toBe("running 1");
    scene.clock.advance(hour);
    await turn();
    expect(await stateOf(id)).toBe("running 2");
    // 20 % is as far as one person lets it go.
    scene.clock.advance(hour);
    await turn();
    expect(await stateOf(id)).toBe("waiting 2");
    const asked = valueOf(await scene.press(id, "advance"));
    expect(asked.approval).not.toBeNull();
    expect(await stateOf(id)).toBe("waiting 2");
    valueOf(await scene.signBoth(asked.approval ?? ""));
    expect(await stateOf(id)).toBe("running 3");
    scene.clock.advance(hour);
    await turn();
    expect(await stateOf(id)).toBe("finishing 4");
    // 1 % stays on stable.
    expect((await scene.service.plan()).platforms.web.rollout?.share).toBe(0.99);
    scene.clock.advance(hour);
    await turn();
    expect(await stateOf(id)).toBe("finished 4");
    expect((await scene.service.plan()).platforms.web).toMatchObject({
      stable: "1.1.0",
      previous: "1.0.0",
      rollout: null,
    });
    expect(await kinds(id)).toEqual(
      "started advanced advanced asked second-person-asked advanced finishing finished".split(" "),
    );
  });

  test("asks a person, with the bound, when its installations have run out", async () => {
    const id = await scene.start("1.1.0");
    valueOf(await show(id, 10));
    scene.clock.advance(2 * hour);
    await turn();
    expect(await stateOf(id)).toBe("waiting 0");
    const viewer = { id: priya.id, mayAct: true };
    const signals = { segmentsOf: async () => [], lastSignalAt: async () => null };
    const page = valueOf(await scene.service.readRollout({ rolloutId: id, viewer, signals }));
    expect(page.attention).toContain("less than 10 points");
    expect(page.next).toMatchObject({ boundPoints: 10, marginPoints: 3, by: "person" });
    valueOf(await scene.press(id, "advance"));
    expect(await stateOf(id)).toBe("running 1");
  });

  test("is alone on its platforms; elsewhere another one may run", async () => {
    await scene.publish("1.2.0");
    await scene.start("1.1.0", { platforms: ["ios"] });
    await expect(scene.start("1.2.0")).rejects.toThrow("rollout_active");
    await scene.start("1.2.0", { platforms: ["android", "web"] });
    expect(await scene.service.activeRollouts()).toHaveLength(2);
  });

  test("is alone there by the database's own word too", async () => {
    const id = await scene.start("1.1.0");
    const client = new pg.Client({ connectionString: scene.url });
    await client.connect();
    const copy = `INSERT INTO rollouts.rollouts
      SELECT 'rol_second', version, state, state_since, stage, salt, started_at, started_by_id,
        started_by_name, is_overridden, second_signed_at, waiting_for, held_for, ended_at, ended_by_id,
        ended_by_name, reason, attention, verdict, shown_since
      FROM rollouts.rollouts
      WHERE id = $1`;
    await client.query(copy, [id]);
    const target = "INSERT INTO rollouts.targets VALUES ('rol_second', 'ios', '1.0.0', TRUE)";
    await expect(client.query(target)).rejects.toThrow("one_active_rollout");
    // The process's role can't make a version come again, nor rewrite the timeline or what was signed.
    for (const statement of [
      "DELETE FROM rollouts.taken_back",
      "UPDATE rollouts.events SET reason = 'none'",
      "UPDATE rollouts.approvals SET text = 'another'",
      "UPDATE rollouts.versions SET manifest = '{}'",
    ]) {
      await expect(client.query(statement)).rejects.toThrow("permission denied");
    }
    await client.end();
  });

  test.each([
    ["unknown", "9.9.9", "version_unknown"],
    ["not newer than stable", "1.0.0", "version_not_newer"],
    ["never checked", "1.3.0", "checks_missing"],
    ["red", "1.4.0", "checks_red"],
    ["not made for the platform", "1.5.0", "platform_not_supported"],
  ])("of a version that is %s isn't started", async (_what, version, code) => {
    await scene.publish("1.3.0", { checks: null });
    await scene.publish("1.4.0", { checks: "red" });
    await scene.publish("1.5.0", { platforms: ["web"] });
    await expect(scene.start(version)).rejects.toThrow(code);
    expect(await scene.service.activeRollouts()).toEqual([]);
  });

  test("can't be started with stages that shrink or leave anybody out", async () => {
    await expect(scene.start("1.1.0", { shares: [0.1, 0.05, 1] })).rejects.toThrow("stages_invalid");
    await expect(scene.start("1.1.0", { shares: [0.1] })).rejects.toThrow("stages_invalid");
  });

  test("counts checks of the very bytes alone", async () => {
    const checks = scene.checks.get("1.1.0");
    if (checks) scene.checks.set("1.1.0", { ...checks, manifestSha256: "another" });
    await expect(scene.start("1.1.0")).rejects.toThrow("checks_missing");
  });

  test("that begins with many takes two people", async () => {
    const request = {
      commandId: scene.commandId(),
      version: "1.1.0",
      platforms: ["ios" as const],
      stages: [{ share: 1, minutes: 1, marginPoints: 3 }],
    };
    const asked = valueOf(await scene.service.start(priya, request));
    expect(asked).toMatchObject({ rollout: null });
    // The same command again is the same question.
    expect(valueOf(await scene.service.start(priya, request))).toEqual(asked);
    const sign = (by: typeof priya) =>
      scene.service.sign(by, {
        approvalId: asked.approval ?? "",
        ceremonyId: "",
        credential: {} as never,
        reason: null,
      });
    expect(await sign(tom)).toMatchObject({ error: { code: "first_person_needed" } });
    valueOf(await sign(priya));
    expect(await sign(priya)).toMatchObject({ error: { code: "second_person_needed" } });
    expect(await scene.service.activeRollouts()).toEqual([]);
    const signed = valueOf(await sign(tom));
    expect(signed.state).toBe("carried-out");
    expect(await stateOf(signed.rollout ?? "")).toBe("finishing 0");
    expect(await sign(tom)).toMatchObject({ error: { code: "approval_over" } });
  });
});

describe("two people at once", () => {
  test("with opposite buttons: one wins, the other is told that the rollout has moved on", async () => {
    const id = await scene.start("1.1.0");
    const other = scene.open();
    const expected = { expectedState: "running" as const, expectedStage: 0 };
    const press = (verb: "advance" | "roll-back", service: typeof other, by: typeof priya) =>
      service.command({ by, rolloutId: id, verb, command: { commandId: scene.commandId() }, expected });
    const [advanced, back] = await Promise.all([
      press("advance", scene.service, priya),
      press("roll-back", other, tom),
    ]);
    // To stop harm one may always act; to go on, only from what one has seen.
    valueOf(back);
    if (!advanced.ok) expect(advanced.error.code).toBe("rollout_changed");
    expect(await stateOf(id)).toMatch(/^rolled-back/);
    expect(await press("advance", scene.service, priya)).toMatchObject({
      error: { code: "rollout_changed" },
    });
  });

  test("advancing from the same page advance by one stage", async () => {
    const id = await scene.start("1.1.0");
    const expected = { expectedState: "running" as const, expectedStage: 0 };
    const press = (by: typeof priya) =>
      scene.service.command({
        by,
        rolloutId: id,
        verb: "advance",
        command: { commandId: scene.commandId() },
        expected,
      });
    const answers = await Promise.all([press(priya), press(tom)]);
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
    expect(await stateOf(id)).toBe("running 1");
  });

  test("a command's id means one command for ever", async () => {
    const id = await scene.start("1.1.0");
    const expected = { expectedState: "running" as const, expectedStage: 0 };
    const command = { commandId: scene.commandId() };
    const press = (verb: "advance" | "pause") =>
      scene.service.command({ by: priya, rolloutId: id, verb, command, expected });
    const first = valueOf(await press("advance"));
    expect(valueOf(await press("advance"))).toEqual(first);
    expect(await press("pause")).toMatchObject({ error: { code: "command_id_taken" } });
    expect(await stateOf(id)).toBe("running 1");
  });
});

describe("the guard's hold", () => {
  test("while both arms fail freezes the stage, switches nobody, and ends by itself", async () => {
    const id = await scene.start("1.1.0");
    const say = (said: object) => scene.service.noteVerdict(id, verdictAt(scene.clock.now(), said));
    valueOf(await say({ kind: "hold", reason: "both-arms-fail" }));
    expect(await stateOf(id)).toBe("held 0");
    expect((await scene.service.plan()).platforms.ios.rollout?.state).toBe("running");
    expect(await scene.press(id, "advance")).toMatchObject({ error: { code: "move_impossible" } });
    scene.clock.advance(3 * hour);
    await turn();
    expect(await stateOf(id)).toBe("held 0");
    valueOf(await say({ kind: "no-worse", worseByLessThanPoints: 3 }));
    expect(await stateOf(id)).toBe("running 0");
    // The time that it stood still isn't the stage's.
    await turn();
    expect(await stateOf(id)).toBe("running 0");
    scene.clock.advance(hour);
    await turn();
    expect(await stateOf(id)).toBe("running 1");
  });

  test("for installations that anybody can make lets nobody new in, until a person ends it", async () => {
    const id = await scene.start("1.1.0");
    const verdict = verdictAt(scene.clock.now(), { kind: "hold", reason: "unproven-installations-fail" });
    valueOf(await scene.service.noteVerdict(id, verdict));
    expect((await scene.service.plan()).platforms.ios.rollout?.state).toBe("paused");
    expect((await scene.service.plan()).takenBack).toEqual([]);
    valueOf(await scene.press(id, "resume"));
    expect(scene.resumed).toEqual([id]);
    expect((await scene.service.plan()).platforms.ios.rollout?.state).toBe("running");
  });

  test("doesn't end a person's pause, and an old word changes nothing", async () => {
    const id = await scene.start("1.1.0");
    const old = verdictAt(scene.clock.now(), { kind: "hold", reason: "both-arms-fail" });
    valueOf(await scene.press(id, "pause"));
    scene.clock.advance(1_000);
    valueOf(await show(id, 3));
    expect(await stateOf(id)).toBe("paused 0");
    valueOf(await scene.press(id, "resume"));
    valueOf(await scene.service.noteVerdict(id, old));
    expect(await stateOf(id)).toBe("running 0");
  });
});

describe("the oldest version that is let in", () => {
  test("rises by two signatures, falls by one person, and never above what people can have", async () => {
    const put = (minimum: string | null, recommended: string | null) => ({
      commandId: scene.commandId(),
      recommended,
      minimum,
      storeUrl: "https://apps.example/mainstay",
      reason: "It can't log in any more.",
    });
    expect(await scene.service.putPlatform(priya, "web", put("1.1.0", null))).toMatchObject({
      error: { code: "minimum_too_high" },
    });
    expect(await scene.service.putPlatform(priya, "ios", put("2.1.0", "2.0.0"))).toMatchObject({
      error: { code: "minimum_too_high" },
    });
    const asked = valueOf(await scene.service.putPlatform(priya, "ios", put("2.0.0", "2.1.0")));
    expect((await scene.service.plan()).platforms.ios.minimum).toBeNull();
    valueOf(await scene.signBoth(asked.approval ?? ""));
    expect((await scene.service.plan()).platforms.ios).toMatchObject({
      minimum: "2.0.0",
      recommended: "2.1.0",
    });
    expect(valueOf(await scene.service.putPlatform(tom, "ios", put(null, null))).approval).toBeNull();
    expect((await scene.service.plan()).platforms.ios.minimum).toBeNull();
  });
});

describe("what an incident demands of every version", () => {
  const demanded = {
    journey: "log-in-clock-off",
    title: "Logs in, clock off",
    incident: "INC-0041",
  } as const;
  const missing = { error: { code: "demanded_check_missing" } };

  test("keeps a version that hasn't passed it unknown, and names incident and journey", async () => {
    scene.unmet.push(demanded);
    const manifest = scene.manifestOf("1.2.0", ["web"]);
    const register = (adopt: boolean) =>
      scene.service.registerVersion({ manifest, signature: scene.sign("manifest", manifest), adopt });
    for (const adopt of [false, true]) expect(await register(adopt)).toMatchObject(missing);
    expect(await register(false)).toMatchObject({
      error: { detail: expect.stringMatching(/INC-0041.*“Logs in, clock off”.*1\.2\.0/) as string },
    });
    const known = (await scene.service.knownVersions()).map(({ version }) => version);
    expect(known).not.toContain("1.2.0");
    scene.unmet.splice(0);
    expect(valueOf(await register(false))).toMatchObject({ isNew: true });
  });

  test("can't be overridden, neither by asking now nor by an override from before", async () => {
    await scene.publish("1.2.0", { checks: "red" });
    const override = (version: string) =>
      scene.service.overrideChecks(priya, { version, commandId: scene.commandId(), reason: "We must" });
    const approval = valueOf(await override("1.2.0")).approval ?? "";
    valueOf(await scene.signBoth(approval));
    await scene.publish("1.3.0", { checks: "red" });
    scene.unmet.push(demanded);
    expect(await override("1.3.0")).toMatchObject(missing);
    const start = {
      ...{ commandId: scene.commandId(), version: "1.2.0", platforms: ["web" as const] },
      stages: [
        { share: 0.01, minutes: 60, marginPoints: 3 },
        { share: 1, minutes: 60, marginPoints: 3 },
      ],
    };
    expect(await scene.service.start(priya, start)).toMatchObject(missing);
    scene.unmet.splice(0);
    expect(valueOf(await scene.service.start(priya, start)).rollout).not.toBeNull();
  });
});
