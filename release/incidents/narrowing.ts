import type { OutcomeCell } from "@mainstay/signals";
import { countText, osText, platformText } from "./words.ts";

/** The part of all failures that a group must hold at least, and of all successes at most. */
const failures_share_min = 0.9;
const successes_share_max = 0.1;
/** The fewest failures from which a cause is narrowed. */
export const failures_min = 3;

/** What log-ins are grouped by; of groups that tell equally much the first is named. */
const dimensions = ["version", "os", "platform", "protocol"] as const;
type Dimension = (typeof dimensions)[number];

/** A group of log-ins: what they have in common, how many failed, and how many succeeded all the same. */
export type Group = {
  readonly of: Readonly<Partial<Record<Dimension, string>>>;
  readonly failed: number;
  readonly succeeded: number;
};

/** The group that a cause lies in, and what it is compared with. */
export type Narrowed = Group & {
  readonly allFailed: number;
  readonly allSucceeded: number;
  /** The reason of nearly all failures of the group; null where they differ. */
  readonly reason: string | null;
};

function groupsBy(cells: readonly OutcomeCell[], chosen: readonly Dimension[]): Group[] {
  const groups = new Map<string, Group>();
  for (const cell of cells) {
    const of = Object.fromEntries(chosen.map((dimension) => [dimension, cell[dimension] ?? ""]));
    const key = JSON.stringify(of);
    const { failed, succeeded } = groups.get(key) ?? { failed: 0, succeeded: 0 };
    const isFailure = cell.reason !== null;
    groups.set(key, {
      of,
      failed: failed + (isFailure ? cell.count : 0),
      succeeded: succeeded + (isFailure ? 0 : cell.count),
    });
  }
  return [...groups.values()];
}

/** Every choice of dimensions, the fewest first. */
function choices(): Dimension[][] {
  const all = Array.from({ length: 2 ** dimensions.length }, (_none, bits) =>
    dimensions.filter((_dimension, index) => (bits & (1 << index)) !== 0),
  );
  return all.toSorted((one, other) => one.length - other.length);
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

/**
 * Finds the widest group of log-ins that holds nearly all failures (nine of ten) and few of the successes
 * (one of ten at most); null where no group does, or too little has failed to say.
 */
export function narrow(cells: readonly OutcomeCell[]): Narrowed | null {
  const allFailed = sum(cells.filter(({ reason }) => reason !== null).map(({ count }) => count));
  const allSucceeded = sum(cells.filter(({ reason }) => reason === null).map(({ count }) => count));
  if (allFailed < failures_min) return null;
  const isTelling = ({ failed, succeeded }: Group) =>
    failed >= failures_share_min * allFailed && succeeded <= successes_share_max * allSucceeded;
  for (const size of Array.from({ length: dimensions.length + 1 }, (_none, index) => index)) {
    const found = choices()
      .filter((chosen) => chosen.length === size)
      .flatMap((chosen) => groupsBy(cells, chosen))
      .filter(isTelling)
      .toSorted((one, other) => other.failed - one.failed || one.succeeded - other.succeeded)[0];
    if (found !== undefined) {
      return { ...found, allFailed, allSucceeded, reason: reasonOf(cells, found) };
    }
  }
  return null;
}

function reasonOf(cells: readonly OutcomeCell[], group: Group): string | null {
  const isInGroup = (cell: OutcomeCell) =>
    dimensions.every(
      (dimension) => group.of[dimension] === undefined || (cell[dimension] ?? "") === group.of[dimension],
    );
  const byReason = Map.groupBy(
    cells.filter((cell) => cell.reason !== null && isInGroup(cell)),
    ({ reason }) => reason,
  );
  for (const [reason, some] of byReason) {
    if (sum(some.map(({ count }) => count)) >= failures_share_min * group.failed) return reason;
  }
  return null;
}

/** What a group is called, after "were": " on 8.4.1 with iOS 27"; "" for everybody. */
function groupText({ of }: Group): string {
  const { version, os, platform, protocol } = of;
  return [
    version === undefined ? "" : ` on ${version}`,
    os === undefined ? "" : ` with ${osText(os)}`,
    platform === undefined ? "" : ` on ${platformText(platform)}`,
    protocol === undefined || protocol === "" ? "" : ` by ${protocol}`,
  ].join("");
}

/** What a machine makes of where it failed, in a sentence or two. */
export function narrowedText(narrowed: Narrowed): string {
  const { failed, succeeded, allFailed, allSucceeded, reason } = narrowed;
  const why = reason === null ? "" : ` (${reason})`;
  const where = groupText(narrowed);
  if (where === "")
    return `All ${countText(allFailed)} tries to log in failed${why}, on every kind of device.`;
  const failures = `${countText(failed)} of ${countText(allFailed)} failures were${where}${why}`;
  return `${failures}; ${countText(succeeded)} of ${countText(allSucceeded)} log-ins that succeeded were.`;
}
