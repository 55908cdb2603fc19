import { sleep } from "@mainstay/platform";
import { seededFractions } from "@mainstay/kernel";
import { OperatorError } from "@mainstay/platform/embedded-postgres";
import type { Approval, Rollout } from "@mainstay/wire";
import type { FleetEntry } from "./fleet/log.ts";
import { figuresOf, type SceneFigures } from "./figures.ts";
import { alarmAtOf, entriesSince, startRollout, waitFor, type Replay } from "./scene.ts";
import { stopLogins } from "./store.ts";
import { release } from "./versions.ts";
import type { WindowStory } from "./windows.ts";

/** How long nobody gets in while the bank is out, in milliseconds; silence is judged a minute after. */
const outage_ms = 20_000;
const after_outage_ms = 75_000;
/** How long a rollout runs before the bank goes out, in milliseconds. */
const before_outage_ms = 15_000;
/** The share of a segment's log-ins that fail where only a segment is broken. */
const segment_failing = 0.3;

/** A scene's figures with what its report draws. */
export type SceneResult = {
  readonly figures: SceneFigures;
  /** What the fleet went through. */
  readonly entries: readonly FleetEntry[];
  readonly windows: readonly WindowStory[];
  readonly rollout: Rollout;
};

/** Whether the new version was blamed for what the bank did. */
export type OutageResult = { readonly blamed_candidate: boolean; readonly rollout: Rollout };

/** Checks a version with the release command; answers whether the check stopped it. */
export async function check(replay: Replay, version: string): Promise<boolean> {
  const { code, said } = await release(replay.bank, "check", version);
  const last = said.trim().split("\n").slice(-3).join(" | ");
  replay.tell(`${version} was checked: ${code === 0 ? "green" : "red"} (${last})`);
  if (code !== 0 && code !== 1) throw new OperatorError(`The check of ${version} broke:\n${said}`);
  return code === 1;
}

/** Whether control refuses to start what its check has stopped. */
async function isStartRefused(replay: Replay, version: string): Promise<boolean> {
  return startRollout(replay, version, 0.01).then(
    () => false,
    () => true,
  );
}

/** Two people go on regardless of what is red. */
async function override({ staff: [first, second], tell }: Replay, version: string): Promise<void> {
  const approval = await first.ask<Approval>("POST", `/api/checks/${version}/override`, {
    commandId: first.commandId(),
    reason: "Replay of a log-in outage: the release that shouldn't have gone out",
  });
  await first.sign(approval.id);
  await second.sign(approval.id);
  tell(`${first.name} and ${second.name} overrode the red check: at most 1 % of installations`);
}

/** Runs the fleet on a rollout until the guard's alarm, and on for a while. */
async function playUntilAlarm(replay: Replay, rollout: string, candidate: string): Promise<SceneResult> {
  const { fleet, size, clock, windows, tell } = replay;
  const begin = replay.log.entries().length;
  const windowsOpenedAt = clock.now().getTime();
  if (windows !== null) await windows.openOnCandidate(candidate);
  const load = fleet.run(size.perSecond);
  const stories: Promise<readonly WindowStory[]> =
    windows === null ? Promise.resolve([]) : windows.story(candidate);
  const found = await waitFor(replay, rollout, ({ state }) => state === "rolled-back", size.alarm_ms_max);
  const alarmAt = alarmAtOf(found);
  if (alarmAt !== null) tell(`the guard's alarm: ${candidate} is taken back`, new Date(alarmAt));
  await sleep(size.after_alarm_ms);
  const seen = await stories;
  await load.stop();
  const entries = entriesSince(replay, begin);
  const figures = figuresOf({ candidate, entries, windows: seen, windowsOpenedAt, alarmAt });
  const ended = await waitFor(replay, rollout, () => true, 0);
  return { figures, entries, windows: seen, rollout: ended };
}

/** The story itself: a version with which nobody can log in, stopped by its check, overridden, at 1 %. */
export async function playTotalBreak(
  replay: Replay,
  candidate: string,
): Promise<SceneResult & { readonly check_stopped_it: boolean }> {
  const { tell, size } = replay;
  const isRed = size.withChecks && (await check(replay, candidate));
  const isRefused = await isStartRefused(replay, candidate);
  tell(`starting ${candidate} is ${isRefused ? "refused" : "NOT refused"}`);
  await override(replay, candidate);
  replay.behave(candidate, { isBroken: () => true });
  const rollout = await startRollout(replay, candidate, 0.01);
  tell(`${candidate} is rolled out to 1 % of ${replay.fleet.phones.length} installations`);
  const result = await playUntilAlarm(replay, rollout, candidate);
  return { ...result, check_stopped_it: isRed && isRefused };
}

/** At the 20 % stage: on returning Android devices, three log-ins of ten fail. */
export async function playSegmentBreak(replay: Replay, candidate: string): Promise<SceneResult> {
  if (await check(replay, candidate)) throw new OperatorError(`The check of ${candidate} is red.`);
  const dice = seededFractions(2);
  replay.behave(candidate, {
    isBroken: ({ platform, hasLoggedIn }) =>
      platform === "android" && hasLoggedIn && dice() < segment_failing,
  });
  const rollout = await startRollout({ ...replay, windows: null }, candidate, 0.2);
  replay.tell(`${candidate} is rolled out to 20 %; 30 % of log-ins fail on returning Android devices`);
  return playUntilAlarm({ ...replay, windows: null }, rollout, candidate);
}

/** At the 20 % stage of a good version, the bank lets nobody in for a while. */
export async function playOutage(replay: Replay, candidate: string): Promise<OutageResult> {
  const { fleet, size, tell, bank } = replay;
  if (await check(replay, candidate)) throw new OperatorError(`The check of ${candidate} is red.`);
  const rollout = await startRollout(replay, candidate, 0.2);
  tell(`${candidate} is rolled out to 20 %; there is nothing wrong with it`);
  const load = fleet.run(size.perSecond);
  await sleep(before_outage_ms);
  const letGo = await stopLogins(bank.mainstay.databases.bank.url);
  tell("the bank stops letting anybody in, on both versions alike");
  await sleep(outage_ms);
  await letGo();
  tell("the bank lets people in again");
  const found = await waitFor(replay, rollout, ({ state }) => state === "rolled-back", after_outage_ms);
  await load.stop();
  tell(`the rollout of ${candidate} is ${found.state}; verdict ${found.verdict?.kind ?? "none"}`);
  return { blamed_candidate: found.state === "rolled-back", rollout: found };
}
