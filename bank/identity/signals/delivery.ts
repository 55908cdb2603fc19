import { sleep } from "@mainstay/platform";
import { signals_batch_max } from "@mainstay/wire";
import type { IdentityDeps } from "../deps.ts";
import { login_signals_max } from "./rules.ts";
import { deleteSignals, dropOldest, findWaiting, type WaitingSignal } from "./store.ts";

/** How long the loop sleeps when nothing wakes it, in milliseconds: it finds what another process left. */
const idle_ms = 2_000;
/** How long it waits after a failure, in milliseconds: growing, never too long: a rollback may wait. */
const failure_ms = { first: 100, max: 2_000 } as const;

/** What became of signals, since the process began. */
export type DeliveryCounts = { delivered: number; refused: number; dropped: number };

/** Brings signals to release control. */
export type Delivery = {
  /** Something was written: goes at once. */
  readonly wake: () => void;
  readonly counts: () => Readonly<DeliveryCounts>;
  /** Ends after the batch in hand. */
  readonly stop: () => Promise<void>;
};

/** A sleep that `wake` ends; one that comes before the sleep ends it too. */
function createNap() {
  let isWoken = false;
  let waking = new AbortController();
  return {
    wake: () => {
      isWoken = true;
      waking.abort();
    },
    /** Forgets what woke it before; to be called before looking for work. */
    rearm: () => {
      isWoken = false;
      waking = new AbortController();
    },
    sleep: async (ms: number) => {
      if (!isWoken) await sleep(ms, waking.signal);
    },
  };
}

/**
 * Starts the delivery: the oldest first, at least once, deleted when control has them for good. Control away:
 * they wait, at most `login_signals_max` of them. A batch that control can't read is halved until the one
 * that it can't read is found, and dropped: it must not hold up the others.
 */
export function startDelivery(deps: IdentityDeps): Delivery {
  const { database, log, ports } = deps;
  const counts: DeliveryCounts = { delivered: 0, refused: 0, dropped: 0 };
  const stopping = new AbortController();
  const nap = createNap();
  let failures = 0;

  async function deliver(batch: readonly WaitingSignal[]): Promise<void> {
    if (batch.length === 0) return;
    const taken = await ports.deliverSignals(
      batch.map(({ signal }) => signal),
      stopping.signal,
    );
    if (taken === "unreadable" && batch.length > 1) {
      const middle = Math.ceil(batch.length / 2);
      await deliver(batch.slice(0, middle));
      await deliver(batch.slice(middle));
      return;
    }
    await deleteSignals(
      database,
      batch.map(({ position }) => position),
    );
    const refused = taken === "unreadable" ? [{ id: batch[0]?.signal.id, reason: taken }] : taken.refused;
    counts.delivered += batch.length - refused.length;
    counts.refused += refused.length;
    if (refused.length > 0) log.warn({ refused: refused.slice(0, 5) }, "control refused signals of log-ins");
  }

  async function turn(): Promise<void> {
    nap.rearm();
    const batch = await findWaiting(database, signals_batch_max);
    await deliver(batch);
    failures = 0;
    if (batch.length < signals_batch_max) await nap.sleep(idle_ms);
  }

  async function recover(error: unknown): Promise<void> {
    if (stopping.signal.aborted) return;
    failures += 1;
    log.warn({ error, failures }, "signals of log-ins could not be delivered and will be again");
    const dropped = await dropOldest(database, login_signals_max).catch(() => 0);
    counts.dropped += dropped;
    if (dropped > 0) log.error({ dropped }, "too many signals wait for control: bring it back");
    const wait_ms = Math.min(failure_ms.first * 2 ** (failures - 1), failure_ms.max);
    await sleep(wait_ms, stopping.signal);
  }

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) await turn().catch(recover);
  }

  const done = loop();
  return {
    wake: nap.wake,
    counts: () => counts,
    stop: async () => {
      stopping.abort();
      nap.wake();
      await done;
    },
  };
}
