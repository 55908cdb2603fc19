import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { component_states, incident_states } from "@mainstay/wire";
import { isPublic, isWorse, judge, overallOf, publicStateOf, stateByProbes, worstOf } from "./rules.ts";
import { offered_components, type IncidentFacts, type Measure, type MeasuredState } from "./types.ts";

const now = new Date("2026-11-23T12:00:00Z");
const since = new Date(now.getTime() - 100_000);

const measures = fc.array(
  fc.record({
    component: fc.constantFrom(...offered_components),
    version: fc.constantFrom("1.4.0", "1.5.0"),
    of: fc.constantFrom("stable", "candidate"),
    at: fc.integer({ min: 0, max: 200_000 }).map((ago_ms) => new Date(now.getTime() - ago_ms)),
    hasPassed: fc.boolean(),
    isFailing: fc.boolean(),
  }) satisfies fc.Arbitrary<Measure>,
  { maxLength: 8 },
);
const incidents = fc.array(
  fc.record({
    id: fc.constant("inc_1"),
    number: fc.constant("INC-0001"),
    state: fc.constantFrom(...incident_states),
    severity: fc.integer({ min: 1, max: 4 }),
    source: fc.constantFrom("guard", "probe", "ledger", "staff"),
    openedAt: fc.constant(since),
    resolvedAt: fc.constant(null),
    takenBackAt: fc.constant(null),
    scope: fc.record({
      versions: fc.subarray(["1.5.0"]),
      platforms: fc.subarray(["ios", "web"] as const),
      components: fc.subarray([...offered_components]),
      from: fc.constant(since),
      until: fc.constant(null),
    }),
  }) satisfies fc.Arbitrary<IncidentFacts>,
  { maxLength: 3 },
);
const overrides = fc.constantFrom<MeasuredState | null>(null, "works", "unknown", "partly", "down");

describe("how a component stands", () => {
  test("is never greener than the probes, whatever incidents and staff say", () => {
    fc.assert(
      fc.property(measures, incidents, overrides, (measured, open, override) => {
        for (const component of offered_components) {
          const given = { component, measures: measured, since, incidents: open, override };
          const { state } = judge(given);
          expect(isWorse(stateByProbes(component, measured, since), state)).toBe(false);
          if (override !== null) expect(isWorse(override, state)).toBe(false);
          if (state !== "works") continue;
          // Green takes a fresh measurement that passed, on each version that has any.
          const own = measured.filter((measure) => measure.component === component && measure.at >= since);
          expect(own.some(({ of }) => of === "stable")).toBe(true);
          expect(own.every(({ hasPassed, isFailing }) => hasPassed && !isFailing)).toBe(true);
        }
      }),
    );
  });

  const measure = (changes: Partial<Measure> = {}): Measure => ({
    ...{ component: "log-in", version: "1.4.0", of: "stable", at: now, hasPassed: true, isFailing: false },
    ...changes,
  });
  const failing = { hasPassed: false, isFailing: true };

  test.each<[what: string, measures: readonly Measure[], state: MeasuredState]>([
    ["is unknown where nothing was measured", [], "unknown"],
    [
      "is unknown where it was measured too long ago",
      [measure({ at: new Date(since.getTime() - 1) })],
      "unknown",
    ],
    ["is unknown where only the candidate was measured", [measure({ of: "candidate" })], "unknown"],
    ["works where the last probe passed", [measure()], "works"],
    ["works in part after one failure", [measure({ hasPassed: false })], "partly"],
    ["is down after three", [measure(failing)], "down"],
    ["works in part until it has passed three times again", [measure({ isFailing: true })], "partly"],
    [
      "works in part where the candidate fails",
      [measure(), measure({ version: "1.5.0", of: "candidate", ...failing })],
      "partly",
    ],
    [
      "works in part where one of two stable versions fails",
      [measure(), measure({ version: "1.5.0", ...failing })],
      "partly",
    ],
  ])("%s", (_what, given, state) => {
    expect(stateByProbes("log-in", given, since)).toBe(state);
  });
});

test("the head goes by the worst of what is offered", () => {
  expect(overallOf(["works", "partly", "not-offered"])).toBe("partly");
  expect(overallOf(["works", "unknown"])).toBe("unknown");
  expect(worstOf([])).toBe("works");
  for (const state of component_states) if (state !== "not-offered") expect(overallOf([state])).toBe(state);
});

test("the public reads of every incident but the ledger's bookkeeping and duplicates", () => {
  expect(isPublic({ source: "ledger", state: "triage" })).toBe(false);
  expect(isPublic({ source: "guard", state: "merged" })).toBe(false);
  expect(publicStateOf("merged")).toBeNull();
  expect(incident_states.map(publicStateOf)).toEqual([
    ...["looking-into-it", "looking-into-it", "cause-found", "watching", "works-again", null],
  ]);
});
