import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addToChangeSums, changeSteps, newChangeSums, soundingHeight } from "./change.ts";
import { createLoginWatch, GuardInputError, restoreLoginWatch } from "./index.ts";

const seed = 20261122;

describe("the CUSUM", () => {
  it("has steps whose exponential has a mean of at most 1 while nothing has changed", () => {
    const share = fc.double({ min: 0.001, max: 0.999, noNaN: true });
    fc.assert(
      fc.property(share, share, share, (usual, supposed, between) => {
        const steps = changeSteps(usual, [supposed]);
        // The true share is on the usual one's far side.
        const truth = supposed > usual ? usual * between : usual + (1 - usual) * between;
        const mean =
          truth * Math.exp(steps.onFailed[0] ?? 0) + (1 - truth) * Math.exp(steps.onSucceeded[0] ?? 0);
        expect(mean).toBeLessThanOrEqual(1 + 1e-9);
      }),
      { seed },
    );
  });

  it("runs at least its stated length before a false alarm, on average: solved exactly", () => {
    // A ladder of states: the sum, rounded up to a fine grid, which can only make it sound sooner.
    const [usual, supposed, averageRunLength_logins] = [0.05, 0.4, 200];
    const steps = changeSteps(usual, [supposed]);
    const height = soundingHeight({ averageRunLength_logins, sums: 1 });
    const grid = 2000;
    const to = (sum: number): number => Math.min(Math.ceil((Math.max(sum, 0) / height) * grid), grid);
    let runLength = new Float64Array(grid + 1);
    for (let sweep = 0; sweep < 3000; sweep += 1) {
      const next = new Float64Array(grid + 1);
      for (let at = 0; at < grid; at += 1) {
        const sum = (at / grid) * height;
        next[at] =
          1 +
          usual * (runLength[to(sum + (steps.onFailed[0] ?? 0))] ?? 0) +
          (1 - usual) * (runLength[to(sum + (steps.onSucceeded[0] ?? 0))] ?? 0);
      }
      runLength = next;
    }
    expect(runLength[0]).toBeGreaterThanOrEqual(averageRunLength_logins);
  });

  it("never falls below nothing, so that a long good time doesn't delay it", () => {
    const steps = changeSteps(0.05, [0.4]);
    const options = { steps, height: soundingHeight({ averageRunLength_logins: 1000, sums: 1 }) };
    const state = newChangeSums(1);
    addToChangeSums(state, { succeeded: 1_000_000, failed: 0 }, options);
    const failures = Array.from({ length: 10 }, () =>
      addToChangeSums(state, { succeeded: 0, failed: 1 }, options),
    );
    expect(failures.findIndex((sum) => sum >= options.height)).toBeLessThanOrEqual(4);
  });
});

describe("the watch after a rollout", () => {
  const ordinary = { succeeded: 98, failed: 2 };
  const sounding = () => {
    const watch = createLoginWatch({ usualFailing: 0.02 });
    for (let minute = 0; minute < 1000; minute += 1) {
      expect(watch.observe(ordinary).kind).toBe("continue");
    }
    expect(watch.observe({ succeeded: 0, failed: 30 })).toMatchObject({ kind: "hold", asksFor: "probes" });
    return watch;
  };

  it("rolls back when a probe of stable passes and one of the new version fails", () => {
    expect(sounding().tellProbes({ stable: "passed", candidate: "failed" }).kind).toBe("roll-back");
  });

  it("calls a person for everything else: it can't tell whose fault it is", () => {
    for (const probes of [
      { stable: "failed", candidate: "failed" },
      { stable: "passed", candidate: "passed" },
      { stable: "failed", candidate: "passed" },
    ] as const) {
      const watch = sounding();
      expect(watch.tellProbes(probes)).toMatchObject({ kind: "hold", asksFor: "person" });
      expect(watch.observe({ succeeded: 0, failed: 1000 })).toMatchObject({
        kind: "hold",
        asksFor: "person",
      });
    }
  });

  it("doesn't act on probes that it hasn't asked for", () => {
    const watch = createLoginWatch({ usualFailing: 0.02 });
    expect(watch.tellProbes({ stable: "passed", candidate: "failed" }).kind).toBe("continue");
  });

  it("begins anew after a person has dealt with it", () => {
    const watch = sounding();
    watch.reset();
    expect(watch.observe(ordinary).kind).toBe("continue");
  });

  it("survives as JSON, and refuses what isn't its own", () => {
    const watch = sounding();
    const restored = restoreLoginWatch(JSON.parse(JSON.stringify(watch.exportState())));
    expect(restored.tellProbes({ stable: "passed", candidate: "failed" })).toEqual(
      watch.tellProbes({ stable: "passed", candidate: "failed" }),
    );
    expect(() => restoreLoginWatch({ version: 1 })).toThrow(GuardInputError);
  });

  it("refuses what can't be counted", () => {
    const watch = createLoginWatch({ usualFailing: 0.02 });
    const before = watch.exportState();
    expect(() => watch.observe({ succeeded: -1, failed: 0 })).toThrow(GuardInputError);
    expect(() => watch.observe({ succeeded: 1, failed: Number.NaN })).toThrow(GuardInputError);
    expect(() => createLoginWatch({ usualFailing: 0 })).toThrow(GuardInputError);
    expect(watch.exportState()).toEqual(before);
  });
});
