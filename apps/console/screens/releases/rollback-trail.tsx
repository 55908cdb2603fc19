import { classNames } from "@mainstay/ui";
import { useQuery } from "@tanstack/react-query";
import type { Rollout, RolloutEvent, RolloutSeries } from "@mainstay/wire";
import { Activity, Smartphone, Undo2, X, type LucideIcon } from "lucide-react";
import { seriesQuery } from "../../api/releases.ts";
import { Time } from "../../parts/time.tsx";
import { countText, figureText, peopleText } from "../../parts/numbers.ts";
import { targetText } from "./words.ts";

type Step = {
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
export function rollbackSteps(rollout: Rollout, marks: RolloutSeries["marks"]): readonly Step[] {
  const { verdict } = rollout;
  const [failure, alarm, back, switched] = [
    eventOf(rollout, "first-failure"),
    eventOf(rollout, "alarm"),
    eventOf(rollout, "rolled-back"),
    eventOf(rollout, "last-switched"),
  ];
  const steps: Step[] = [];
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

/** A rollback step by step. Here milliseconds decide the order, so they are shown. */
export function RollbackTrail({ rollout }: { readonly rollout: Rollout }) {
  const series = useQuery(seriesQuery(rollout.id, "all"));
  const steps = rollbackSteps(rollout, series.data?.marks ?? []);
  return (
    <ol aria-label="What happened" className="grid auto-cols-fr grid-flow-col gap-2 px-4 py-3">
      {steps.map(({ at, icon: Glyph, title, text }, index) => (
        <li key={title} className="min-w-0">
          <div className="flex items-center gap-2">
            <span
              aria-hidden
              className={classNames(
                "flex size-[18px] shrink-0 items-center justify-center rounded-full",
                "bg-danger-tint text-danger",
              )}
            >
              <Glyph size={12} strokeWidth={2.1} />
            </span>
            <span className="text-ink-soft">
              <Time at={at} form="exact" />
            </span>
            {index < steps.length - 1 && <span aria-hidden className="h-px flex-1 bg-line2" />}
          </div>
          <div className="money mt-1.5 truncate font-semibold">{title}</div>
          <div className="money truncate text-small text-ink-soft">{text}</div>
        </li>
      ))}
    </ol>
  );
}
