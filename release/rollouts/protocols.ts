import { compareVersions } from "@mainstay/catalog";
import { platforms } from "@mainstay/wire";
import { addMs } from "@mainstay/kernel";
import { device_days_max } from "./people.ts";
import { readPlanRows, type RolloutsDb } from "./store.ts";
import { countDevices, selectVersions } from "./version-store.ts";

/** The most versions that are known at once. */
export const versions_max = 500;

/** A login protocol, the versions that need it, and how many devices are on versions that speak it. */
export type ProtocolNeed = {
  readonly protocol: string;
  readonly neededBy: readonly string[];
  readonly devices: number;
};

/**
 * Which login protocols are needed, and by which versions: those that a platform gets (stable, or the
 * candidate of a rollout), those that a rollback would go to, and those that a device was seen on in 30 days
 * unless they were taken back everywhere.
 */
export async function protocolsNeeded(db: RolloutsDb, now: Date): Promise<readonly ProtocolNeed[]> {
  const { platforms: rows, active, takenBack, withdrawn } = await readPlanRows(db);
  const counts = await countDevices(db, addMs(now, -device_days_max * 24 * 60 * 60_000));
  const live = new Set<string>();
  for (const { stable, previous } of rows)
    for (const version of [stable, previous]) if (version) live.add(version);
  for (const { version, targets } of active) {
    live.add(version);
    for (const { goesBackTo } of targets) live.add(goesBackTo);
  }
  const isTaken = (version: string, platform: string) =>
    withdrawn.includes(version) ||
    takenBack.some((taken) => taken.version === version && taken.platform === platform);
  for (const { version, platform } of counts) if (!isTaken(version, platform)) live.add(version);
  const byProtocol = new Map<string, { neededBy: string[]; devices: number }>();
  for (const { version, login_protocol } of await selectVersions(db, versions_max)) {
    const need = byProtocol.get(login_protocol) ?? { neededBy: [], devices: 0 };
    if (live.has(version)) need.neededBy.push(version);
    need.devices += counts
      .filter((count) => count.version === version && platforms.includes(count.platform))
      .reduce((sum, { count }) => sum + count, 0);
    byProtocol.set(login_protocol, need);
  }
  return [...byProtocol]
    .map(([protocol, { neededBy, devices }]) => ({
      protocol,
      neededBy: neededBy.toSorted(compareVersions),
      devices,
    }))
    .toSorted((a, b) => (a.protocol < b.protocol ? -1 : 1));
}
