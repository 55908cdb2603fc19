import type { FleetEntry } from "./fleet/log.ts";
import type { WindowStory } from "./windows.ts";

/** What a scene came to; times in seconds. */
export type SceneFigures = {
  readonly alarmed: boolean;
  /**
   * Log-ins that failed on the candidate before the guard's alarm (all of them, where it never sounded).
   */
  readonly failed_logins_before_alarm: number;
  /** Installations on which a log-in ever failed on the candidate. */
  readonly installations_failed: number;
  /** Installations that ever started the candidate. */
  readonly installations_on_candidate: number;
  /**
   * From the alarm until the last client that was open on the candidate ran another version; null without
   * alarm.
   */
  readonly alarm_to_last_switched_s: number | null;
  /** The longest time from a customer's first failure until they were in. */
  readonly longest_lockout_s: number;
  /** Log-ins that failed on an installation after it had changed to another version. */
  readonly logins_failed_after_switch: number;
  /** The share of those that ever failed who got in again by themselves. */
  readonly in_again_without_help: number;
};

/** One client's story on the candidate: a phone of the fleet, or a window. */
type Story = {
  readonly failures: readonly number[];
  readonly inAfter: number | null;
  readonly openedAt: number | null;
  readonly switchedAt: number | null;
  readonly failedAfterSwitch: number;
};

function storyOfPhone(entries: readonly FleetEntry[], candidate: string): Story {
  const failures = entries.filter(({ what, version }) => what === "failed" && version === candidate);
  const first = failures[0]?.at ?? null;
  const opened = entries.find(({ what, version }) => version === candidate && what !== "failed");
  const switched = entries.find(({ what, version }) => what === "switched" && version !== candidate);
  const inAfter = entries.find(({ what, at }) => what === "in" && first !== null && at >= first);
  const later = entries.filter(
    ({ what, at, version }) =>
      what === "failed" && version !== candidate && switched !== undefined && at > switched.at,
  );
  return {
    failures: failures.map(({ at }) => at),
    inAfter: inAfter?.at ?? null,
    openedAt: opened?.at ?? null,
    switchedAt: switched?.at ?? null,
    failedAfterSwitch: later.length,
  };
}

function storyOfWindow({ refused, inAt, switchedAt }: WindowStory, openedAt: number): Story {
  return {
    failures: refused === null ? [] : [refused.until],
    inAfter: inAt,
    openedAt,
    switchedAt,
    failedAfterSwitch: 0,
  };
}

const seconds = (ms: number) => Math.round(ms) / 1_000;
const most = (values: readonly number[]) => values.reduce((left, right) => Math.max(left, right), 0);

/**
 * Works out a scene's figures from the fleet's own log, and not from what release control says of itself;
 * only the time of the alarm (milliseconds since 1970) is the guard's.
 */
export function figuresOf(scene: {
  readonly candidate: string;
  readonly entries: readonly FleetEntry[];
  readonly windows: readonly WindowStory[];
  readonly windowsOpenedAt: number;
  readonly alarmAt: number | null;
}): SceneFigures {
  const { candidate, entries, windows, windowsOpenedAt, alarmAt } = scene;
  const byPhone = Map.groupBy(entries, ({ phone }) => phone);
  const stories = [
    ...[...byPhone.values()].map((own) => storyOfPhone(own, candidate)),
    ...windows.map((story) => storyOfWindow(story, windowsOpenedAt)),
  ];
  const failed = stories.filter(({ failures }) => failures.length > 0);
  const on = stories.filter(({ openedAt }) => openedAt !== null);
  const before = stories
    .flatMap(({ failures }) => failures)
    .filter((at) => alarmAt === null || at <= alarmAt);
  const again = failed.filter(({ inAfter }) => inAfter !== null);
  const lockouts = again.map(({ failures, inAfter }) => (inAfter ?? 0) - (failures[0] ?? 0));
  const switches = on.flatMap(({ switchedAt }) =>
    alarmAt !== null && switchedAt !== null && switchedAt > alarmAt ? [switchedAt - alarmAt] : [],
  );
  return {
    alarmed: alarmAt !== null,
    failed_logins_before_alarm: before.length,
    installations_failed: failed.length,
    installations_on_candidate: on.length,
    alarm_to_last_switched_s: alarmAt === null ? null : seconds(most(switches)),
    longest_lockout_s: seconds(most(lockouts)),
    logins_failed_after_switch: stories.reduce((sum, story) => sum + story.failedAfterSwitch, 0),
    in_again_without_help: failed.length === 0 ? 1 : again.length / failed.length,
  };
}
