import { describe, expect, it } from "vitest";
import { newRules, normalQuantile, type Minute, type PeerName } from "./peers.ts";
import { binomial, chanceFrom, geometric } from "./random.ts";
import { divergence, floorOf, floorOfTwoArms, median } from "./results.ts";

const minute = (failed: number, of: number): Minute => ({
  candidate: { succeeded: of - failed, failed },
  stable: { succeeded: 970, failed: 30 },
});

/** The minute in which the rule alarms, counted from 1; undefined within the minutes. */
function alarmsIn(name: PeerName, minutes: readonly Minute[]): number | undefined {
  const rule = newRules(0.001)[name];
  const at = minutes.findIndex((one) => rule(one));
  return at === -1 ? undefined : at + 1;
}

const broken = Array.from({ length: 60 }, () => minute(10, 10));
const harmless = Array.from({ length: 300 }, () => minute(1, 40));

describe("the peers' rules", () => {
  it("take back a version that nobody can log in with, each in its own time", () => {
    expect(alarmsIn("flagger", broken)).toBe(10);
    expect(alarmsIn("argo", broken)).toBe(20);
    expect(alarmsIn("capgo", broken)).toBe(1);
    expect(alarmsIn("unleash", broken)).toBe(1);
    expect(alarmsIn("growthbook", broken)).toBe(1);
    expect(alarmsIn("ztest", broken)).toBe(1);
  });

  it("leave a version alone that fails as seldom as stable, minute after minute", () => {
    for (const name of ["flagger", "argo", "capgo", "unleash", "growthbook", "ztest"] as const) {
      expect(alarmsIn(name, harmless)).toBeUndefined();
    }
  });

  it("count Flagger's failed checks over the whole rollout, not in a row", () => {
    const every_other = Array.from({ length: 40 }, (_, at) => minute(at % 2 === 0 ? 1 : 0, 10));
    expect(alarmsIn("flagger", every_other)).toBe(19);
  });

  it("forget what is older than an hour, where they look at an hour", () => {
    const later = [minute(3, 100), ...Array.from({ length: 60 }, () => minute(0, 10)), minute(1, 10)];
    expect(alarmsIn("unleash", later)).toBeUndefined();
  });
});

describe("what the figures are made of", () => {
  it("is the normal distribution's table", () => {
    expect(normalQuantile(0.999)).toBeCloseTo(3.0902, 3);
    expect(normalQuantile(0.975)).toBeCloseTo(1.96, 3);
  });

  it("is the floor: ln(1/alpha) over the divergence, and more for a test that has to compare", () => {
    expect(divergence(1, 0.01)).toBeCloseTo(Math.log(100), 12);
    expect(floorOf({ base: 0.01, failing: 1, canary: 0.01 })).toBeCloseTo(1.5, 6);
    const even = { base: 0.03, failing: 0.2, canary: 0.5 };
    expect(floorOfTwoArms(even)).toBeGreaterThan(2 * floorOf(even));
  });

  it("is a median that says when there is none", () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([1, 2, 3, 4])).toBe(2.5);
    expect(median([1, Infinity, Infinity])).toBeNull();
    expect(median([])).toBeNull();
  });

  it("is chance with the right means, and the same for the same seed", () => {
    const chance = chanceFrom(5);
    const draws = 20_000;
    let [happened, gaps] = [0, 0];
    for (let draw = 0; draw < draws; draw += 1) {
      happened += binomial(chance, 40, 0.7);
      gaps += geometric(chance, 0.01);
    }
    expect(happened / draws).toBeCloseTo(28, 0);
    expect(gaps / draws / 99).toBeCloseTo(1, 1);
    expect(chanceFrom(5).next()).toBe(chanceFrom(5).next());
    expect(chanceFrom(5).next()).not.toBe(chanceFrom(6).next());
  });
});
