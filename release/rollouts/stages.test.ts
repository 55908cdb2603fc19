import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rollout_states, type RolloutState } from "@mainstay/wire";
import { active_states, transitions } from "./machine.ts";
import { areStages, decide, default_stages, isShown, shareGiven, stageDueAt } from "./stages.ts";
import { verdictAt } from "./test-scene.ts";
import type { RolloutRecord } from "./types.ts";

const started = new Date("2026-11-22T12:00:00Z");
const after = (minutes: number) => new Date(started.getTime() + minutes * 60_000);

function rolloutWith(set: Partial<RolloutRecord> = {}): RolloutRecord {
  return {
    id: "rol_1",
    version: "1.1.0",
    state: "running",
    stateSince: started,
    stage: 0,
    salt: "0".repeat(32),
    startedAt: started,
    startedBy: { id: "staff", name: "Priya" },
    isOverridden: false,
    secondSignedAt: null,
    waitingFor: null,
    heldFor: null,
    ended: null,
    reason: null,
    attention: null,
    verdict: null,
    shownSince: null,
    stages: default_stages.map((stage) => ({
      ...stage,
      startedAt: started,
      endedAt: null,
      stillMs: 0,
      people: null,
    })),
    targets: [{ platform: "ios", goesBackTo: "1.0.0", isActive: true }],
    ...set,
  };
}
const shown = (points: number) => verdictAt(started, { kind: "no-worse", worseByLessThanPoints: points });
const people = 1_000;

describe("a stage", () => {
  test("ends when its time has passed and the candidate is shown to be within its margin, not before", () => {
    const rollout = rolloutWith({ verdict: shown(10) });
    expect(decide(rollout, { now: after(59), people }).kind).toBe("nothing");
    expect(decide(rollout, { now: after(60), people }).kind).toBe("advance");
    expect(decide(rolloutWith({ verdict: shown(20) }), { now: after(60), people }).kind).toBe("nothing");
    expect(decide(rolloutWith(), { now: after(60), people }).kind).toBe("nothing");
  });

  test("asks a person once its installations have run out; evidence that comes later still counts", () => {
    const seen = (n: number) => rolloutWith({ verdict: verdictAt(started, { candidate: { n, failed: 0 } }) });
    expect(decide(seen(1_799), { now: after(60), people }).kind).toBe("nothing");
    expect(decide(seen(1_800), { now: after(60), people })).toEqual({ kind: "ask", for: "evidence" });
    expect(decide(seen(0), { now: after(120), people })).toEqual({ kind: "ask", for: "evidence" });
    const waiting = rolloutWith({ state: "waiting", waitingFor: "evidence", verdict: shown(10) });
    expect(decide(waiting, { now: after(121), people }).kind).toBe("advance");
  });

  test("of more than 20 % waits for a second person, once", () => {
    const at20 = { stage: 4, verdict: shown(3) };
    expect(decide(rolloutWith(at20), { now: after(720), people })).toEqual({
      kind: "ask",
      for: "second-person",
    });
    const signed = rolloutWith({ ...at20, secondSignedAt: started });
    expect(decide(signed, { now: after(720), people }).kind).toBe("advance");
  });

  test("isn't followed by another where the version was let out against its checks", () => {
    const overridden = rolloutWith({ isOverridden: true, verdict: shown(1) });
    expect(decide(overridden, { now: after(60), people })).toEqual({ kind: "ask", for: "new-version" });
  });

  test("that is the last one ends the rollout after 72 h with evidence", () => {
    const last = rolloutWith({ state: "finishing", stage: 6, verdict: shown(1) });
    expect(decide(last, { now: after(72 * 60 - 1), people }).kind).toBe("nothing");
    expect(decide(last, { now: after(72 * 60), people }).kind).toBe("finish");
  });

  test("stands still while the rollout is paused or held", () => {
    const paused = rolloutWith({ state: "paused", stateSince: after(10), verdict: shown(1) });
    expect(decide(paused, { now: after(500), people }).kind).toBe("nothing");
    expect(stageDueAt(paused, after(40))).toEqual(after(90));
  });
});

test("a hold or an alarm shows nothing, whatever its bound", () => {
  fc.assert(
    fc.property(
      fc.constantFrom("hold" as const, "roll-back" as const),
      fc.constantFrom(1, 2, 20),
      (kind, points) => {
        const verdict = verdictAt(started, { kind, worseByLessThanPoints: points });
        expect(isShown(rolloutWith({ verdict }))).toBe(false);
      },
    ),
  );
});

test("stages grow and end with everybody, of whom 1 % stays on stable", () => {
  expect(areStages(default_stages)).toBe(true);
  expect(shareGiven(1)).toBe(0.99);
  expect(shareGiven(0.5)).toBe(0.5);
  const stage = { minutes: 1, marginPoints: 1 };
  expect(areStages([])).toBe(false);
  expect(areStages([{ ...stage, share: 0.5 }])).toBe(false);
  expect(areStages([0.2, 0.1, 1].map((share) => ({ ...stage, share })))).toBe(false);
  expect(areStages([0.2, 0.2, 1].map((share) => ({ ...stage, share })))).toBe(false);
});

test("the state machine: every active state can be rolled back, and what is over goes nowhere else", () => {
  for (const state of active_states) expect(transitions[state]["roll-back"]).toBe("rolled-back");
  expect(transitions["rolled-back"]).toEqual({});
  expect(Object.keys(transitions.finished)).toEqual(["roll-back"]);
  const reached = new Set<RolloutState>(["running"]);
  for (let round = 0; round < rollout_states.length; round += 1) {
    for (const from of reached) for (const to of Object.values(transitions[from])) reached.add(to);
  }
  expect([...reached].toSorted()).toEqual([...rollout_states].toSorted());
});
