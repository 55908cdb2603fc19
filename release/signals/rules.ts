import { assert } from "@mainstay/kernel";
import type { Arrival, Comparison, History, Trial, WatchedRollout } from "./types.ts";

/** How long a log-in may be silent after its beginning was told, in milliseconds. Then it has failed. */
export const login_silence_ms_max = 60_000;
/** How long a bundle may take from its activation until its first screen stands, in milliseconds. */
export const boot_ms_max = 15_000;
/** How long somebody who was offered the log-in may take to begin one, in milliseconds. */
export const offer_ms_max = 600_000;
/** By how much the edge's clock and the bank's may differ, in milliseconds. */
export const clocks_apart_ms_max = 60_000;
/**
 * How many installations of one customer count as proven in one rollout. Whoever controls k customers can
 * thus make up at most 3k proven installations.
 */
export const proven_installations_per_customer_max = 3;

/** How long silence lasts until it is a failure. */
export const silence_ms_max: Readonly<Record<Comparison, number>> = {
  first: login_silence_ms_max,
  later: login_silence_ms_max,
  boot: boot_ms_max,
  offer: offer_ms_max,
};

/** A trial that has just got its outcome. */
export type Ended = Trial & { readonly outcome: "succeeded" | "failed" };

/**
 * Whether an installation counts as proven in a rollout: it had logged in before the rollout began, for a
 * customer who has few others here. `others` are that customer's proven installations so far.
 */
export function isProven(arrival: Arrival, others: number): boolean {
  assert(others >= 0, "a count isn't negative");
  return (
    arrival.device === "returning" && arrival.owner !== null && others < proven_installations_per_customer_max
  );
}

/** What is known of an installation in a rollout before its first signal is counted. */
export function newHistory(arrival: Arrival, proven: boolean): History {
  return { owner: arrival.owner, proven, fellBackAt: null, inAt: null, lastBegunAt: null, trials: {} };
}

/**
 * Whether something that this signal begins may count. The same for both arms: given out under this rollout,
 * on one of its platforms, begun after the rollout, and before this installation fell back, if it did.
 */
export function isEligible(arrival: Arrival, history: History, rollout: WatchedRollout): boolean {
  if (arrival.rollout !== rollout.id || arrival.arm === "none") return false;
  if (!rollout.platforms.includes(arrival.platform)) return false;
  if ((arrival.arm === "candidate") !== (arrival.version === rollout.candidate)) return false;
  if (arrival.begunAt <= rollout.startedAt.getTime()) return false;
  return history.fellBackAt === null || arrival.begunAt <= history.fellBackAt;
}

/**
 * Counts one signal of an installation in a rollout: changes its history, and answers the trials that have
 * got their outcome by it. Signals may come in any order, late, and more than once; each trial ends once.
 */
export function countSignal(history: History, arrival: Arrival, rollout: WatchedRollout): Ended[] {
  switch (arrival.kind) {
    case "login-begun":
    case "login-succeeded":
    case "login-failed":
      return countLogin(history, arrival, rollout);
    case "activated":
    case "booted":
    case "boot-failed":
    case "boot-hidden":
      return countBoot(history, arrival, rollout);
    case "login-offered":
      return countOffer(history, arrival, rollout);
    case "fell-back":
      return countFallBack(history, arrival);
    case "crashed":
      // After its first screen stood: kept and shown, but there is nothing to compare it with.
      return [];
  }
}

/** Ends a trial that has been silent for too long. */
export function endBySilence(trial: Trial, now: number): Ended[] {
  return endTrial(trial, "failed", { reason: "silent", at: now });
}

function countLogin(history: History, arrival: Arrival, rollout: WatchedRollout): Ended[] {
  const ended = endOffer(history, arrival);
  history.lastBegunAt = Math.max(history.lastBegunAt ?? 0, arrival.begunAt);
  const trial = trialOfAttempt(history, arrival) ?? openLogin(history, arrival, rollout);
  if (arrival.kind === "login-succeeded") {
    history.inAt = Math.min(history.inAt ?? arrival.at, arrival.at);
    if (trial) ended.push(...endTrial(trial, "succeeded", { reason: null, at: arrival.receivedAt }));
  } else if (arrival.kind === "login-failed" && trial) {
    const reason = arrival.reason ?? "unknown";
    ended.push(...endTrial(trial, "failed", { reason, at: arrival.receivedAt }));
  }
  return ended;
}

function trialOfAttempt(history: History, arrival: Arrival): Trial | undefined {
  const { first, later } = history.trials;
  return [first, later].find((trial) => trial !== undefined && trial.attempt === arrival.attempt);
}

/**
 * The first attempt counts, and then the first that begins after this installation has been logged in. What
 * is tapped again after a failure is the same person's same trouble, and counts for nothing.
 */
function openLogin(history: History, arrival: Arrival, rollout: WatchedRollout): Trial | undefined {
  if (!isEligible(arrival, history, rollout)) return undefined;
  const { trials, inAt } = history;
  if (trials.first === undefined) return openTrial(history, arrival, "first");
  const isLater = trials.later === undefined && inAt !== null && arrival.begunAt > inAt;
  return isLater ? openTrial(history, arrival, "later") : undefined;
}

/** Once per installation and rollout; an activation whose page went out of sight leaves it to the next. */
function countBoot(history: History, arrival: Arrival, rollout: WatchedRollout): Ended[] {
  const known = history.trials.boot;
  const isOther = known !== undefined && known.attempt !== arrival.nonce;
  if (isOther && known.outcome !== "hidden") return [];
  let trial = isOther ? undefined : known;
  if (trial === undefined) {
    if (!isEligible(arrival, history, rollout)) return [];
    trial = openTrial(history, arrival, "boot");
  }
  const at = arrival.receivedAt;
  if (arrival.kind === "boot-hidden") {
    if (trial.outcome === null) Object.assign(trial, { outcome: "hidden", endedAt: at });
    return [];
  }
  if (arrival.kind === "activated") return [];
  const isSlow = arrival.at - trial.begunAt > boot_ms_max;
  if (arrival.kind === "booted" && !isSlow) return endTrial(trial, "succeeded", { reason: null, at });
  return endTrial(trial, "failed", { reason: arrival.reason ?? "slow", at });
}

function countOffer(history: History, arrival: Arrival, rollout: WatchedRollout): Ended[] {
  if (history.trials.offer !== undefined || !isEligible(arrival, history, rollout)) return [];
  const trial = openTrial(history, arrival, "offer");
  // The bank's word may come before the edge's.
  const hasBegun = history.lastBegunAt !== null && history.lastBegunAt >= arrival.at - clocks_apart_ms_max;
  return hasBegun ? endTrial(trial, "succeeded", { reason: null, at: arrival.receivedAt }) : [];
}

function endOffer(history: History, arrival: Arrival): Ended[] {
  const { offer } = history.trials;
  if (offer === undefined || arrival.begunAt < offer.begunAt - clocks_apart_ms_max) return [];
  return endTrial(offer, "succeeded", { reason: null, at: arrival.receivedAt });
}

/** From then on nothing that this installation begins counts, in either arm. */
function countFallBack(history: History, arrival: Arrival): Ended[] {
  history.fellBackAt = Math.min(history.fellBackAt ?? arrival.at, arrival.at);
  const { boot } = history.trials;
  const isBoot = ["slow", "crashed", "damaged"].includes(arrival.reason ?? "");
  if (!isBoot || boot?.attempt !== arrival.nonce) return [];
  return endTrial(boot, "failed", { reason: arrival.reason ?? "slow", at: arrival.receivedAt });
}

function openTrial(history: History, arrival: Arrival, comparison: Comparison): Trial {
  assert(arrival.arm !== "none", "what is in no arm isn't compared");
  const isLogin = comparison === "first" || comparison === "later";
  const attempt = isLogin ? arrival.attempt : arrival.nonce;
  assert(attempt !== null, "a log-in has an attempt");
  const trial: Trial = {
    comparison,
    arm: arrival.arm,
    version: arrival.version,
    platform: arrival.platform,
    os: arrival.os,
    way: isLogin ? arrival.way : null,
    proven: history.proven,
    attempt,
    owner: history.owner,
    customer: arrival.customer,
    protocol: arrival.protocol,
    begunAt: arrival.begunAt,
    openedAt: arrival.receivedAt,
    dueAt: arrival.receivedAt + silence_ms_max[comparison],
    outcome: null,
    reason: null,
    endedAt: null,
  };
  history.trials[comparison] = trial;
  return trial;
}

function endTrial(
  trial: Trial,
  outcome: Ended["outcome"],
  how: { readonly reason: string | null; readonly at: number },
): Ended[] {
  // Whatever comes after the outcome, a success after the silence too, doesn't count again.
  if (trial.outcome !== null) return [];
  Object.assign(trial, { outcome, reason: how.reason, endedAt: how.at });
  return [trial as Ended];
}
