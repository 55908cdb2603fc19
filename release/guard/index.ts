export { odds_ratios } from "./block.ts";
export { createLoginGuard, restoreLoginGuard, type LoginGuard } from "./guard.ts";
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
export {
  createLoginWatch,
  restoreLoginWatch,
  type LoginWatch,
  type LoginWatchOptions,
  type Probes,
  type WatchVerdict,
} from "./watch.ts";
