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
  SkeletonRows,
  type AvatarTone,
} from "@mainstay/ui";
import { useQuery } from "@tanstack/react-query";
import { Link, type LinkProps } from "@tanstack/react-router";
import {
  ChevronRight,
  KeyRound,
  MessageSquare,
  ReceiptText,
  ShieldCheck,
  type LucideIcon,
} from "lucide-react";
import type { ReactNode } from "react";
import { failureOf } from "../../api/failure.ts";
import { inboxQuery } from "../../api/inbox.ts";
import { Page } from "../../shell/page.tsx";
import { ProblemBanner } from "../../shell/problem.tsx";
import { IncidentBanners } from "./incident-banners.tsx";
import { ThreadRow } from "./thread-row.tsx";
import { Working } from "./working.tsx";

/** How many messages are shown here; the others are a touch away. */
const shown_max = 2;

/** What concerns the customer, what works, what we wrote, and how to reach us. */
export function HelpScreen() {
  const inbox = useQuery(inboxQuery);
  return (
    <Page tabs className="pt-[env(safe-area-inset-top)]">
      <div className="flex min-h-14 items-center pt-2">
        <h1 className="text-title">
          <Trans>Help</Trans>
        </h1>
      </div>
      {inbox.data !== undefined && <IncidentBanners inbox={inbox.data} />}
      <Working />
      <Messages />
      <SectionHead title={<Trans>Talk to us</Trans>} />
      <Card>
        <HelpRow
          to="/help/write"
          icon={MessageSquare}
          tone="teal"
          title={<Trans>Write to us</Trans>}
          subtitle={<Trans>A person answers, here in the app</Trans>}
        />
      </Card>
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

/** The newest conversations, and the way to all of them. */
function Messages() {
  const { t } = useLingui();
  const { data, isPending, error } = useQuery(inboxQuery);
  return (
    <>
      <SectionHead title={<Trans>Messages</Trans>}>
        <Link to="/help/messages" className={buttonClass("quiet", "text")}>
          <Trans>See all</Trans>
        </Link>
      </SectionHead>
      {isPending && <SkeletonRows count={1} label={t`Your messages are on their way`} />}
      {data === undefined && error !== null && <ProblemBanner failure={failureOf(error)} tone="lamp" />}
      {data !== undefined && (
        <Card>
          {data.threads.slice(0, shown_max).map((thread) => (
            <ThreadRow key={thread.id} thread={thread} lines={3} />
          ))}
          {data.threads.length === 0 && (
            <p className="px-4 py-4 text-body text-ink-soft">
              <Trans>None yet. What we write to you stands here.</Trans>
            </p>
          )}
        </Card>
      )}
    </>
  );
}

type HelpRowProps = {
  readonly to: LinkProps["to"];
  readonly icon: LucideIcon;
  readonly tone: AvatarTone;
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
