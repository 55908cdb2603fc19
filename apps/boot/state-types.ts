import type { UpdateAdvice } from "@mainstay/wire";

/** A version's name: three numbers, as in semantic versioning. */
export const version_pattern = /^\d{1,9}\.\d{1,9}\.\d{1,9}$/;
/** How many verified bundles are kept to start from. */
export const kept_bundles_max = 2;
/** How many failed versions an installation remembers. */
export const quarantined_max = 8;

/** Why a version was left. */
export type LeaveReason = "refused" | "crashed" | "slow" | "damaged" | "taken-back";

/** What the boot layer remembers from one page load to the next. */
export type BootMemory = {
  /** Versions that have logged in here, by the server's word, newest first: what is fallen back to. */
  readonly good: readonly string[];
  /** Versions that have stood here, newest first: what an offline start may begin with. */
  readonly stood: readonly string[];
  /** Versions that failed here: not started again while there is another. */
  readonly quarantined: readonly string[];
  /** The version that was left last, and why, until another stands. */
  readonly left: { readonly version: string; readonly reason: LeaveReason } | null;
};

/** What an installation that has never been here remembers. */
export const empty_memory: BootMemory = { good: [], stood: [], quarantined: [], left: null };

/** Why the app could not be started, as the person is told. */
export type BootFailure = "unreachable" | "damaged" | "slow" | "crashed";

/** A bundle on its way; the edge's signed activation comes only with the version that it assigned. */
export type Candidate = {
  readonly version: string;
  readonly activation: string | null;
  readonly update: UpdateAdvice;
};

/** What the boot layer tells the edge of a bundle. */
export type ReportKind =
  | "activated"
  | "booted"
  | "boot-failed"
  | "boot-hidden"
  | "login-offered"
  | "fell-back"
  | "crashed";

/** What every state carries. `told`: the failed versions that the edge was told of since the page began. */
export type Common = { readonly memory: BootMemory; readonly told: readonly string[] };
type Started = Common & {
  readonly candidate: Candidate;
  /** Why this page was started in place of another version. */
  readonly switched: LeaveReason | null;
  /** Time in the foreground since the start; below zero once the boot is no longer timed. */
  readonly foregroundMs: number;
  /** The reports that were made of this start: each is made once. */
  readonly reported: readonly ReportKind[];
  /** The edge is being asked for another version, for this reason; this one goes on meanwhile. */
  readonly asking: "refused" | "crashed" | "slow" | null;
  /** A swap that came too soon after the last one. */
  readonly swap: string | null;
};

export type BootState =
  /** `tried`: versions that this page has failed to load already. */
  | (Common & { readonly name: "assigning"; readonly tried: readonly string[] })
  | (Common & { readonly name: "loading"; readonly tried: readonly string[]; readonly candidate: Candidate })
  | (Started & { readonly name: "starting" })
  | (Started & { readonly name: "running" })
  | (Common & { readonly name: "stuck"; readonly failure: BootFailure })
  /** The store's shell is too old, or this version is: nothing is started. */
  | (Common & { readonly name: "updating" })
  /** The page is on its way out: nothing that it still says counts. */
  | (Common & { readonly name: "restarting" });

export type BootEvent =
  | {
      readonly type: "assigned";
      readonly version: string;
      /** Null where the edge assigned another version than the one that a native shell has in reach. */
      readonly activation: string | null;
      readonly healthy: readonly string[];
      readonly update: UpdateAdvice;
    }
  | { readonly type: "assignment-failed" }
  | { readonly type: "verified"; readonly visible: boolean }
  | { readonly type: "load-failed"; readonly reason: "unreachable" | "damaged" }
  /** Time that has passed while the page was in the foreground. */
  | { readonly type: "passed"; readonly foregroundMs: number }
  | { readonly type: "shown" }
  | { readonly type: "hidden" }
  | { readonly type: "crashed" }
  | { readonly type: "booted" }
  | { readonly type: "login-offered" }
  | { readonly type: "logged-in" }
  /** The edge says which versions have logged in here. */
  | { readonly type: "healthy"; readonly versions: readonly string[] }
  | { readonly type: "refused"; readonly code: string }
  /** This version was taken back: the page changes to that one at once. */
  | { readonly type: "swap"; readonly version: string }
  /** The person asked for another try, or the network came back. */
  | { readonly type: "retried" };

/** What the page does after a transition, in the order given. */
export type BootEffect =
  /** Ask the edge which version to start, and tell it of one that failed. */
  | { readonly type: "ask"; readonly failed: string | null }
  /** Ask the edge which versions have logged in here, while this one goes on. */
  | { readonly type: "ask-healthy"; readonly running: string }
  | { readonly type: "load"; readonly version: string }
  | { readonly type: "start"; readonly candidate: Candidate; readonly switched: LeaveReason | null }
  | { readonly type: "remember"; readonly memory: BootMemory }
  /** Keep these versions' verified files for a start without the network. */
  | { readonly type: "keep"; readonly versions: readonly string[] }
  | { readonly type: "tell"; readonly failure: BootFailure }
  | { readonly type: "tell-update"; readonly from: string; readonly update: UpdateAdvice }
  | { readonly type: "reveal" }
  | {
      readonly type: "report";
      readonly kind: ReportKind;
      readonly reason: string | null;
      readonly activation: string;
    }
  /** Load the page again: a module that has run can't be taken out of a page. */
  | { readonly type: "restart" };

export type BootStep = { readonly state: BootState; readonly effects: readonly BootEffect[] };
