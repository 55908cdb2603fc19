import type { Rollout, RolloutLogIns, RolloutSegment, RolloutSeries, RolloutStage } from "@mainstay/wire";
import { at, guard, healthy_id, priya, rolled_back_id, steadyNumbers, tom } from "./moment.ts";

const stage_plan = [
  [0.01, 60, 10, 2_681],
  [0.02, 120, 10, 5_366],
  [0.05, 240, 5, 13_412],
  [0.1, 480, 5, 26_840],
  [0.2, 720, 3, 53_680],
  [0.5, 1_440, 2, 134_200],
  [1, 4_320, 1, 268_400],
] as const;

function stages(now: number, begun: readonly number[], isTakenBack = false): RolloutStage[] {
  return stage_plan.map(([share, minutes, marginPoints, people], index) => {
    const since = begun[index];
    const next = begun[index + 1];
    const state = index < now ? "passed" : index > now ? "not-reached" : isTakenBack ? "taken-back" : "now";
    return {
      share,
      minutes,
      marginPoints,
      people,
      state,
      startedAt: since === undefined ? null : at(since),
      endedAt: next === undefined ? null : at(next),
      progress: state === "passed" ? 1 : state === "now" && since !== undefined ? since / minutes : 0,
      needsSecond: share > 0.2,
    };
  });
}

const on = (people: number) => ({ allowed: true, why: null, people, needsSecond: false });
const off = (why: string) => ({ allowed: false, why, people: 0, needsSecond: false });

const segment_figures = [
  ["all", 3_926, 47, 388_000, 5_083, 0.11, 0.36, -7.8],
  ["platform=ios", 1_833, 17, 181_400, 2_043, 0.2, 0.43, -4.1],
  ["platform=android", 1_625, 22, 160_900, 2_231, 0.03, 0.56, -3.2],
  ["platform=web", 468, 8, 46_300, 787, -0.01, 1.18, -1.9],
  ["os=ios-27", 920, 8, 91_000, 910, 0.13, 0.6, -2.9],
  ["os=ios-26", 707, 8, 70_000, 784, -0.01, 0.78, -2.3],
  ["os=ios-25", 206, 1, 20_400, 349, 1.22, 0.95, -2.5],
  ["os=android-16", 712, 9, 70_500, 705, -0.26, 0.82, -1.3],
  ["os=android-15", 518, 9, 51_300, 728, -0.32, 1.12, -1.7],
  ["os=android-14", 395, 4, 39_100, 798, 1.03, 0.99, -3.9],
  ["os=windows-11", 468, 8, 46_300, 787, -0.01, 1.18, -1.9],
  ["device=returning", 3_656, 40, 361_000, 4_296, 0.1, 0.34, -7],
  ["device=new", 270, 7, 26_700, 753, 0.23, 1.9, -2.4],
  ["way=passkey", 3_810, 45, 376_000, 4_211, 0.05, 0.34, -5.7],
  ["way=recovery", 116, 2, 11_500, 394, 1.71, 2.3, -2.6],
] as const;

const segments: RolloutSegment[] = segment_figures.map(
  ([segment, n, failed, stableN, stableFailed, differencePoints, halfWidthPoints, logE]) => ({
    segment,
    candidate: { n, failed },
    stable: { n: stableN, failed: stableFailed },
    differencePoints: -differencePoints,
    halfWidthPoints,
    logE,
  }),
);

/** A rollout at 5 % that does well. */
export const healthy: Rollout = {
  id: healthy_id,
  version: "8.5.0",
  platforms: ["ios", "android", "web"],
  state: "running",
  stage: 2,
  stages: stages(2, [390, 328, 206]),
  people: 13_412,
  startedAt: at(390),
  startedBy: priya,
  endedAt: null,
  overridden: false,
  rollbackTo: (["ios", "android", "web"] as const).map((platform) => ({ platform, version: "8.4.2" })),
  next: {
    share: 0.1,
    at: at(-34),
    timePassed: false,
    marginPoints: 5,
    boundPoints: 0.4,
    evidenceShown: true,
    shownSince: at(44),
    by: "itself",
  },
  verdict: {
    kind: "no-worse",
    logEvidence: -2.48,
    threshold: 6.9078,
    reason: null,
    segment: "all",
    worseByLessThanPoints: 0.4,
    waitsForStable: false,
    candidate: { n: 3_926, failed: 47 },
    stable: { n: 388_000, failed: 5_083 },
    at: at(0),
  },
  attention: null,
  summary: "Quicker start, pots in feed",
  loginProtocol: "login/3",
  checks: { green: 144, total: 144 },
  endedBy: null,
  reason: null,
  actions: {
    advance: on(13_428),
    pause: on(13_412),
    resume: off("it runs"),
    finish: off("it isn’t at its last stage"),
    rollBack: on(13_412),
  },
  segments,
  events: [
    { at: at(390), kind: "started", by: priya, share: 0.01, people: 2_681, reason: null, details: {} },
    { at: at(328), kind: "advanced", by: guard, share: 0.02, people: 5_366, reason: null, details: {} },
    { at: at(206), kind: "advanced", by: guard, share: 0.05, people: 13_412, reason: null, details: {} },
  ],
  approval: null,
};

/** Log-ins of six hours, with a bad quarter of an hour in the first. */
export function healthySeries(): RolloutSeries {
  const next = steadyNumbers(850);
  let evidence = 0;
  const points = Array.from({ length: 389 }, (_, index) => {
    const minutesAgo = 389 - index;
    const n = Math.round((minutesAgo > 328 ? 3 : minutesAgo > 206 ? 7 : 16) * (0.7 + 0.6 * next()));
    const isBad = minutesAgo < 350 && minutesAgo > 335;
    const failing = isBad ? 0.055 : 0.009;
    const failed = Array.from({ length: n }, next).filter((number) => number < failing).length;
    const stableN = Math.round(900 + 200 * next());
    evidence = Math.min(0.1, evidence + (next() - 0.5) * 0.2 - 0.0065);
    return {
      at: at(minutesAgo),
      candidate: { n, failed },
      stable: { n: stableN, failed: Math.round(stableN * (0.0125 + 0.002 * next())) },
      logEvidence: evidence,
    };
  });
  const drift = (-2.48 - evidence) / points.length;
  return {
    points: points.map((point, index) => ({ ...point, logEvidence: point.logEvidence + drift * index })),
    marks: [],
    threshold: 6.9078,
    peak: { at: at(320), logEvidence: 0.1 },
    stages: [
      { at: at(390), share: 0.01 },
      { at: at(328), share: 0.02 },
      { at: at(206), share: 0.05 },
    ],
    events: healthy.events,
  };
}

const seconds = (after: number) =>
  new Date(Date.parse("2026-09-30T15:06:00.000Z") + after * 1_000).toISOString();
const few = (segment: string, n: number, failed: number, logE: number): RolloutSegment => ({
  segment,
  candidate: { n, failed },
  stable: { n: 4_100, failed: 49 },
  differencePoints: null,
  halfWidthPoints: null,
  logE,
});

/** A rollout as it stands once its version has been taken back. */
export function rolledBack(by: "guard" | "person"): Rollout {
  const ended = seconds(103.118);
  const target = "8.4.0";
  return {
    ...healthy,
    id: rolled_back_id,
    version: "8.4.1",
    state: "rolled-back",
    stage: 0,
    stages: stages(0, [], true).map((stage, index) =>
      index === 0 ? { ...stage, people: 2_684, startedAt: seconds(0), endedAt: ended } : stage,
    ),
    people: 0,
    startedAt: seconds(0),
    startedBy: tom,
    endedAt: ended,
    endedBy: by === "guard" ? guard : tom,
    rollbackTo: healthy.rollbackTo.map(({ platform }) => ({ platform, version: target })),
    next: null,
    summary: "Names checked as you type",
    verdict: {
      kind: "roll-back",
      logEvidence: 9.6,
      threshold: 6.9078,
      reason: null,
      segment: "all",
      worseByLessThanPoints: null,
      waitsForStable: false,
      candidate: { n: 6, failed: 4 },
      stable: { n: 4_100, failed: 49 },
      at: seconds(103.109),
    },
    actions: {
      advance: off("needs a new version"),
      pause: off("nobody is on it now"),
      resume: off("it was rolled back"),
      finish: off("needs a new version"),
      rollBack: off("everybody is back"),
    },
    segments: [
      few("all", 6, 4, 10.7),
      few("os=ios-27", 2, 2, 5.1),
      few("os=android-16", 1, 1, 1.9),
      few("os=android-15", 1, 1, 2.1),
      few("os=windows-11", 2, 0, -0.2),
      few("device=returning", 5, 4, 11.3),
      few("device=new", 1, 0, -0.1),
      few("way=passkey", 5, 4, 11.1),
      few("way=recovery", 1, 0, -0.1),
    ],
    events: [
      { at: seconds(0), kind: "started", by: tom, share: 0.01, people: 2_684, reason: null, details: {} },
      {
        at: seconds(31.2),
        kind: "first-failure",
        by: guard,
        share: 0.01,
        people: 1,
        reason: null,
        details: {},
      },
      {
        at: seconds(103.109),
        kind: "alarm",
        by: guard,
        share: 0.01,
        people: null,
        reason: null,
        details: { logEvidence: 9.6, threshold: 6.9078 },
      },
      { at: ended, kind: "rolled-back", by: guard, share: 0, people: 2_684, reason: null, details: {} },
      {
        at: seconds(103.94),
        kind: "last-switched",
        by: guard,
        share: 0,
        people: 61,
        reason: null,
        details: {},
      },
    ],
  };
}

/** Six log-ins, four of them failed. */
export function rolledBackSeries(): RolloutSeries {
  const steps = [
    [19.4, true, -0.05, "windows-11"],
    [31.2, false, 1, "ios-27"],
    [44.8, false, 3.26, "android-16"],
    [59, true, 2.78, "windows-11"],
    [79.6, false, 5.99, "ios-27"],
    [103.1, false, 9.6, "android-15"],
  ] as const;
  const minutes = [-0.05, 9.6].map((logEvidence, minute) => ({
    at: seconds(minute * 60),
    candidate: minute === 0 ? { n: 4, failed: 2 } : { n: 2, failed: 2 },
    stable: { n: 2_050, failed: 24 + minute },
    logEvidence,
  }));
  return {
    points: minutes,
    marks: steps.map(([after, succeeded, logEvidence, os]) => ({
      at: seconds(after),
      succeeded,
      os,
      way: "passkey",
      reason: succeeded ? null : "device_proof_missing",
      logEvidence,
    })),
    threshold: 6.9078,
    peak: { at: seconds(103.1), logEvidence: 9.6 },
    stages: [{ at: seconds(0), share: 0.01 }],
    events: rolledBack("guard").events,
  };
}

/** The log-ins behind a figure: those of the version that was taken back. */
export function logInsTold(): RolloutLogIns["logIns"] {
  return rolledBackSeries().marks.map(({ at: endedAt, succeeded, os, way, reason }, index) => ({
    installation: `ins_${String(index).padStart(22, "0")}`,
    arm: "candidate",
    version: "8.4.1",
    visit: "first",
    protocol: "login/2",
    begunAt: endedAt,
    ...{ endedAt, succeeded, os, way, reason },
  }));
}
