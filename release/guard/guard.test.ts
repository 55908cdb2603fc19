import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  createLoginGuard,
  GuardInputError,
  restoreLoginGuard,
  type LoginGuard,
  type Outcomes,
  type Verdict,
} from "./index.ts";

const seed = 20261122;
const ordinary_minute = { succeeded: 97, failed: 2 };

/** A minute of stable, then one log-in of the new version. */
function attempt(guard: LoginGuard, how: { failed: boolean; segment?: string }): Verdict {
  const { failed, ...where } = how;
  guard.observe({ arm: "stable", ...where, ...ordinary_minute });
  return guard.observe({ arm: "candidate", ...where, succeeded: failed ? 0 : 1, failed: failed ? 1 : 0 });
}

/** Harmless attempts, one in fifty failing. */
function liveOn(guard: LoginGuard, attempts: number, segment?: string): Verdict {
  const where = segment === undefined ? {} : { segment };
  let verdict = guard.verdict();
  for (let at = 1; at <= attempts; at += 1) verdict = attempt(guard, { failed: at % 50 === 0, ...where });
  return verdict;
}

function failuresUntilAlarm(guard: LoginGuard, segment?: string): number {
  const where = segment === undefined ? {} : { segment };
  for (let failures = 1; failures <= 200; failures += 1) {
    if (attempt(guard, { failed: true, ...where }).kind === "roll-back") return failures;
  }
  return Infinity;
}

describe("a version that can't log people in", () => {
  it("is taken back within five failed log-ins", () => {
    expect(failuresUntilAlarm(createLoginGuard())).toBeLessThanOrEqual(5);
  });

  it("is taken back when minutes come as batches, whichever arm comes first", () => {
    const stable: Outcomes = { arm: "stable", succeeded: 970, failed: 20 };
    const candidate: Outcomes = { arm: "candidate", succeeded: 0, failed: 10 };
    for (const minute of [
      [stable, candidate],
      [candidate, stable],
    ]) {
      const guard = createLoginGuard();
      expect(minute.map((outcomes) => guard.observe(outcomes).kind)).toEqual(["continue", "roll-back"]);
    }
  });

  it("is taken back soon, too, after ten thousand harmless log-ins", () => {
    const guard = createLoginGuard();
    liveOn(guard, 10_000);
    expect(failuresUntilAlarm(guard)).toBeLessThanOrEqual(12);
  });

  it("stays taken back, whatever comes after", () => {
    const guard = createLoginGuard();
    failuresUntilAlarm(guard);
    const verdict = liveOn(guard, 1000);
    expect(verdict.kind).toBe("roll-back");
    expect(verdict.logEvidence).toBeGreaterThanOrEqual(verdict.threshold);
    expect(guard.report().alarm?.candidate.failed).toBeLessThanOrEqual(5);
  });

  it("is found where only one segment is broken, and the segment is named", () => {
    const guard = createLoginGuard();
    const others = ["os=ios-17,device=returning", "os=ios-18,device=new", "os=ios-26,device=new"];
    const broken = "os=ios-18,device=returning";
    let failed = 0;
    for (let round = 0; guard.verdict().kind !== "roll-back" && round < 500; round += 1) {
      for (const segment of others) attempt(guard, { failed: round % 50 === 7, segment });
      // Three in ten fail.
      const isFailure = round % 10 < 3;
      attempt(guard, { failed: isFailure, segment: broken });
      failed += isFailure ? 1 : 0;
    }
    expect(guard.verdict().kind).toBe("roll-back");
    expect(guard.verdict().segment).toBe(broken);
    expect(failed).toBeLessThanOrEqual(15);
  });
});

describe("an arm without the other", () => {
  it("never alarms, and says that it waits for stable", () => {
    const guard = createLoginGuard();
    let verdict = guard.verdict();
    for (let at = 0; at < 1000; at += 1)
      verdict = guard.observe({ arm: "candidate", succeeded: 0, failed: 1 });
    expect(verdict).toMatchObject({ kind: "continue", logEvidence: 0, waitsForStable: true });
  });

  it("isn't lost: what has waited counts as soon as the other arm comes", () => {
    const guard = createLoginGuard();
    for (let at = 0; at < 10; at += 1) guard.observe({ arm: "candidate", succeeded: 0, failed: 1 });
    expect(guard.observe({ arm: "stable", succeeded: 495, failed: 5 }).kind).toBe("roll-back");
  });
});

describe("an outage that hits both", () => {
  it("holds and never blames the new version, however the stage and the outage are", () => {
    const share = fc.constantFrom(0.3, 0.5, 1);
    const logins = fc.constantFrom(
      { stable: 99, candidate: 1 },
      { stable: 5, candidate: 5 },
      { stable: 2, candidate: 90 },
    );
    fc.assert(
      fc.property(share, logins, fc.boolean(), (failing, each, startsWithCandidate) => {
        const guard = createLoginGuard();
        const batch = (arm: "stable" | "candidate", p: number, round: number): Outcomes => {
          const failed = Math.floor((round + 1) * each[arm] * p) - Math.floor(round * each[arm] * p);
          return { arm, failed, succeeded: each[arm] - failed };
        };
        const kinds = new Set<string>();
        for (let round = 0; round < 300; round += 1) {
          const p = round >= 100 && round < 200 ? failing : 0.02;
          const minute = [batch("stable", p, round), batch("candidate", p, round)];
          for (const outcomes of startsWithCandidate ? minute.toReversed() : minute) {
            kinds.add(guard.observe(outcomes).kind);
          }
        }
        expect(kinds).toContain("hold");
        expect(kinds).not.toContain("roll-back");
        expect(guard.verdict().kind).not.toBe("hold");
      }),
      { seed },
    );
  });

  it("doesn't hide a version that breaks afterwards", () => {
    const guard = createLoginGuard();
    liveOn(guard, 300);
    for (let minute = 0; minute < 100; minute += 1) {
      guard.observe({ arm: "stable", succeeded: 0, failed: 99 });
      guard.observe({ arm: "candidate", succeeded: 0, failed: 1 });
    }
    liveOn(guard, 300);
    expect(failuresUntilAlarm(guard)).toBeLessThanOrEqual(12);
  });

  it("isn't seen in a new version that fails alone", () => {
    const guard = createLoginGuard();
    failuresUntilAlarm(guard);
    expect(guard.verdict().kind).toBe("roll-back");
  });
});

describe("a version that is no worse", () => {
  it("is shown to be, with a bound that narrows", () => {
    const guard = createLoginGuard({ margin_points: 5 });
    expect(liveOn(guard, 60)).toMatchObject({ kind: "continue" });
    expect(liveOn(guard, 2000).kind).toBe("no-worse");
    expect(guard.verdict().worseByLessThan_points).toBeLessThanOrEqual(5);
  });

  it("is never shown to be where it fails by the margin more", () => {
    const guard = createLoginGuard({ margin_points: 2 });
    for (let minute = 0; minute < 500; minute += 1) {
      guard.observe({ arm: "stable", succeeded: 970, failed: 30 });
      guard.observe({ arm: "candidate", succeeded: 19, failed: 1 });
      expect(guard.verdict().kind).not.toBe("no-worse");
      if (guard.verdict().kind === "roll-back") break;
    }
    expect(guard.verdict().worseByLessThan_points ?? Infinity).toBeGreaterThan(2);
  });
});

describe("installations that anybody can make", () => {
  const segment = "os=ios-18,installation=unproven";

  it("pause a rollout when they fail, and can't roll it back", () => {
    const guard = createLoginGuard();
    liveOn(guard, 100);
    const kinds = Array.from({ length: 400 }, () => attempt(guard, { failed: true, segment }).kind);
    expect(kinds.at(-1)).toBe("hold");
    expect(kinds).not.toContain("roll-back");
    guard.endPause();
    expect(guard.verdict().kind).not.toBe("hold");
  });

  it("can't hide a break, however many of them succeed", () => {
    const guard = createLoginGuard();
    for (let at = 0; at < 100; at += 1) {
      guard.observe({ arm: "candidate", segment, succeeded: 1_000, failed: 0 });
      guard.observe({ arm: "stable", segment, succeeded: 1_000, failed: 0 });
    }
    expect(guard.verdict().worseByLessThan_points).toBeUndefined();
    expect(failuresUntilAlarm(guard)).toBeLessThanOrEqual(5);
  });
});

describe("its state", () => {
  const outcomes: fc.Arbitrary<Outcomes> = fc.record({
    arm: fc.constantFrom("candidate" as const, "stable" as const),
    segment: fc.constantFrom("os=a,device=x", "os=b", "os=a,installation=unproven"),
    succeeded: fc.integer({ min: 0, max: 50 }),
    failed: fc.integer({ min: 0, max: 5 }),
  });

  it("survives as JSON at any point: the restored guard says what the other one says", () => {
    const some = fc.array(outcomes, { maxLength: 40 });
    fc.assert(
      fc.property(some, some, (before, after) => {
        const guard = createLoginGuard({ alpha: 0.01, margin_points: 3 });
        for (const one of before) guard.observe(one);
        const restored = restoreLoginGuard(JSON.parse(JSON.stringify(guard.exportState())));
        for (const one of after) expect(restored.observe(one)).toEqual(guard.observe(one));
        expect(restored.report()).toEqual(guard.report());
      }),
      { seed },
    );
  });

  it("is the caller's own: changing it changes no guard", () => {
    const guard = createLoginGuard();
    attempt(guard, { failed: true });
    const state = guard.exportState();
    const restored = restoreLoginGuard(state);
    state.totals.candidate.failed = 99;
    expect(guard.report().candidate.failed).toBe(1);
    expect(restored.report().candidate.failed).toBe(1);
  });

  it("is refused when it isn't one", () => {
    const state = createLoginGuard().exportState();
    const [first] = state.segments;
    for (const wrong of [
      undefined,
      {},
      { ...state, version: 2 },
      { ...state, options: { ...state.options, alpha: 7 } },
      { ...state, segments: [{ ...first, evidence: { products: [1], blocks: 0, purse: 1 } }] },
      { ...state, totals: { ...state.totals, stable: { succeeded: -1, failed: 0 } } },
    ]) {
      expect(() => restoreLoginGuard(wrong)).toThrow(GuardInputError);
    }
  });

  it("is bounded: segments without end are gathered in one", () => {
    const guard = createLoginGuard();
    for (let at = 0; at < 3000; at += 1) attempt(guard, { failed: false, segment: `os=${at},way=${at}` });
    expect(guard.exportState().cells.length).toBeLessThanOrEqual(257);
    expect(guard.report().segments.length).toBeLessThanOrEqual(257);
    expect(failuresUntilAlarm(guard, "os=another")).toBeLessThanOrEqual(15);
  });
});

describe("what can't be counted", () => {
  it("is refused with a sentence that says what is wrong, and nothing changes", () => {
    const handed = (fields: Partial<Record<keyof Outcomes, unknown>>): Outcomes =>
      ({ arm: "candidate", succeeded: 1, failed: 0, ...fields }) as Outcomes;
    const guard = createLoginGuard();
    attempt(guard, { failed: true });
    const before = guard.exportState();
    for (const wrong of [
      { failed: -1 },
      { succeeded: Number.NaN },
      { succeeded: 0.5 },
      { failed: Infinity },
      { failed: "3" },
      { failed: undefined },
      { arm: "canary" },
      { arm: undefined },
      { segment: "" },
      { segment: "x".repeat(201) },
      { segment: 7 },
    ]) {
      expect(() => guard.observe(handed(wrong))).toThrow(GuardInputError);
      expect(() => guard.observe(handed(wrong))).toThrow(/must be/);
    }
    expect(guard.exportState()).toEqual(before);
  });

  it("is refused among the options, too", () => {
    for (const options of [{ alpha: 0 }, { alpha: 1 }, { alpha: Number.NaN }, { margin_points: 0 }]) {
      expect(() => createLoginGuard(options)).toThrow(GuardInputError);
    }
  });

  it("doesn't include an empty minute: it changes nothing", () => {
    const guard = createLoginGuard();
    const before = attempt(guard, { failed: true });
    expect(guard.observe({ arm: "stable", succeeded: 0, failed: 0 })).toEqual(before);
  });
});
