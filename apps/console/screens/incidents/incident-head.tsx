import { Link } from "@tanstack/react-router";
import { classNames } from "@mainstay/ui";
import type { Incident } from "@mainstay/wire";
import { CircleCheck, FileText, Lock, RadioTower } from "lucide-react";
import { Badge } from "../../parts/badge.tsx";
import { Button } from "../../parts/button.tsx";
import { Keys } from "../../parts/keys.tsx";
import { PersonSign } from "../../parts/person-sign.tsx";
import { isToday, spanText, Time, useNow } from "../../parts/time.tsx";
import { State } from "../releases/state.tsx";
import { incidentBadge, incidentLength_ms, isOpenIncident, openerText, whyNoAllClear } from "./words.ts";

const quiet = "rounded-badge hover:outline hover:outline-line2";

/** A link that looks as a plain button does. */
function LinkButton({ to, keys, icon: Glyph, name }: LinkButtonProps) {
  return (
    <Link
      to={to}
      className={classNames(
        "inline-flex h-8 items-center gap-2 rounded-control border border-line2 bg-surface px-3",
        "font-semibold whitespace-nowrap hover:bg-hover",
      )}
    >
      <Glyph size={15} strokeWidth={1.9} aria-hidden />
      {name}
      <Keys of={keys} />
    </Link>
  );
}

type LinkButtonProps = {
  readonly to: string;
  readonly keys: string;
  readonly icon: typeof FileText;
  readonly name: string;
};

function Command({ incident, mayChange, onCommand }: CommandProps) {
  const { commander } = incident;
  return (
    <span
      className={classNames(
        "inline-flex min-w-0 shrink-0 items-center gap-1.5 text-small whitespace-nowrap",
        "text-ink-soft",
      )}
    >
      {commander === null ? (
        "Nobody commands it."
      ) : (
        <>
          <PersonSign name={commander.name} />
          <span className="truncate">{commander.name} commands</span>
        </>
      )}
      {mayChange && (
        <button type="button" onClick={onCommand} className="font-semibold text-harbour hover:underline">
          Take command
        </button>
      )}
    </span>
  );
}

type CommandProps = {
  readonly incident: Incident;
  /** Whether whoever looks could take it. */
  readonly mayChange: boolean;
  readonly onCommand: () => void;
};

/** Since when it has run and by whom it was opened, in a sentence. */
function Since({ incident }: { readonly incident: Incident }) {
  const now = useNow(5_000);
  const { openedAt, resolvedAt } = incident;
  const length = spanText(incidentLength_ms(incident, now));
  return (
    <span className="money truncate text-small text-ink-soft">
      Opened<span className="hidden min-[1400px]:inline"> by {openerText(incident)}</span>{" "}
      <Time at={openedAt} form={isToday(openedAt, now) ? "second" : "weekday"} />,{" "}
      {resolvedAt === null ? `${length} ago` : `ran for ${length}`}.
    </span>
  );
}

/** The one filled button of the page; one that can't be pressed keeps its place and says what comes first. */
function AllClear({ incident, onPress }: { readonly incident: Incident; readonly onPress: () => void }) {
  const why = whyNoAllClear(incident);
  if (why === null) {
    return (
      <Button
        look="primary"
        keys="shift+c"
        icon={<CircleCheck size={15} strokeWidth={1.9} aria-hidden />}
        onClick={onPress}
      >
        All clear
      </Button>
    );
  }
  return (
    <span
      className={classNames(
        "inline-flex h-8 items-center gap-2 rounded-control border border-dashed border-line2 px-3",
        "font-semibold whitespace-nowrap text-ink-soft",
      )}
    >
      <Lock size={14} strokeWidth={1.9} aria-hidden />
      All clear: {why}
    </span>
  );
}

/** An incident's head: number and title, how it stands, who commands; its buttons at the right. */
export function IncidentHead(props: IncidentHeadProps) {
  const { incident, me, mayChange, onChange, onCommand, onAllClear } = props;
  const mayCommand = mayChange && isOpenIncident(incident) && incident.commander?.id !== me;
  const state = <State of={incidentBadge(incident.state)} />;
  const severity = <Badge>Severity {incident.severity}</Badge>;
  return (
    <div className="mb-3 flex shrink-0 items-center gap-4">
      <div className="min-w-0 flex-1">
        <h1 className="truncate text-page" title={incident.title}>
          <span className="money pr-1.5 text-[16px] font-medium tracking-normal text-ink-soft">
            {incident.number}
          </span>{" "}
          {incident.title}
        </h1>
        <div className="mt-1 flex items-center gap-2">
          {mayChange && incident.nextStates.length > 0 ? (
            <button
              type="button"
              onClick={onChange}
              className={quiet}
              title="Change state, severity or title"
            >
              <span className="flex items-center gap-2">
                {state}
                {severity}
              </span>
            </button>
          ) : (
            <>
              {state}
              {severity}
            </>
          )}
          <Since incident={incident} />
          <Command incident={incident} mayChange={mayCommand} onCommand={onCommand} />
        </div>
      </div>
      <div className="flex shrink-0 gap-2">
        <LinkButton to="/status" keys="s" icon={RadioTower} name="Status page" />
        <LinkButton to={`/incidents/${incident.id}/review`} keys="v" icon={FileText} name="Review" />
        {mayChange && <AllClear incident={incident} onPress={onAllClear} />}
      </div>
    </div>
  );
}

type IncidentHeadProps = {
  readonly incident: Incident;
  /** Whoever looks. */
  readonly me: string | undefined;
  readonly mayChange: boolean;
  readonly onChange: () => void;
  readonly onCommand: () => void;
  readonly onAllClear: () => void;
};
