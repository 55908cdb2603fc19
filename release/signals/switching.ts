import { createBoundedMap, type Clock } from "@mainstay/kernel";
import type { Database } from "@mainstay/platform";
import { platforms } from "@mainstay/wire";
import { readLastSwitch } from "./reads-store.ts";
import type { RolloutsPort } from "./types.ts";

/**
 * Devices that are open change within moments of a rollback. Who starts another version later than so many
 * milliseconds after it had been asleep.
 */
export const switching_ms_max = 30_000;
const rollouts_kept_max = 100;

/**
 * Tells, some time after a rollback, when the last open device that had the version started another one. Told
 * once by each process; who takes it keeps the first word.
 */
export function createSwitchTeller(deps: {
  readonly database: Database;
  readonly clock: Clock;
  readonly rollouts: Pick<RolloutsPort, "latestOn" | "lastSwitched">;
}): () => Promise<void> {
  const { database, clock, rollouts } = deps;
  const told = createBoundedMap<string, true>(rollouts_kept_max);
  return async () => {
    for (const platform of platforms) {
      const rollout = await rollouts.latestOn(platform);
      if (rollout?.state !== "rolled-back" || rollout.endedAt === null || told.get(rollout.id)) continue;
      const until = new Date(rollout.endedAt.getTime() + switching_ms_max);
      if (clock.now() < until) continue;
      const { id, candidate, endedAt } = rollout;
      const last = await readLastSwitch(database, { rollout: id, candidate, from: endedAt, until });
      if (last !== null) await rollouts.lastSwitched(id, last);
      told.set(id, true);
    }
  };
}
