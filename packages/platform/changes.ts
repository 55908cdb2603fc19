import type pg from "pg";
import { assert } from "@mainstay/kernel";
import type { Logger } from "./log.ts";
import { sleep } from "./outbox.ts";
import type { Database } from "./postgres.ts";

/** Hears of every change that any process has committed. */
export type Changes = {
  /**
   * Calls back at each change until the answer is called: with what changed, or null where anything may
   * have.
   */
  readonly listen: (hear: (subject: string | null) => void) => () => void;
  /** Aborted when the process is about to end: whoever waits for a change ends then. */
  readonly stopped: AbortSignal;
  readonly stop: () => Promise<void>;
};

/** How long after a lost connection a new one is tried, in milliseconds. */
const reconnect_ms = 500;

/**
 * Listens to a channel on a connection of its own (PostgreSQL's NOTIFY: told at commit, to every process; an
 * empty text is null here). Where that connection is lost, everybody is told that something may have
 * changed, once a new one stands.
 */
export function createChanges(deps: {
  readonly database: Database;
  readonly log: Logger;
  readonly channel: string;
}): Changes {
  const { database, log, channel } = deps;
  assert(/^[a-z_]+$/.test(channel), "a channel is named in SQL");
  const hearers = new Set<(subject: string | null) => void>();
  const stopping = new AbortController();
  const tell = (subject: string | null) => {
    for (const hear of [...hearers]) hear(subject);
  };

  async function listenOnce(): Promise<void> {
    const client = await database.pool.connect();
    const lost = new AbortController();
    const end = () => lost.abort();
    stopping.signal.addEventListener("abort", end);
    client.on("error", end);
    client.on("end", end);
    client.on("notification", ({ payload }: pg.Notification) =>
      tell(payload === "" ? null : (payload ?? null)),
    );
    try {
      await client.query(`LISTEN ${channel}`);
      tell(null);
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
        log.warn({ error, channel }, "changes can't be listened for and will be asked for instead");
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
