import { classNames } from "@mainstay/ui";
import type { Incident } from "@mainstay/wire";
import type { ReactNode } from "react";
import type { AffectedFilter } from "../../api/incidents.ts";
import { Card } from "../../parts/card.tsx";
import { countText, none_sign } from "../../parts/numbers.ts";
import { exactSpanText } from "../../parts/time.tsx";
import { isOpenIncident } from "./words.ts";

function Figure({ name, isGood = false, onOpen, children }: FigureProps) {
  return (
    <div className="min-w-0">
      <dd
        className={classNames(
          "money truncate text-[17px]/[26px] font-semibold whitespace-nowrap min-[1400px]:text-number",
          isGood && "text-good",
        )}
      >
        {onOpen === undefined ? (
          children
        ) : (
          <button
            type="button"
            onClick={onOpen}
            className="border-b border-line2 leading-6 hover:border-current"
          >
            {children}
          </button>
        )}
      </dd>
      <dt className="truncate text-small text-ink-soft" title={name}>
        {name}
      </dt>
    </div>
  );
}

type FigureProps = {
  readonly name: string;
  readonly isGood?: boolean;
  /** Leads to the rows behind the figure. */
  readonly onOpen?: () => void;
  readonly children: ReactNode;
};

const spanOr = (length_ms: number | null) => (length_ms === null ? none_sign : exactSpanText(length_ms));

/** What it did to people, in figures; those that count people lead to them. */
export function Impact({ incident, onFilter, onCause }: ImpactProps) {
  const { impact } = incident;
  return (
    <Card title="Impact" aside={isOpenIncident(incident) ? "live" : "final"} className="shrink-0">
      <dl className="grid grid-cols-[138fr_108fr] gap-x-2 gap-y-3 px-4 py-3 [&>div]:flex [&>div]:flex-col">
        <Figure name="people affected" onOpen={() => onFilter("all")}>
          {countText(impact.people)}
        </Figure>
        <Figure name="back in" isGood={impact.backIn > 0} onOpen={() => onFilter("yes")}>
          {countText(impact.backIn)}
        </Figure>
        <Figure name="failed tries" onOpen={onCause}>
          {countText(impact.failedLogIns)}
        </Figure>
        <Figure name="median time out">{spanOr(impact.medianOut_ms)}</Figure>
        <Figure name="first failure to alarm">{spanOr(impact.firstFailureToAlarm_ms)}</Figure>
        <Figure name="alarm to rollback">{spanOr(impact.alarmToRollback_ms)}</Figure>
      </dl>
    </Card>
  );
}

type ImpactProps = {
  readonly incident: Incident;
  readonly onFilter: (filter: AffectedFilter) => void;
  readonly onCause: () => void;
};
