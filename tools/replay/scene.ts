import { sleep } from "@mainstay/platform";
import type { Clock, Random } from "@mainstay/kernel";
import type { Rollout, RolloutCommanded } from "@mainstay/wire";
import type { Fleet } from "./fleet/fleet.ts";
import type { FleetEntry, FleetLog } from "./fleet/log.ts";
import type { VersionBehaviour } from "./fleet/phone.ts";
import type { ScratchBank } from "./scratch.ts";
import type { StaffClient } from "./staff.ts";
import type { Windows } from "./windows.ts";

/** How often the rollout is looked at, in milliseconds. */
const look_ms = 100;

/** The stage and the speed of a replay. */
export type ReplaySize = {
  readonly installations: number;
  /** Visits a second: an app opened, a log-in tried. */
  readonly perSecond: number;
  /** How long a scene waits for the guard, in milliseconds. */
  readonly alarm_ms_max: number;
  /** How long the fleet goes on after the alarm, in milliseconds: to see whether anybody is left out. */
  readonly after_alarm_ms: number;
  /** Whether phones log in for the first time over HTTP, or remember that they did long ago. */
  readonly firstLogIns: "played" | "remembered";
  readonly withWindows: boolean;
  /** Whether the release command's checks are run, and not overridden unrun. */
  readonly withChecks: boolean;
};

/** Everything that scenes play with. */
export type Replay = {
  readonly bank: ScratchBank;
  readonly size: ReplaySize;
  readonly fleet: Fleet;
  readonly log: FleetLog;
  readonly windows: Windows | null;
  readonly staff: readonly [StaffClient, StaffClient];
  /** How the fleet behaves on a version, where it isn't as the version's manifest says. */
  readonly behave: (version: string, behaviour: Partial<VersionBehaviour>) => void;
  readonly clock: Clock;
  readonly random: Random;
  readonly say: (line: string) => void;
  /** A line of the timeline, with the time that it is about. */
  readonly tell: (what: string, at?: Date) => void;
};

/** A first stage that lasts as long as the scene does, and the last that every rollout has. */
function stagesFrom(share: number) {
  const minutes = 24 * 60;
  return [
    { share, minutes, marginPoints: 1 },
    { share: 1, minutes, marginPoints: 1 },
  ];
}

/** Starts a rollout to everybody's platforms, signed by the second person where one is asked for. */
export async function startRollout(
  { staff: [first, second] }: Replay,
  version: string,
  share: number,
): Promise<string> {
  const started = await first.ask<RolloutCommanded>("POST", "/api/rollouts", {
    commandId: first.commandId(),
    version,
    platforms: ["ios", "android", "web"],
    stages: stagesFrom(share),
    reason: "Replay of a log-in outage",
  });
  if (started.approval !== null) {
    await first.sign(started.approval.id);
    await second.sign(started.approval.id);
  }
  if (started.rollout !== null) return started.rollout;
  const { rollouts } = await first.ask<{ rollouts: { id: string }[] }>("GET", `/api/releases/${version}`);
  const [latest] = rollouts;
  if (latest === undefined) throw new Error(`the rollout of ${version} didn't start`);
  return latest.id;
}

/** The rollout as its page shows it. */
export function look({ staff: [first] }: Replay, rollout: string): Promise<Rollout> {
  return first.ask<Rollout>("GET", `/api/rollouts/${rollout}`);
}

/** Waits until the rollout stands as wanted, or for so long; answers how it stands then. */
export async function waitFor(
  replay: Replay,
  rollout: string,
  isThere: (found: Rollout) => boolean,
  ms_max: number,
): Promise<Rollout> {
  const deadline = performance.now() + ms_max;
  for (;;) {
    const found = await look(replay, rollout);
    if (isThere(found) || performance.now() > deadline) return found;
    await sleep(look_ms);
  }
}

/** When the guard's alarm sounded, in milliseconds since 1970; null where it never did. */
export function alarmAtOf(rollout: Rollout): number | null {
  const alarm = rollout.events.find(({ kind }) => kind === "alarm" || kind === "rolled-back");
  return alarm === undefined ? null : Date.parse(alarm.at);
}

/** The fleet's entries since a place in its log. */
export function entriesSince({ log }: Replay, begin: number): readonly FleetEntry[] {
  return log.entries().slice(begin);
}
