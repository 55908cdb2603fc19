import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  beginBoot,
  boot_ms_max,
  bootTransition,
  kept_bundles_max,
  quarantined_max,
  type BootEffect,
  type BootEvent,
  type BootMemory,
  type BootState,
} from "./state.ts";

const nothing: BootMemory = { good: [], quarantined: [] };
const assigned = (version: string): BootEvent => ({ type: "assigned", version, activation: "nonce" });
const passed = (foregroundMs: number): BootEvent => ({ type: "passed", foregroundMs });
const verified: BootEvent = { type: "verified" };
const booted: BootEvent = { type: "booted" };
const crashed: BootEvent = { type: "crashed" };
const unreachable: BootEvent = { type: "load-failed", reason: "unreachable" };
const damaged: BootEvent = { type: "load-failed", reason: "damaged" };

/** Runs events on a fresh page load; answers where it ends and everything that the page was to do. */
function run(memory: BootMemory, ...events: BootEvent[]): { state: BootState; effects: BootEffect[] } {
  let { state, effects } = beginBoot(memory);
  const done = [...effects];
  for (const event of events) {
    ({ state, effects } = bootTransition(state, event));
    done.push(...effects);
  }
  return { state, effects: done };
}

const last = (effects: readonly BootEffect[], type: BootEffect["type"]) =>
  effects.findLast((effect) => effect.type === type);

describe("a bundle that stands", () => {
  test("is revealed, remembered as good and kept", () => {
    const { state, effects } = run(nothing, assigned("1.0.0"), verified, booted);
    expect(state.name).toBe("running");
    expect(effects).toEqual([
      { type: "ask" },
      { type: "load", version: "1.0.0" },
      { type: "start", candidate: { version: "1.0.0", activation: "nonce" } },
      { type: "reveal" },
      { type: "remember", memory: { good: ["1.0.0"], quarantined: [] } },
      { type: "keep", version: "1.0.0" },
    ]);
  });

  test("pushes out all but the one before it", () => {
    const { state } = run({ good: ["2.0.0", "1.0.0"], quarantined: [] }, assigned("3.0.0"), verified, booted);
    expect(state.memory.good).toEqual(["3.0.0", "2.0.0"]);
  });

  test("is left alone afterwards, whatever happens", () => {
    const running = run(nothing, assigned("1.0.0"), verified, booted).state;
    for (const event of [crashed, passed(60_000), damaged, booted, { type: "retried" } as const]) {
      expect(bootTransition(running, event)).toEqual({ state: running, effects: [] });
    }
  });
});

describe("a version that doesn't stand", () => {
  const before: BootMemory = { good: ["1.0.0"], quarantined: [] };

  test.each([
    ["crashes", [crashed]],
    ["takes five seconds in the foreground", [passed(boot_ms_max - 1), passed(1)]],
  ])("and %s is quarantined, and the page starts anew with the one before", (_how, events) => {
    const { state, effects } = run(before, assigned("2.0.0"), verified, ...events);
    expect(state.name).toBe("restarting");
    const memory = { good: ["1.0.0"], quarantined: ["2.0.0"] };
    expect(effects.slice(-2)).toEqual([{ type: "remember", memory }, { type: "restart" }]);
    const again = run(memory, assigned("2.0.0"));
    // Only the assigned version has the edge's nonce: the one that is gone back to can't vouch for it.
    expect(again.state).toMatchObject({ name: "loading", candidate: { version: "1.0.0", activation: null } });
  });

  test("isn't blamed for less than five seconds, nor for time before it was started", () => {
    const slow = run(
      before,
      passed(60_000),
      assigned("2.0.0"),
      passed(60_000),
      verified,
      passed(boot_ms_max - 1),
    );
    expect(slow.state.name).toBe("starting");
  });

  test("is left running where there is nothing to go back to, and the person is told once", () => {
    const slow = run(nothing, assigned("1.0.0"), verified, passed(boot_ms_max), passed(boot_ms_max));
    expect(slow.effects.filter(({ type }) => type === "tell")).toEqual([{ type: "tell", failure: "slow" }]);
    expect(slow.state.memory.quarantined).toEqual([]);
    expect(bootTransition(slow.state, booted).state.name).toBe("running");
    expect(bootTransition(slow.state, { type: "retried" }).state.name).toBe("restarting");
  });

  test("is started all the same when it is quarantined and nothing else is left", () => {
    const { state } = run({ good: [], quarantined: ["2.0.0"] }, assigned("2.0.0"));
    expect(state).toMatchObject({ name: "loading", candidate: { version: "2.0.0" } });
  });

  test("leaves quarantine by standing", () => {
    const { state } = run({ good: [], quarantined: ["2.0.0"] }, assigned("2.0.0"), verified, booted);
    expect(state.memory).toEqual({ good: ["2.0.0"], quarantined: [] });
  });
});

describe("a bundle that can't be loaded", () => {
  const before: BootMemory = { good: ["1.0.0"], quarantined: [] };

  test("for want of a network gives way to the kept one, and nothing is held against it", () => {
    const { state, effects } = run(before, assigned("2.0.0"), unreachable);
    expect(state).toMatchObject({ name: "loading", candidate: { version: "1.0.0" }, memory: before });
    expect(last(effects, "remember")).toBeUndefined();
  });

  test("because it isn't what its manifest says is quarantined", () => {
    const { state } = run(before, assigned("2.0.0"), damaged);
    expect(state).toMatchObject({
      name: "loading",
      candidate: { version: "1.0.0" },
      memory: { quarantined: ["2.0.0"] },
    });
  });

  test("is tried once a page: when none can be had, the person is told", () => {
    const two: BootMemory = { good: ["2.0.0", "1.0.0"], quarantined: [] };
    const { state, effects } = run(two, assigned("2.0.0"), unreachable, unreachable);
    expect(state).toMatchObject({ name: "stuck", failure: "unreachable" });
    expect(last(effects, "tell")).toEqual({ type: "tell", failure: "unreachable" });
  });
});

describe("without the edge", () => {
  test("the last good version is started from what is kept", () => {
    const { state } = run(
      { good: ["2.0.0", "1.0.0"], quarantined: ["2.0.0"] },
      { type: "assignment-failed" },
    );
    expect(state).toMatchObject({ name: "loading", candidate: { version: "1.0.0", activation: null } });
  });

  test("a first visit is told, and may try again", () => {
    const { state } = run(nothing, { type: "assignment-failed" });
    expect(state).toMatchObject({ name: "stuck", failure: "unreachable" });
    expect(bootTransition(state, { type: "retried" }).effects).toEqual([{ type: "restart" }]);
  });
});

describe("whatever happens", () => {
  const version = fc.constantFrom<string>("1.0.0", "2.0.0", "3.0.0");
  const event: fc.Arbitrary<BootEvent> = fc.oneof(
    version.map(assigned),
    fc.constantFrom<BootEvent>(verified, booted, crashed, unreachable, damaged),
    fc.constantFrom<BootEvent>({ type: "assignment-failed" }, { type: "retried" }),
    fc.nat({ max: 7_000 }).map(passed),
  );
  const memory = fc.record({
    good: fc.uniqueArray(version, { maxLength: kept_bundles_max }),
    quarantined: fc.uniqueArray(version, { maxLength: 3 }),
  });

  test("memory stays bounded, nothing starts unverified, and only what stood is good", () => {
    fc.assert(
      fc.property(memory, fc.array(event, { maxLength: 40 }), (given, events) => {
        let { state } = beginBoot(given);
        const good = new Set(given.good);
        for (const next of events) {
          const before = state;
          const step = bootTransition(state, next);
          state = step.state;
          if (next.type === "booted" && before.name === "starting") good.add(before.candidate.version);
          if (step.effects.some(({ type }) => type === "start")) {
            expect([before.name, next.type]).toEqual(["loading", "verified"]);
          }
          expect(state.memory.good.length).toBeLessThanOrEqual(kept_bundles_max);
          expect(state.memory.quarantined.length).toBeLessThanOrEqual(quarantined_max);
          expect(state.memory.good.every((entry) => good.has(entry))).toBe(true);
        }
      }),
    );
  });

  test("a page that can load some version that stood before never leaves its customer outside", () => {
    fc.assert(
      fc.property(
        version,
        version,
        fc.constantFrom(crashed, passed(boot_ms_max), damaged),
        (good, bad, failure) => {
          fc.pre(good !== bad);
          const failing = failure.type === "load-failed" ? [failure] : [verified, failure];
          const first = run({ good: [good], quarantined: [] }, assigned(bad), ...failing);
          // Either the same page goes on with the good one, or the next page load does.
          const next =
            first.state.name === "loading" ? first.state : run(first.state.memory, assigned(bad)).state;
          expect(next).toMatchObject({ name: "loading", candidate: { version: good } });
        },
      ),
    );
  });
});
