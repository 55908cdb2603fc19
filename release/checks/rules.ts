import { check_journeys, type CheckRun, type ChecksTally, type DemandedJourney } from "@mainstay/wire";
import type { JourneyResult } from "./demanded-store.ts";

/** Journeys that need an older version beside the one that is checked. */
const needs_older: ReadonlySet<string> = new Set([
  "log-in-old-passkey-returning",
  "log-in-old-passkey-fresh",
  "update",
  "back-again",
]);

const keyOf = ({ version, server, journey }: CheckRun["cells"][number]): string =>
  [version, server, journey].join(" ");

/** Whether a run says of each cell one thing, and something of the version that it names. */
export function isCoherent(run: CheckRun): boolean {
  const keys = new Set(run.cells.map(keyOf));
  return keys.size === run.cells.length && run.cells.some(({ version }) => version === run.candidate);
}

/**
 * Counts a run: a cell that was skipped doesn't count, and a journey of the candidate's on the running server
 * that the run says nothing of counts as one that failed. Only journeys that need an older version may be
 * skipped, and only where none is live. A run of what is demanded alone misses nothing by leaving out the
 * rest.
 */
export function tallyOf(run: CheckRun): ChecksTally {
  const maySkip = (journey: string): boolean => run.stable === null && needs_older.has(journey);
  const counted = run.cells.filter(({ result, journey, version, server }) => {
    const isOwn = version === run.candidate && server === "now";
    return result !== "skipped" || (isOwn && !maySkip(journey));
  });
  const said = new Set(
    run.cells
      .filter(({ version, server }) => version === run.candidate && server === "now")
      .map(({ journey }) => journey),
  );
  const expected = run.purpose === "demanded" ? [] : check_journeys;
  const missing = expected.filter((journey) => !said.has(journey) && !maySkip(journey));
  const green = counted.filter(({ result }) => result === "passed").length;
  return { green, total: Math.max(1, counted.length + missing.length) };
}

/**
 * The demanded journeys that a version hasn't passed: red, never run, or skipped although an older version
 * was there to come from.
 */
export function unmetOf(
  demanded: readonly DemandedJourney[],
  results: readonly JourneyResult[],
): DemandedJourney[] {
  const isMet = ({ result, hadOlder, journey }: JourneyResult): boolean =>
    result === "passed" || (result === "skipped" && !hadOlder && needs_older.has(journey));
  const met = new Set(results.filter(isMet).map(({ journey }) => journey));
  return demanded.filter(({ journey }) => !met.has(journey));
}
