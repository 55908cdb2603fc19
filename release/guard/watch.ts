import { failingAtOddsRatio, odds_ratios } from "./block.ts";
import { addToChangeSums, changeSteps, newChangeSums, soundingHeight } from "./change.ts";
import { requireCount, requireWithin } from "./input.ts";
import { readWatchState, type WatchState } from "./state.ts";
import { GuardInputError, type Counts } from "./types.ts";

/** How live probes of both versions ended, made after the watch asked for them. */
export interface Probes {
  readonly stable: "passed" | "failed";
  readonly candidate: "passed" | "failed";
}

export interface LoginWatchOptions {
  /**
   * The share of log-ins that fails when nothing is wrong, as the rollout has shown it: above 0, below 0.5.
   */
  readonly usualFailing: number;
  /** The mean number of log-ins between false alarms, at least. Default ten million. */
  readonly averageRunLength_logins?: number;
}

/** What the watch says after the log-ins, or the probes, handed in last. */
export interface WatchVerdict {
  /**
   * - `continue`: nothing has changed.
   * - `hold`: more log-ins fail than usual; `asksFor` says what is needed to know whose fault it is.
   * - `roll-back`: the probes have shown that stable works and the new version doesn't.
   */
  readonly kind: "continue" | "hold" | "roll-back";
  readonly asksFor?: "probes" | "person";
  /** The greatest CUSUM, and the height at which it sounds: both natural logarithms. */
  readonly logEvidence: number;
  readonly threshold: number;
}

/** Watches a version that everybody has. */
export interface LoginWatch {
  /** Counts log-ins; throws `GuardInputError` for what can't be counted, and nothing has changed then. */
  readonly observe: (counts: Readonly<Counts>) => WatchVerdict;
  /** Tells how probes ended that were asked for; before the watch has asked, they change nothing. */
  readonly tellProbes: (probes: Probes) => WatchVerdict;
  /** Starts anew after a person has dealt with an alarm. */
  readonly reset: () => void;
  readonly exportState: () => WatchState;
}

const averageRunLength_default_logins = 10_000_000;

/**
 * Makes a watch for the time after a rollout, when no stable arm is left to compare with. It can tell that
 * log-ins fail more than usual, but not why; so it rolls back only when a live probe of stable passes and one
 * of the new version fails, and otherwise calls a person.
 *
 * The statistic and its average run length: see `change.ts`.
 */
export function createLoginWatch(options: LoginWatchOptions): LoginWatch {
  const { usualFailing, averageRunLength_logins = averageRunLength_default_logins } = options;
  requireWithin("usualFailing", usualFailing, { above: 0, below: 0.5 });
  requireWithin("averageRunLength_logins", averageRunLength_logins, { above: 1, below: Infinity });
  return watchOver({
    version: 1,
    options: { usualFailing, averageRunLength_logins },
    sums: newChangeSums(odds_ratios.length),
    hasSounded: false,
    probes: null,
  });
}

/** Goes on where the watch that exported this state was; throws `GuardInputError` for anything else. */
export function restoreLoginWatch(json: unknown): LoginWatch {
  return watchOver(readWatchState(json));
}

function watchOver(state: WatchState): LoginWatch {
  const { usualFailing, averageRunLength_logins } = state.options;
  const supposed = odds_ratios.map((oddsRatio) => failingAtOddsRatio(usualFailing, oddsRatio));
  const steps = changeSteps(usualFailing, supposed);
  const height = soundingHeight({ averageRunLength_logins, sums: supposed.length });
  return {
    observe: (counts) => {
      requireCount("succeeded", counts.succeeded);
      requireCount("failed", counts.failed);
      if (!state.hasSounded)
        state.hasSounded = addToChangeSums(state.sums, counts, { steps, height }) >= height;
      return verdictOf(state, height);
    },
    tellProbes: (probes) => {
      requireProbes(probes);
      if (state.hasSounded) state.probes = { stable: probes.stable, candidate: probes.candidate };
      return verdictOf(state, height);
    },
    reset: () => {
      state.sums = newChangeSums(odds_ratios.length);
      state.hasSounded = false;
      state.probes = null;
    },
    exportState: () => structuredClone(state),
  };
}

function verdictOf(state: WatchState, threshold: number): WatchVerdict {
  const evidence = { logEvidence: Math.max(0, ...state.sums.sums), threshold };
  const { hasSounded, probes } = state;
  if (!hasSounded) return { kind: "continue", ...evidence };
  if (probes === null) return { kind: "hold", asksFor: "probes", ...evidence };
  const isItsFault = probes.stable === "passed" && probes.candidate === "failed";
  if (isItsFault) return { kind: "roll-back", ...evidence };
  return { kind: "hold", asksFor: "person", ...evidence };
}

function requireProbes(probes: Probes): void {
  for (const [name, outcome] of [
    ["stable", probes.stable],
    ["candidate", probes.candidate],
  ]) {
    if (outcome === "passed" || outcome === "failed") continue;
    throw new GuardInputError(`the probe of ${name} must have "passed" or "failed"`);
  }
}
