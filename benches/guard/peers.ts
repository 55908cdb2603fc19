import type { Counts } from "@mainstay/guard";

/** Log-ins of both arms in one minute. */
export interface Minute {
  readonly candidate: Readonly<Counts>;
  readonly stable: Readonly<Counts>;
}

/** A peer's rule: told of every minute, in order; answers whether it takes the new version back now. */
export type Rule = (minute: Minute) => boolean;

export const peer_names = ["flagger", "argo", "capgo", "unleash", "growthbook", "ztest"] as const;
export type PeerName = (typeof peer_names)[number];

/** The rules as they are published, with the settings that their documentation shows. */
export function newRules(alpha: number): Readonly<Record<PeerName, Rule>> {
  return {
    flagger: flagger(),
    argo: argo(),
    capgo: capgo(),
    unleash: unleash(),
    growthbook: growthbook(),
    ztest: zTest(alpha),
  };
}

const success_share_min = 0.95;
const failing_share_max = 0.05;
const hour_minutes = 60;

function all(counts: Readonly<Counts>): number {
  return counts.succeeded + counts.failed;
}

/** Sums over the last so many minutes. */
function newWindow(minutes: number): (counts: Readonly<Counts>) => Counts {
  const kept: Readonly<Counts>[] = [];
  const sum = { succeeded: 0, failed: 0 };
  return (counts) => {
    kept.push(counts);
    sum.succeeded += counts.succeeded;
    sum.failed += counts.failed;
    const gone = kept.length > minutes ? kept.shift() : undefined;
    sum.succeeded -= gone?.succeeded ?? 0;
    sum.failed -= gone?.failed ?? 0;
    return sum;
  };
}

/**
 * Flagger: every interval (60 s) the success rate must be at least 95 %; ten failed checks roll back. Its
 * counter isn't set back by a check that passes. Source: docs.flagger.app, "Canary analysis" (threshold,
 * interval).
 */
function flagger(): Rule {
  const failed_checks_max = 10;
  let failedChecks = 0;
  return ({ candidate }) => {
    const attempts = all(candidate);
    if (attempts > 0 && candidate.succeeded / attempts < success_share_min) failedChecks += 1;
    return failedChecks >= failed_checks_max;
  };
}

/**
 * Argo Rollouts: every 5 minutes `result[0] >= 0.95` over those 5 minutes; more than three failures
 * (failureLimit) end the rollout. Source: argo-rollouts.readthedocs.io, "Analysis & progressive delivery".
 */
function argo(): Rule {
  const interval_minutes = 5;
  const failure_limit = 3;
  const window = newWindow(interval_minutes);
  let minutes = 0;
  let failures = 0;
  return ({ candidate }) => {
    const recent = window(candidate);
    minutes += 1;
    if (minutes % interval_minutes !== 0 || all(recent) === 0) return false;
    if (recent.succeeded / all(recent) < success_share_min) failures += 1;
    return failures > failure_limit;
  };
}

/**
 * Capgo's auto-pause: the Wilson score interval's lower bound of the failing share in 60 minutes reaches 5 %.
 */
function capgo(): Rule {
  const z = 1.96;
  const window = newWindow(hour_minutes);
  return ({ candidate }) => {
    const recent = window(candidate);
    const attempts = all(recent);
    if (attempts === 0) return false;
    const share = recent.failed / attempts;
    const centre = share + (z * z) / (2 * attempts);
    const spread = z * Math.sqrt((share * (1 - share)) / attempts + (z * z) / (4 * attempts * attempts));
    return (centre - spread) / (1 + (z * z) / attempts) >= failing_share_max;
  };
}

/**
 * Unleash's safeguards: an impact metric over the last hour passes a fixed threshold, 5 %; looked at each
 * minute.
 */
function unleash(): Rule {
  const window = newWindow(hour_minutes);
  return ({ candidate }) => {
    const recent = window(candidate);
    return all(recent) > 0 && recent.failed / all(recent) > failing_share_max;
  };
}

/**
 * GrowthBook's safe rollouts: a one-sided asymptotic confidence sequence for the difference excludes 0; α
 * 0.05, tuned to 5,000. Source: Waudby-Smith et al., arXiv 2103.06476v7, equations 134 and 161, as GrowthBook
 * cites them.
 */
function growthbook(): Rule {
  const alpha = 0.05;
  const tuned_to = 5000;
  const twoLn = -2 * Math.log(2 * alpha);
  const rhoSquared = (twoLn + Math.log(twoLn + 1)) / tuned_to;
  const total = newTotals();
  return (minute) => {
    const { candidate, stable } = total(minute);
    const [candidates, stables] = [all(candidate), all(stable)];
    if (candidates < 2 || stables < 2) return false;
    const [p1, p0] = [candidate.failed / candidates, stable.failed / stables];
    const squaredError = (p1 * (1 - p1)) / candidates + (p0 * (1 - p0)) / stables;
    const n = candidates + stables;
    const scale = n * rhoSquared + 1;
    const width = Math.sqrt(
      squaredError * n * ((2 * scale) / (n * n * rhoSquared)) * Math.log(1 + Math.sqrt(scale) / (2 * alpha)),
    );
    return squaredError > 0 && p1 - p0 - width > 0;
  };
}

/** A pooled z-test of two proportions, one-sided, looked at each minute as if each look were the only one. */
function zTest(alpha: number): Rule {
  const critical = normalQuantile(1 - alpha);
  const total = newTotals();
  return (minute) => {
    const { candidate, stable } = total(minute);
    const [candidates, stables] = [all(candidate), all(stable)];
    if (candidates === 0 || stables === 0) return false;
    const pooled = (candidate.failed + stable.failed) / (candidates + stables);
    const error = Math.sqrt(pooled * (1 - pooled) * (1 / candidates + 1 / stables));
    return error > 0 && (candidate.failed / candidates - stable.failed / stables) / error > critical;
  };
}

function newTotals(): (minute: Minute) => Minute {
  const sum = { candidate: { succeeded: 0, failed: 0 }, stable: { succeeded: 0, failed: 0 } };
  return (minute) => {
    for (const arm of ["candidate", "stable"] as const) {
      sum[arm].succeeded += minute[arm].succeeded;
      sum[arm].failed += minute[arm].failed;
    }
    return sum;
  };
}

/**
 * The value below which a standard normal number falls with this probability (above a half), by bisection.
 */
export function normalQuantile(probability: number): number {
  let [low, high] = [0, 10];
  while (high - low > 1e-9) {
    const middle = (low + high) / 2;
    if (normalUpperTail(middle) > 1 - probability) low = middle;
    else high = middle;
  }
  return low;
}

/** P(Z > z) for z ≥ 0. Source: Abramowitz and Stegun, "Handbook of Mathematical Functions", 26.2.17. */
function normalUpperTail(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const series =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series;
}
