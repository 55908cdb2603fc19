import { createBoundedMap } from "@mainstay/kernel";
import type { Clock } from "@mainstay/kernel";
import { sleep, type Database, type Logger } from "@mainstay/platform";
import { countArrivals, countSilence, type KnownRollouts } from "./counting.ts";
import { keepPlace, nextArrivals, takePlace, type Position } from "./counting-store.ts";
import { createGuardsKept, endPauseOf, judge, type GuardsKept } from "./judging.ts";
import type { Arrival, Connection, ProbePort, RolloutsPort, SeenDevice, WatchedRollout } from "./types.ts";
import { markTold, untoldVerdicts, type Counted, type Said } from "./verdict-store.ts";
import { readFirstFailure } from "./reads-store.ts";
import { sweep } from "./sweep-store.ts";
import { createSwitchTeller } from "./switching.ts";
import { attendWatches, resetWatch, watchLogins } from "./watching.ts";

/** The most signals, and the most silences, that one transaction counts. */
export const counted_batch_max = 1_000;
/** Without a sign of life for so long, in milliseconds, control has been away, and nobody was silent. */
export const away_ms_max = 5_000;
/** How often silence is looked for when no signal comes, in milliseconds. */
const idle_ms = 500;
/** How often watches are attended to, in milliseconds. */
const attend_ms = 1_000;
/** How often what is old is looked for, in milliseconds. */
const sweep_ms = 3_600_000;
/** How often a sign of life is written, in milliseconds. */
const alive_ms = 1_000;
/** How long after a failure it is tried again, in milliseconds. */
const failure_ms = 1_000;
/** How often a verdict is handed on from which nothing new follows, in milliseconds. */
const retell_ms = 1_000;
const rollouts_kept_max = 100;
/** How long the list of finished rollouts is believed, in milliseconds. */
const settled_kept_ms = 5_000;

/** Where a test may end the worker, as a killed process ends. */
export type WorkerStep = "counted" | "judged" | "committed" | "told";

export type WorkerDeps = {
  readonly database: Database;
  readonly clock: Clock;
  readonly rollouts: RolloutsPort;
  readonly log: Logger;
  /** Without it a watch that sounds calls a person. */
  readonly probe?: ProbePort;
  readonly atStep?: (step: WorkerStep) => void;
};

/** Counts signals and judges them, one transaction after the other. */
export type Worker = {
  /** One turn; true when there is more to be done at once. */
  readonly work: () => Promise<boolean>;
  /** Something is there to be counted. */
  readonly wake: () => void;
  /** Hands on what watches ask for, probes among it, and when the last device left what was rolled back. */
  readonly attend: () => Promise<void>;
  readonly endPause: (rollout: string) => Promise<void>;
  readonly start: () => void;
  readonly stop: () => Promise<void>;
};

type State = WorkerDeps & {
  readonly guards: GuardsKept;
  readonly known: ReturnType<typeof createBoundedMap<string, WatchedRollout>>;
  /** The edition that the guards in memory are of. */
  edition: bigint;
  /** Rollouts whose first failure has been told by this process. */
  readonly failed: ReturnType<typeof createBoundedMap<string, true>>;
  settled: { readonly rollouts: readonly WatchedRollout[]; readonly until: number };
};

/**
 * Makes the worker. Each process of control may have one: the row of `signals.worker` lets them work one at
 * a time, and whoever finds that another has gone on reads the guards anew. All that a batch changes is
 * changed in one transaction, so a process that is killed loses and doubles nothing; what follows from a
 * verdict is handed on after it, until it has been taken.
 */
export function createWorker(deps: WorkerDeps): Worker {
  const known = createBoundedMap<string, WatchedRollout>(rollouts_kept_max);
  const failed = createBoundedMap<string, true>(rollouts_kept_max);
  const settled = { rollouts: [], until: 0 };
  const state: State = { ...deps, guards: createGuardsKept(), known, failed, edition: -1n, settled };
  const stopping = new AbortController();
  const waking = { now: new AbortController() };
  const wake = (): void => waking.now.abort();
  let running: Promise<unknown> = Promise.resolve();

  async function work(): Promise<boolean> {
    const { arrivals, hasMore } = await countBatch(state);
    // First what helps customers.
    await tellVerdicts(state);
    await tellDevices(state, arrivals);
    return hasMore;
  }

  const tellSwitches = createSwitchTeller(deps);
  async function attend(): Promise<void> {
    await tellSwitches();
    await attendWatches({
      ...deps,
      alone: (change) =>
        inTransaction(state, async (client, position) => {
          await change(client);
          return position;
        }),
    });
  }

  return {
    work,
    attend,
    wake,
    endPause: async (rollout) => {
      await inTransaction(state, async (client, position) => {
        await endPauseOf(client, rollout, { guards: state.guards, now: deps.clock.now() });
        await resetWatch(client, rollout);
        return { ...position, edition: position.edition + 1n };
      });
      wake();
    },
    start: () => {
      const { log } = deps;
      const stopped = stopping.signal;
      running = Promise.all([
        repeat(work, { log, stopped, waking, wait_ms: idle_ms }),
        // Beside counting: a probe takes seconds.
        repeat(() => attend().then(() => false), { log, stopped, wait_ms: attend_ms }),
        repeat(async () => (await sweep(deps.database, deps.clock.now())) > 0, {
          ...{ log, stopped, wait_ms: sweep_ms },
        }),
      ]);
    },
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

/** Does turns until it is stopped; where there is nothing more to be done at once, waits to be woken. */
async function repeat(
  turn: () => Promise<boolean>,
  how: {
    readonly log: Logger;
    readonly stopped: AbortSignal;
    readonly waking?: { now: AbortController };
    readonly wait_ms: number;
  },
): Promise<void> {
  const { log, stopped, waking = { now: new AbortController() }, wait_ms } = how;
  while (!stopped.aborted) {
    waking.now = new AbortController();
    const woken = AbortSignal.any([stopped, waking.now.signal]);
    try {
      if (!(await turn())) await sleep(wait_ms, woken);
    } catch (error) {
      log.warn({ error }, "signals could not be counted and will be tried again");
      await sleep(failure_ms, stopped);
    }
  }
}

/**
 * Runs a change of what has been counted: alone, and with guards in memory that are true. Writes the
 * position that the change answers.
 */
async function inTransaction(
  state: State,
  change: (client: Connection, position: Position) => Promise<Position>,
): Promise<void> {
  const client = await state.database.pool.connect();
  let broken: Error | undefined;
  try {
    await client.query("BEGIN");
    const position = await takePlace(client);
    if (position.edition !== state.edition) state.guards.forget();
    const next = await change(client, position);
    if (next !== position) await keepPlace(client, next);
    await client.query("COMMIT");
    state.edition = next.edition;
  } catch (error) {
    // The guards in memory may be ahead of the database.
    state.guards.forget();
    state.edition = -1n;
    await client.query("ROLLBACK").catch((reason: unknown) => {
      broken = new Error("the connection is lost", { cause: reason });
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

/** Counts the next signals, or, when all have been counted, silence. True when there is more. */
async function countBatch(
  state: State,
): Promise<{ readonly arrivals: readonly Arrival[]; readonly hasMore: boolean }> {
  let counted: Counted[] = [];
  let arrivals: Arrival[] = [];
  let hasMore = false;
  await inTransaction(state, async (client, position) => {
    const now = state.clock.now();
    arrivals = await nextArrivals(client, position.counted, counted_batch_max);
    const rollouts = await rolloutsOf(
      state,
      arrivals.map(({ rollout }) => rollout),
    );
    counted = await countArrivals(client, arrivals, rollouts);
    hasMore = arrivals.length === counted_batch_max;
    const wasAway = now.getTime() - position.aliveAt.getTime() > away_ms_max;
    const upSince = wasAway ? now : position.upSince;
    // Silence is judged when nothing that has been delivered waits to be counted.
    if (!hasMore) {
      const silent = await countSilence(client, { now, upSince, limit: counted_batch_max });
      hasMore = silent.length === counted_batch_max;
      counted.push(...silent);
    }
    await watchLogins(client, arrivals, {
      settled: await settledRollouts(state, now),
      silence: hasMore ? null : { now, upSince, limit: counted_batch_max },
    });
    state.atStep?.("counted");
    const all = await rolloutsOf(
      state,
      counted.map(({ rollout }) => rollout),
    );
    await judge(client, counted, { guards: state.guards, rollouts: all, now });
    state.atStep?.("judged");
    const isAliveKnown = !wasAway && now.getTime() - position.aliveAt.getTime() < alive_ms;
    if (arrivals.length === 0 && counted.length === 0 && isAliveKnown) return position;
    return {
      counted: arrivals.at(-1)?.number ?? position.counted,
      edition: position.edition + (counted.length > 0 ? 1n : 0n),
      upSince,
      aliveAt: now,
    };
  });
  state.atStep?.("committed");
  return { arrivals, hasMore };
}

/** Says which installations were seen; one that is lost here is seen again with its next signal. */
async function tellDevices(state: State, arrivals: readonly Arrival[]): Promise<void> {
  if (arrivals.length === 0) return;
  try {
    await state.rollouts.seen(devicesOf(arrivals));
  } catch (error) {
    state.log.warn({ error }, "who is on which version could not be written; the next signals tell it again");
  }
}

/** Each installation once, as it was seen last. */
function devicesOf(arrivals: readonly Arrival[]): SeenDevice[] {
  const latest = new Map<string, SeenDevice>();
  for (const { installation, platform, version, at } of arrivals) {
    const known = latest.get(installation);
    if (known && known.at.getTime() > at) continue;
    latest.set(installation, { installation, platform, version, at: new Date(at) });
  }
  return [...latest.values()];
}

async function settledRollouts(state: State, now: Date): Promise<readonly WatchedRollout[]> {
  if (now.getTime() >= state.settled.until) {
    const until = now.getTime() + settled_kept_ms;
    state.settled = { rollouts: await state.rollouts.settled(), until };
  }
  return state.settled.rollouts;
}

/** The rollouts with these ids; what is known of one doesn't change as far as counting needs it. */
async function rolloutsOf(state: State, ids: readonly (string | null)[]): Promise<KnownRollouts> {
  const found = new Map<string, WatchedRollout>();
  for (const id of new Set(ids)) {
    if (id === null) continue;
    const rollout = state.known.get(id) ?? (await state.rollouts.find(id));
    if (rollout === null) continue;
    state.known.set(id, rollout);
    found.set(id, rollout);
  }
  return found;
}

/**
 * Hands verdicts on that haven't been, alone, so that an older one never follows a newer one. A process that
 * is killed in between hands them on again: who takes them takes them twice as once.
 */
async function tellVerdicts(state: State): Promise<void> {
  if ((await untoldVerdicts(state.database.pool)).every((said) => !isToBeTold(said, state.clock.now()))) {
    return;
  }
  await inTransaction(state, async (client, position) => {
    const now = state.clock.now();
    for (const said of await untoldVerdicts(client)) {
      if (!isToBeTold(said, now)) continue;
      if (!(await hasBeenTold(state, said))) continue;
      state.atStep?.("told");
      await markTold(client, said, now);
    }
    return position;
  });
}

function isToBeTold(said: Said, now: Date): boolean {
  const isTurn = said.turn > said.toldTurn;
  return isTurn || said.toldAt === null || now.getTime() - said.toldAt.getTime() >= retell_ms;
}

async function hasBeenTold(state: State, said: Said): Promise<boolean> {
  const { rollout, verdict } = said;
  try {
    if (verdict.kind === "roll-back" && said.turn > said.toldTurn) {
      await state.rollouts.rollBack(rollout, verdict);
    }
    await state.rollouts.noteVerdict(rollout, verdict);
    if (verdict.candidate.failed > 0) await tellFirstFailure(state, rollout);
    return true;
  } catch (error) {
    state.log.error({ error, rollout, kind: verdict.kind }, "a verdict was not taken and will be told again");
    return false;
  }
}

async function tellFirstFailure(state: State, rollout: string): Promise<void> {
  if (state.failed.get(rollout)) return;
  const failure = await readFirstFailure(state.database, rollout);
  if (failure === null) return;
  await state.rollouts.firstFailed(rollout, failure);
  state.failed.set(rollout, true);
}
