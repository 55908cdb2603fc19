import type { Clock } from "@mainstay/kernel";
import type { Database, Logger } from "@mainstay/platform";
import { saveActivity, savePasskeyUses, type LastUse } from "./store.ts";

/** How often what was last used is written, in milliseconds. */
export const activity_flush_ms = 10_000;
/** The most last uses that are kept in memory before they are written early. */
export const activity_kept_max = 20_000;

/**
 * Notes when sessions and passkeys were last used, and writes it together now and then instead of with each
 * request.
 */
export type Activity = {
  readonly touchSession: (id: string, at: Date) => void;
  readonly touchPasskey: (id: string, at: Date) => void;
  /** When a session was last active as far as this process knows and hasn't written yet. */
  readonly sessionActiveAt: (id: string) => Date | undefined;
  readonly flush: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

/**
 * Starts noting. A process that is killed forgets at most ten seconds: its sessions go idle that much
 * earlier.
 */
export function createActivity(deps: { database: Database; clock: Clock; log: Logger }): Activity {
  let sessions = new Map<string, Date>();
  let passkeys = new Map<string, Date>();
  let flushing: Promise<void> = Promise.resolve();

  const list = (uses: Map<string, Date>): LastUse[] => [...uses].map(([id, at]) => ({ id, at }));

  async function write(): Promise<void> {
    const [sessionUses, passkeyUses] = [sessions, passkeys];
    sessions = new Map();
    passkeys = new Map();
    try {
      if (sessionUses.size > 0) await saveActivity(deps.database, list(sessionUses));
      if (passkeyUses.size > 0) await savePasskeyUses(deps.database, list(passkeyUses));
    } catch (error) {
      // What isn't written now is written with the next use; nobody is let in by it that shouldn't be.
      deps.log.warn({ error }, "last uses of sessions could not be written");
    }
  }

  function flush(): Promise<void> {
    flushing = flushing.then(write);
    return flushing;
  }

  function note(uses: Map<string, Date>, id: string, at: Date): void {
    uses.set(id, at);
    if (uses.size >= activity_kept_max) void flush();
  }

  const timer = setInterval(() => void flush(), activity_flush_ms);
  timer.unref();
  return {
    touchSession: (id, at) => note(sessions, id, at),
    touchPasskey: (id, at) => note(passkeys, id, at),
    sessionActiveAt: (id) => sessions.get(id),
    flush,
    stop: async () => {
      clearInterval(timer);
      await flush();
    },
  };
}
