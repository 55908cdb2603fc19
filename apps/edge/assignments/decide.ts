import { compareVersions } from "@mainstay/catalog";
import { isCandidate } from "@mainstay/rollouts";
import type { Activation, Platform, PlannedRollout, Plan, UpdateAdvice } from "@mainstay/wire";
import type { Installation } from "./installation.ts";

/** What the edge knows when it decides. */
export type Situation = {
  /** Null while control was never reached and no plan is on disk. */
  readonly plan: Plan | null;
  /** Whether control was heard within the lease. */
  readonly isFresh: boolean;
  readonly isTakenBack: (version: string, platform: Platform) => boolean;
  /** Whether a version is in the catalog, whole. */
  readonly isLoadable: (version: string) => boolean;
  /** The versions in the catalog that are whole, newest first. */
  readonly newest: readonly string[];
};

/** Which version an installation gets, and in which arm of which rollout. */
export type Decision = {
  readonly version: string;
  readonly rollout: PlannedRollout | null;
  readonly arm: Activation["arm"];
};

/**
 * Whether an installation gets the candidate: it is in the rollout's share, nothing of it failed here, and
 * control's word is fresh; where it isn't, or the rollout is paused, only who is healthy on it keeps it
 * (DESIGN.md §1).
 */
function getsCandidate(
  situation: Situation,
  platform: Platform,
  installation: Installation,
  rollout: PlannedRollout,
): boolean {
  const { candidate } = rollout;
  if (hasLeft(installation, rollout) || situation.isTakenBack(candidate, platform)) return false;
  if (!situation.isLoadable(candidate)) return false;
  if (!isCandidate(rollout, installation.i)) return false;
  const isGivenAnew = situation.isFresh && rollout.state === "running";
  return isGivenAnew || installation.h.includes(candidate);
}

/** An installation that has fallen back from a rollout's candidate is in neither arm of it. */
function hasLeft(installation: Installation, { id, candidate }: PlannedRollout): boolean {
  return installation.p.includes(id) || installation.b.includes(candidate);
}

/**
 * Decides which version an installation gets; null when there is none to give. Pure: the fleet and its tests
 * ask the same.
 */
export function decide(
  situation: Situation,
  platform: Platform,
  installation: Installation,
): Decision | null {
  const { plan } = situation;
  const { stable = null, previous = null, rollout = null } = plan?.platforms[platform] ?? {};
  if (rollout !== null && getsCandidate(situation, platform, installation, rollout)) {
    return { version: rollout.candidate, rollout, arm: "candidate" };
  }
  const isAllowed = (version: string | null): version is string =>
    version !== null && situation.isLoadable(version) && !situation.isTakenBack(version, platform);
  const works = (version: string | null): version is string =>
    isAllowed(version) && !installation.b.includes(version);
  if (works(stable)) {
    const isCompared =
      rollout !== null && !hasLeft(installation, rollout) && !isCandidate(rollout, installation.i);
    return { version: stable, rollout: isCompared ? rollout : null, arm: isCompared ? "stable" : "none" };
  }
  // What failed here is better than nothing; a candidate is nobody's last resort.
  const others = situation.newest.filter((version) => version !== rollout?.candidate);
  const last = [...(works(previous) ? [previous] : []), ...(stable === null ? others.filter(works) : [])];
  const found = last[0] ?? [stable, previous, ...others].find(isAllowed);
  return found === undefined ? null : { version: found, rollout: null, arm: "none" };
}

/**
 * What to say about a newer version: in a shell of the store's it is the shell that must be new enough, in a
 * browser the version itself, which a new start brings.
 */
export function updateAdvice(
  plan: Plan | null,
  platform: Platform,
  running: { readonly version: string; readonly shell: string | null },
): UpdateAdvice {
  const known = plan?.platforms[platform];
  const current = platform === "web" ? running.version : running.shell;
  if (known === undefined || current === null) return { kind: "none" };
  const { minimum, recommended, storeUrl } = known;
  const wanted = [minimum, recommended]
    .filter((version) => version !== null)
    .toSorted(compareVersions)
    .at(-1);
  if (wanted === undefined || compareVersions(current, wanted) >= 0) return { kind: "none" };
  const isRequired = minimum !== null && compareVersions(current, minimum) < 0;
  return { kind: isRequired ? "required" : "recommended", version: wanted, storeUrl };
}
