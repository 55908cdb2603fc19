import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Signal } from "@mainstay/wire";
import { jointVerdict, observe, restoreGuards, type Guards } from "./guards.ts";
import { countSignal, isProven, newHistory, proven_installations_per_customer_max } from "./rules.ts";
import { arrivalOf, createScene, rollout, signalOf, type Scene } from "./test-signals.ts";

const stable = { arm: "stable" } as const;
const fresh = { device: "new", customer: null } as const;

/** Counts one log-in of each installation, whoever is proven, and hands the outcomes to the guards. */
function count(guards: Guards, signals: readonly Signal[]): void {
  for (const arrival of signals.map(arrivalOf)) {
    const history = newHistory(arrival, isProven(arrival, 0));
    for (const ended of countSignal(history, arrival, rollout)) observe(guards, ended);
  }
}

/** So many log-ins of proven installations on stable, one in fifty of which fails. */
function ordinary(n: number, from: number): Signal[] {
  return Array.from({ length: n }, (_, k) =>
    signalOf(k % 50 === 7 ? "login-failed" : "login-succeeded", from + k, { activation: stable }),
  );
}

const at = new Date("2026-11-22T12:10:00.000Z");

describe("installations that have never logged in", () => {
  test.each([4, 40, 4_000])("%i that fail on purpose can hold a rollout, and never roll it back", (flood) => {
    const guards = restoreGuards({});
    count(guards, ordinary(400, 100_000));
    for (let n = 0; n < flood; n += 1) {
      count(guards, [
        signalOf("login-failed", n, { activation: fresh }),
        // They succeed on stable, to make it look worse.
        signalOf("login-succeeded", 200_000 + n, { activation: { ...stable, ...fresh } }),
        ...ordinary(3, 300_000 + n * 3),
      ]);
      expect(jointVerdict(guards, at).kind).not.toBe("roll-back");
    }
    const said = jointVerdict(guards, at);
    expect(said.candidate).toEqual({ n: flood, failed: flood });
    if (flood > 4) expect(said).toMatchObject({ kind: "hold", reason: "unproven-installations-fail" });
  });

  test("can't hide a break behind any number of successes", () => {
    const failuresToAlarm = (flood: number): number => {
      const guards = restoreGuards({});
      count(guards, ordinary(400, 100_000));
      for (let n = 1; n <= 20; n += 1) {
        count(guards, [
          ...Array.from({ length: flood }, (_, k) =>
            signalOf("login-succeeded", 400_000 + n * flood + k, { activation: fresh }),
          ),
          signalOf("login-failed", n),
          ...ordinary(100, 500_000 + n * 100),
        ]);
        if (jointVerdict(guards, at).kind === "roll-back") return n;
      }
      return Infinity;
    };
    expect(failuresToAlarm(0)).toBeLessThanOrEqual(5);
    expect(failuresToAlarm(500)).toBe(failuresToAlarm(0));
  });
});

describe("somebody with k customers' own installations", () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await createScene();
  });
  afterAll(() => scene.close());

  test("adds at most 3k outcomes to a comparison, however many installations and taps", async () => {
    const [customers, installations, taps] = [2, 60, 9];
    const begun = (tap: number): string => new Date(rollout.startedAt.getTime() + tap * 1_000).toISOString();
    const flood = Array.from({ length: installations }, (_, n) =>
      Array.from({ length: taps }, (_tap, k) =>
        signalOf("login-failed", n, {
          tap: k + 1,
          begunAt: begun(k + 1),
          at: begun(k + 1),
          activation: { customer: `cus-of-attacker-${n % customers}` },
        }),
      ),
    ).flat();
    for (let from = 0; from < flood.length; from += 300) {
      await scene.deliver(flood.slice(from, from + 300));
      await scene.settle();
    }
    const rows = await scene.signals.reads.segments(rollout.id);
    const candidateOf = (segment: string) => rows.find((row) => row.segment === segment)?.candidate;
    const most = proven_installations_per_customer_max * customers;
    expect(candidateOf("all")).toEqual({ n: most, failed: most });
    expect(candidateOf("visit=first")).toEqual({ n: most, failed: most });
    // The rest are unproven, and each counts there once.
    expect(candidateOf("installation=unproven")).toEqual({
      n: installations - most,
      failed: installations - most,
    });
  });
});
