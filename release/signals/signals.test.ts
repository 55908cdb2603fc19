import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createScene, signalOf, rollout, type Scene } from "./test-signals.ts";

let scene: Scene;
beforeAll(async () => {
  scene = await createScene();
});
afterAll(() => scene.close());

describe("a version that can't log anybody in", () => {
  test("is rolled back by a handful of failures, once", async () => {
    const stable = { arm: "stable" } as const;
    await scene.deliver(
      Array.from({ length: 300 }, (_, n) => signalOf("login-succeeded", 1_000 + n, { activation: stable })),
    );
    await scene.settle();
    for (let n = 0; n < 5; n += 1) {
      await scene.deliver([
        signalOf("login-failed", n),
        ...Array.from({ length: 40 }, (_, k) =>
          signalOf("login-succeeded", 2_000 + n * 100 + k, { activation: stable }),
        ),
      ]);
      await scene.settle();
    }
    const alarms = scene.told.filter(({ what }) => what === "roll-back");
    expect(alarms).toHaveLength(1);
    const verdict = await scene.signals.reads.verdict(rollout.id);
    expect(verdict).toMatchObject({ kind: "roll-back", candidate: { failed: verdict?.candidate.n } });
    expect(verdict?.candidate.n).toBeLessThanOrEqual(5);
  });
});
