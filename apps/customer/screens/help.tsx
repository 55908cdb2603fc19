import { Trans, useLingui } from "@lingui/react/macro";
import {
  Avatar,
  buttonClass,
  Card,
  classNames,
  Icon,
  RowContent,
  row_class,
  row_press_class,
  SectionHead,
} from "@mainstay/ui";
import { useQuery } from "@tanstack/react-query";
import { Link, type LinkProps } from "@tanstack/react-router";
import {
  ChevronRight,
  CircleCheck,
  CircleX,
  Hourglass,
  KeyRound,
  ReceiptText,
  ShieldCheck,
  type LucideIcon,
} from "lucide-react";
import type { ReactNode } from "react";
import { healthQuery, type Health } from "../api/health.ts";
import { Page } from "../shell/page.tsx";
import { secondsSince, useNow } from "../text/use-now.ts";

/** What works, live, and where to find help in the app itself. */
export function HelpScreen() {
  return (
    <Page tabs className="pt-[env(safe-area-inset-top)]">
      <div className="flex min-h-14 items-center pt-2">
        <h1 className="text-title">
          <Trans>Help</Trans>
        </h1>
      </div>
      <Working />
      <SectionHead title={<Trans>Put something right</Trans>} />
      <Card>
        <HelpRow
          to="/home"
          icon={ReceiptText}
          tone="teal"
          title={<Trans>A payment isn’t right</Trans>}
          subtitle={<Trans>Open it, then “Something wrong?”</Trans>}
        />
        <HelpRow
          to="/security"
          icon={KeyRound}
          tone="amber"
          title={<Trans>I lost a phone or a key</Trans>}
          subtitle={<Trans>Log it out, and remove its passkey</Trans>}
        />
        <HelpRow
          to="/security"
          icon={ShieldCheck}
          tone="blue"
          title={<Trans>A caller says they’re us</Trans>}
          subtitle={<Trans>See whether we’re calling you</Trans>}
        />
      </Card>
    </Page>
  );
}

/** What's working, by asking it. */
function Working() {
  const { t } = useLingui();
  const health = useQuery(healthQuery);
  const state = health.data;
  return (
    <>
      <SectionHead title={<Trans>What’s working</Trans>}>
        {health.isFetching && state === undefined ? (
          <Trans>Asking now</Trans>
        ) : (
          <Checked atMs={health.dataUpdatedAt} onAgain={() => void health.refetch()} />
        )}
      </SectionHead>
      <Card className="px-4 py-2">
        <ul className="grid grid-cols-2 gap-x-4">
          <Service name={t`The app`} health={state?.edge} />
          <Service name={t`Logging in`} health={state?.bank} />
          <Service name={t`Your account`} health={state?.bank} />
          <Service name={t`Payments`} health={state?.bank} />
        </ul>
      </Card>
    </>
  );
}

function Checked({ atMs, onAgain }: { readonly atMs: number; readonly onAgain: () => void }) {
  const { t } = useLingui();
  useNow(true);
  const seconds = secondsSince(atMs);
  return (
    <button
      type="button"
      className={classNames(buttonClass("quiet", "text"), "font-normal! text-ink-soft!")}
      onClick={onAgain}
    >
      <span className="money">
        <Trans>Checked {seconds} s ago</Trans>
      </span>
      <span className="sr-only">{t`Check again`}</span>
    </button>
  );
}

type ServiceProps = { readonly name: string; readonly health: Health | undefined };

function Service({ name, health }: ServiceProps) {
  const looks: Record<Health, { icon: LucideIcon; tone: string; word: ReactNode; shown: boolean }> = {
    works: { icon: CircleCheck, tone: "text-good", word: <Trans>Works</Trans>, shown: false },
    slow: { icon: Hourglass, tone: "text-lamp-ink", word: <Trans>Slow</Trans>, shown: true },
    away: { icon: CircleX, tone: "text-danger", word: <Trans>Not now</Trans>, shown: true },
  };
  const look = health === undefined ? null : looks[health];
  return (
    <li className="flex min-h-11 items-center gap-3 text-body font-medium">
      {look === null ? (
        <span aria-hidden className="size-6 animate-breathe rounded-full bg-well" />
      ) : (
        <Icon of={look.icon} className={look.tone} />
      )}
      <span className="min-w-0 flex-1">{name}</span>
      {look !== null && (
        <span className={look.shown ? `font-semibold ${look.tone}` : "sr-only"}>{look.word}</span>
      )}
    </li>
  );
}

type HelpRowProps = {
  readonly to: LinkProps["to"];
  readonly icon: LucideIcon;
  readonly tone: "teal" | "amber" | "blue";
  readonly title: ReactNode;
  readonly subtitle: ReactNode;
};

function HelpRow({ to, icon, tone, title, subtitle }: HelpRowProps) {
  return (
    <Link to={to} className={classNames(row_class, row_press_class)}>
      <RowContent
        leading={
          <Avatar tone={tone}>
            <Icon of={icon} size={20} />
          </Avatar>
        }
        title={title}
        subtitle={subtitle}
        trailing={<Icon of={ChevronRight} className="text-ink-soft" />}
      />
    </Link>
  );
}
