export { createLoginGuard, odds_ratios, restoreLoginGuard, type LoginGuard } from "./guard.ts";
export { type GuardState, type WatchState } from "./state.ts";
export {
  GuardInputError,
  type Arm,
  type Counts,
  type GuardReport,
  type HoldReason,
  type LoginGuardOptions,
  type Outcomes,
  type SegmentReport,
  type Verdict,
} from "./types.ts";
