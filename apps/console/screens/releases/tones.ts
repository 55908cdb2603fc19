import type { Platform, Releases } from "@mainstay/wire";
import { all_platforms, type VersionTone } from "./words.ts";

const older = ["older-1", "older-2", "older-3"] as const;

/**
 * The colour of each version: of those rolled out and stable by what they are, of older ones by how many have
 * them.
 */
export function versionTones(releases: Releases): ReadonlyMap<string, VersionTone> {
  const tones = new Map<string, VersionTone>();
  for (const { version } of releases.active) tones.set(version, "new");
  for (const platform of all_platforms) {
    const { stable } = releases.platforms[platform];
    if (stable !== null && !tones.has(stable)) tones.set(stable, "stable");
  }
  let next = 0;
  for (const { version } of everybodyOn(releases, all_platforms)) {
    if (tones.has(version)) continue;
    tones.set(version, older[Math.min(next, older.length - 1)] ?? "older-3");
    next += 1;
  }
  return tones;
}

/** How many devices are on each version over these platforms, most first. */
export function everybodyOn(
  { devices }: Releases,
  platforms: readonly Platform[],
): readonly { readonly version: string; readonly count: number }[] {
  const counts = new Map<string, number>();
  for (const platform of platforms) {
    for (const { version, count } of devices[platform]) {
      counts.set(version, (counts.get(version) ?? 0) + count);
    }
  }
  return [...counts]
    .map(([version, count]) => ({ version, count }))
    .filter(({ count }) => count > 0)
    .toSorted((left, right) => right.count - left.count);
}

const by_number = new Intl.Collator("en", { numeric: true });

/** Whether a version's number is below another's. */
export function isOlder(version: string, than: string): boolean {
  return by_number.compare(version, than) < 0;
}
