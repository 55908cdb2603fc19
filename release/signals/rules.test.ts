import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Signal } from "@mainstay/wire";
import {
  clocks_apart_ms_max,
  countSignal,
  endBySilence,
  isProven,
  newHistory,
  proven_installations_per_customer_max,
  type Ended,
} from "./rules.ts";
import { arrivalOf, rollout, signalOf } from "./test-signals.ts";
import { comparisons, type Arrival, type History } from "./types.ts";

const start = rollout.startedAt.getTime();
const at = (seconds: number): string => new Date(start + seconds * 1_000).toISOString();

/** Counts signals of one installation one after the other. */
function count(signals: readonly Signal[]): { history: History; ended: Ended[] } {
  const arrivals = signals.map((signal) => arrivalOf(signal));
  const history = newHistory(arrivals[0] as Arrival, true);
  return { history, ended: arrivals.flatMap((arrival) => countSignal(history, arrival, rollout)) };
}

const outcomes = (ended: readonly Ended[]): string[] =>
  ended.map(({ comparison, outcome, reason }) =>
    [comparison, outcome, ...(reason ? [reason] : [])].join(" "),
  );

const login = (kind: "begun" | "succeeded" | "failed", tap: number, begun: number, later = 0): Signal =>
  signalOf(`login-${kind}`, 1, { tap, begunAt: at(begun), at: at(begun + later) });

describe("log-ins", () => {
  test("a refusal counts at once", () => {
    expect(outcomes(count([login("begun", 1, 10), login("failed", 1, 10, 1)]).ended)).toEqual([
      "first failed login_protocol_unsupported",
    ]);
  });

  test("nine taps count once", () => {
    const taps = Array.from({ length: 9 }, (_, tap) => [
      login("begun", tap, tap),
      login("failed", tap, tap, 1),
    ]);
    // The first tap began in the very moment of the rollout's start, which is too early.
    expect(outcomes(count(taps.flat()).ended)).toEqual(["first failed login_protocol_unsupported"]);
  });

  test("a success counts though its beginning was lost", () => {
    expect(outcomes(count([login("succeeded", 1, 10, 2)]).ended)).toEqual(["first succeeded"]);
  });

  test("silence is a failure, and a success after it doesn't count twice", () => {
    const { history } = count([login("begun", 1, 10)]);
    const trial = history.trials.first;
    if (trial === undefined) throw new Error("nothing has begun");
    expect(trial.dueAt - trial.openedAt).toBe(60_000);
    expect(outcomes(endBySilence(trial, trial.dueAt))).toEqual(["first failed silent"]);
    expect(countSignal(history, arrivalOf(login("succeeded", 1, 10, 61)), rollout)).toEqual([]);
    expect(endBySilence(trial, trial.dueAt)).toEqual([]);
  });

  test("the first after having been in is a stream of its own; what is tapped in between isn't", () => {
    const { ended } = count([
      login("failed", 1, 10, 1),
      login("failed", 2, 13, 1),
      login("succeeded", 3, 20, 5),
      login("failed", 4, 3_600, 1),
      login("succeeded", 5, 3_700, 1),
    ]);
    expect(outcomes(ended)).toEqual([
      "first failed login_protocol_unsupported",
      "later failed login_protocol_unsupported",
    ]);
  });

  test.each<[string, Partial<Signal["activation"]>, Partial<Signal>]>([
    ["begun before the rollout", {}, { begunAt: at(-1) }],
    ["given out under another rollout", { rollout: "rol_0000000000000000000002" }, {}],
    ["in no arm", { arm: "none", version: "1.4.0" }, {}],
    ["on a platform that the rollout isn't for", { platform: "web" }, {}],
    ["in the candidate's arm on another version", { version: "1.3.0" }, {}],
    ["in stable's arm on the candidate", { arm: "stable", version: "1.4.0" }, {}],
  ])("what is %s doesn't count", (_what, activation, over) => {
    expect(count([signalOf("login-failed", 1, { ...over, activation })]).ended).toEqual([]);
  });

  test("an installation that has fallen back leaves both arms; what had begun before stays", () => {
    for (const arm of ["candidate", "stable"] as const) {
      const over = { activation: { arm } };
      const { history, ended } = count([
        signalOf("fell-back", 1, { ...over, at: at(20), begunAt: at(20), reason: "refused" }),
        signalOf("login-failed", 1, { ...over, tap: 1, begunAt: at(10), at: at(11) }),
        signalOf("login-succeeded", 1, { ...over, tap: 2, begunAt: at(25), at: at(27) }),
        signalOf("login-failed", 1, { ...over, tap: 3, begunAt: at(3_600), at: at(3_601) }),
      ]);
      expect(outcomes(ended)).toEqual(["first failed login_protocol_unsupported"]);
      expect(history.trials.later).toBeUndefined();
    }
  });
});

describe("boots", () => {
  const boot = (kind: Signal["kind"], seconds: number, over: { nonce?: string; reason?: string } = {}) =>
    signalOf(kind, 1, {
      at: at(seconds),
      begunAt: at(seconds),
      reason: over.reason ?? null,
      ...(over.nonce === undefined ? {} : { activation: { nonce: over.nonce } }),
    });

  test.each<[string, Signal[], string[]]>([
    ["in time", [boot("activated", 10), boot("booted", 12)], ["boot succeeded"]],
    ["too late", [boot("activated", 10), boot("booted", 26)], ["boot failed slow"]],
    [
      "crashed",
      [boot("activated", 10), boot("boot-failed", 11, { reason: "crashed" })],
      ["boot failed crashed"],
    ],
    ["activated lost", [boot("booted", 12)], ["boot succeeded"]],
    ["hidden", [boot("activated", 10), boot("boot-hidden", 11), boot("booted", 12)], []],
    ["hidden told first", [boot("boot-hidden", 11), boot("activated", 10)], []],
    [
      "hidden, then another",
      [
        boot("activated", 10),
        boot("boot-hidden", 11),
        boot("activated", 30, { nonce: "another-nonce-0000" }),
        boot("booted", 31, { nonce: "another-nonce-0000" }),
      ],
      ["boot succeeded"],
    ],
    [
      "the second activation counts for nothing",
      [
        boot("activated", 10),
        boot("booted", 11),
        boot("activated", 30, { nonce: "another-nonce-0000" }),
        boot("boot-failed", 31, { nonce: "another-nonce-0000" }),
      ],
      ["boot succeeded"],
    ],
    ["fell back", [boot("activated", 10), boot("fell-back", 15, { reason: "slow" })], ["boot failed slow"]],
  ])("%s", (_what, signals, expected) => {
    expect(outcomes(count(signals).ended)).toEqual(expected);
  });
});

describe("offers", () => {
  const offered = signalOf("login-offered", 1, { at: at(100), begunAt: at(100) });

  test("succeed with any log-in that begins, whichever word comes first", () => {
    const begun = login("begun", 1, 130);
    expect(outcomes(count([offered, begun]).ended)).toEqual(["offer succeeded"]);
    expect(outcomes(count([begun, offered]).ended)).toEqual(["offer succeeded"]);
  });

  test("a log-in long before isn't theirs", () => {
    const early = login("begun", 1, 100 - clocks_apart_ms_max / 1_000 - 1);
    expect(outcomes(count([early, offered]).ended)).toEqual([]);
    expect(outcomes(count([offered, early]).ended)).toEqual([]);
  });

  test("may take ten minutes", () => {
    const { offer } = count([offered]).history.trials;
    expect(offer && offer.dueAt - offer.openedAt).toBe(600_000);
  });
});

describe("proven installations", () => {
  test("had logged in before the rollout, for a customer with few others", () => {
    const returning = arrivalOf(signalOf("login-begun", 1));
    expect(isProven(returning, 0)).toBe(true);
    expect(isProven(returning, proven_installations_per_customer_max - 1)).toBe(true);
    expect(isProven(returning, proven_installations_per_customer_max)).toBe(false);
    const fresh = arrivalOf(signalOf("login-begun", 1, { activation: { device: "new" } }));
    expect(isProven(fresh, 0)).toBe(false);
    expect(isProven({ ...returning, owner: null }, 0)).toBe(false);
  });
});

const anySignal = (arm: "candidate" | "stable") =>
  fc
    .record({
      kind: fc.constantFrom<Signal["kind"]>(
        ...(["activated", "booted", "boot-failed", "boot-hidden", "login-offered", "login-begun"] as const),
        ...(["login-succeeded", "login-failed", "fell-back", "crashed"] as const),
      ),
      tap: fc.integer({ min: 1, max: 4 }),
      seconds: fc.integer({ min: -30, max: 900 }),
      lasts: fc.integer({ min: 0, max: 90 }),
      nonce: fc.constantFrom("nonce-a-0000000000", "nonce-b-0000000000"),
    })
    .map(({ kind, tap, seconds, lasts, nonce }) =>
      signalOf(kind, 1, {
        tap,
        begunAt: at(seconds),
        at: at(seconds + lasts),
        activation: { arm, nonce },
      }),
    );

describe("whatever comes in whatever order", () => {
  test("each comparison ends at most once, and log-ins by the bank's word", () => {
    fc.assert(
      fc.property(fc.array(anySignal("candidate"), { minLength: 1, maxLength: 40 }), (signals) => {
        const { history, ended } = count(signals);
        for (const comparison of comparisons) {
          const own = ended.filter((one) => one.comparison === comparison);
          expect(own.length).toBeLessThanOrEqual(1);
          const [one] = own;
          if (one === undefined) continue;
          expect(history.trials[comparison]?.outcome).toBe(one.outcome);
          if (comparison === "boot" || comparison === "offer") continue;
          const kind = one.outcome === "succeeded" ? "login-succeeded" : "login-failed";
          expect(signals.some((signal) => signal.kind === kind && signal.attempt === one.attempt)).toBe(true);
        }
      }),
    );
  });

  test("the same for both arms", () => {
    fc.assert(
      fc.property(fc.array(anySignal("candidate"), { minLength: 1, maxLength: 40 }), (signals) => {
        const onStable = signals.map((signal) => ({
          ...signal,
          activation: { ...signal.activation, arm: "stable" as const, version: "1.3.0" },
        }));
        expect(outcomes(count(onStable).ended)).toEqual(outcomes(count(signals).ended));
      }),
    );
  });

  test("nothing that begins after falling back is ever counted", () => {
    fc.assert(
      fc.property(fc.array(anySignal("candidate"), { minLength: 1, maxLength: 40 }), (signals) => {
        const back = signalOf("fell-back", 1, { at: at(300), begunAt: at(300), reason: "refused" });
        const { ended } = count([back, ...signals]);
        for (const { begunAt } of ended) expect(begunAt).toBeLessThanOrEqual(start + 300_000);
      }),
    );
  });
});
