import { classNames } from "@mainstay/ui";
import type { RolloutStage } from "@mainstay/wire";
import { Check } from "lucide-react";
import { countText, peopleText, stageText } from "../../parts/numbers.ts";
import { spanText } from "../../parts/time.tsx";

const minute_ms = 60_000;

/** What stands at a stage's right: how long it took, is taking, or will take at least. */
function durationText(stage: RolloutStage, now: Date): string {
  if (stage.state === "not-reached") {
    return stage.needsSecond && stage.share === 1 ? "2 sign" : spanText(stage.minutes * minute_ms);
  }
  if (stage.startedAt === null) return "";
  const end = stage.endedAt === null ? now : new Date(stage.endedAt);
  return spanText(end.getTime() - new Date(stage.startedAt).getTime());
}

function belowText(
  stage: RolloutStage,
  isLong: boolean,
  isTakenBack: boolean,
  target: string | null,
): string {
  if (isTakenBack && stage.state === "not-reached") return "not reached";
  if (stage.state === "taken-back") {
    const count = countText(stage.people);
    return target === null ? `${count} back` : `${count} back on ${target}`;
  }
  return isLong && stage.state !== "not-reached" ? peopleText(stage.people) : countText(stage.people);
}

function Bar({ stage, isTakenBack }: { readonly stage: RolloutStage; readonly isTakenBack: boolean }) {
  const filled = stage.state === "now" ? stage.progress : stage.state === "not-reached" ? 0 : 1;
  return (
    <div
      className={classNames(
        "h-2 overflow-hidden rounded-full",
        isTakenBack && stage.state === "not-reached" ? "border border-line2" : "bg-well",
      )}
    >
      <div
        className={classNames(
          "h-full rounded-full",
          stage.state === "taken-back" ? "bg-danger" : "bg-chart-new",
        )}
        style={{ width: `${Math.min(1, filled) * 100}%` }}
      />
    </div>
  );
}

/** Stages as a track: how far it is, how long each takes, and how many people each touches. */
export function StageTrack({ stages, now, isLong = false, target = null, className }: StageTrackProps) {
  const isTakenBack = stages.some(({ state }) => state === "taken-back");
  return (
    <ol
      aria-label="Stages"
      className={classNames("grid auto-cols-fr grid-flow-col gap-2.5 min-[1400px]:gap-3.5", className)}
    >
      {stages.map((stage) => {
        const isReached = stage.state !== "not-reached";
        return (
          <li key={stage.share} aria-current={stage.state === "now" ? "step" : undefined} className="min-w-0">
            <div className="flex items-baseline gap-1 whitespace-nowrap min-[1400px]:gap-1.5">
              <span className={classNames("text-head", isReached ? "text-ink" : "font-medium text-ink-soft")}>
                {stageText(stage.share * 100)}
              </span>
              {stage.state === "passed" && (
                <Check size={14} strokeWidth={2} aria-label="passed" className="self-center text-good" />
              )}
              {isLong && !(isTakenBack && !isReached) && (
                <span className="money ml-auto truncate text-small text-ink-soft">
                  {durationText(stage, now)}
                </span>
              )}
            </div>
            <div className="mt-1.5 mb-1.5">
              <Bar stage={stage} isTakenBack={isTakenBack} />
            </div>
            <div
              className={classNames(
                "money truncate text-small",
                stage.state === "taken-back" && "font-semibold text-danger",
                stage.state === "now"
                  ? "font-semibold text-ink"
                  : stage.state !== "taken-back" && "text-ink-soft",
              )}
            >
              {belowText(stage, isLong, isTakenBack, target)}
            </div>
          </li>
        );
      })}
    </ol>
  );
}

type StageTrackProps = {
  readonly stages: readonly RolloutStage[];
  readonly now: Date;
  /** With durations and the word "people", as on a rollout's own page. */
  readonly isLong?: boolean;
  /** Where those went who had it, after a rollback. */
  readonly target?: string | null;
  readonly className?: string;
};
