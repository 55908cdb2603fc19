import { createLoginGuard, type LoginGuard } from "@mainstay/guard";
import { newRules, peer_names, type PeerName } from "./peers.ts";
import { binomial, chanceFrom, geometric, type Chance } from "./random.ts";
import {
  drawCounts,
  drawMinute,
  runRollout,
  watched_minutes_max,
  type Alarms,
  type Scene,
} from "./streams.ts";

/** A piece of the bench that a worker does; the seed alone decides the chance in it. */
export type Task =
  | {
      readonly kind: "case";
      readonly scene: Scene;
      readonly runs: number;
      readonly withPeers: boolean;
      readonly seed: number;
    }
  | { readonly kind: "same"; readonly from: number; readonly to: number; readonly seed: number }
  | { readonly kind: "outage"; readonly from: number; readonly to: number; readonly seed: number }
  | { readonly kind: "segment"; readonly runs: number; readonly seed: number }
  | { readonly kind: "peers-same"; readonly scene: Scene; readonly runs: number; readonly seed: number };

/** What came of it. */
export type Outcome =
  | {
      readonly kind: "case";
      readonly scene: Scene;
      readonly withPeers: boolean;
      readonly alarms: readonly Alarms[];
    }
  | {
      readonly kind: "same";
      readonly rollouts: number;
      readonly attempts: number;
      readonly falseAlarms: number;
    }
  | {
      readonly kind: "outage";
      readonly rollouts: number;
      readonly falseAlarms: number;
      readonly earlier: number;
      readonly held: number;
    }
  | { readonly kind: "segment"; readonly failed: readonly (number | null)[] }
  | {
      readonly kind: "peers-same";
      readonly scene: Scene;
      readonly shares: Readonly<Record<PeerName, number>>;
    };

export const alpha = 0.001;
/** One in so many A/A rollouts is long. */
const long_every = 30;
const long_attempts = 10_000;
const short_attempts = 1_000;
const bases: readonly number[] = [0.01, 0.03, 0.05];
const canaries: readonly number[] = [0.01, 0.5];
/** Every fifth A/A rollout is told apart by segments and drifts through the day. */
const segmented_every = 5;
const systems: readonly string[] = ["os=ios-17", "os=ios-18", "os=ios-26"];
const devices: readonly string[] = ["device=returning", "device=new"];
const ways: readonly string[] = ["way=passkey", "way=synced-passkey"];
const segment_names = systems.flatMap((os) =>
  devices.flatMap((device) => ways.map((way) => `${os},${device},${way}`)),
);

/** Does a task. */
export function doTask(task: Task): Outcome {
  switch (task.kind) {
    case "case": {
      const chance = chanceFrom(task.seed);
      const { scene, withPeers } = task;
      const alarms = Array.from({ length: task.runs }, () => runRollout(chance, scene, { alpha, withPeers }));
      return { kind: "case", scene, withPeers, alarms };
    }
    case "same":
      return runSame(task);
    case "outage":
      return runOutages(task);
    case "segment": {
      const chance = chanceFrom(task.seed);
      return { kind: "segment", failed: Array.from({ length: task.runs }, () => breakOneSegment(chance)) };
    }
    case "peers-same":
      return runPeersOnSame(task);
  }
}

/** Rollouts of a version that is the same as stable: whoever alarms is wrong. */
function runSame(task: Task & { kind: "same" }): Outcome {
  const chance = chanceFrom(task.seed);
  let [attempts, falseAlarms] = [0, 0];
  for (let index = task.from; index < task.to; index += 1) {
    const length = index % long_every === 0 ? long_attempts : short_attempts;
    const base = bases[index % bases.length] ?? 0.01;
    const canary = canaries[Math.floor(index / bases.length) % canaries.length] ?? 0.01;
    const isSegmented = Math.floor(index / long_every) % segmented_every === 0;
    const guard = createLoginGuard({ alpha });
    const feed = isSegmented ? feedSegments : feedWhole;
    for (let at = 0; at < length; at += 1) feed(guard, { chance, base, canary, part: at / length });
    attempts += length;
    if (guard.verdict().kind === "roll-back") falseAlarms += 1;
  }
  return { kind: "same", rollouts: task.to - task.from, attempts, falseAlarms };
}

interface Step {
  readonly chance: Chance;
  readonly base: number;
  readonly canary: number;
  /** How far the rollout has come, 0 to 1. */
  readonly part: number;
}

/** One attempt of the new version, and stable's before it. */
function feedWhole(guard: LoginGuard, step: Step): void {
  const { chance, base, canary } = step;
  const stables = geometric(chance, canary);
  if (stables > 0) guard.observe({ arm: "stable", ...drawCounts(chance, stables, base) });
  guard.observe({ arm: "candidate", ...drawCounts(chance, 1, base) });
}

/**
 * The same over twelve segments that fail differently; both arms drift together, and one system appears late.
 */
function feedSegments(guard: LoginGuard, step: Step): void {
  const { chance, base, canary, part } = step;
  const failingNow = base * (1 + 0.8 * Math.sin(part * 12 * Math.PI));
  const appeared = part < 0.5 ? 8 : segment_names.length;
  const failingIn = (at: number): number => failingNow * (0.5 + at / appeared);
  let left = geometric(chance, canary);
  for (let at = 0; at < appeared && left > 0; at += 1) {
    const stables = binomial(chance, left, 1 / (appeared - at));
    left -= stables;
    const segment = segment_names[at] ?? "";
    if (stables > 0) guard.observe({ arm: "stable", segment, ...drawCounts(chance, stables, failingIn(at)) });
  }
  const at = Math.floor(chance.next() * appeared);
  const segment = segment_names[at] ?? "";
  guard.observe({ arm: "candidate", segment, ...drawCounts(chance, 1, failingIn(at)) });
}

/**
 * Rollouts of a harmless version through an outage that hits both arms: attempts before, during and after it.
 */
function runOutages(task: Task & { kind: "outage" }): Outcome {
  const phase_attempts = 300;
  const chance = chanceFrom(task.seed);
  let [falseAlarms, earlier, held] = [0, 0, 0];
  for (let index = task.from; index < task.to; index += 1) {
    const base = bases[index % bases.length] ?? 0.01;
    const canary = canaries[Math.floor(index / bases.length) % canaries.length] ?? 0.01;
    const failing = index % 4 < 2 ? 1 : 0.5;
    const feed = index % 5 === 0 ? feedSegments : feedWhole;
    const guard = createLoginGuard({ alpha });
    for (const share of [base, failing, base]) {
      // What was taken back before the outage wasn't blamed for it: a false alarm like those of A/A rollouts.
      if (share === failing && guard.verdict().kind === "roll-back") earlier += 1;
      for (let at = 0; at < phase_attempts; at += 1) {
        feed(guard, { chance, base: share, canary, part: at / phase_attempts });
      }
      if (share === failing && guard.verdict().kind === "hold") held += 1;
    }
    if (guard.verdict().kind === "roll-back") falseAlarms += 1;
  }
  falseAlarms -= earlier;
  return { kind: "outage", rollouts: task.to - task.from, falseAlarms, earlier, held };
}

/**
 * At 20 %, one of twelve segments fails 30 % of its log-ins: how many had failed in it when the guard said
 * so.
 */
function breakOneSegment(chance: Chance): number | null {
  const attempts_max = 20_000;
  const [base, failing, canary, broken] = [0.02, 0.3, 0.2, 5];
  const guard = createLoginGuard({ alpha });
  let failedThere = 0;
  for (let attempt = 0; attempt < attempts_max; attempt += 1) {
    const stables = geometric(chance, canary);
    for (let i = 0; i < stables; i += 1) {
      const segment = segment_names[Math.floor(chance.next() * segment_names.length)] ?? "";
      guard.observe({ arm: "stable", segment, ...drawCounts(chance, 1, base) });
    }
    const at = Math.floor(chance.next() * segment_names.length);
    const counts = drawCounts(chance, 1, at === broken ? failing : base);
    if (at === broken) failedThere += counts.failed;
    const verdict = guard.observe({ arm: "candidate", segment: segment_names[at] ?? "", ...counts });
    if (verdict.kind === "roll-back") return failedThere;
  }
  return null;
}

/** The peers' rules on rollouts of a harmless version, as long as a rollout is watched. */
function runPeersOnSame(task: Task & { kind: "peers-same" }): Outcome {
  const chance = chanceFrom(task.seed);
  const wrong: Record<PeerName, number> = {
    ...{ flagger: 0, argo: 0, capgo: 0 },
    ...{ unleash: 0, growthbook: 0, ztest: 0 },
  };
  for (let run = 0; run < task.runs; run += 1) {
    const rules = newRules(alpha);
    const waiting = new Set(peer_names);
    for (let minute = 0; minute < watched_minutes_max && waiting.size > 0; minute += 1) {
      const drawn = drawMinute(chance, task.scene);
      for (const name of waiting) {
        if (!rules[name](drawn)) continue;
        wrong[name] += 1 / task.runs;
        waiting.delete(name);
      }
    }
  }
  return { kind: "peers-same", scene: task.scene, shares: wrong };
}
