import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Signal } from "@mainstay/wire";
import { createScene, fakeRollouts, rollout, signalOf, stable_version, type Scene } from "./test-signals.ts";
import type { WorkerStep } from "./worker.ts";

let scene: Scene;
beforeEach(async () => {
  scene = await createScene();
});
afterEach(() => scene.close());

const stable = { arm: "stable" } as const;
const times = <T>(n: number, make: (k: number) => T): T[] => Array.from({ length: n }, (_, k) => make(k));

/** Log-ins of stable that succeeded, of installations from `from` on. */
const wellOnStable = (n: number, from: number): Signal[] =>
  times(n, (k) => signalOf("login-succeeded", from + k, { activation: stable }));

/** Everything that counting has written, in an order. */
async function written(of: Scene): Promise<unknown> {
  const read = async (text: string) => (await of.database.pool.query(text)).rows as unknown[];
  return {
    cells: await read("SELECT * FROM signals.cells ORDER BY comparison, platform, os, way, proven, arm"),
    series: await read("SELECT * FROM signals.series ORDER BY platform, minute"),
    guards: await read("SELECT * FROM signals.guards ORDER BY guard"),
    verdict: await of.signals.reads.verdict(rollout.id),
    trials: await read("SELECT * FROM signals.trials ORDER BY installation, comparison"),
  };
}

describe("silence", () => {
  test("of 60 s after a log-in has begun is a failure, in both arms alike", async () => {
    await scene.deliver([signalOf("login-begun", 1), signalOf("login-begun", 2, { activation: stable })]);
    await scene.pass(59_000);
    expect(await scene.signals.reads.verdict(rollout.id)).toBeNull();
    await scene.pass(2_000);
    expect(await scene.signals.reads.verdict(rollout.id)).toMatchObject({
      candidate: { n: 1, failed: 1 },
      stable: { n: 1, failed: 1 },
    });
    // A success that comes after it doesn't count again.
    await scene.deliver([signalOf("login-succeeded", 1)]);
    await scene.settle();
    expect(await scene.signals.reads.verdict(rollout.id)).toMatchObject({ candidate: { n: 1, failed: 1 } });
  });

  test("isn't held against anybody while control was away", async () => {
    await scene.deliver([signalOf("login-begun", 1), signalOf("login-begun", 2)]);
    await scene.pass(5_000);
    // Ten minutes away; the success waits at the bank until control is back.
    scene.clock.advance(600_000);
    await scene.settle();
    expect(await scene.signals.reads.verdict(rollout.id)).toBeNull();
    await scene.pass(10_000);
    await scene.deliver([signalOf("login-succeeded", 1)]);
    await scene.pass(51_000);
    expect(await scene.signals.reads.verdict(rollout.id)).toMatchObject({ candidate: { n: 2, failed: 1 } });
  });

  test("is judged only when everything delivered has been counted", async () => {
    await scene.deliver([signalOf("login-begun", 1)]);
    await scene.pass(59_000);
    const backlog = times(1_200, (k) => signalOf("crashed", 5_000 + k));
    for (let k = 0; k < backlog.length; k += 400) await scene.deliver(backlog.slice(k, k + 400));
    await scene.deliver([signalOf("login-succeeded", 1)]);
    scene.clock.advance(2_000);
    await scene.settle();
    expect(await scene.signals.reads.verdict(rollout.id)).toMatchObject({ candidate: { n: 1, failed: 0 } });
  });
});

describe("a process that is killed", () => {
  const story: Signal[] = [
    ...wellOnStable(120, 1_000),
    ...times(6, (k) => [signalOf("login-failed", k), ...wellOnStable(40, 2_000 + k * 100)]).flat(),
    signalOf("activated", 50),
    signalOf("booted", 50),
  ];

  async function uninterrupted(): Promise<unknown> {
    const other = await createScene();
    await other.deliver(story);
    await other.settle();
    const all = await written(other);
    await other.close();
    return all;
  }

  test.each<WorkerStep>(["counted", "judged", "committed", "told"])(
    "just when it has %s loses nothing and doubles nothing",
    async (step) => {
      const { port, told } = fakeRollouts();
      const killed = scene.another({
        rollouts: port,
        atStep: (now) => {
          if (now === step) throw new Error("killed");
        },
      });
      await killed.intake(story);
      await expect(killed.work()).rejects.toThrow("killed");
      // The next process goes on.
      await scene.settle();
      expect(await written(scene)).toEqual(await uninterrupted());
      const alarms = [...told, ...scene.told].filter(({ what }) => what === "roll-back");
      // Between handing the alarm on and noting that, it can't be known: it is handed on again.
      expect(alarms).toHaveLength(step === "told" ? 2 : 1);
    },
  );

  test("in the middle of a transaction takes nothing with it, and another goes on at once", async () => {
    await scene.deliver(story.slice(0, 100));
    await scene.settle();
    const killed = scene.another({
      atStep: (now) => {
        if (now === "judged") throw new Error("killed");
      },
    });
    await scene.deliver(story.slice(100));
    await expect(killed.work()).rejects.toThrow("killed");
    await expect(killed.work()).rejects.toThrow("killed");
    await scene.settle();
    expect(scene.told.filter(({ what }) => what === "roll-back")).toHaveLength(1);
  });
});

describe("two processes", () => {
  test("count as one", async () => {
    const others = [scene.another(), scene.another()];
    const parts = times(30, (k) => [...wellOnStable(20, 1_000 + k * 100), signalOf("login-succeeded", k)]);
    await Promise.all(
      parts.map(async (part, k) => {
        const own = others[k % 2] ?? scene.signals;
        await own.intake(part);
        await own.work();
      }),
    );
    await scene.settle();
    expect(await scene.signals.reads.verdict(rollout.id)).toMatchObject({
      candidate: { n: 30, failed: 0 },
      stable: { n: 600, failed: 0 },
    });
  });
});

describe("what is handed on", () => {
  test("goes on as soon as a signal is there, without being asked", async () => {
    scene.signals.start();
    try {
      await scene.deliver(wellOnStable(120, 1_000));
      for (let k = 0; k < 6; k += 1) {
        await scene.deliver([signalOf("login-failed", k), ...wellOnStable(40, 2_000 + k * 100)]);
      }
      const alarmed = () => scene.told.some(({ what }) => what === "roll-back");
      await expect.poll(alarmed, { timeout: 10_000 }).toBe(true);
    } finally {
      await scene.signals.stop();
    }
  });

  test("is handed on again until it has been taken", async () => {
    let failures = 2;
    const { port, told } = fakeRollouts();
    const signals = scene.another({
      rollouts: {
        ...port,
        rollBack: (id, verdict) => {
          failures -= 1;
          return failures >= 0 ? Promise.reject(new Error("away")) : port.rollBack(id, verdict);
        },
      },
    });
    await signals.intake([
      ...wellOnStable(120, 1_000),
      ...times(6, (k) => [signalOf("login-failed", k), ...wellOnStable(40, 2_000 + k * 100)]).flat(),
    ]);
    for (let turn = 0; turn < 5; turn += 1) await signals.work();
    expect(told.map(({ what }) => what)).toEqual(["roll-back", "note"]);
  });

  test("says at once what follows, and mere evidence once a second", async () => {
    await scene.deliver(wellOnStable(50, 1_000));
    await scene.settle();
    expect(scene.told).toHaveLength(1);
    await scene.deliver(wellOnStable(50, 2_000));
    await scene.settle();
    expect(scene.told).toHaveLength(1);
    await scene.pass(1_000);
    expect(scene.told).toHaveLength(2);
  });

  test("tells which installations were seen, each once, on its latest version", async () => {
    const seen: unknown[] = [];
    const { port } = fakeRollouts({ seen: (devices) => Promise.resolve(void seen.push(...devices)) });
    const signals = scene.another({ rollouts: port });
    const none = { rollout: null, arm: "none", version: stable_version } as const;
    await signals.intake([
      signalOf("activated", 1, { at: "2026-11-22T12:00:40.000Z", activation: none }),
      signalOf("booted", 1, { at: "2026-11-22T12:00:20.000Z" }),
    ]);
    await signals.work();
    expect(seen).toMatchObject([{ version: stable_version, at: new Date("2026-11-22T12:00:40.000Z") }]);
  });
});

describe("a hold", () => {
  test("for installations that have never logged in ends when a person has looked", async () => {
    const fresh = { device: "new", customer: null } as const;
    const flood = (from: number): Signal[] =>
      times(12, (k) => [
        signalOf("login-failed", from + k, { activation: fresh }),
        ...times(40, (n) =>
          signalOf("login-succeeded", from + 1_000 + k * 100 + n, { activation: { ...stable, ...fresh } }),
        ),
      ]).flat();
    const deliver = async (signals: readonly Signal[]): Promise<void> => {
      await scene.deliver(signals.slice(0, 250));
      await scene.deliver(signals.slice(250));
      await scene.settle();
    };
    await deliver(flood(10_000));
    const hold = { kind: "hold", reason: "unproven-installations-fail" };
    expect(await scene.signals.reads.verdict(rollout.id)).toMatchObject(hold);
    expect(scene.told.some(({ verdict }) => typeof verdict === "object" && verdict.kind === "hold")).toBe(
      true,
    );
    await scene.signals.endPause(rollout.id);
    expect(await scene.signals.reads.verdict(rollout.id)).toMatchObject({ kind: "continue" });
    // Another process doesn't go on with what it knew before.
    const other = scene.another();
    await other.intake([signalOf("login-succeeded", 1)]);
    await other.work();
    expect(await scene.signals.reads.verdict(rollout.id)).toMatchObject({ kind: "continue" });
    await deliver(flood(20_000));
    expect(await scene.signals.reads.verdict(rollout.id)).toMatchObject(hold);
    expect(scene.told.filter(({ what }) => what === "roll-back")).toEqual([]);
  });
});
