import { Trans, useLingui } from "@lingui/react/macro";
import { buttonClass, Card, classNames, Icon, SectionHead } from "@mainstay/ui";
import type { Component, ComponentState, Status } from "@mainstay/wire";
import { useQuery } from "@tanstack/react-query";
import {
  CircleCheck,
  CircleDashed,
  CircleQuestionMark,
  CircleX,
  Hourglass,
  type LucideIcon,
} from "lucide-react";
import type { ReactNode } from "react";
import { statusQuery } from "../../api/inbox.ts";
import { serverNow } from "../../browser.ts";
import { serverUrl } from "../../native/server.ts";
import { useNow } from "../../text/use-now.ts";
import { When } from "../home/last-home-view.tsx";
import { isFresh, shownState } from "./shown-status.ts";

/** After so many seconds a measurement is told by its time and no longer by its age. */
const age_s_max = 90;

/** What's working: as the live probes find it, and never greener. */
export function Working() {
  const status = useQuery(statusQuery);
  const measuredAt = status.data?.measuredAt ?? null;
  return (
    <section aria-labelledby="working">
      <SectionHead id="working" title={<Trans>What’s working</Trans>}>
        {measuredAt !== null && <Checked at={measuredAt} />}
      </SectionHead>
      <Card className="px-4 py-2">
        {status.isPending && <Services status={null} />}
        {status.data !== undefined && <Services status={status.data} />}
        {status.isError && status.data === undefined && (
          <NotKnown onAgain={() => void status.refetch()} busy={status.isFetching} />
        )}
      </Card>
    </section>
  );
}

function Checked({ at }: { readonly at: string }) {
  const now = useNow(true);
  const seconds = Math.max(0, Math.floor((now.getTime() - Date.parse(at)) / 1000));
  return (
    <span className="money">
      {seconds <= age_s_max ? (
        <Trans>Checked {seconds} s ago</Trans>
      ) : (
        <span className="text-lamp-ink">
          <Trans>
            Last checked <When iso={at} />
          </Trans>
        </span>
      )}
    </span>
  );
}

/** The status page itself doesn't answer: that is all that is known, and it is said. */
function NotKnown({ onAgain, busy }: { readonly onAgain: () => void; readonly busy: boolean }) {
  return (
    <div className="flex gap-3 py-2 text-body" role="status">
      <Icon of={CircleQuestionMark} className="text-ink-soft" />
      <div className="min-w-0 flex-1">
        <p className="font-semibold">
          <Trans>We can’t say just now</Trans>
        </p>
        <p className="text-ink-soft">
          <Trans>What measures our services didn’t answer. That alone says nothing about your money.</Trans>
        </p>
        <button
          type="button"
          className={classNames(buttonClass("quiet", "text"), "mt-2")}
          aria-busy={busy || undefined}
          onClick={onAgain}
        >
          <Trans>Ask again</Trans>
        </button>
      </div>
    </div>
  );
}

function Services({ status }: { readonly status: Status | null }) {
  const { t } = useLingui();
  const names: Readonly<Record<Component, string>> = {
    "log-in": t`Logging in`,
    balances: t`Balances`,
    payments: t`Payments`,
    "transfers-abroad": t`Abroad`,
    pots: t`Pots`,
    "developer-api": t`Developers`,
  };
  const now = serverNow();
  const stateOf = (id: Component) => (status === null ? null : shownState(status, id, now));
  return (
    <>
      {status?.overall === "works" && isFresh(status, now) && (
        <p className="flex items-center gap-2 pt-1.5 text-body font-semibold text-good">
          <Icon of={CircleCheck} size={20} />
          <Trans>All services are fully operational</Trans>
        </p>
      )}
      <ul className="grid grid-cols-2 gap-x-4 cramped:grid-cols-1">
        {Object.entries(names).map(([id, name]) => (
          <Service key={id} name={name} state={stateOf(id as Component)} />
        ))}
      </ul>
      <Incidents status={status} />
      <p className="pb-1.5">
        <a
          href={serverUrl("/status")}
          target="_blank"
          rel="noreferrer"
          className={buttonClass("quiet", "text")}
        >
          <Trans>Status page, with history</Trans>
        </a>
      </p>
    </>
  );
}

/** What the public is told of what doesn't work now. */
function Incidents({ status }: { readonly status: Status | null }) {
  const open = (status?.incidents ?? []).filter((incident) => incident.endedAt === null).slice(0, 3);
  return open.map((incident) => (
    <p key={incident.number} className="pb-2 text-body text-lamp-ink">
      <span className="font-semibold">{incident.title}</span> {incident.updates[0]?.text}
    </p>
  ));
}

type ServiceProps = { readonly name: string; readonly state: ComponentState | null };
type Look = {
  readonly icon: LucideIcon;
  readonly tone: string;
  readonly word: ReactNode;
  readonly shown: boolean;
};

function Service({ name, state }: ServiceProps) {
  const looks: Readonly<Record<ComponentState, Look>> = {
    works: { icon: CircleCheck, tone: "text-good", word: <Trans>Works</Trans>, shown: false },
    partly: { icon: Hourglass, tone: "text-lamp-ink", word: <Trans>Partly</Trans>, shown: true },
    down: { icon: CircleX, tone: "text-danger", word: <Trans>Not now</Trans>, shown: true },
    unknown: { icon: CircleQuestionMark, tone: "text-ink-soft", word: <Trans>Not known</Trans>, shown: true },
    "not-offered": { icon: CircleDashed, tone: "text-ink-soft", word: <Trans>Not yet</Trans>, shown: true },
  };
  const look = state === null ? null : looks[state];
  return (
    <li className="flex min-h-11 items-center gap-3 text-body font-medium">
      {look === null ? (
        <span aria-hidden className="size-6 animate-breathe rounded-full bg-well" />
      ) : (
        <Icon of={look.icon} className={look.tone} />
      )}
      {/* The word goes under the name where there is no room beside it. */}
      <span className="flex min-w-0 flex-1 flex-wrap justify-between gap-x-2">
        <span className={state === "not-offered" ? "text-ink-soft" : undefined}>{name}</span>
        {look !== null && (
          <span
            className={
              look.shown
                ? classNames(state === "not-offered" ? "font-medium" : "font-semibold", look.tone)
                : "sr-only"
            }
          >
            {look.word}
          </span>
        )}
      </span>
    </li>
  );
}
