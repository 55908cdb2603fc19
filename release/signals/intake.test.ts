import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createScene, signalOf, type Scene } from "./test-signals.ts";

let scene: Scene;
beforeAll(async () => {
  scene = await createScene();
});
afterAll(() => scene.close());

const kept = async (): Promise<number> => {
  const { rows } = await scene.database.pool.query<{ n: bigint }>(
    "SELECT count(*) AS n FROM signals.arrivals",
  );
  return Number(rows[0]?.n);
};

describe("the intake", () => {
  test("takes a signal once, however often and with whatever it is delivered", async () => {
    const [one, other] = [signalOf("login-begun", 1), signalOf("login-succeeded", 1)];
    expect(await scene.deliver([one, one])).toEqual({ taken: 1, refused: [] });
    expect(await scene.deliver([one, other])).toEqual({ taken: 1, refused: [] });
    const together = await Promise.all([scene.deliver([one, other]), scene.deliver([other])]);
    expect(together.map(({ taken }) => taken)).toEqual([0, 0]);
    expect(await kept()).toBe(2);
  });

  test.each<[string, unknown, string]>([
    [
      "a version that nobody knows",
      signalOf("booted", 9, { activation: { version: "9.9.9" } }),
      "unknown_version",
    ],
    ["a time in the future", signalOf("booted", 9, { at: "2026-11-22T12:06:01.000Z" }), "time_in_the_future"],
    [
      "a beginning in the future",
      signalOf("booted", 9, { begunAt: "2026-11-22T12:06:01.000Z" }),
      "time_in_the_future",
    ],
    [
      "an activation of the future",
      signalOf("booted", 9, { activation: { issuedAt: "2026-11-23T00:00:00.000Z" } }),
      "time_in_the_future",
    ],
    ["no time", signalOf("booted", 9, { at: "yesterday" }), "malformed"],
    ["a day that isn't", signalOf("booted", 9, { at: "2026-02-31T12:00:00.000Z" }), "malformed"],
    ["a count", { ...signalOf("booted", 9), count: -3 }, "malformed"],
    ["a kind that isn't", { ...signalOf("booted", 9), kind: "login-maybe" }, "malformed"],
    ["a log-in without attempt", { ...signalOf("login-begun", 9), attempt: null }, "malformed"],
    ["a rollout without arm", signalOf("booted", 9, { activation: { arm: "none" } }), "malformed"],
    ["an arm without rollout", signalOf("booted", 9, { activation: { rollout: null } }), "malformed"],
    [
      "an installation that isn't",
      signalOf("booted", 9, { activation: { installation: "ins_'; DROP" } }),
      "malformed",
    ],
    ["nothing", null, "malformed"],
  ])("refuses %s, says why, and takes the rest", async (_what, wrong, reason) => {
    const before = await kept();
    const fine = signalOf("crashed", before + 100);
    const { taken, refused } = await scene.deliver([wrong, fine]);
    expect(taken).toBe(1);
    expect(refused).toEqual([{ id: wrong === null ? "" : (wrong as { id: string }).id, reason }]);
    expect(await kept()).toBe(before + 1);
  });

  test("numbers rise in the order of commits, so that counting passes nothing over", async () => {
    const deliveries = Array.from({ length: 20 }, (_, batch) =>
      scene
        .another()
        .intake(Array.from({ length: 20 }, (_one, n) => signalOf("login-begun", 10_000 + batch * 100 + n))),
    );
    const counting = (async () => {
      for (let turn = 0; turn < 10; turn += 1) await scene.signals.work();
    })();
    await Promise.all([...deliveries, counting]);
    await scene.settle();
    const { rows } = await scene.database.pool.query<{ n: bigint }>(
      "SELECT count(*) AS n FROM signals.trials WHERE comparison = 'first' AND begun_at IS NOT NULL",
    );
    // Installation 1's log-in, and 400 of these.
    expect(Number(rows[0]?.n)).toBe(401);
  });
});
