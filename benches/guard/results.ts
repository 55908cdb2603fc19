import type { PeerName } from "./peers.ts";
import type { Alarms, Scene } from "./streams.ts";
import { alpha, type Outcome } from "./work.ts";

/** What one rule needed; null: half of the rollouts or more had no alarm while they were watched. */
export interface Needed {
  readonly attempts_median: number | null;
  readonly failed_median: number | null;
}

export interface CaseResult extends Needed, Scene {
  /** ln(1/alpha)/KL(failing ‖ base): what a test would need that knew both shares beforehand. */
  readonly floor: number;
  /** The same for a test that has to compare two arms of this canary. */
  readonly floor_two_arms: number;
  readonly ratio: number | null;
  readonly peers: Readonly<Record<PeerName, Needed & { readonly false_alarm_rate: number }>>;
}

export interface BenchResult {
  readonly alpha: number;
  readonly aa_rollouts: number;
  readonly aa_attempts: number;
  readonly aa_false_alarms: number;
  readonly outage_rollouts: number;
  /** Alarms in or after an outage. */
  readonly outage_false_alarms: number;
  /** Alarms before it, which are no different from those of A/A rollouts. */
  readonly outage_earlier_alarms: number;
  /** Outages in which the verdict became hold. */
  readonly outage_held: number;
  /** Failed log-ins in the one broken segment of twelve, at 20 %, until the alarm. */
  readonly segment_failed_median: number | null;
  readonly cases: readonly CaseResult[];
  readonly signals_per_second: number;
}

/** Kullback–Leibler divergence of one share of failing from another, in natural units. */
export function divergence(share: number, from: number): number {
  const term = (p: number, q: number): number => (p === 0 ? 0 : p * Math.log(p / q));
  return term(share, from) + term(1 - share, 1 - from);
}

/**
 * ln(1/α)/KL: no test with these false alarms needs fewer attempts on average (Wald, "Sequential tests of
 * statistical hypotheses", Annals of Mathematical Statistics 16, 1945).
 */
export function floorOf(scene: Scene): number {
  return Math.log(1 / alpha) / divergence(scene.failing, scene.base);
}

/** The floor when the base is known from the stable arm alone: both arms against their common mean. */
export function floorOfTwoArms(scene: Scene): number {
  const stables = (1 - scene.canary) / scene.canary;
  const common = (scene.failing + stables * scene.base) / (1 + stables);
  return Math.log(1 / alpha) / (divergence(scene.failing, common) + stables * divergence(scene.base, common));
}

/** Puts together what the workers found. */
export function summarise(outcomes: readonly Outcome[], signals_per_second: number): BenchResult {
  const same = outcomes.filter((outcome) => outcome.kind === "same");
  const outages = outcomes.filter((outcome) => outcome.kind === "outage");
  const segments = outcomes.flatMap((outcome) => (outcome.kind === "segment" ? outcome.failed : []));
  const total = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0);
  return {
    alpha,
    aa_rollouts: total(same.map((one) => one.rollouts)),
    aa_attempts: total(same.map((one) => one.attempts)),
    aa_false_alarms: total(same.map((one) => one.falseAlarms)),
    outage_rollouts: total(outages.map((one) => one.rollouts)),
    outage_false_alarms: total(outages.map((one) => one.falseAlarms)),
    outage_earlier_alarms: total(outages.map((one) => one.earlier)),
    outage_held: total(outages.map((one) => one.held)),
    segment_failed_median: median(segments.map((failed) => failed ?? Infinity)),
    cases: summariseCases(outcomes),
    signals_per_second,
  };
}

function summariseCases(outcomes: readonly Outcome[]): CaseResult[] {
  const byScene = new Map<string, { scene: Scene; all: Alarms[]; withPeers: Alarms[] }>();
  for (const outcome of outcomes) {
    if (outcome.kind !== "case") continue;
    const key = JSON.stringify(outcome.scene);
    const found = byScene.get(key) ?? { scene: outcome.scene, all: [], withPeers: [] };
    found.all.push(...outcome.alarms);
    if (outcome.withPeers) found.withPeers.push(...outcome.alarms);
    byScene.set(key, found);
  }
  return [...byScene.values()].map(({ scene, all, withPeers }) => {
    const own = neededBy(all, "guard");
    const floor = floorOf(scene);
    return {
      ...scene,
      ...own,
      floor: rounded(floor),
      floor_two_arms: rounded(floorOfTwoArms(scene)),
      ratio: own.attempts_median === null ? null : rounded(own.attempts_median / floor),
      peers: peersIn(scene, { withPeers, outcomes }),
    };
  });
}

function peersIn(
  scene: Scene,
  from: { withPeers: readonly Alarms[]; outcomes: readonly Outcome[] },
): CaseResult["peers"] {
  const wrong = (name: PeerName): number => {
    const found = from.outcomes.find(
      (outcome) =>
        outcome.kind === "peers-same" &&
        outcome.scene.base === scene.base &&
        outcome.scene.canary === scene.canary,
    );
    return found?.kind === "peers-same" ? rounded(found.shares[name]) : 0;
  };
  const of = (name: PeerName) => ({ ...neededBy(from.withPeers, name), false_alarm_rate: wrong(name) });
  return {
    flagger: of("flagger"),
    argo: of("argo"),
    capgo: of("capgo"),
    unleash: of("unleash"),
    growthbook: of("growthbook"),
    ztest: of("ztest"),
  };
}

function neededBy(alarms: readonly Alarms[], name: PeerName | "guard"): Needed {
  return {
    attempts_median: median(alarms.map((alarm) => alarm[name]?.attempts ?? Infinity)),
    failed_median: median(alarms.map((alarm) => alarm[name]?.failed ?? Infinity)),
  };
}

/** The middle one; null when that is infinite or there is none. */
export function median(numbers: readonly number[]): number | null {
  const sorted = numbers.toSorted((a, b) => a - b);
  const low = sorted[Math.floor((sorted.length - 1) / 2)];
  const high = sorted[Math.floor(sorted.length / 2)];
  if (low === undefined || high === undefined || high === Infinity) return null;
  return (low + high) / 2;
}

function rounded(number: number): number {
  return Math.round(number * 1000) / 1000;
}
