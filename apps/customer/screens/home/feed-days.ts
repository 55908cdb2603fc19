import { businessDateOf, type BusinessDate } from "@mainstay/kernel";
import type { Transaction } from "@mainstay/wire";

/** A day of the feed, newest line first. */
export type FeedDay = {
  readonly day: BusinessDate;
  readonly lines: readonly Transaction[];
  /** What went out that day, in minor units; null while older lines of the day may not be loaded yet. */
  readonly spentMinor: number | null;
};

/** Says whether a line moved money or is about to: what was undone or failed left it where it was. */
export function countsAsMoved(line: Transaction): boolean {
  return line.state === "leaving" || line.state === "settled";
}

/** Groups a feed, newest first, by business day. `isComplete` says that nothing older is left to load. */
export function feedDays(lines: readonly Transaction[], isComplete: boolean): readonly FeedDay[] {
  const groups = Map.groupBy(lines, (line) => businessDateOf(new Date(line.createdAt)));
  const days = [...groups].sort(([left], [right]) => (left < right ? 1 : -1));
  return days.map(([day, ofDay], index) => {
    const spent = ofDay.filter((line) => line.amount.minor < 0 && countsAsMoved(line));
    const isWhole = isComplete || index < days.length - 1;
    return {
      day,
      lines: ofDay,
      spentMinor: isWhole ? spent.reduce((sum, line) => sum - line.amount.minor, 0) : null,
    };
  });
}
