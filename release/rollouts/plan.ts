import { platforms, type Plan, type Platform, type PlatformPlan } from "@mainstay/wire";
import { sleep } from "@mainstay/platform";
import type { Changes } from "@mainstay/platform";
import { shareGiven, stageOf } from "./stages.ts";
import { platformOf, readEpoch, readPlanRows, type RolloutsDb } from "./store.ts";
import type { RolloutRecord } from "./types.ts";

/** The most versions that a plan names as taken back: the latest. */
export const taken_back_max = 200;
/** How long a reader of the plan may wait for a newer one, in milliseconds. */
export const plan_wait_ms_max = 20_000;
/** How often the epoch is looked at while somebody waits, in case that a notice was lost, in milliseconds. */
const plan_look_ms = 1_000;

/**
 * Whether nobody new gets the candidate: a person paused, or only installations that anybody can make fail.
 * While both arms fail nobody is switched, so the share stays as it is.
 */
function isClosed({ state, heldFor }: RolloutRecord): boolean {
  return state === "paused" || (state === "held" && heldFor === "unproven-installations-fail");
}

function plannedOf(rollout: RolloutRecord | undefined): PlatformPlan["rollout"] {
  if (rollout === undefined) return null;
  return {
    id: rollout.id,
    candidate: rollout.version,
    salt: rollout.salt,
    share: shareGiven(stageOf(rollout).share),
    state: isClosed(rollout) ? "paused" : "running",
    startedAt: rollout.startedAt.toISOString(),
  };
}

/** Reads who gets which version, as it stood at one instant. */
export async function readPlan(db: RolloutsDb): Promise<Plan> {
  const { epoch, platforms: rows, active, takenBack, withdrawn } = await readPlanRows(db);
  const planOf = (platform: Platform): PlatformPlan => {
    const { stable, previous, recommended, minimum, storeUrl } = platformOf(rows, platform);
    const rollout = active.find(({ targets }) => targets.some((target) => target.platform === platform));
    return { stable, previous, rollout: plannedOf(rollout), recommended, minimum, storeUrl };
  };
  const taken = new Map<string, Platform[]>(withdrawn.map((version) => [version, [...platforms]]));
  for (const { version, platform } of takenBack) {
    if (withdrawn.includes(version)) continue;
    taken.set(version, [...(taken.get(version) ?? []), platform]);
  }
  return {
    epoch,
    platforms: { ios: planOf("ios"), android: planOf("android"), web: planOf("web") },
    takenBack: [...taken].slice(0, taken_back_max).map(([version, on]) => ({ version, platforms: on })),
  };
}

/**
 * Answers a plan that is newer than `after` as soon as there is one, and the same one when the wait is over:
 * the edge asks again. `signal` ends the wait when the asker has gone.
 */
export async function waitForPlan(
  deps: { readonly db: RolloutsDb; readonly changes: Changes },
  after: number,
  signal: AbortSignal,
): Promise<Plan> {
  const over = AbortSignal.any([signal, deps.changes.stopped, AbortSignal.timeout(plan_wait_ms_max)]);
  const waiting = { wake: new AbortController() };
  // Listened for before the first look, so that no change falls between the two.
  const stop = deps.changes.listen(() => waiting.wake.abort());
  try {
    while (!over.aborted && (await readEpoch(deps.db)) <= after) {
      await sleep(plan_look_ms, AbortSignal.any([over, waiting.wake.signal]));
      waiting.wake = new AbortController();
    }
  } finally {
    stop();
  }
  return readPlan(deps.db);
}
