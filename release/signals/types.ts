import type pg from "pg";
import type { Arm } from "@mainstay/guard";
import type { Platform, RolloutState, RolloutVerdict, Signal } from "@mainstay/wire";

/** A connection of the pool on which a transaction runs. */
export type Connection = Pick<pg.PoolClient, "query">;

/**
 * What counting must know of a rollout. Nothing of it but its state and end changes after it
 * has begun.
 */
export type WatchedRollout = {
  readonly id: string;
  readonly candidate: string;
  readonly platforms: readonly Platform[];
  readonly startedAt: Date;
  readonly state: RolloutState;
  readonly endedAt: Date | null;
};

/** An installation, and the version that it was seen on. */
export type SeenDevice = {
  readonly installation: string;
  readonly platform: Platform;
  readonly version: string;
  readonly at: Date;
};

/** A log-in that failed. */
export type FirstFailure = {
  readonly at: Date;
  readonly platform: Platform;
  readonly os: string;
  /** A problem's code, or `silent`. */
  readonly reason: string | null;
};

/** How devices that were open left a version: when the last one did, and how many. */
export type LastSwitch = { readonly at: Date; readonly people: number };

/** What signals ask of rollouts, and tell them. Filled where control is wired. */
export type RolloutsPort = {
  /** Null for an id that no rollout has. */
  readonly find: (rolloutId: string) => Promise<WatchedRollout | null>;
  /** The rollout under way on a platform, or else the latest one; null before the first. */
  readonly latestOn: (platform: Platform) => Promise<WatchedRollout | null>;
  /** Finished ones whose version is stable on its platforms now: what the watch after a rollout looks at. */
  readonly settled: () => Promise<readonly WatchedRollout[]>;
  /** Every version that control knows. */
  readonly knownVersions: () => Promise<ReadonlySet<string>>;
  /** Installations that were seen, each once, for who is on what. Some may be lost when control is killed. */
  readonly seen: (devices: readonly SeenDevice[]) => Promise<void>;
  /** The latest verdict, for stages' margins and for holding. May come more than once. */
  readonly noteVerdict: (rolloutId: string, verdict: RolloutVerdict) => Promise<void>;
  /** The guard's alarm. May come more than once; the second time changes nothing. */
  readonly rollBack: (rolloutId: string, verdict: RolloutVerdict) => Promise<void>;
  /** The candidate's first log-in that failed, for the timeline. May come more than once. */
  readonly firstFailed: (rolloutId: string, failure: FirstFailure) => Promise<void>;
  /** When the last open device left a version that was rolled back. May come more than once. */
  readonly lastSwitched: (rolloutId: string, last: LastSwitch) => Promise<void>;
  /** Something that a machine shouldn't decide. May come more than once. */
  readonly callPerson: (rolloutId: string, why: string) => Promise<void>;
};

/**
 * How a live probe ended: a real log-in, made for it, on the rollout's version or on the one that a rollback
 * would go to. One that can't be made has failed.
 */
export type ProbePort = (probe: {
  readonly rollout: WatchedRollout;
  readonly of: "candidate" | "stable";
}) => Promise<"passed" | "failed">;

/**
 * What is compared: an installation's first log-in in a rollout, its first later one, whether what was
 * activated has booted, whether who was offered the log-in has begun one.
 */
export const comparisons = ["first", "later", "boot", "offer"] as const;
export type Comparison = (typeof comparisons)[number];

/** One happening that counts: at most one for each installation, rollout and comparison. Times in ms. */
export type Trial = {
  readonly comparison: Comparison;
  readonly arm: Arm;
  readonly version: string;
  readonly platform: Platform;
  readonly os: string;
  readonly way: Signal["way"];
  readonly proven: boolean;
  /** The log-in's attempt, or the activation's nonce. */
  readonly attempt: string;
  readonly owner: string | null;
  readonly customer: string | null;
  readonly protocol: string | null;
  readonly begunAt: number;
  readonly openedAt: number;
  readonly dueAt: number;
  /** `hidden`: it proves nothing, and the next one counts instead. */
  outcome: "succeeded" | "failed" | "hidden" | null;
  reason: string | null;
  endedAt: number | null;
};

/** What one installation did in one rollout, as far as counting needs it. Times in ms. */
export type History = {
  readonly owner: string | null;
  readonly proven: boolean;
  fellBackAt: number | null;
  inAt: number | null;
  lastBegunAt: number | null;
  readonly trials: Partial<Record<Comparison, Trial>>;
};

/** A signal as counting reads it. Times in ms. */
export type Arrival = {
  readonly number: bigint;
  readonly receivedAt: number;
  readonly kind: Signal["kind"];
  readonly at: number;
  readonly begunAt: number;
  readonly installation: string;
  readonly version: string;
  readonly platform: Platform;
  readonly os: string;
  readonly rollout: string | null;
  readonly arm: Signal["activation"]["arm"];
  readonly device: Signal["activation"]["device"];
  readonly owner: string | null;
  readonly nonce: string;
  readonly attempt: string | null;
  readonly way: Signal["way"];
  readonly protocol: string | null;
  readonly customer: string | null;
  readonly reason: string | null;
};
