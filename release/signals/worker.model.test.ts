import fc from "fast-check";
import { expect, test } from "vitest";
import type { Signal } from "@mainstay/wire";
import { createScene, rollout, signalOf, type Scene } from "./test-signals.ts";
import type { Signals } from "./index.ts";
import type { WorkerStep } from "./worker.ts";

const installations = 25;

/** One signal of one of a few installations, half of them on stable, some never logged in before. */
const anySignal = fc
  .record({
    kind: fc.constantFrom<Signal["kind"]>(
      ...(["login-begun", "login-succeeded", "login-failed", "activated", "booted"] as const),
      ...(["boot-failed", "boot-hidden", "login-offered", "fell-back", "crashed"] as const),
    ),
    n: fc.integer({ min: 0, max: installations - 1 }),
    tap: fc.integer({ min: 1, max: 3 }),
    seconds: fc.integer({ min: 1, max: 50 }),
  })
  .map(({ kind, n, tap, seconds }) => {
    const at = new Date(rollout.startedAt.getTime() + seconds * 1_000).toISOString();
    return signalOf(kind, n, {
      ...{ tap, at, begunAt: at },
      activation: {
        arm: n % 2 === 0 ? "candidate" : "stable",
        device: n % 5 === 0 ? "new" : "returning",
        customer: `cus-${n % 7}`,
      },
    });
  });

/** What happens one after the other: a delivery, and how far a process comes before it is killed. */
const anyStep = fc.record({
  signals: fc.array(anySignal, { minLength: 1, maxLength: 25 }),
  again: fc.boolean(),
  process: fc.integer({ min: 0, max: 1 }),
  killedAt: fc.constantFrom<WorkerStep | null>(null, null, "counted", "judged", "committed", "told"),
  passes_ms: fc.constantFrom(0, 0, 1_000, 4_000),
});

async function written({ database }: Scene): Promise<unknown> {
  const read = async (text: string) => (await database.pool.query(text)).rows as unknown[];
  return {
    arrivals: await read("SELECT count(*) AS n FROM signals.arrivals"),
    cells: await read("SELECT * FROM signals.cells ORDER BY comparison, platform, os, way, proven, arm"),
    guards: await read("SELECT * FROM signals.guards ORDER BY guard"),
    histories: await read("SELECT * FROM signals.histories ORDER BY installation"),
    trials: await read("SELECT * FROM signals.trials ORDER BY installation, comparison"),
  };
}

/** Processes that are killed where they are told to be, and then begin again. */
function mortals(scene: Scene) {
  let killedAt: WorkerStep | null = null;
  const begin = (): Signals =>
    scene.another({
      atStep: (step) => {
        if (step === killedAt) throw new Error("killed");
      },
    });
  const processes = [begin(), begin()];
  return {
    of: (index: number): Signals => processes[index] ?? scene.signals,
    killAt: (step: WorkerStep | null) => (killedAt = step),
    replace: (index: number) => (processes[index] = begin()),
  };
}

test("whoever is killed whenever, what is counted is what one process would have counted", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { minLength: 1, maxLength: 12 }), async (steps) => {
      const [scene, quiet] = await Promise.all([createScene(), createScene()]);
      const killed = mortals(scene);
      try {
        for (const { signals, again, process, killedAt, passes_ms } of steps) {
          const own = killed.of(process);
          await own.intake(signals);
          await quiet.deliver(signals);
          if (again) await killed.of(1 - process).intake(signals.toReversed());
          killed.killAt(killedAt);
          await own.work().catch((error: Error) => {
            expect(error.message).toBe("killed");
            killed.replace(process);
          });
          killed.killAt(null);
          // The other one goes on at once, before any time has passed.
          while (await killed.of(1 - process).work());
          await quiet.settle();
          for (const each of [scene, quiet]) await each.pass(passes_ms);
        }
        // Everybody who is silent has been for long enough.
        for (const each of [scene, quiet]) await each.pass(61_000);
        expect(await written(scene)).toEqual(await written(quiet));
        expect(await scene.signals.reads.verdict(rollout.id)).toEqual(
          await quiet.signals.reads.verdict(rollout.id),
        );
      } finally {
        await Promise.all([scene.close(), quiet.close()]);
      }
    }),
    { numRuns: 4 },
  );
}, 120_000);
