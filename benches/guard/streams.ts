import { createLoginGuard, type Counts, type LoginGuard } from "@mainstay/guard";
import { newRules, peer_names, type Minute, type PeerName, type Rule } from "./peers.ts";
import { binomial, geometric, type Chance } from "./random.ts";

/** Log-ins a minute, of both arms together. */
export const logins_per_minute = 1000;
/** How long a rollout is watched. */
export const watched_minutes_max = 720;

/** Shares of log-ins: how many fail on stable and on the new version, and how many go to the new version. */
export interface Scene {
  readonly base: number;
  readonly failing: number;
  readonly canary: number;
}

/** When a rule took the new version back: the new version's log-ins by then. */
export interface AlarmAt {
  readonly attempts: number;
  readonly failed: number;
}

/** What each rule did with the same stream; undefined: no alarm while it was watched. */
export type Alarms = Partial<Record<PeerName | "guard", AlarmAt>>;

/** One minute's log-ins, drawn at once. */
export function drawMinute(chance: Chance, scene: Scene): Minute {
  const candidates = binomial(chance, logins_per_minute, scene.canary);
  return {
    candidate: drawCounts(chance, candidates, scene.failing),
    stable: drawCounts(chance, logins_per_minute - candidates, scene.base),
  };
}

/** So many log-ins of one arm. */
export function drawCounts(chance: Chance, logins: number, failing: number): Counts {
  const failed = binomial(chance, logins, failing);
  return { succeeded: logins - failed, failed };
}

/** One rollout, watched by the guard log-in by log-in and, with peers, by their rules minute by minute. */
export function runRollout(
  chance: Chance,
  scene: Scene,
  options: { alpha: number; withPeers: boolean },
): Alarms {
  const { alpha, withPeers } = options;
  const rules = newRules(alpha);
  const asked = withPeers ? peer_names : [];
  const guard = createLoginGuard({ alpha });
  const alarms: Alarms = {};
  const sum = { succeeded: 0, failed: 0 };
  for (let minute = 0; minute < watched_minutes_max; minute += 1) {
    const drawn =
      alarms.guard === undefined
        ? feedMinute({ chance, scene, guard, sum, alarms })
        : drawMinute(chance, scene);
    sum.succeeded += drawn.candidate.succeeded;
    sum.failed += drawn.candidate.failed;
    if (withPeers) askPeers(rules, { drawn, sum, alarms });
    if (alarms.guard !== undefined && asked.every((name) => alarms[name] !== undefined)) break;
  }
  return alarms;
}

function askPeers(
  rules: Readonly<Record<PeerName, Rule>>,
  now: { drawn: Minute; sum: Readonly<Counts>; alarms: Alarms },
): void {
  const { drawn, sum, alarms } = now;
  for (const name of peer_names) {
    if (alarms[name] !== undefined || !rules[name](drawn)) continue;
    alarms[name] = { attempts: sum.succeeded + sum.failed, failed: sum.failed };
  }
}

/** A minute in the order in which log-ins come: some of stable, one of the new version, and so on. */
function feedMinute(options: {
  chance: Chance;
  scene: Scene;
  guard: LoginGuard;
  sum: Readonly<Counts>;
  alarms: Alarms;
}): Minute {
  const { chance, scene, guard, sum, alarms } = options;
  const minute = { candidate: { succeeded: 0, failed: 0 }, stable: { succeeded: 0, failed: 0 } };
  for (let left = logins_per_minute; left > 0;) {
    const stables = Math.min(left, geometric(chance, scene.canary));
    const stable = drawCounts(chance, stables, scene.base);
    minute.stable.succeeded += stable.succeeded;
    minute.stable.failed += stable.failed;
    if (stables > 0) guard.observe({ arm: "stable", ...stable });
    left -= stables;
    if (left === 0) break;
    left -= 1;
    const candidate = drawCounts(chance, 1, scene.failing);
    minute.candidate.succeeded += candidate.succeeded;
    minute.candidate.failed += candidate.failed;
    const verdict = guard.observe({ arm: "candidate", ...candidate });
    if (verdict.kind !== "roll-back" || alarms.guard !== undefined) continue;
    const failed = sum.failed + minute.candidate.failed;
    alarms.guard = {
      attempts: sum.succeeded + sum.failed + minute.candidate.succeeded + minute.candidate.failed,
      failed,
    };
  }
  return minute;
}
