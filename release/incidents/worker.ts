import { addMs } from "@mainstay/kernel";
import { sleep } from "@mainstay/platform";
import { keepCells } from "./cause.ts";
import type { Context } from "./context.ts";
import { concernsLogIns, countArrivals, late_days_max } from "./counting.ts";
import { readEvents } from "./events.ts";
import { isOpen } from "./machine.ts";
import { login_silence_ms_max } from "./reckoning.ts";
import * as store from "./store.ts";

/** How often signals and events are looked for, in milliseconds. */
const idle_ms = 500;
/** How long after a failure it is tried again, in milliseconds. */
const failure_ms = 1_000;
/** How often the causes of incidents are counted anew at most, in milliseconds. */
export const causes_ms = 5_000;
/** A count that takes long is made seldom: it may take this part of the time. */
const causes_share_max = 0.05;
const day_ms = 86_400_000;
const forget_ms = 60 * 60_000;
/** For how long the same command again answers the same. */
const command_days_max = 90;

/** Reads events and signals, one transaction after the other. */
export type Worker = {
  /** One turn; true when there is more to be done at once. */
  readonly work: () => Promise<boolean>;
  readonly start: () => void;
  readonly stop: () => Promise<void>;
};

/** Makes the worker. Any number of processes may have one: whoever comes first does the work. */
export function createWorker(context: Context): Worker {
  const { clock, log, db } = context;
  const stopping = new AbortController();
  let running: Promise<void> = Promise.resolve();
  let upSince: number | null = null;
  let causesDue = 0;
  let forgetDue = 0;
  /** What each incident's cause was counted from: signals that were read, and its scope. */
  const counted = new Map<string, string>();

  async function work(): Promise<boolean> {
    const now = clock.now().getTime();
    upSince ??= now;
    const hasEvents = await readEvents(context);
    // What came while control was away takes a moment to be delivered; until then nobody is silent.
    const mayJudgeSilence = now - upSince >= login_silence_ms_max;
    const hasSignals = await countArrivals(context, { mayJudgeSilence });
    if (now >= causesDue) causesDue = await countCauses(context, counted);
    if (now >= forgetDue) {
      await store.forgetCommands(db, addMs(clock.now(), -command_days_max * day_ms));
      forgetDue = now + forget_ms;
    }
    return hasEvents || hasSignals;
  }

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        if (!(await work())) await sleep(idle_ms, stopping.signal);
      } catch (error) {
        log.warn({ error }, "a turn of incidents failed and is tried again");
        await sleep(failure_ms, stopping.signal);
      }
    }
  }

  return {
    work,
    start: () => {
      running = loop();
    },
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

/** Counts the causes of incidents of which signals were read since; answers when to do so again. */
async function countCauses(context: Context, counted: Map<string, string>): Promise<number> {
  const began = context.clock.now().getTime();
  const live = await store.selectLive(context.db, addMs(new Date(began), -late_days_max * day_ms));
  for (const incident of live) {
    if (!concernsLogIns(incident.scope) || incident.arrivalsRead < 0n) continue;
    // While it is open, what is silent becomes a failure with time alone.
    const minute = isOpen(incident.state) ? Math.floor(began / login_silence_ms_max) : null;
    const print = JSON.stringify([String(incident.arrivalsRead), incident.scope, minute]);
    if (counted.get(incident.id) === print) continue;
    await keepCells(context, incident);
    counted.set(incident.id, print);
  }
  const ended = context.clock.now().getTime();
  return ended + Math.max(causes_ms, (ended - began) / causes_share_max);
}
