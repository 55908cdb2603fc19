import type { Platform } from "@mainstay/wire";
import type { Catalog } from "../catalog.ts";
import type { Situation } from "./decide.ts";
import { isFresh, isTakenBack, type PlanSource } from "./plan-keeper.ts";

/** What can be served, by what was found last: so that no request waits for the disk. */
export type Servable = {
  /**
   * Finds what can be served, and has in memory what the plan may give to somebody. Says whether anything has
   * changed.
   */
  readonly refresh: () => Promise<boolean>;
  readonly situation: (platform: Platform) => Situation;
  /** Whether a version may be on nobody's device of a platform: taken back, or withdrawn for ever. */
  readonly isForbidden: (version: string, platform: Platform) => boolean;
};

/** Makes it, empty until it is refreshed. */
export function createServable(deps: { readonly catalog: Catalog; readonly plan: PlanSource }): Servable {
  const { catalog, plan } = deps;
  /** By platform, newest first. */
  let served: Readonly<Record<Platform, readonly string[]>> = { ios: [], android: [], web: [] };
  let withdrawn: ReadonlySet<string> = new Set();
  const isForbidden = (version: string, platform: Platform) =>
    withdrawn.has(version) || isTakenBack(plan.known(), version, platform);
  return {
    isForbidden,
    refresh: async () => {
      const named = Object.values(plan.known().plan?.platforms ?? {}).flatMap((platform) => [
        platform.stable,
        platform.previous,
        platform.rollout?.candidate ?? null,
      ]);
      const wanted = new Set(named.filter((version) => version !== null));
      await Promise.all([...wanted].map((version) => catalog.version(version)));
      await catalog.newest();
      const before = JSON.stringify([served, [...withdrawn]]);
      const found = await catalog.list();
      const ofPlatform = (platform: Platform) =>
        found.filter(({ platforms }) => platforms.includes(platform)).map(({ version }) => version);
      served = { ios: ofPlatform("ios"), android: ofPlatform("android"), web: ofPlatform("web") };
      withdrawn = await catalog.withdrawn();
      return before !== JSON.stringify([served, [...withdrawn]]);
    },
    situation: (platform) => ({
      plan: plan.known().plan,
      isFresh: isFresh(plan),
      isTakenBack: isForbidden,
      isLoadable: (version) => served[platform].includes(version),
      newest: served[platform],
    }),
  };
}
