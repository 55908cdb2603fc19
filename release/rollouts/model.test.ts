import fc from "fast-check";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { rollout_states, type RolloutState } from "@mainstay/wire";
import type { RolloutVerb } from "./commands.ts";
import type { RolloutsService } from "./service.ts";
import { createScene, priya, tom, valueOf, verdictAt, type Scene } from "./test-scene.ts";

/**
 * Rollouts against a model of what they should do, written apart from how they do it: by two processes on one
 * database, which are killed and started again between commands, and whose commands are repeated.
 */
const shares = [0.01, 0.1, 0.5, 1] as const;
const margin = 3;
const hour = 60 * 60_000;

type Model = {
  number: number;
  stable: string;
  previous: string | null;
  takenBack: string[];
  rollout: null | {
    version: string;
    state: RolloutState;
    stage: number;
    waitingFor: "evidence" | "second-person" | null;
    signed: boolean;
    bound: number | null;
    held: boolean;
    /** How much of the stage's time has passed, in ms; stands still while paused or held. */
    passed: number;
  };
};
type Real = { scene: Scene; processes: [RolloutsService, RolloutsService]; id: string | null };
type Command = fc.AsyncCommand<Model, Real>;

let scene: Scene;
beforeAll(async () => {
  scene = await createScene();
});
afterAll(() => scene.close());

const version = (number: number) => `1.${number}.0`;
const isOver = (state: RolloutState) => state === "finished" || state === "rolled-back";
const isRunning = (model: Model) => model.rollout !== null && !isOver(model.rollout.state);

/** The states that were reached, so that a model that never gets anywhere is found out. */
const seen = new Set<RolloutState>();

async function compare(model: Model, real: Real): Promise<void> {
  const plan = await real.processes[0].plan();
  const { ios } = plan.platforms;
  expect([ios.stable, ios.previous]).toEqual([model.stable, model.previous]);
  expect(plan.takenBack.map((taken) => taken.version).toSorted()).toEqual(model.takenBack.toSorted());
  if (model.rollout === null || real.id === null) return;
  seen.add(model.rollout.state);
  const found = await real.processes[1].find(real.id);
  expect({ state: found?.state, stage: found?.stage, waitingFor: found?.waitingFor }).toEqual({
    state: model.rollout.state,
    stage: model.rollout.stage,
    waitingFor: model.rollout.waitingFor,
  });
  const share = shares[model.rollout.stage] ?? 1;
  if (isRunning(model)) expect(ios.rollout?.share).toBe(Math.min(share, 0.99));
  else expect(ios.rollout).toBeNull();
}

/** What the model says that pressing a button does; false where it is refused. */
function pressed(model: Model, verb: RolloutVerb): boolean {
  const { rollout } = model;
  if (rollout === null) return false;
  const { state } = rollout;
  const isLast = rollout.stage === shares.length - 1;
  const goTo = (next: RolloutState) => {
    rollout.state = next;
    rollout.waitingFor = null;
    rollout.held = false;
  };
  switch (verb) {
    case "pause":
      if (isOver(state)) return false;
      goTo("paused");
      return true;
    case "resume":
      if (state !== "paused" && state !== "held") return false;
      goTo(isLast ? "finishing" : "running");
      return true;
    case "advance":
      if ((state !== "running" && state !== "waiting") || isLast) return false;
      if ((shares[rollout.stage + 1] ?? 1) > 0.2) rollout.signed = true;
      rollout.stage += 1;
      rollout.passed = 0;
      goTo(rollout.stage === shares.length - 1 ? "finishing" : "running");
      return true;
    case "finish":
      if ((state !== "finishing" && state !== "waiting") || !isLast) return false;
      goTo("finished");
      [model.stable, model.previous] = [rollout.version, model.stable];
      return true;
    case "roll-back":
      if (state === "rolled-back") return true;
      if (state === "finished") {
        if (model.stable !== rollout.version || model.previous === null) return false;
        [model.stable, model.previous] = [model.previous, null];
      }
      goTo("rolled-back");
      model.takenBack.push(rollout.version);
      return true;
  }
}

const start: Command = {
  check: (model) => !isRunning(model),
  run: async (model, real) => {
    model.number += 1;
    const next = version(model.number);
    valueOf(await real.scene.publish(next));
    real.id = await real.scene.start(next, { shares });
    model.rollout = {
      ...{ version: next, state: "running", stage: 0, waitingFor: null },
      ...{ signed: false, bound: null, held: false, passed: 0 },
    };
    await compare(model, real);
  },
  toString: () => "start",
};

/** A button, pressed in one process and then, as a client does that got no answer, again in the other. */
const press = (verb: RolloutVerb, process: 0 | 1, isRepeated: boolean): Command => ({
  check: (model) => model.rollout !== null,
  run: async (model, real) => {
    const id = real.id ?? "";
    const before = model.rollout;
    const needsTwo =
      verb === "advance" &&
      before !== null &&
      (before.state === "running" || before.state === "waiting") &&
      !before.signed &&
      (shares[before.stage + 1] ?? 0) > 0.2;
    const given = {
      by: priya,
      rolloutId: id,
      verb,
      command: { commandId: real.scene.commandId() },
      expected: { expectedState: before?.state ?? "running", expectedStage: before?.stage ?? 0 },
    };
    const first = await real.processes[process].command(given);
    const other = process === 0 ? 1 : 0;
    if (isRepeated && first.ok) expect(await real.processes[other].command(given)).toEqual(first);
    if (needsTwo) {
      const { approval } = valueOf(first);
      valueOf(await real.scene.signBoth(approval ?? "", priya, tom));
      expect(pressed(model, verb)).toBe(true);
    } else {
      expect(first.ok).toBe(pressed(model, verb));
    }
    await compare(model, real);
  },
  toString: () => `${verb} in ${process}${isRepeated ? ", twice" : ""}`,
});

const say = (word: {
  kind: "no-worse" | "continue" | "hold" | "roll-back";
  bound: number | null;
}): Command => ({
  check: (model) => model.rollout !== null && model.rollout.state !== "finished",
  run: async (model, real) => {
    const { rollout } = model;
    if (!rollout || !real.id) return;
    const at = real.scene.clock.now();
    const reason = word.kind === "hold" ? ("both-arms-fail" as const) : null;
    const said = verdictAt(at, { kind: word.kind, reason, worseByLessThanPoints: word.bound });
    valueOf(await real.processes[0].noteVerdict(real.id, said));
    valueOf(await real.processes[1].noteVerdict(real.id, said));
    if (rollout.state !== "rolled-back") {
      rollout.bound = word.kind === "hold" || word.kind === "roll-back" ? null : word.bound;
      const isHeld = rollout.state === "held";
      if (word.kind === "roll-back") pressed(model, "roll-back");
      else if (isHeld && word.kind !== "hold") pressed(model, "resume");
      else if (word.kind === "hold" && !isHeld && rollout.state !== "paused") {
        rollout.state = "held";
        rollout.waitingFor = null;
      }
    }
    await compare(model, real);
  },
  toString: () => `guard: ${word.kind} ${word.bound}`,
});

/** What time does, by the words of the design: at most one step for each hour that passes. */
function aged(model: Model): void {
  const { rollout } = model;
  if (!rollout) return;
  const waits = rollout.state === "waiting";
  if (rollout.state !== "running" && rollout.state !== "finishing" && rollout.waitingFor !== "evidence")
    return;
  if (rollout.passed < hour) return;
  if (rollout.bound !== null && rollout.bound <= margin) {
    if (rollout.stage === shares.length - 1) pressed(model, "finish");
    else if ((shares[rollout.stage + 1] ?? 1) > 0.2 && !rollout.signed) {
      rollout.state = "waiting";
      rollout.waitingFor = "second-person";
    } else pressed(model, "advance");
  } else if (!waits && rollout.passed >= 2 * hour) {
    rollout.state = "waiting";
    rollout.waitingFor = "evidence";
  }
}

const pass: Command = {
  check: () => true,
  run: async (model, real) => {
    real.scene.clock.advance(hour);
    const { rollout } = model;
    if (rollout && rollout.state !== "paused" && rollout.state !== "held") rollout.passed += hour;
    // Both processes look at the clock at once: what is due happens once.
    await Promise.all(real.processes.map((process) => process.turn(real.scene.bank)));
    aged(model);
    // The one that came second may have found a second step due.
    await compare(model, real).catch(async () => {
      aged(model);
      await compare(model, real);
    });
  },
  toString: () => "an hour passes",
};

/** Killed: its connections are gone, whatever they were at, and another process starts. */
const kill = (process: 0 | 1): Command => ({
  check: () => true,
  run: async (model, real) => {
    await kill9(real.scene, real.processes[process]);
    real.processes[process] = real.scene.open();
    await compare(model, real);
  },
  toString: () => `kill ${process}`,
});

/** Ends a process's connections, whatever they are at, as its end would. */
async function kill9(where: Scene, process: RolloutsService): Promise<void> {
  const client = new pg.Client({ connectionString: where.superuserUrl });
  await client.connect();
  await client.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND application_name = $2",
    [where.name, where.nameOf(process)],
  );
  await client.end();
}

const processes = fc.constantFrom<0 | 1>(0, 1);
const commands = [
  fc.constant(start),
  fc
    .tuple(
      fc.constantFrom<RolloutVerb>("advance", "pause", "resume", "finish", "roll-back"),
      processes,
      fc.boolean(),
    )
    .map(([verb, process, isRepeated]) => press(verb, process, isRepeated)),
  fc
    .tuple(fc.constantFrom<RolloutVerb>("advance", "resume"), processes, fc.boolean())
    .map(([verb, process, isRepeated]) => press(verb, process, isRepeated)),
  fc
    .record({
      kind: fc.constantFrom(
        "no-worse" as const,
        "no-worse" as const,
        "continue" as const,
        "hold" as const,
        "roll-back" as const,
      ),
      bound: fc.constantFrom(null, 1, 3, 10),
    })
    .map(say),
  fc.constant(pass),
  processes.map(kill),
];

test("rollouts do what the model does, by two processes that are killed", { timeout: 240_000 }, async () => {
  let number = 0;
  await fc.assert(
    fc.asyncProperty(fc.commands(commands, { maxCommands: 30, size: "max" }), async (run) => {
      const processes: Real["processes"] = [scene.open(), scene.open()];
      // The bank goes on from run to run; what is under way is over first.
      for (const rollout of await processes[0].activeRollouts()) {
        valueOf(await scene.press(rollout.id, "roll-back", priya, processes[0]));
      }
      if (number === 0) valueOf(await scene.publish(version(0)));
      const { platforms, takenBack } = await processes[0].plan();
      const model: Model = {
        number,
        stable: platforms.ios.stable ?? "",
        previous: platforms.ios.previous,
        takenBack: takenBack.map((taken) => taken.version),
        rollout: null,
      };
      await fc.asyncModelRun(() => ({ model, real: { scene, processes, id: null } }), run);
      number = Math.max(number + 1, model.number);
      for (const process of processes) await process.stop();
    }),
    { numRuns: 12, seed: 1, endOnFailure: true },
  );
  expect([...seen].toSorted()).toEqual([...rollout_states].toSorted());
});

test(
  "a command whose process is killed at any point of it is carried out once",
  { timeout: 120_000 },
  async () => {
    const own = await createScene();
    await own.publish("1.0.0");
    await own.publish("1.1.0");
    const id = await own.start("1.1.0", {
      shares: [0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.08, 0.09, 1],
    });
    for (let stage = 0; stage < 8; stage += 1) {
      const given = {
        by: priya,
        rolloutId: id,
        verb: "advance" as const,
        command: { commandId: own.commandId() },
        expected: { expectedState: "running" as const, expectedStage: stage },
      };
      const dying = own.open();
      const cut = dying.command(given).then(
        () => "answered",
        () => "cut",
      );
      await new Promise((resolve) => setTimeout(resolve, stage * 4));
      await kill9(own, dying);
      await cut;
      // Its client asks again, wherever the first try ended.
      const next = own.open();
      const again = await next.command(given).catch(() => next.command(given));
      expect(valueOf(again)).toMatchObject({ state: "running" });
      expect((await next.find(id))?.stage).toBe(stage + 1);
    }
    const events = await own.open().eventsOf(id);
    expect(events.filter(({ kind }) => kind === "advanced")).toHaveLength(8);
    await own.close();
  },
);
