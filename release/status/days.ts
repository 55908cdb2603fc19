import { status_days, type Status } from "@mainstay/wire";
import type { Change } from "./types.ts";

const day_ms = 24 * 60 * 60_000;

type Day = Status["components"][number]["days"][number];

/** The days of UTC that the page shows, oldest first, as `YYYY-MM-DD`. */
export function daysUntil(now: Date): readonly string[] {
  const today_ms = Math.floor(now.getTime() / day_ms) * day_ms;
  return Array.from({ length: status_days }, (_one, index) =>
    new Date(today_ms - (status_days - 1 - index) * day_ms).toISOString().slice(0, 10),
  );
}

/**
 * A component's history: for each day of UTC how long it worked in part or not at all, in whole seconds, and
 * the part of the measured time in which it worked. `changes` come oldest first and hold until the next; the
 * last holds until `now`. Time that is `unknown` wasn't measured and counts for nothing. Days are those of
 * UTC, so that none has 23 hours or 25.
 */
export function historyOf(
  changes: readonly Change[],
  now: Date,
): { readonly days: Day[]; readonly uptime: number | null } {
  const total = { works: 0, partly: 0, down: 0, unknown: 0 };
  const days = daysUntil(now).map((date): Day => {
    const from_ms = Date.parse(`${date}T00:00:00Z`);
    const spent = timesBetween(changes, from_ms, Math.min(from_ms + day_ms, now.getTime()));
    for (const state of ["works", "partly", "down"] as const) total[state] += spent[state];
    const measured = spent.works + spent.partly + spent.down;
    const state = spent.down > 0 ? "down" : spent.partly > 0 ? "partly" : measured > 0 ? "works" : null;
    return { date, state, partly_s: Math.ceil(spent.partly / 1_000), down_s: Math.ceil(spent.down / 1_000) };
  });
  const measured = total.works + total.partly + total.down;
  return { days, uptime: measured === 0 ? null : total.works / measured };
}

/** How long each state held between two times, in milliseconds. */
function timesBetween(changes: readonly Change[], from_ms: number, until_ms: number) {
  const spent = { works: 0, partly: 0, down: 0, unknown: 0 };
  for (const [index, { state, at }] of changes.entries()) {
    const ended_ms = changes[index + 1]?.at.getTime() ?? Number.POSITIVE_INFINITY;
    const held_ms = Math.min(ended_ms, until_ms) - Math.max(at.getTime(), from_ms);
    if (held_ms > 0) spent[state] += held_ms;
  }
  return spent;
}
