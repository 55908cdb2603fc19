import type { Sees } from "../types.ts";

/**
 * How long a session may be idle before it sees the balance alone (Regulation (EU) 2018/389, article
 * 4(3)(d)).
 */
export const idle_ms_max = 5 * 60_000;
/**
 * How long a session lasts at most; after it the passkey is asked for again (the same regulation, article 10:
 * 180 days).
 */
export const session_ms_max = 90 * 24 * 60 * 60_000;
/**
 * How long a session that was read may be believed: the bound within which a log-out elsewhere takes effect.
 */
export const session_cache_ms_max = 5_000;
/** The most sessions that are kept in memory. */
export const sessions_cached_max = 50_000;

/** What a session may see at an instant. */
export function seesOf(session: { readonly activeAt: Date }, now: Date): Sees {
  return now.getTime() - session.activeAt.getTime() <= idle_ms_max ? "full" : "balance";
}
