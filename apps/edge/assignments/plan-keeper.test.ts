import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLogger } from "@mainstay/platform";
import { fakeClock } from "@mainstay/testkit";
import type { Plan } from "@mainstay/wire";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { planOf } from "../../../tests/support/test-plan.ts";
import { PlanUnreachedError, type ControlClient } from "./control-client.ts";
import { emergency_file } from "./plan-files.ts";
import { createPlanKeeper, isFresh, isTakenBack, type PlanKeeper } from "./plan-keeper.ts";

const log = createLogger({ name: "test", level: "silent" });

let folder: string;
let keepers: PlanKeeper[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mainstay-plan-"));
  keepers = [];
});
afterEach(async () => {
  await Promise.all(keepers.map((keeper) => keeper.stop()));
  await rm(folder, { recursive: true, force: true });
});

/** Control as the keeper asks it: each question waits until the test answers it. */
function startKeeper() {
  const clock = fakeClock();
  const questions: {
    after: number | null;
    answer: (plan: Plan | null) => void;
    fail: (error: Error) => void;
  }[] = [];
  const control: ControlClient = {
    fetchPlan: (after, signal) =>
      new Promise((resolve, reject) => {
        questions.push({ after, answer: resolve, fail: reject });
        signal.addEventListener("abort", () => reject(new Error("stopped")));
      }),
    sendSignals: () => Promise.reject(new Error("nobody asks")),
    pause: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
  const keeper = createPlanKeeper({ folder, control, clock, log });
  keepers.push(keeper);
  let changes = 0;
  keeper.onChange(() => (changes += 1));
  return { keeper, clock, questions, changes: () => changes };
}

const planAt = (epoch: number, stable: string): Plan => ({ ...planOf({ stable }), epoch });
async function asked(questions: readonly unknown[], count: number): Promise<void> {
  await expect.poll(() => questions.length).toBe(count);
}

describe("the plan", () => {
  test("is asked for at once, then whenever there is a newer one, and kept on disk", async () => {
    const { keeper, questions, changes } = startKeeper();
    await keeper.start();
    expect(keeper.known().plan).toBeNull();
    expect(isFresh(keeper)).toBe(false);
    await asked(questions, 1);
    expect(questions[0]?.after).toBeNull();
    const before = changes();
    questions[0]?.answer(planAt(7, "1.0.0"));
    await asked(questions, 2);
    expect(questions[1]?.after).toBe(7);
    expect(keeper.known().plan?.epoch).toBe(7);
    expect(changes()).toBe(before + 1);
    const kept = JSON.parse(await readFile(join(folder, "plan.json"), "utf8")) as Plan;
    expect(kept).toEqual(planAt(7, "1.0.0"));
    // Nothing newer within the wait: it is control's word again, and no change.
    questions[1]?.answer(null);
    await asked(questions, 3);
    expect(changes()).toBe(before + 1);
  });

  test("of an earlier day goes on when control is away, as a lease that has run out", async () => {
    const first = startKeeper();
    await first.keeper.start();
    await asked(first.questions, 1);
    first.questions[0]?.answer(planAt(7, "1.0.0"));
    await asked(first.questions, 2);
    await first.keeper.stop();
    const second = startKeeper();
    await second.keeper.start();
    expect(second.keeper.known().plan?.epoch).toBe(7);
    expect(isFresh(second.keeper)).toBe(false);
    await asked(second.questions, 1);
    // What control knows now counts, even when its numbering began anew.
    second.questions[0]?.answer(planAt(2, "2.0.0"));
    await asked(second.questions, 2);
    expect(second.keeper.known().plan?.epoch).toBe(2);
  });

  test("holds for 60 s after control was heard", async () => {
    const { keeper, clock, questions } = startKeeper();
    await keeper.start();
    await asked(questions, 1);
    questions[0]?.answer(planAt(1, "1.0.0"));
    await asked(questions, 2);
    clock.advance(60_000);
    expect(isFresh(keeper)).toBe(true);
    clock.advance(1);
    expect(isFresh(keeper)).toBe(false);
    questions[1]?.fail(new PlanUnreachedError("away"));
    await asked(questions, 3);
    expect(keeper.known().plan?.epoch).toBe(1);
    expect(isFresh(keeper)).toBe(false);
    questions[2]?.answer(null);
    await asked(questions, 4);
    expect(isFresh(keeper)).toBe(true);
  });

  test("that is half written on disk is as if there were none", async () => {
    await writeFile(join(folder, "plan.json"), `{"epoch":7,`);
    const { keeper } = startKeeper();
    await keeper.start();
    expect(keeper.known().plan).toBeNull();
  });
});

describe("the file for emergencies", () => {
  const write = (content: unknown) =>
    writeFile(join(folder, emergency_file), typeof content === "string" ? content : JSON.stringify(content));

  test("takes a version back with control away, and gives it free when it goes", async () => {
    const { keeper, changes } = startKeeper();
    await keeper.start();
    await write([{ version: "1.4.0", platforms: ["ios"] }]);
    const before = changes();
    await keeper.readEmergency();
    expect(changes()).toBe(before + 1);
    expect(isTakenBack(keeper.known(), "1.4.0", "ios")).toBe(true);
    expect(isTakenBack(keeper.known(), "1.4.0", "web")).toBe(false);
    await keeper.readEmergency();
    expect(changes()).toBe(before + 1);
    await rm(join(folder, emergency_file));
    await keeper.readEmergency();
    expect(isTakenBack(keeper.known(), "1.4.0", "ios")).toBe(false);
  });

  test.each(["{", `[{"version":"x","platforms":["ios"]}]`, `{"takenBack":[]}`])(
    "that is garbled (%s) changes nothing",
    async (garbled) => {
      const { keeper } = startKeeper();
      await keeper.start();
      await write([{ version: "1.4.0", platforms: ["ios"] }]);
      await keeper.readEmergency();
      await write(garbled);
      await keeper.readEmergency();
      expect(isTakenBack(keeper.known(), "1.4.0", "ios")).toBe(true);
    },
  );
});
