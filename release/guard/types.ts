/** Log-ins of one arm, counted by how they ended. */
export interface Counts {
  succeeded: number;
  failed: number;
}

/** The new version, or all stable versions together. */
export type Arm = "candidate" | "stable";

/** What is handed in: one log-in or a minute's batch of one arm, in the order in which the log-ins began. */
export interface Outcomes {
  readonly arm: Arm;
  /**
   * The finest group that these log-ins belong to: parts joined by commas, like
   * `os=ios-18,device=returning,way=passkey`. Each part is a wider segment of its own. Left out: only of the
   * whole.
   */
  readonly segment?: string;
  /** Log-ins that succeeded; a whole number, 0 or more. */
  readonly succeeded: number;
  /** Log-ins that failed; a whole number, 0 or more. */
  readonly failed: number;
}

/** What a guard can be told when it is made; all have defaults. */
export interface LoginGuardOptions {
  /**
   * The greatest probability, over a whole rollout, of rolling back a version that is no worse. Default
   * 0.001.
   */
  readonly alpha?: number;
  /** How much worse, in percentage points of log-ins, still counts as no worse. Default 2. */
  readonly margin_points?: number;
  /**
   * The share of log-ins that may fail on an ordinary day; more than that in both arms is an outage. Default
   * 0.1.
   */
  readonly usualFailing_max?: number;
  /**
   * Parts of segments that may pause a rollout but not roll it back, since anybody can make such
   * installations. Default: `installation=unproven`.
   */
  readonly pauseOnly?: readonly string[];
}

/** Why a rollout should freeze. */
export type HoldReason =
  /** Stable fails too: an outage, for which the new version isn't to blame. */
  | "both-arms-fail"
  /** Only installations that have never logged in fail on the new version: a person decides. */
  | "unproven-installations-fail";

/** What the evidence says after the outcomes handed in last. */
export interface Verdict {
  /**
   * - `roll-back`: the new version is worse; once said, it stays said.
   * - `hold`: the stage freezes, nobody is switched; `reason` says why.
   * - `no-worse`: shown to be within the margin.
   * - `continue`: none of these is shown yet.
   */
  readonly kind: "continue" | "roll-back" | "no-worse" | "hold";
  /**
   * Natural logarithm of the evidence that the new version is worse; from the alarm on, the most there has
   * been.
   */
  readonly logEvidence: number;
  /** ln(1/alpha), on the scale of `logEvidence`: reached means roll back. */
  readonly threshold: number;
  /** Set when the kind is `hold`. */
  readonly reason?: HoldReason;
  /**
   * The segment with most evidence of its own, `all` being everybody; from the alarm on, the one that had it
   * then.
   */
  readonly segment: string;
  /**
   * The new version fails by less than this many percentage points more than stable; undefined until shown.
   */
  readonly worseByLessThan_points: number | undefined;
  /** True when log-ins of the new version wait to be compared because too few of stable have come. */
  readonly waitsForStable: boolean;
}

/** One segment's part in the evidence, for people and plots. */
export interface SegmentReport {
  readonly segment: string;
  /** Its fixed share of the whole evidence. */
  readonly weight: number;
  readonly logEvidence: number;
}

/** Everything about the evidence so far. */
export interface GuardReport {
  readonly candidate: Readonly<Counts>;
  readonly stable: Readonly<Counts>;
  /** The first is always the whole. */
  readonly segments: readonly SegmentReport[];
  /** The counts at the alarm; undefined before one. */
  readonly alarm: { readonly candidate: Readonly<Counts>; readonly stable: Readonly<Counts> } | undefined;
}

/** Thrown when what was handed in can't be; nothing has changed then. */
export class GuardInputError extends RangeError {
  override readonly name = "GuardInputError";
}

/** How many log-ins are counted here. */
export function sizeOf(counts: Readonly<Counts>): number {
  return counts.succeeded + counts.failed;
}
