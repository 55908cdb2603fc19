import { afterAll, beforeAll, expect, test } from "vitest";
import type { Signal } from "@mainstay/wire";
import { createScene, fakeRollouts, rollout, signalOf, stable_version, type Scene } from "./test-signals.ts";
import { switching_ms_max } from "./switching.ts";
import type { LastSwitch } from "./types.ts";

const endedAt = new Date("2026-11-22T12:02:00.000Z");
const told: LastSwitch[] = [];
let scene: Scene;

beforeAll(async () => {
  const { port } = fakeRollouts({
    latestOn: () => Promise.resolve({ ...rollout, state: "rolled-back", endedAt }),
    lastSwitched: (_id, last) => Promise.resolve(void told.push(last)),
  });
  scene = await createScene({ rollouts: port });
});
afterAll(() => scene.close());

/** An installation starts a version so many seconds after the rollback. */
function activated(n: number, seconds: number, version: string): Signal {
  const at = new Date(endedAt.getTime() + seconds * 1_000).toISOString();
  const onCandidate = version === rollout.candidate;
  return signalOf("activated", n, {
    ...{ at, begunAt: at, tap: seconds + 100 },
    activation: onCandidate ? {} : { version, rollout: null, arm: "none" },
  });
}

test("when the last open device left a version that was rolled back is told, once", async () => {
  await scene.deliver([1, 2, 3, 4].map((n) => activated(n, -30, rollout.candidate)));
  await scene.settle();
  scene.clock.set(new Date(endedAt.getTime() + 2_000));
  await scene.deliver([
    activated(1, 1, stable_version),
    activated(2, 2, stable_version),
    // It never had the candidate.
    activated(9, 2, stable_version),
  ]);
  await scene.signals.attend();
  expect(told).toEqual([]);
  scene.clock.set(new Date(endedAt.getTime() + switching_ms_max + 1));
  // It was asleep.
  await scene.deliver([activated(3, 30, stable_version)]);
  await scene.signals.attend();
  await scene.signals.attend();
  expect(told).toEqual([{ at: new Date(endedAt.getTime() + 2_000), people: 2 }]);
});
