import fc from "fast-check";
import { afterAll, expect, it } from "vitest";
import { in_hand_ms_max, wait_ms_max } from "./limits.ts";
import { createScene, incidentOf, personOf } from "./test-scene.ts";

const scene = await createScene();
afterAll(() => scene.close());

/** What happens while a message goes out. */
const happening = fc.oneof(
  fc.record({
    kind: fc.constant("known" as const),
    count: fc.integer({ min: 1, max: 60 }),
    isBack: fc.boolean(),
  }),
  fc.record({ kind: fc.constant("back" as const) }),
  fc.record({ kind: fc.constant("bank" as const), isAway: fc.boolean(), losesAnswers: fc.boolean() }),
  fc.record({ kind: fc.constant("turn" as const), process: fc.integer({ min: 0, max: 1 }) }),
  fc.record({
    kind: fc.constant("kill" as const),
    process: fc.integer({ min: 0, max: 1 }),
    takes: fc.integer({ min: 0, max: 60 }),
  }),
  fc.record({ kind: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: 60_000 }) }),
);
type Happening = typeof happening extends fc.Arbitrary<infer Value> ? Value : never;

/** Kills a process while the bank is taking its batch: some was taken, and nobody hears how much. */
async function kill(process: ReturnType<typeof scene.open>, takes: number): Promise<void> {
  const { bank } = scene;
  let isAsked = false;
  bank.hangsAfter = { takes, asked: () => (isAsked = true) };
  const turning = process.work();
  // Either the turn ends, since there was nothing to hand over, or it never does.
  while (!isAsked && (await Promise.race([turning.then(() => false), tick()])));
  bank.hangsAfter = null;
}

const tick = (): Promise<true> => new Promise((resolve) => setTimeout(() => resolve(true), 2));

async function play(happenings: readonly Happening[], run: number): Promise<void> {
  const { bank, record, clock } = scene;
  const processes = [scene.open(), scene.open()];
  const processAt = (index: number) => processes[index] ?? scene.service;
  for (const one of happenings) {
    switch (one.kind) {
      case "known": {
        const from = record.people.length;
        const { isBack } = one;
        const back = isBack ? {} : { isBack, backAt: null };
        const people = Array.from({ length: one.count }, (_one, index) =>
          personOf(`person_${run}_${from + index}`, back),
        );
        record.people = [...record.people, ...people];
        break;
      }
      case "back":
        record.people = record.people.map(({ customer }) => personOf(customer));
        break;
      case "bank":
        bank.isAway = one.isAway;
        bank.losesAnswers = one.losesAnswers;
        break;
      case "turn":
        await processAt(one.process).work();
        break;
      case "kill":
        await kill(processAt(one.process), one.takes);
        processes[one.process] = scene.open();
        break;
      case "wait":
        clock.advance(one.ms);
        break;
    }
  }
}

let runs = 0;

it("whatever breaks in the middle, nobody is lost and nobody is told twice", async () => {
  const { bank, record, clock } = scene;
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { minLength: 3, maxLength: 25 }), async (happenings) => {
      runs += 1;
      // Of an incident of its own: what went before has nobody more to tell.
      record.incident = incidentOf({ id: `inc_${String(runs).padStart(22, "0")}` });
      record.people = [personOf(`person_${runs}_first`)];
      bank.taken.clear();
      const id = await scene.draft({ text: "Hello {first_name}, you were back in at {back_in}. Sorry." });
      await scene.signBoth(id);
      await play(happenings, runs);
      // Then all is well again, and time passes.
      Object.assign(bank, { isAway: false, losesAnswers: false });
      record.people = record.people.map(({ customer }) => personOf(customer));
      await scene.settle();
      clock.advance(Math.max(in_hand_ms_max, wait_ms_max) + 1_000);
      await scene.settle();
      const told = [...bank.taken.values()].map(({ customer }) => customer);
      expect(told.toSorted()).toEqual(record.people.map(({ customer }) => customer).toSorted());
      const { deliveries } = await scene.service
        .list(null, { id: "x", mayAct: false })
        .then(({ messages }) => messages.find((message) => message.id === id) ?? { deliveries: [] });
      expect(deliveries.find(({ channel }) => channel === "inbox")?.count).toBe(told.length);
    }),
    { numRuns: 25 },
  );
}, 60_000);
