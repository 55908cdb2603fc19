import {
  addToChangeSums,
  changeSteps,
  newChangeSums,
  soundingHeight,
  type ChangeSteps,
  type ChangeSums,
} from "./change.ts";
import { type Arm, type Counts } from "./types.ts";

/** Whether an arm fails beyond the usual, and the sums that tell when that begins and ends. */
export interface OutageWatch {
  isFailing: boolean;
  rising: ChangeSums;
  falling: ChangeSums;
}

/** Shares of failing in an outage, as parts of the way from the usual to everything. */
const supposed_parts: readonly number[] = [0.15, 0.45, 0.9];
/** Stable is watched for the whole rollout: a million log-ins between false alarms. */
const stable_run_length_logins = 1_000_000;
/** The candidate's word only matters while stable fails, so it may be quick. */
const candidate_run_length_logins = 20;
/** How sure the end of an outage must be. */
const recovery_run_length_logins = 100;

/** What is worked out once for a share that may fail on an ordinary day. */
export interface OutageScale {
  readonly rising: ChangeSteps;
  readonly falling: ChangeSteps;
  readonly soundsAt: Readonly<Record<Arm, number>>;
  readonly endsAt: number;
}

/** The steps and heights for a share that may fail on an ordinary day. */
export function outageScale(usual: number): OutageScale {
  const supposed = supposed_parts.map((part) => usual + (1 - usual) * part);
  const sums = supposed.length;
  return {
    rising: changeSteps(usual, supposed),
    falling: changeSteps(Math.min(...supposed), [usual]),
    soundsAt: {
      stable: soundingHeight({ averageRunLength_logins: stable_run_length_logins, sums }),
      candidate: soundingHeight({ averageRunLength_logins: candidate_run_length_logins, sums }),
    },
    endsAt: soundingHeight({ averageRunLength_logins: recovery_run_length_logins, sums: 1 }),
  };
}

/** An arm in its ordinary state. */
export function newOutageWatch(): OutageWatch {
  return { isFailing: false, rising: newChangeSums(supposed_parts.length), falling: newChangeSums(1) };
}

/** Adds an arm's log-ins. */
export function watchForOutage(
  watch: OutageWatch,
  counts: Readonly<Counts>,
  options: { arm: Arm; scale: OutageScale },
): void {
  const { arm, scale } = options;
  if (watch.isFailing) {
    const sum = addToChangeSums(watch.falling, counts, { steps: scale.falling, height: scale.endsAt });
    if (sum >= scale.endsAt) Object.assign(watch, newOutageWatch());
    return;
  }
  const height = scale.soundsAt[arm];
  watch.isFailing = addToChangeSums(watch.rising, counts, { steps: scale.rising, height }) >= height;
}
