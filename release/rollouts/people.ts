import { addMs, type Clock } from "@mainstay/kernel";
import type { Platform } from "@mainstay/wire";
import type { RolloutsDb } from "./store.ts";
import { countDevices } from "./version-store.ts";

/** For how long an installation that was seen counts among the people. */
export const device_days_max = 30;
/** How old a count may be that is shown, in milliseconds. */
export const count_ms_max = 2_000;

/** How many installations are on what. */
export type DeviceCounts = readonly {
  readonly platform: Platform;
  readonly version: string;
  readonly count: number;
}[];

/** How many people there are, as installations seen in 30 days. */
export type PeopleCount = {
  readonly now: () => Promise<DeviceCounts>;
  /** What was counted last: for those who hold a transaction, and shouldn't wait for another connection. */
  readonly last: () => DeviceCounts;
};

/** Makes the count: at most two seconds old. */
export function createPeopleCount(db: RolloutsDb, clock: Clock): PeopleCount {
  let last: DeviceCounts = [];
  let kept: { readonly counts: Promise<DeviceCounts>; readonly until: Date } | null = null;
  return {
    now: async () => {
      const now = clock.now();
      if (kept === null || kept.until <= now) {
        const counts = countDevices(db, addMs(now, -device_days_max * 24 * 60 * 60_000));
        kept = { counts, until: addMs(now, count_ms_max) };
        // A count that failed isn't kept.
        counts.catch(() => (kept = null));
      }
      last = await kept.counts;
      return last;
    },
    last: () => last,
  };
}

/** How many installations of some platforms there are; with a version named, on that version. */
export function peopleOn(
  counts: DeviceCounts,
  where: { readonly platforms: readonly Platform[]; readonly version?: string },
): number {
  return counts
    .filter(({ platform }) => where.platforms.includes(platform))
    .filter(({ version }) => where.version === undefined || version === where.version)
    .reduce((sum, { count }) => sum + count, 0);
}

/** How many a share of some platforms is. */
export function peopleAtShare(counts: DeviceCounts, platforms: readonly Platform[], share: number): number {
  return Math.round(peopleOn(counts, { platforms }) * share);
}
