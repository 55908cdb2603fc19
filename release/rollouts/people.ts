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
  /**
   * Sees to it that there is a count, and has it renewed beside where it is old: a rollback waits for none.
   */
  readonly prepare: () => Promise<void>;
  /** What was counted last: for those who hold a transaction, and shouldn't wait for another connection. */
  readonly last: () => DeviceCounts;
};

/** Makes the count: at most two seconds old where it is shown. */
export function createPeopleCount(db: RolloutsDb, clock: Clock): PeopleCount {
  let last: DeviceCounts | null = null;
  let kept: { readonly counts: Promise<DeviceCounts>; readonly until: Date } | null = null;

  async function now(): Promise<DeviceCounts> {
    const at = clock.now();
    if (kept === null || kept.until <= at) {
      const counts = countDevices(db, addMs(at, -device_days_max * 24 * 60 * 60_000));
      kept = { counts, until: addMs(at, count_ms_max) };
    }
    try {
      last = await kept.counts;
      return last;
    } catch (error) {
      // A count that failed isn't kept.
      kept = null;
      throw error;
    }
  }

  return {
    now,
    prepare: async () => {
      const counting = now();
      if (last === null) await counting;
      // Who needs it fresh counts for themselves, and is told when that fails.
      else counting.catch(() => undefined);
    },
    last: () => last ?? [],
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
