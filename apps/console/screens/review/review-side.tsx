import { classNames } from "@mainstay/ui";
import type { Review } from "@mainstay/wire";
import { Check, CircleCheck, CircleDashed, Minus, ShieldCheck, TriangleAlert, X } from "lucide-react";
import type { ReactNode } from "react";
import { Badge } from "../../parts/badge.tsx";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { spanText, Time } from "../../parts/time.tsx";
import { helpFor, type Help } from "./review-words.ts";

function helpText(help: Help, review: Review, me: string | undefined): string {
  switch (help) {
    case "check":
      return "Require the check";
    case "actions":
      return review.actions.length === 0 ? "Write an action" : "Open the first of them";
    case "reader":
      if (review.reader?.id === me) return "I’ve read it";
      return review.reader === null ? "Ask a second reader" : "Ask somebody else";
    case "incident":
      return "To the incident";
    case "write":
      return "Write it";
  }
}

/** The key that does the same; what a key does elsewhere on the page has none here. */
function helpKey(help: Help, review: Review): string | null {
  switch (help) {
    case "check":
      return "r";
    case "actions":
      return review.actions.length === 0 ? "a" : null;
    case "reader":
      return "w";
    case "incident":
      return "i";
    case "write":
      return null;
  }
}

/** The first thing that is missing and can be helped with now; null where all is there. */
export function nextHelp(review: Review, me: string | undefined): Help | null {
  const open = review.conditions.filter(({ isMet }) => !isMet).map(({ id }) => helpFor(id));
  // A colleague who was asked is waited for: what one can do oneself comes first.
  const waitsForReader = review.reader !== null && review.reader.id !== me;
  return open.find((help) => !(help === "reader" && waitsForReader)) ?? open[0] ?? null;
}

/** What must be before it can be closed, and the one button that helps. */
export function Conditions({ review, me, mayWrite, onHelp }: ConditionsProps) {
  const help = nextHelp(review, me);
  const key = help === null ? null : helpKey(help, review);
  return (
    <Card title="Before it can be closed" className="shrink-0">
      <ul className="flex flex-col gap-2.5 px-4 py-3">
        {review.conditions.map(({ id, name, isMet, detail }) => (
          <li key={id} className="flex gap-3">
            {isMet ? (
              <CircleCheck
                size={17}
                strokeWidth={1.9}
                role="img"
                aria-label="done"
                className="mt-px shrink-0 text-good"
              />
            ) : (
              <CircleDashed
                size={17}
                strokeWidth={1.9}
                role="img"
                aria-label="missing"
                className="mt-px shrink-0 text-lamp-ink"
              />
            )}
            <div className="min-w-0">
              <div className="font-semibold">{name}</div>
              {detail !== null && <div className="text-small break-words text-ink-soft">{detail}</div>}
            </div>
          </li>
        ))}
      </ul>
      {mayWrite && help !== null && (
        <div className="grid px-4 pb-3">
          <Button
            look="primary"
            {...(key === null ? {} : { keys: key })}
            icon={help === "check" ? <ShieldCheck size={15} strokeWidth={1.9} aria-hidden /> : undefined}
            onClick={() => onHelp(help)}
          >
            {helpText(help, review, me)}
          </Button>
        </div>
      )}
    </Card>
  );
}

type ConditionsProps = {
  readonly review: Review;
  /** Whoever looks. */
  readonly me: string | undefined;
  readonly mayWrite: boolean;
  readonly onHelp: (help: Help) => void;
};

function Line({ name, children }: { readonly name: ReactNode; readonly children: ReactNode }) {
  return (
    <li className="flex items-center justify-between gap-2">
      <span className="money min-w-0 truncate">{name}</span>
      <span className="shrink-0">{children}</span>
    </li>
  );
}

/** The case that failed, as a check that every later version must pass. */
export function TheCheck({ review }: { readonly review: Review }) {
  const { check } = review;
  return (
    <Card
      title="The check"
      aside={
        check !== null && check.demandedAt !== null ? (
          <Badge tone="good" icon={Check}>
            Required
          </Badge>
        ) : (
          <Badge tone="lamp">Not yet required</Badge>
        )
      }
      className="shrink-0"
    >
      <div className="px-4 py-3">
        {check === null ? (
          <p className="text-ink-soft">
            The case that failed has to become a check: then no later version is published without passing it.
          </p>
        ) : (
          <>
            <p className="font-medium break-words">{check.title}</p>
            <p className="text-small break-words text-ink-soft">{check.journey}</p>
            <ul className="mt-2 flex flex-col gap-1 border-t border-line pt-2 text-small">
              <Line name={check.failedOn ?? "The failing version"}>
                {check.failedOn === null ? (
                  <span className="text-ink-soft">never ran it</span>
                ) : (
                  <span className="inline-flex items-center gap-1 font-medium text-danger">
                    <X size={13} strokeWidth={2} aria-hidden /> refused
                  </span>
                )}
              </Line>
              <Line name="Later versions">
                {check.demandedAt === null ? (
                  <span className="text-lamp-ink">may go without it</span>
                ) : (
                  <span className="text-ink-soft">
                    since <Time at={check.demandedAt} form="weekday" />
                  </span>
                )}
              </Line>
            </ul>
          </>
        )}
      </div>
    </Card>
  );
}

/** What the regulator wants of it, and by when. */
export function RegulatorCard({ review }: { readonly review: Review }) {
  const { classified, deadlines, wouldBeMajor } = review.regulator;
  const isMajor = classified?.as === "major";
  return (
    <Card
      title="Regulator"
      aside={
        classified === null ? (
          <Badge tone="lamp">Not signed yet</Badge>
        ) : (
          <Badge tone={isMajor ? "danger" : "good"}>{isMajor ? "Major" : "Not major"}</Badge>
        )
      }
      className="shrink-0"
    >
      <ul className="flex flex-col gap-2 px-4 py-3 text-small">
        {deadlines.map(({ id, name, length_ms, dueAt, doneAt, source }) => (
          <li key={id} title={source} className="flex items-center gap-2">
            {doneAt === null ? (
              <Minus size={14} strokeWidth={1.9} aria-hidden className="shrink-0 text-ink-soft" />
            ) : (
              <Check size={14} strokeWidth={2} aria-hidden className="shrink-0 text-good" />
            )}
            <span className="min-w-0 flex-1 truncate">
              {name}, {length_ms === null ? "1 month" : spanText(length_ms).replace("3 d", "72 h")}
            </span>
            <span
              className={classNames(
                "shrink-0",
                doneAt === null && dueAt !== null ? "text-lamp-ink" : "text-ink-soft",
              )}
            >
              {doneAt !== null && (
                <>
                  done <Time at={doneAt} form="day" />
                </>
              )}
              {doneAt === null && (dueAt === null ? "not due" : <Time at={dueAt} form="weekday" />)}
            </span>
          </li>
        ))}
        {classified === null && (
          <li className="flex items-center gap-2 text-ink-soft">
            <TriangleAlert size={14} strokeWidth={1.9} aria-hidden className="shrink-0" />
            By the thresholds it would {wouldBeMajor ? "" : "not "}be major.
          </li>
        )}
      </ul>
    </Card>
  );
}
