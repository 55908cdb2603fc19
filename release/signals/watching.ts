import { createLoginWatch, restoreLoginWatch, type Counts, type LoginWatch } from "@mainstay/guard";
import type { Clock } from "@mainstay/kernel";
import type { Database, Logger } from "@mainstay/platform";
import type { RolloutVerdict } from "@mainstay/wire";
import { restoreGuards } from "./guards.ts";
import { login_silence_ms_max } from "./rules.ts";
import type { Arrival, Connection, ProbePort, RolloutsPort, WatchedRollout } from "./types.ts";
import { readGuardStates } from "./verdict-store.ts";
import {
  markWatchTold,
  readWatch,
  readWatchedLogins,
  silentWatchedLogins,
  untoldWatches,
  watchesSilentSince,
  writeWatch,
  writeWatchedLogins,
  type KeptWatch,
  type WatchedLogin,
} from "./watch-store.ts";

/** What fails when nothing is wrong is taken for at least, and at most, this share of log-ins. */
const usual_failing = { min: 0.005, max: 0.3 } as const;

/** How long after calling a person a watch begins anew, in milliseconds. */
export const watch_again_ms = 600_000;

type LoginArrival = Arrival & { readonly attempt: string };

/** The finished rollout whose version this log-in was on; undefined where none is watched there. */
function watchedBy(arrival: Arrival, settled: readonly WatchedRollout[]): WatchedRollout | undefined {
  const isLogin = arrival.kind === "login-begun" || isEnd(arrival.kind);
  // Only installations that have logged in before: others are free to make.
  if (!isLogin || arrival.rollout !== null || arrival.device !== "returning") return undefined;
  return settled.find((one) => one.candidate === arrival.version && one.platforms.includes(arrival.platform));
}

function isEnd(kind: Arrival["kind"]): kind is "login-succeeded" | "login-failed" {
  return kind === "login-succeeded" || kind === "login-failed";
}

/**
 * Counts log-ins on versions whose rollout has finished, an installation's first one a day, and those that
 * have been silent for too long, in the caller's transaction. Answers the rollouts whose watch now asks for
 * something.
 */
export async function watchLogins(
  client: Connection,
  arrivals: readonly Arrival[],
  deps: {
    readonly settled: readonly WatchedRollout[];
    /** Null while signals wait to be counted: then nobody is silent. */
    readonly silence: { readonly now: Date; readonly upSince: Date; readonly limit: number } | null;
  },
): Promise<void> {
  const ended = await countWatched(client, arrivals, deps.settled);
  if (deps.silence !== null) {
    const silent = await silentWatchedLogins(client, deps.silence);
    for (const login of silent) login.outcome = "failed";
    await writeWatchedLogins(client, silent);
    ended.push(...silent);
  }
  for (const rollout of new Set(ended.map((login) => login.rollout))) {
    const own = ended.filter((login) => login.rollout === rollout);
    const failed = own.filter(({ outcome }) => outcome === "failed").length;
    await observeWatch(client, rollout, { failed, succeeded: own.length - failed });
  }
}

async function countWatched(
  client: Connection,
  arrivals: readonly Arrival[],
  settled: readonly WatchedRollout[],
): Promise<WatchedLogin[]> {
  const own = arrivals.flatMap((arrival) => {
    const rollout = watchedBy(arrival, settled)?.id;
    if (rollout === undefined || arrival.attempt === null) return [];
    return [{ rollout, arrival: arrival as LoginArrival }];
  });
  if (own.length === 0) return [];
  const keys = own.map(({ rollout, arrival }) => keyOf(rollout, arrival));
  const distinct = [...new Map(keys.map((key) => [nameOf(key), key])).values()];
  const known = new Map((await readWatchedLogins(client, distinct)).map((login) => [nameOf(login), login]));
  const ended: WatchedLogin[] = [];
  const changed = new Set<WatchedLogin>();
  for (const { rollout, arrival } of own) {
    const key = keyOf(rollout, arrival);
    const login = known.get(nameOf(key)) ?? {
      ...key,
      attempt: arrival.attempt,
      openedAt: arrival.receivedAt,
      dueAt: arrival.receivedAt + login_silence_ms_max,
      outcome: null,
    };
    known.set(nameOf(key), login);
    if (login.attempt !== arrival.attempt || login.outcome !== null) continue;
    changed.add(login);
    if (!isEnd(arrival.kind)) continue;
    login.outcome = arrival.kind === "login-succeeded" ? "succeeded" : "failed";
    ended.push(login);
  }
  await writeWatchedLogins(client, [...changed]);
  return ended;
}

function keyOf(rollout: string, { installation, begunAt }: Arrival) {
  return { rollout, installation, day: new Date(begunAt).toISOString().slice(0, 10) };
}

function nameOf({ rollout, installation, day }: ReturnType<typeof keyOf>): string {
  return `${rollout} ${installation} ${day}`;
}

async function observeWatch(client: Connection, rollout: string, counts: Counts): Promise<void> {
  const kept = await readWatch(client, rollout);
  const watch = kept ? restoreLoginWatch(kept.state) : await beginWatch(client, rollout);
  const verdict = watch.observe(counts);
  await writeWatch(client, {
    rollout,
    state: watch.exportState(),
    succeeded: (kept?.succeeded ?? 0) + counts.succeeded,
    failed: (kept?.failed ?? 0) + counts.failed,
    asks: verdict.kind === "roll-back" ? "roll-back" : (verdict.asksFor ?? null),
  });
}

/** What fails on an ordinary day, both arms of the rollout have shown. */
async function beginWatch(client: Connection, rollout: string): Promise<LoginWatch> {
  const { candidate, stable } = restoreGuards(await readGuardStates(client, rollout)).logins.report();
  const failed = candidate.failed + stable.failed;
  const share = failed / Math.max(1, failed + candidate.succeeded + stable.succeeded);
  return createLoginWatch({
    usualFailing: Math.min(Math.max(share, usual_failing.min), usual_failing.max),
  });
}

/** Begins a watch anew, in the caller's transaction. */
export async function resetWatch(client: Connection, rollout: string): Promise<void> {
  const kept = await readWatch(client, rollout);
  if (!kept) return;
  const watch = restoreLoginWatch(kept.state);
  watch.reset();
  await writeWatch(client, { ...kept, state: watch.exportState(), asks: null });
}

type AttendDeps = {
  readonly database: Database;
  readonly rollouts: Pick<RolloutsPort, "find" | "rollBack" | "callPerson">;
  readonly probe?: ProbePort | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  /** Runs a change of what has been counted, alone. */
  readonly alone: (change: (client: Connection) => Promise<void>) => Promise<void>;
};

/**
 * Does what watches ask for: has both versions probed, tells how that ended, rolls back or calls a person.
 * What isn't taken is handed on again the next time; a watch that has called a person begins anew after ten
 * minutes, so that a fault which shows later is still found.
 */
export async function attendWatches(deps: AttendDeps): Promise<void> {
  const then = new Date(deps.clock.now().getTime() - watch_again_ms);
  for (const rollout of await watchesSilentSince(deps.database, then)) {
    await deps.alone((client) => resetWatch(client, rollout));
  }
  for (const kept of await untoldWatches(deps.database)) {
    try {
      await attend(deps, kept);
    } catch (error) {
      deps.log.error({ error, rollout: kept.rollout }, "a watch's alarm was not taken and is told again");
    }
  }
}

async function attend(deps: AttendDeps, kept: KeptWatch): Promise<void> {
  const rollout = await deps.rollouts.find(kept.rollout);
  if (rollout === null) return;
  switch (kept.asks) {
    case "probes":
      await probeBoth(deps, rollout);
      return;
    case "roll-back":
      await deps.rollouts.rollBack(rollout.id, verdictOf(kept, deps.clock.now()));
      break;
    case "person":
      await deps.rollouts.callPerson(
        rollout.id,
        `More log-ins fail on ${rollout.candidate} than usual, and live probes don't show whose fault it ` +
          "is. Look at the log-ins, and roll it back if it is to blame.",
      );
      break;
    case null:
      return;
  }
  await markWatchTold(deps.database, kept, deps.clock.now());
}

async function probeBoth(deps: AttendDeps, rollout: WatchedRollout): Promise<void> {
  const probe = async (of: "candidate" | "stable"): Promise<"passed" | "failed"> =>
    (await deps.probe?.({ rollout, of }).catch(() => "failed" as const)) ?? "failed";
  const [ofStable, ofCandidate] = await Promise.all([probe("stable"), probe("candidate")]);
  await deps.alone(async (client) => {
    const kept = await readWatch(client, rollout.id);
    // Somebody else may have told it, or a person has begun it anew.
    if (kept?.asks !== "probes") return;
    const watch = restoreLoginWatch(kept.state);
    const verdict = watch.tellProbes({ stable: ofStable, candidate: ofCandidate });
    const asks = verdict.kind === "roll-back" ? "roll-back" : (verdict.asksFor ?? null);
    await writeWatch(client, { ...kept, state: watch.exportState(), asks });
  });
}

function verdictOf(kept: KeptWatch, at: Date): RolloutVerdict {
  const { logEvidence, threshold } = restoreLoginWatch(kept.state).observe({ succeeded: 0, failed: 0 });
  return {
    kind: "roll-back",
    logEvidence,
    threshold,
    reason: null,
    segment: "watch:all",
    worseByLessThanPoints: null,
    waitsForStable: false,
    candidate: { n: kept.succeeded + kept.failed, failed: kept.failed },
    stable: { n: 0, failed: 0 },
    at: at.toISOString(),
  };
}
