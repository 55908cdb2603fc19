import type { Clock } from "@mainstay/kernel";
import type { Platform } from "@mainstay/wire";

/** How many installations are counted, and for how long after they were seen, in milliseconds. */
export const seen_max = 200_000;
export const seen_ms_max = 86_400_000;

type Sight = { readonly platform: Platform; readonly version: string; readonly at: number };

/** Counts installations by the version that they run, for the metrics of this one edge. */
export type Seen = {
  readonly note: (installation: string, platform: Platform, version: string) => void;
  readonly counts: () => readonly { platform: Platform; version: string; count: number }[];
};

/** Makes the count: bounded, and forgetful after a day. */
export function createSeen(clock: Clock): Seen {
  // Who was seen last stands last, so that the first ones are the ones to forget.
  const sights = new Map<string, Sight>();
  const forgetOld = (now: number) => {
    for (const [name, { at }] of sights) {
      if (sights.size <= seen_max && now - at < seen_ms_max) return;
      sights.delete(name);
    }
  };
  return {
    note: (installation, platform, version) => {
      const at = clock.now().getTime();
      sights.delete(installation);
      sights.set(installation, { platform, version, at });
      forgetOld(at);
    },
    counts: () => {
      forgetOld(clock.now().getTime());
      const counts = new Map<string, { platform: Platform; version: string; count: number }>();
      for (const { platform, version } of sights.values()) {
        const name = `${platform}/${version}`;
        const known = counts.get(name) ?? { platform, version, count: 0 };
        known.count += 1;
        counts.set(name, known);
      }
      return [...counts.values()];
    },
  };
}
