import { afterAll, beforeAll, expect, test } from "vitest";
import { createScene, priya, valueOf, type Scene } from "./test-scene.ts";

let scene: Scene;
beforeAll(async () => {
  scene = await createScene();
  await scene.publish("1.0.0");
  await scene.publish("1.1.0");
});
afterAll(() => scene.close());

const never = new AbortController().signal;
/** How long a waiting edge may take to hear of a rollback once it is committed, in milliseconds. */
const heard_ms_max = 50;

test("whoever waits for a newer plan hears of it at once, whichever process changed it", async () => {
  const other = scene.open();
  const id = await scene.start("1.1.0");
  const delays: number[] = [];
  for (const verb of ["pause", "resume", "roll-back"] as const) {
    const { epoch } = await other.plan();
    const waiting = other.waitForPlan(epoch, never).then((plan) => ({ plan, at: performance.now() }));
    // It waits, rather than having just missed it.
    await new Promise((resolve) => setTimeout(resolve, 150));
    valueOf(await scene.press(id, verb, priya));
    const committed = performance.now();
    const { plan, at } = await waiting;
    expect(plan.epoch).toBeGreaterThan(epoch);
    delays.push(at - committed);
  }
  // The quickest: on a machine that runs other tests too, the others show how busy it is.
  expect(Math.min(...delays)).toBeLessThan(heard_ms_max);
  expect((await other.plan()).takenBack).toHaveLength(1);
});

test("a plan that is newer already is answered at once; one that is broken off, what there is", async () => {
  const { epoch } = await scene.service.plan();
  expect((await scene.service.waitForPlan(epoch - 1, never)).epoch).toBe(epoch);
  const gone = new AbortController();
  const waiting = scene.service.waitForPlan(epoch, gone.signal);
  gone.abort();
  expect((await waiting).epoch).toBe(epoch);
});

test("each change raises the epoch, and what changes nothing doesn't", async () => {
  await scene.publish("1.2.0");
  const epochOf = async () => (await scene.service.plan()).epoch;
  const before = await epochOf();
  await scene.start("1.2.0", { platforms: ["web"] });
  expect(await epochOf()).toBe(before + 1);
  await expect(scene.start("1.2.0", { platforms: ["web"] })).rejects.toThrow("rollout_active");
  await scene.service.turn(scene.bank);
  expect(await epochOf()).toBe(before + 1);
});
