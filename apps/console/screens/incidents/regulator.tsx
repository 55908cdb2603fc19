import { classNames } from "@mainstay/ui";
import type { Incident, Regulator } from "@mainstay/wire";
import { Check, Minus, TriangleAlert } from "lucide-react";
import { Badge } from "../../parts/badge.tsx";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { ClockFace } from "../../parts/clock-face.tsx";
import { Scrolled } from "../../parts/scrolled.tsx";
import { Time, timeText, useNow } from "../../parts/time.tsx";
import {
  deadlineName,
  deadlineView,
  isCounted,
  shortLimit,
  startText,
  thresholdName,
  type Deadline,
  type Threshold,
} from "./regulator-words.ts";
import { firstName } from "./words.ts";

/** Whether a threshold is reached; what isn't counted here is for whoever signs. */
function Sign({ threshold }: { readonly threshold: Threshold }) {
  if (threshold.isReached) {
    return (
      <TriangleAlert size={14} strokeWidth={2} role="img" aria-label="reached" className="text-danger" />
    );
  }
  if (!isCounted(threshold)) {
    return <Minus size={14} strokeWidth={2} role="img" aria-label="not counted" className="text-ink-soft" />;
  }
  return <Check size={14} strokeWidth={2} role="img" aria-label="not reached" className="text-good" />;
}

/** Whether it is major by the regulation's thresholds, each counted against its limit. */
export function Thresholds({ regulator }: { readonly regulator: Regulator }) {
  const { thresholds, wouldBeMajor } = regulator;
  const reached = thresholds.filter(({ isReached }) => isReached).length;
  return (
    <Card
      title="Is it major?"
      aside={
        <Badge tone={wouldBeMajor ? "danger" : reached > 0 ? "lamp" : "good"}>
          {reached} of {thresholds.length} reached
        </Badge>
      }
      className="min-h-[112px] shrink"
    >
      <Scrolled label="Thresholds">
        <ul
          className={classNames(
            "grid auto-rows-[minmax(25px,auto)] grid-cols-[14px_minmax(60px,auto)_1fr_auto] gap-x-2.5",
            "px-4 py-1.5 max-[1399px]:gap-x-1.5 max-[1399px]:px-3",
          )}
        >
          {thresholds.map((threshold) => {
            const { id, name, counted, limit, source } = threshold;
            return (
              <li
                key={id}
                title={`${name}: ${counted}; limit: ${limit}. ${source}`}
                className="col-span-4 grid grid-cols-subgrid items-center"
              >
                <Sign threshold={threshold} />
                <span className="truncate text-ink-soft">{thresholdName(threshold)}</span>
                <span className="money truncate font-medium">{shortLimit(counted)}</span>
                <span className="money text-right text-small whitespace-nowrap text-ink-soft">
                  {shortLimit(limit)}
                </span>
              </li>
            );
          })}
        </ul>
      </Scrolled>
    </Card>
  );
}

/** Reports that run are marked as sent from here; the classification ends by signing it. */
function isReport(deadline: Deadline): boolean {
  return deadline.startedAt !== null && deadline.doneAt === null && !isSigned(deadline);
}

/** Whether a signature ends it, and no report. */
function isSigned({ id }: Deadline): boolean {
  return id === "classification";
}

function DeadlineRow({ deadline, now, mayChange, onSent }: DeadlineRowProps) {
  const view = deadlineView(deadline, now);
  const { dueAt, doneAt, name, source, regime } = deadline;
  return (
    <li className="flex items-center gap-3" title={`${name}. ${regime}, ${source}`}>
      <ClockFace kind={view.kind} left={view.left} />
      <div className="min-w-0 flex-1">
        <div className="truncate font-semibold">{deadlineName(deadline)}</div>
        <div className="truncate text-small text-ink-soft">
          {doneAt !== null && (
            <>
              {isSigned(deadline) ? "signed" : "sent"} <Time at={doneAt} form="weekday" />
            </>
          )}
          {doneAt === null && dueAt !== null && <Time at={dueAt} form="weekday" />}
          {doneAt === null && dueAt === null && startText(deadline)}
        </div>
      </div>
      <div className="shrink-0 text-right">
        <div
          className={classNames(
            "money",
            view.kind === "running" && "font-semibold min-[1400px]:text-head",
            view.kind === "late" && "text-head text-danger",
            (view.kind === "waiting" || view.kind === "done") && "text-ink-soft",
          )}
        >
          {view.figure}
        </div>
        {mayChange && isReport(deadline) ? (
          <button
            type="button"
            onClick={onSent}
            className="text-small font-semibold text-harbour hover:underline"
          >
            {view.note === "late" ? "late, sent?" : "sent?"}
          </button>
        ) : (
          <div className="text-small text-ink-soft">{view.note}</div>
        )}
      </div>
    </li>
  );
}

type DeadlineRowProps = {
  readonly deadline: Deadline;
  readonly now: Date;
  readonly mayChange: boolean;
  readonly onSent: () => void;
};

/** "Not major, signed by Amara at 10:02." */
function classifiedText({ as, by, at }: NonNullable<Regulator["classified"]>): string {
  return `${as === "major" ? "Major" : "Not major"}, ${firstName(by.name)} ${timeText(at, "day")}`;
}

/** Regulators' deadlines as clocks, and the signature that starts or ends them. */
export function Deadlines({ incident, mayChange, onClassify, onSent }: DeadlinesProps) {
  const { regulator } = incident;
  const now = useNow(15_000);
  const regimes = [...new Set(regulator.deadlines.map(({ regime }) => regime))];
  const { classified } = regulator;
  return (
    <Card title="Deadlines" aside={regimes.join(", ")} className="min-h-[150px] flex-1">
      <Scrolled label="Deadlines">
        <ul className="flex flex-col gap-2.5 px-4 py-3">
          {regulator.deadlines.map((deadline) => (
            <DeadlineRow
              key={deadline.id}
              {...{ deadline, now, mayChange }}
              onSent={() => onSent(deadline)}
            />
          ))}
        </ul>
      </Scrolled>
      <div className="grid shrink-0 gap-1.5 px-4 pb-3">
        {classified !== null && (
          <p className="truncate text-small text-ink-soft" title={classified.reason}>
            {classifiedText(classified)}: “{classified.reason}”
          </p>
        )}
        {mayChange && (
          <Button keys="l" onClick={onClassify}>
            {classified === null
              ? `Sign “${regulator.wouldBeMajor ? "major" : "not major"}”`
              : "Sign it anew"}
          </Button>
        )}
      </div>
    </Card>
  );
}

type DeadlinesProps = {
  readonly incident: Incident;
  readonly mayChange: boolean;
  readonly onClassify: () => void;
  readonly onSent: (deadline: Deadline) => void;
};
