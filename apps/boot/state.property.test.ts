import fc from "fast-check";
import { expect, test } from "vitest";
import {
  beginBoot,
  bootTransition,
  empty_memory,
  kept_bundles_max,
  quarantined_max,
  type BootEvent,
  type BootMemory,
} from "./state.ts";

const version = fc.constantFrom("1.0.0", "2.0.0", "3.0.0");
const update = fc.constant({ kind: "none" } as const);
const event: fc.Arbitrary<BootEvent> = fc.oneof(
  fc.record({
    type: fc.constant("assigned" as const),
    version,
    activation: fc.constant("token"),
    healthy: fc.uniqueArray(version, { maxLength: 2 }),
    update,
  }),
  fc.constantFrom<BootEvent>(
    { type: "assignment-failed" },
    { type: "verified", visible: true },
    { type: "verified", visible: false },
    { type: "load-failed", reason: "unreachable" },
    { type: "load-failed", reason: "damaged" },
    { type: "passed", foregroundMs: 3_000 },
    { type: "shown" },
    { type: "hidden" },
    { type: "crashed" },
    { type: "booted" },
    { type: "login-offered" },
    { type: "logged-in" },
    { type: "refused", code: "client_proof_invalid" },
    { type: "refused", code: "internal" },
    { type: "retried" },
  ),
  fc.record({ type: fc.constant("swap" as const), version }),
  fc.record({ type: fc.constant("healthy" as const), versions: fc.uniqueArray(version, { maxLength: 2 }) }),
);

test("whatever happens: memory stays within its limits, and a page that is leaving does nothing more", () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 40 }), (events) => {
      let { state } = beginBoot(empty_memory);
      for (const next of events) {
        const before = state;
        const step = bootTransition(state, next);
        state = step.state;
        const { good, stood, quarantined } = state.memory;
        expect(Math.max(good.length, stood.length)).toBeLessThanOrEqual(kept_bundles_max);
        expect(quarantined.length).toBeLessThanOrEqual(quarantined_max);
        expect(new Set(quarantined).size).toBe(quarantined.length);
        if (before.name === "restarting") expect(step.effects).toEqual([]);
        const left = step.effects.some(({ type }) => type === "restart");
        expect(left).toBe(state.name === "restarting" && before.name !== "restarting");
      }
    }),
  );
});

/** A phone whose versions each work or are refused, with an edge that names them by its own list. */
function phone(works: ReadonlySet<string>, stable: string, candidate: string) {
  let memory: BootMemory = empty_memory;
  const failed = new Set<string>();
  const given = () => [candidate, stable, "1.0.0"].find((known) => !failed.has(known)) ?? stable;
  return () => {
    for (let loads = 1; loads <= 10; loads += 1) {
      let { state, effects } = beginBoot(memory);
      const queue: BootEvent[] = [];
      for (let steps = 0; steps < 50; steps += 1) {
        for (const effect of effects) {
          if (effect.type === "ask") {
            if (effect.failed !== null) failed.add(effect.failed);
            const base = { type: "assigned", activation: "token", update: { kind: "none" } } as const;
            queue.push({ ...base, version: given(), healthy: [] });
          }
          if (effect.type === "load") queue.push({ type: "verified", visible: true });
          if (effect.type === "remember") memory = effect.memory;
          if (effect.type === "start") {
            queue.push({ type: "booted" });
            const isRefused = !works.has(effect.candidate.version);
            if (isRefused) queue.push({ type: "refused", code: "login_protocol_unsupported" });
          }
        }
        const next = queue.shift();
        if (next === undefined || state.name === "restarting") break;
        ({ state, effects } = bootTransition(state, next));
      }
      if (state.name === "running") return { loads, version: state.candidate.version };
    }
    return null;
  };
}

test("whoever gets a version that is refused is on one that works after at most one start a version", () => {
  fc.assert(
    fc.property(fc.subarray(["1.0.0", "2.0.0", "3.0.0"], { minLength: 1 }), (working) => {
      const works = new Set(working);
      const found = phone(works, "2.0.0", "3.0.0")();
      expect(found === null ? "nowhere" : works.has(found.version)).toBe(true);
      expect(found?.loads).toBeLessThanOrEqual(3);
    }),
  );
});
