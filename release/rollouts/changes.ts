import type pg from "pg";
import { sleep, type Database, type Logger } from "@mainstay/platform";
import { changes_channel } from "./store.ts";

/** What changed: a rollout, or with null something of versions and platforms. */
export type Change = { readonly rolloutId: string | null };

/** Hears of every change that any process of control has committed. */
export type Changes = {
  /** Calls back at each change until the answer is called. */
  readonly listen: (hear: (change: Change) => void) => () => void;
  /** Aborted when the process is about to end: whoever waits for a change ends then. */
  readonly stopped: AbortSignal;
  readonly stop: () => Promise<void>;
};

/** How long after a lost connection a new one is tried, in milliseconds. */
const reconnect_ms = 500;

/**
 * Listens on a connection of its own (PostgreSQL's LISTEN: told at commit, to every process). Where that
 * connection is lost, everybody is told that something may have changed, once a new one stands.
 */
export function createChanges(deps: { readonly database: Database; readonly log: Logger }): Changes {
  const hearers = new Set<(change: Change) => void>();
  const stopping = new AbortController();
  const tell = (change: Change) => {
    for (const hear of [...hearers]) hear(change);
  };

  async function listenOnce(): Promise<void> {
    const client = await deps.database.pool.connect();
    const lost = new AbortController();
    const end = () => lost.abort();
    stopping.signal.addEventListener("abort", end);
    client.on("error", end);
    client.on("end", end);
    const hear = ({ payload }: pg.Notification) =>
      tell({ rolloutId: payload === "" ? null : (payload ?? null) });
    client.on("notification", hear);
    try {
      await client.query(`LISTEN ${changes_channel}`);
      tell({ rolloutId: null });
      // It may have been lost already while LISTEN was answered: a signal says so only once.
      if (!lost.signal.aborted && !stopping.signal.aborted) {
        await new Promise<void>((resolve) => lost.signal.addEventListener("abort", () => resolve()));
      }
    } finally {
      stopping.signal.removeEventListener("abort", end);
      // Not given back to the pool: it would go on listening there.
      client.release(true);
    }
  }

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await listenOnce();
      } catch (error) {
        deps.log.warn({ error }, "changes of rollouts can't be listened for and will be asked for instead");
      }
      await sleep(reconnect_ms, stopping.signal);
    }
  }

  const done = loop();
  return {
    listen: (hear) => {
      hearers.add(hear);
      return () => void hearers.delete(hear);
    },
    stopped: stopping.signal,
    stop: async () => {
      stopping.abort();
      await done;
    },
  };
}
