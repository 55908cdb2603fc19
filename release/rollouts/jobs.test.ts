import { afterAll, beforeAll, expect, test } from "vitest";
import { createScene, priya, valueOf, verdictAt, type Scene } from "./test-scene.ts";

let scene: Scene;
beforeAll(async () => {
  scene = await createScene();
  await scene.publish("1.0.0");
  await scene.publish("1.1.0");
});
afterAll(() => scene.close());

test("two processes at work take a stage on, and a rollback to the bank, by themselves", async () => {
  const jobs = [scene.service, scene.open()].map((process) => process.startJobs(scene.bank));
  const id = await scene.start("1.1.0", { shares: [0.01, 0.02, 1] });
  const bound = verdictAt(scene.clock.now(), { kind: "no-worse", worseByLessThanPoints: 1 });
  scene.clock.advance(60 * 60_000);
  // The guard's word wakes them: the stage's time had passed before it came.
  valueOf(await scene.service.noteVerdict(id, bound));
  const stage = async () => (await scene.service.find(id))?.stage;
  await expect.poll(stage, { timeout: 5_000 }).toBe(1);
  valueOf(await scene.press(id, "roll-back", priya));
  await expect.poll(() => scene.lifted, { timeout: 5_000 }).toContain("1.1.0");
  for (const job of jobs) await job.stop();
  const kinds = (await scene.service.eventsOf(id)).map(({ kind }) => kind);
  expect(kinds.slice(0, 3)).toEqual(["started", "advanced", "rolled-back"]);
});
