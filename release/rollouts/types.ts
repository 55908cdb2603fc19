import type { Result } from "@mainstay/kernel";
import type { Platform, RolloutState, RolloutVerdict } from "@mainstay/wire";
import type { RolloutsProblem } from "./errors.ts";
import type { RolloutsTable } from "./tables.ts";

/** Whoever does something: a member of staff, or one of those below. */
export type Actor = { readonly id: string; readonly name: string };
/** A stage's end that nobody had to decide. */
export const time_actor: Actor = { id: "time", name: "By itself" };
export const guard_actor: Actor = { id: "guard", name: "The guard" };
/** Whoever sits at the machine. */
export const operator_actor: Actor = { id: "operator", name: "The operator" };
/** The start of a developer's bank. */
export const start_actor: Actor = { id: "start", name: "The bank’s start" };

/** What whoever starts a rollout decides of a stage. */
export type StagePlan = {
  /** 0 to 1. */
  readonly share: number;
  readonly minutes: number;
  /** Percentage points. */
  readonly marginPoints: number;
};

/** A stage as it has gone so far. */
export type Stage = StagePlan & {
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  readonly stillMs: number;
  /** How many had it when it ended. */
  readonly people: number | null;
};

/** A rollout, whole. */
export type RolloutRecord = {
  readonly id: string;
  readonly version: string;
  readonly state: RolloutState;
  readonly stateSince: Date;
  readonly stage: number;
  readonly salt: string;
  readonly startedAt: Date;
  readonly startedBy: Actor;
  readonly isOverridden: boolean;
  readonly secondSignedAt: Date | null;
  readonly waitingFor: RolloutsTable["waiting_for"];
  readonly heldFor: RolloutsTable["held_for"];
  readonly ended: { readonly at: Date; readonly by: Actor } | null;
  readonly reason: string | null;
  readonly attention: string | null;
  readonly verdict: RolloutVerdict | null;
  readonly shownSince: Date | null;
  readonly stages: readonly Stage[];
  readonly targets: readonly {
    readonly platform: Platform;
    readonly goesBackTo: string;
    readonly isActive: boolean;
  }[];
};

/** What one platform gets where no rollout says otherwise. */
export type PlatformRecord = {
  readonly platform: Platform;
  readonly stable: string | null;
  readonly previous: string | null;
  readonly recommended: string | null;
  readonly minimum: string | null;
  readonly storeUrl: string | null;
};

/** What a command came to: done, or waiting for the approval that is named. */
export type Commanded = {
  readonly rollout: string | null;
  readonly state: RolloutState | null;
  readonly approval: string | null;
};

/** A refusal, and what to do about it where the code alone doesn't say. */
export type Refusal = { readonly code: RolloutsProblem; readonly detail?: string };

/** What a command answers. */
export type Answer<T> = Promise<Result<T, Refusal>>;
