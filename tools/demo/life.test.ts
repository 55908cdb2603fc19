import { describe, expect, it } from "vitest";
import { demo_days, demoLife } from "./life.ts";
import { demo_people } from "./people.ts";

const until = new Date("2026-11-22T18:00:00Z");

describe("the demo bank's life", () => {
  it("is the same at every start of the same moment", () => {
    expect(demoLife(until)).toEqual(demoLife(until));
  });

  it("runs in order through months and ends before now", () => {
    const times = demoLife(until).map((movement) => movement.at.getTime());
    expect(times).toEqual(times.toSorted((left, right) => left - right));
    expect(times.at(-1)).toBeLessThan(until.getTime());
    expect(until.getTime() - (times[0] ?? 0)).toBeGreaterThan((demo_days - 1) * 86_400_000);
  });

  it("never spends what isn't there", () => {
    const balances = new Map(demo_people.map((person) => [person.key, 0n]));
    for (const movement of demoLife(until)) {
      const sign = movement.direction === "in" ? 1n : -1n;
      balances.set(movement.person, (balances.get(movement.person) ?? 0n) + sign * movement.minor);
      if (movement.to !== undefined)
        balances.set(movement.to, (balances.get(movement.to) ?? 0n) + movement.minor);
      expect(balances.get(movement.person)).toBeGreaterThanOrEqual(0n);
    }
  });
});
