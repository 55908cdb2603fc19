import { sizeOf, type Counts } from "./types.ts";

/** Stable's log-ins so far, older ones counting for less and less, so that the estimate follows the day. */
export interface Past {
  failed: number;
  all: number;
}

/** How many log-ins the estimate remembers. */
const memory_logins = 5000;
/** What is believed before any log-in has been seen, and how many log-ins that belief weighs. */
const failing_before = 0.02;
const belief_logins = 20;
/** An estimate of 0 or 1 could never be wrong, and would make evidence of nothing infinite. */
const failing_min = 1e-5;
const failing_most = 0.95;

/** A past in which nothing has happened. */
export function emptyPast(): Past {
  return { failed: 0, all: 0 };
}

/**
 * How often stable fails, judged by the past alone; a cell with little of its own leans on the whole's.
 *
 * Any function of the past keeps a block's mean at 1 or less; this one is the mean of a beta distribution,
 * with exponential forgetting. Source: the prequential plug-in of arXiv 2106.02693, §4.
 */
export function failingInPast(past: Past, whole?: Past): number {
  const believed = whole === undefined ? failing_before : failingInPast(whole);
  const share = (past.failed + belief_logins * believed) / (past.all + belief_logins);
  return Math.min(Math.max(share, failing_min), failing_most);
}

/** Adds log-ins to the past: after they have been judged by what came before them, never earlier. */
export function remember(past: Past, counts: Readonly<Counts>): void {
  const arrived = sizeOf(counts);
  const kept = arrived === 1 ? 1 - 1 / memory_logins : Math.exp(-arrived / memory_logins);
  past.failed = past.failed * kept + counts.failed;
  past.all = past.all * kept + arrived;
}
