import type { Platform, ReleaseRow, RolloutState, RolloutSummary, RolloutVerdict } from "@mainstay/wire";
import { Check, Pause, ShieldCheck, TriangleAlert, Undo2, UserRound, X, type LucideIcon } from "lucide-react";
import type { BadgeTone } from "../../parts/badge.tsx";
import { stageText } from "../../parts/numbers.ts";

const platform_names: Readonly<Record<Platform, string>> = { ios: "iOS", android: "Android", web: "Web" };

/** The platforms, in the order of every table. (As values they would bring the validator into the page.) */
export const all_platforms = Object.keys(platform_names) as readonly Platform[];

/** What a platform is called. */
export function platformName(platform: Platform): string {
  return platform_names[platform];
}

/** "iOS, Android and web": several things in a sentence. */
export function listText(words: readonly string[]): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** The platforms of a rollout in a sentence; all three need no words. */
export function platformsText(platforms: readonly Platform[]): string {
  return listText(platforms.map((platform) => (platform === "web" ? "web" : platformName(platform))));
}

/** A state as a badge. */
export type StateBadge = {
  readonly tone: BadgeTone;
  readonly text: string;
  readonly icon?: LucideIcon;
  readonly hasDot?: boolean;
};

const atShare = (share: number | null) => (share === null ? "" : ` at ${stageText(share * 100)}`);

/** What became of a version, as a badge. */
export function releaseBadge({ state, stateShare, checks }: ReleaseRow): StateBadge {
  switch (state) {
    case "unchecked":
      return { tone: "plain", text: "Not checked" };
    case "checks-red": {
      const red = checks === null ? null : checks.total - checks.green;
      return { tone: "danger", text: red === null ? "Checks red" : `Checks: ${red} red`, icon: X };
    }
    case "checked":
      return { tone: "good", text: "Checked", icon: Check };
    case "rolling-out":
      return { tone: "lamp", text: `Rolling out${atShare(stateShare)}`, hasDot: true };
    case "stable":
      return { tone: "good", text: "Stable", icon: Check };
    case "rolled-back":
      return { tone: "danger", text: `Rolled back${atShare(stateShare)}`, icon: Undo2 };
    case "withdrawn":
      return { tone: "plain", text: "Withdrawn" };
    case "superseded":
      return { tone: "plain", text: "Superseded" };
    case "minimum":
      return { tone: "info", text: "Minimum" };
  }
}

const rollout_badges: Readonly<Record<RolloutState, (share: string) => StateBadge>> = {
  running: (share) => ({ tone: "lamp", text: `Rolling out${share}`, hasDot: true }),
  paused: (share) => ({ tone: "plain", text: `Paused${share}`, icon: Pause }),
  held: (share) => ({ tone: "lamp", text: `Held${share}`, icon: TriangleAlert }),
  waiting: (share) => ({ tone: "lamp", text: `Waits for a person${share}`, icon: UserRound }),
  finishing: () => ({ tone: "lamp", text: "Everybody but 1 % has it", hasDot: true }),
  finished: () => ({ tone: "good", text: "Finished", icon: Check }),
  "rolled-back": (share) => ({ tone: "danger", text: `Rolled back${share}`, icon: Undo2 }),
};

/** How a rollout stands, as a badge. */
export function rolloutBadge({ state, stage, stages }: RolloutSummary): StateBadge {
  return rollout_badges[state](atShare(stages[stage]?.share ?? null));
}

/** How the new version does, as a badge; null where the state says it. */
export function healthBadge(verdict: RolloutVerdict | null, state: RolloutState): StateBadge | null {
  if (state === "rolled-back" || state === "held") return null;
  if (verdict === null) return { tone: "plain", text: "No log-ins yet" };
  switch (verdict.kind) {
    case "no-worse":
      return { tone: "good", text: "Healthy", icon: ShieldCheck };
    case "continue":
      if (verdict.logEvidence > verdict.threshold / 2) {
        return { tone: "lamp", text: "Log-ins look worse", icon: TriangleAlert };
      }
      if (verdict.waitsForStable) return { tone: "plain", text: "Waits for log-ins on stable" };
      return { tone: "plain", text: "No harm seen yet" };
    case "hold":
      return { tone: "lamp", text: "Held", icon: TriangleAlert };
    case "roll-back":
      return { tone: "danger", text: "Worse", icon: TriangleAlert };
  }
}

/** Whether a rollout is over, one way or the other. */
export function isOver(state: RolloutState): boolean {
  return state === "finished" || state === "rolled-back";
}

/** A version that was let past red checks can't go further than this share. */
export const override_share_max = 0.01;

/** Whether a rollout can't go further, because its version was let past its checks. */
export function isAtItsEnd({ overridden, next }: RolloutSummary): boolean {
  return overridden && next?.share !== null && (next?.share ?? 0) > override_share_max;
}

/** Where a rollback goes or went, as one text: `8.4.2`, or each platform's own where they differ. */
export function targetText(rollout: Pick<RolloutSummary, "rollbackTo">): string | null {
  const known = rollout.rollbackTo.filter(({ version }) => version !== null);
  const versions = [...new Set(known.map(({ version }) => version ?? ""))];
  if (versions.length === 0) return null;
  if (versions.length === 1) return versions[0] ?? null;
  return known.map(({ platform, version }) => `${version} on ${platformName(platform)}`).join(", ");
}

/**
 * Where a figure's ground comes from: lamp is the new version, harbour the stable, greyed harbour the older
 * ones.
 */
export type VersionTone = "new" | "stable" | "older-1" | "older-2" | "older-3";

/** A tone's ground and, on it, its ink. */
export const tone_grounds: Readonly<Record<VersionTone, string>> = {
  new: "bg-chart-new",
  stable: "bg-harbour",
  "older-1": "bg-older-1",
  "older-2": "bg-older-2",
  "older-3": "bg-older-3",
};
