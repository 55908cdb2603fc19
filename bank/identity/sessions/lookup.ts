import { hash } from "node:crypto";
import { createBoundedMap } from "@mainstay/kernel";
import { createBatcher } from "@mainstay/platform";
import type { IdentityDeps } from "../deps.ts";
import type { StoredSession } from "../types.ts";
import type { Activity } from "./activity.ts";
import { session_cache_ms_max, sessions_cached_max } from "./rules.ts";
import { findSessions } from "./store.ts";

/** An open session, held in memory: its last activity goes on here before it is written. */
export type LiveSession = Omit<StoredSession, "activeAt"> & { activeAt: Date; readonly readAtMs: number };

/** Finds sessions by their tokens. */
export type SessionLookup = {
  /** The session if it is in memory and may still be believed; no waiting. */
  readonly peek: (tokenHash: string, now: Date) => LiveSession | undefined;
  readonly find: (tokenHash: string, now: Date) => Promise<LiveSession | null>;
  /** Forgets sessions that have ended, at once; also those that are being read right now. */
  readonly forget: (sessionIds: readonly string[]) => void;
};

/** A session token as it is stored: SHA-256, base64url. */
export function hashToken(token: string): string {
  return hash("sha256", token, "base64url");
}

/**
 * Sessions in memory, in front of a batched read. A log-out in this process takes effect at once: what is in
 * memory is dropped, and reads that were under way are not kept. One in another process takes effect within
 * five seconds.
 */
export function createSessionLookup(deps: IdentityDeps, activity: Activity): SessionLookup {
  const live = createBoundedMap<string, LiveSession>(sessions_cached_max);
  const tokens = createBoundedMap<string, string>(sessions_cached_max);
  let endings = 0;

  const read = createBatcher<string, StoredSession | null>({
    name: "sessions",
    batch_max: 200,
    queue_max: 10_000,
    runs_max: 2,
    run: (hashes) => findSessions(deps.database, hashes),
  });

  async function find(tokenHash: string, now: Date): Promise<LiveSession | null> {
    const endingsBefore = endings;
    const stored = await read(tokenHash);
    if (!stored || stored.endsAt <= now) return null;
    const noted = activity.sessionActiveAt(stored.id) ?? live.get(tokenHash)?.activeAt;
    const activeAt = noted !== undefined && noted > stored.activeAt ? noted : stored.activeAt;
    const session = { ...stored, activeAt, readAtMs: now.getTime() };
    // Where a log-out was committed meanwhile, this may be the row from before it: good for the request at
    // hand at most.
    if (endings === endingsBefore) {
      live.set(tokenHash, session);
      tokens.set(session.id, tokenHash);
    }
    return session;
  }

  return {
    peek: (tokenHash, now) => {
      const session = live.get(tokenHash);
      if (session === undefined || session.endsAt <= now) return undefined;
      return now.getTime() - session.readAtMs < session_cache_ms_max ? session : undefined;
    },
    find,
    forget: (sessionIds) => {
      endings += 1;
      for (const id of sessionIds) {
        const tokenHash = tokens.get(id);
        if (tokenHash !== undefined) live.delete(tokenHash);
        tokens.delete(id);
      }
    },
  };
}
