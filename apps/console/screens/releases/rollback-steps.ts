import type { Rollout, RolloutEvent, RolloutSeries } from "@mainstay/wire";
import { Activity, Smartphone, Undo2, X, type LucideIcon } from "lucide-react";
import { countText, figureText, peopleText } from "../../parts/numbers.ts";
import { targetText } from "./words.ts";

/** A step of a rollback: when it was, what it was, and of how many. */
export type RollbackStep = {
  readonly at: string;
  readonly icon: LucideIcon;
  readonly title: string;
  readonly text: string;
};

function ordinal(count: number): string {
  const tens = count % 100;
  if (tens >= 11 && tens <= 13) return `${count}th`;
  return `${count}${["th", "st", "nd", "rd"][count % 10] ?? "th"}`;
}

/** The last event of a kind: what happened more than once counts as it was at the end. */
function eventOf({ events }: Rollout, kind: RolloutEvent["kind"]): RolloutEvent | undefined {
  return events.findLast((event) => event.kind === kind);
}

/** A number that an event carries in its details, where it does. */
function detail(event: RolloutEvent | undefined, name: string): number | null {
  const value = event?.details[name];
  return typeof value === "number" ? value : null;
}

/** What led to a rollback, and what followed, in the order of time. */
export function rollbackSteps(rollout: Rollout, marks: RolloutSeries["marks"]): readonly RollbackStep[] {
  const { verdict } = rollout;
  const [failure, alarm, back, switched] = [
    eventOf(rollout, "first-failure"),
    eventOf(rollout, "alarm"),
    eventOf(rollout, "rolled-back"),
    eventOf(rollout, "last-switched"),
  ];
  const steps: RollbackStep[] = [];
  const end = (alarm ?? back)?.at;
  const before = marks.filter(({ at }) => end === undefined || at <= end);
  const failed = before.filter(({ succeeded }) => !succeeded);
  const last = failed.at(-1);
  if (last) {
    steps.push({
      at: last.at,
      icon: X,
      title: `${ordinal(failed.length)} failed log-in`,
      text: `of ${countText(before.length)} on ${rollout.version}`,
    });
  } else if (failure) {
    steps.push({ at: failure.at, icon: X, title: "1st failed log-in", text: `on ${rollout.version}` });
  }
  if (alarm) {
    const evidence = detail(alarm, "logEvidence") ?? verdict?.logEvidence ?? 0;
    const threshold = detail(alarm, "threshold") ?? verdict?.threshold ?? 0;
    const text = `over the alarm at ${figureText(threshold, 1)}`;
    steps.push({ at: alarm.at, icon: Activity, title: `Evidence ${figureText(evidence, 2)}`, text });
  }
  if (back) {
    const target = targetText(rollout);
    steps.push({
      at: back.at,
      icon: Undo2,
      title: target === null ? "Rolled back" : `Rolled back to ${target}`,
      text:
        back.people === null
          ? `by ${back.by.name}`
          : `for ${peopleText(back.people)}, ${alarm ? "all at once" : `by ${back.by.name}`}`,
    });
  }
  if (switched) {
    const seconds = (new Date(switched.at).getTime() - new Date(back?.at ?? switched.at).getTime()) / 1_000;
    const many = switched.people === null ? "" : `${countText(switched.people)}, `;
    steps.push({
      at: switched.at,
      icon: Smartphone,
      title: "Last open device switched",
      text: `${many}in ${figureText(seconds, 2)} s`,
    });
  }
  return steps.toSorted((left, right) => left.at.localeCompare(right.at));
}
