import { Link } from "@tanstack/react-router";
import { classNames } from "@mainstay/ui";
import type { Rollout } from "@mainstay/wire";
import {
  CircleCheck,
  Clock3,
  CircleDashed,
  Stamp,
  TriangleAlert,
  UserRound,
  type LucideIcon,
} from "lucide-react";
import { msOf } from "../../charts/chart-view.ts";
import { figureText, stageText } from "../../parts/numbers.ts";
import { spanText, timeText } from "../../parts/time.tsx";
import { isAtItsEnd } from "./words.ts";

const day_ms = 24 * 60 * 60_000;
const minute_ms = 60_000;

function Condition({ isMet, icon: Glyph, name, value }: ConditionProps) {
  return (
    <div className="flex items-center gap-2 text-small">
      <Glyph
        size={15}
        strokeWidth={1.9}
        aria-label={isMet ? "met" : "not yet"}
        className={classNames("shrink-0", isMet ? "text-good" : "text-ink-soft")}
      />
      <span className="min-w-0 flex-1">{name}</span>
      <span className="money shrink-0 font-semibold">{value}</span>
    </div>
  );
}

type ConditionProps = {
  readonly isMet: boolean;
  readonly icon: LucideIcon;
  readonly name: string;
  readonly value: string;
};

function titleOf(rollout: Rollout, now: Date): string {
  const { next } = rollout;
  if (next === null) return "";
  if (isAtItsEnd(rollout)) return "It stops here: two people let it past its checks";
  const goal = next.share === null ? "Is over" : `Goes to ${stageText(next.share * 100)}`;
  if (next.by === "two-people") return `${goal} when two people sign and`;
  if (next.by === "person") return `${goal} when a person says so and`;
  if (next.timePassed) return `${goal} by itself when`;
  const isSoon = msOf(next.at) - now.getTime() < day_ms;
  return `${goal} by itself at ${timeText(next.at, isSoon ? "clock" : "weekday")} when`;
}

const steady_titles: Readonly<Partial<Record<Rollout["state"], string>>> = {
  paused: "Paused: nobody new gets it",
  held: "Held: nobody new gets it",
  waiting: "It waits for a person",
  finished: "The rollout is over",
};

function points(value: number): string {
  return `${figureText(value, Number.isInteger(value) ? 0 : 1)} ${value === 1 ? "point" : "points"}`;
}

/** What the next step waits for: its time, and evidence of no harm beyond the stage's margin. */
export function NextStep({ rollout, now }: { readonly rollout: Rollout; readonly now: Date }) {
  const { next, attention, approval, state, stages, stage } = rollout;
  const isStill = state === "held" || state === "paused";
  const steady = steady_titles[state];
  const minutes = stages[stage]?.minutes ?? 0;
  return (
    <aside
      className={classNames(
        "flex w-[308px] shrink-0 min-[1400px]:w-[322px] flex-col gap-1.5 border-l",
        "border-line bg-table-head px-4 py-3",
      )}
    >
      <p className="text-dense font-semibold">{steady ?? titleOf(rollout, now)}</p>
      {attention !== null && (
        <p className="flex gap-2 text-small text-lamp-ink">
          <TriangleAlert size={15} strokeWidth={1.9} aria-hidden className="mt-px shrink-0" />
          {attention}
        </p>
      )}
      {approval !== null && (
        <p className="flex gap-2 text-small">
          <Stamp size={15} strokeWidth={1.9} aria-hidden className="mt-px shrink-0 text-ink-soft" />
          <span>
            {approval.first.name} asks for it.{" "}
            <Link to="/approvals" className="border-b border-line2 hover:border-current">
              {approval.state === "unsigned" ? "Two have to sign" : "A second person signs"}
            </Link>
          </span>
        </p>
      )}
      {next !== null && !isStill && !isAtItsEnd(rollout) && (
        <>
          <Condition
            isMet={next.timePassed}
            icon={next.timePassed ? CircleCheck : Clock3}
            name={`${spanText(minutes * minute_ms)} have passed`}
            value={
              next.timePassed
                ? `since ${timeText(next.at, "clock")}`
                : `${spanText(Math.max(0, msOf(next.at) - now.getTime()))} left`
            }
          />
          <Condition
            isMet={next.evidenceShown}
            icon={next.evidenceShown ? CircleCheck : CircleDashed}
            name={`shown no worse than ${points(next.marginPoints)}`}
            value={
              next.shownSince !== null
                ? `since ${timeText(next.shownSince, "clock")}`
                : next.boundPoints === null
                  ? "not yet"
                  : `${figureText(next.boundPoints, 1)} by now`
            }
          />
          {next.by !== "itself" && attention === null && approval === null && (
            <p className="flex gap-2 text-small text-ink-soft">
              <UserRound size={15} strokeWidth={1.9} aria-hidden className="mt-px shrink-0" />
              {next.by === "two-people" ? "Two people sign for this step." : "A person takes this step."}
            </p>
          )}
        </>
      )}
    </aside>
  );
}
