import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Signal } from "@mainstay/wire";
import { createScene, fakeRollouts, rollout, signalOf, type Scene } from "./test-signals.ts";
import type { ProbePort, WatchedRollout } from "./types.ts";

const finished: WatchedRollout = { ...rollout, state: "finished" };
const none = { rollout: null, arm: "none", version: rollout.candidate } as const;
const port = () =>
  fakeRollouts({ find: () => Promise.resolve(finished), settled: () => Promise.resolve([finished]) });

let scene: Scene;
let told: ReturnType<typeof fakeRollouts>["told"];
let probes: { of: string }[];
let answers: Record<"candidate" | "stable", "passed" | "failed">;

beforeEach(async () => {
  const rollouts = port();
  ({ told } = rollouts);
  probes = [];
  answers = { candidate: "failed", stable: "passed" };
  const probe: ProbePort = ({ of }) => {
    probes.push({ of });
    return Promise.resolve(answers[of]);
  };
  scene = await createScene({ rollouts: rollouts.port, probe });
});
afterEach(() => scene.close());

const logins = (kind: Signal["kind"], n: number, from: number): Signal[] =>
  Array.from({ length: n }, (_, k) => signalOf(kind, from + k, { activation: none }));

async function deliver(signals: readonly Signal[]): Promise<void> {
  for (let from = 0; from < signals.length; from += 500) await scene.deliver(signals.slice(from, from + 500));
  await scene.settle();
}

const calls = (): number => told.filter(({ what }) => what === "call").length;

const attend = async (): Promise<void> => {
  for (let turn = 0; turn < 3; turn += 1) await scene.signals.attend();
};

describe("a version that everybody has", () => {
  test("is left alone while no more log-ins fail than usual", async () => {
    await deliver([...logins("login-succeeded", 980, 1_000), ...logins("login-failed", 5, 3_000)]);
    await attend();
    expect(told).toEqual([]);
    expect(probes).toEqual([]);
  });

  test("is rolled back when log-ins fail, stable's probe passes and its own fails", async () => {
    await deliver([...logins("login-succeeded", 200, 1_000), ...logins("login-failed", 40, 3_000)]);
    await attend();
    expect(probes.map(({ of }) => of).toSorted()).toEqual(["candidate", "stable"]);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({
      what: "roll-back",
      verdict: { kind: "roll-back", segment: "watch:all", candidate: { n: 240, failed: 40 } },
    });
  });

  test.each([
    ["both fail", { candidate: "failed", stable: "failed" }],
    ["both pass", { candidate: "passed", stable: "passed" }],
    ["stable's alone fails", { candidate: "passed", stable: "failed" }],
  ] as const)("calls a person, once, when probes don't show whose fault it is: %s", async (_what, ended) => {
    answers = { ...ended };
    await deliver(logins("login-failed", 40, 3_000));
    await attend();
    expect(told.map(({ what }) => what)).toEqual(["call"]);
    // Ten minutes later it begins anew.
    await deliver(logins("login-failed", 40, 3_500));
    await attend();
    expect(calls()).toBe(1);
    scene.clock.advance(601_000);
    await attend();
    await deliver(logins("login-failed", 2, 4_000));
    await attend();
    expect(calls()).toBe(1);
    await deliver(logins("login-failed", 40, 5_000));
    await attend();
    expect(calls()).toBe(2);
  });

  test("counts an installation once a day, and silence as failure", async () => {
    const taps = Array.from({ length: 40 }, (_, tap) =>
      signalOf("login-failed", 1, { tap, activation: none }),
    );
    await deliver(taps);
    await attend();
    expect(told).toEqual([]);
    await deliver(logins("login-begun", 40, 3_000));
    await scene.pass(61_000);
    await attend();
    expect(told.map(({ what }) => what)).toEqual(["roll-back"]);
  });

  test("isn't judged by installations that have never logged in, nor by other versions", async () => {
    const others: Partial<Signal["activation"]>[] = [
      { ...none, device: "new" },
      { ...none, version: "1.3.0" },
      { ...none, platform: "web" },
    ];
    for (const [index, activation] of others.entries()) {
      await deliver(
        Array.from({ length: 40 }, (_, k) =>
          signalOf("login-failed", 6_000 + index * 100 + k, { activation }),
        ),
      );
    }
    await attend();
    expect(told).toEqual([]);
    expect(probes).toEqual([]);
  });

  test("without probes a person is called", async () => {
    const rollouts = port();
    const signals = scene.another({
      rollouts: rollouts.port,
      probe: () => Promise.reject(new Error("no browser here")),
    });
    await signals.intake(logins("login-failed", 40, 3_000));
    await signals.work();
    for (let turn = 0; turn < 3; turn += 1) await signals.attend();
    expect(rollouts.told.map(({ what }) => what)).toEqual(["call"]);
  });
});
