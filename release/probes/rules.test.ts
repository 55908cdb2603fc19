import { describe, expect, test } from "vitest";
import type { Plan } from "@mainstay/wire";
import { lanesOf } from "./lanes.ts";
import { failuresOf, failureSentence, measuresOf } from "./rules.ts";
import type { Lane, ProbeResult } from "./types.ts";

const stable: Lane = { version: "1.4.0", protocol: "login/1", of: "stable", platforms: ["ios", "web"] };
const candidate: Lane = { version: "1.5.0", protocol: "login/2", of: "candidate", platforms: ["ios"] };

/** Results of one lane's log-ins, newest first: `x` failed, `.` passed, `-` skipped. */
function results(lane: Lane, logIns: string, kind: ProbeResult["kind"] = "protocol"): ProbeResult[] {
  const words = { x: "failed", ".": "passed", "-": "skipped" } as const;
  return logIns.split("").map((mark, index) => ({
    ...lane,
    kind,
    at: new Date(Date.UTC(2026, 10, 23, 12) - index * 30_000),
    took_ms: 100,
    outcomes: {
      "log-in": words[mark as keyof typeof words],
      balances: "passed",
      payments: "passed",
    },
    reason: null,
  }));
}

const failuresAfter = (own: string, other = "....") =>
  failuresOf(measuresOf([stable, candidate], [...results(stable, own), ...results(candidate, other)]));

describe("three in a row", () => {
  const everybodys = { component: "log-in", version: null, platform: null };
  const ofCandidate = { component: "log-in", version: "1.5.0", platform: "ios" };

  test.each([
    ["none fails", "....", "....", []],
    ["two failures aren't enough", "xx..", "....", []],
    ["three on stable are everybody's", "xxx.", "....", [everybodys]],
    ["three on the candidate are the candidate's", "....", "xxx.", [ofCandidate]],
    ["two passes don't end it", "..xxx", "....", [everybodys]],
    ["three passes do", "...xxx", "....", []],
    ["what was skipped counts for nothing", "x-x-x", "....", [everybodys]],
    ["where both fail it is everybody's alone", "xxx", "xxx", [everybodys]],
  ])("%s", (_what, own, other, failures) => {
    expect(failuresAfter(own, other)).toEqual(failures);
  });

  test("a browser's failures count by themselves: the protocol may pass while the bundle doesn't", () => {
    const all = [
      ...results(stable, "...."),
      ...results(candidate, "...."),
      ...results(candidate, "xxx", "browser"),
    ];
    expect(failuresOf(measuresOf([stable, candidate], all))).toEqual([ofCandidate]);
  });

  test("a version that nobody has any more fails nobody", () => {
    expect(
      failuresOf(measuresOf([stable], [...results(stable, "..."), ...results(candidate, "xxx")])),
    ).toEqual([]);
  });

  test("is told in a sentence", () => {
    expect(failureSentence({ ...everybodys, component: "payments" }, "the payment got no answer")).toBe(
      "Moving a penny failed 3 times in a row on what everybody has: the payment got no answer",
    );
  });
});

test("each version that customers have is probed once; what is stable anywhere counts as stable", () => {
  const on = (version: string, rollout: string | null) => ({
    ...{ stable: version, previous: null, recommended: null, minimum: null, storeUrl: null },
    rollout: rollout === null ? null : ({ candidate: rollout } as Plan["platforms"]["web"]["rollout"]),
  });
  const platforms = { ios: on("1.4.0", "1.5.0"), android: on("1.5.0", null), web: on("1.4.0", null) };
  const plan: Plan = { epoch: 1, platforms, takenBack: [] };
  const protocols = new Map([
    ["1.4.0", "login/1"],
    ["1.5.0", "login/2"],
  ]);
  expect(lanesOf(plan, protocols)).toEqual([
    { version: "1.4.0", protocol: "login/1", of: "stable", platforms: ["ios", "web"] },
    { version: "1.5.0", protocol: "login/2", of: "stable", platforms: ["android"] },
  ]);
  expect(lanesOf(plan, new Map())).toEqual([]);
});
