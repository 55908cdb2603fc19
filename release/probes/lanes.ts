import type { Plan, Platform } from "@mainstay/wire";
import type { Lane } from "./types.ts";

/** The most versions that are probed in a round. */
export const lanes_max = 6;

/**
 * The versions that customers have: stable on each platform, and the new one of each running rollout, each
 * once. A version that is stable anywhere is probed as stable. One whose login protocol isn't known is left
 * out: control doesn't know it yet.
 */
export function lanesOf(plan: Plan, protocols: ReadonlyMap<string, string>): readonly Lane[] {
  const found = new Map<string, { of: Lane["of"]; platforms: Platform[] }>();
  const add = (version: string | null, of: Lane["of"], platform: Platform): void => {
    if (version === null) return;
    const known = found.get(version);
    if (known === undefined) found.set(version, { of, platforms: [platform] });
    else if (known.of === of) known.platforms.push(platform);
  };
  const platforms = Object.entries(plan.platforms) as [Platform, Plan["platforms"][Platform]][];
  for (const [platform, { stable }] of platforms) add(stable, "stable", platform);
  for (const [platform, { rollout }] of platforms) add(rollout?.candidate ?? null, "candidate", platform);
  return [...found]
    .flatMap(([version, lane]): Lane[] => {
      const protocol = protocols.get(version);
      return protocol === undefined ? [] : [{ version, protocol, ...lane }];
    })
    .slice(0, lanes_max);
}
