import { Trans, useLingui } from "@lingui/react/macro";
import { buttonClass, Card, EmptyState, Icon, LetterBottle, SkeletonRows } from "@mainstay/ui";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { PenLine } from "lucide-react";
import { failureOf } from "../../api/failure.ts";
import { inboxQuery } from "../../api/inbox.ts";
import { BackBar, Page } from "../../shell/page.tsx";
import { ProblemState } from "../../shell/problem.tsx";
import { PushSwitch } from "./push-switch.tsx";
import { ThreadRow } from "./thread-row.tsx";

/** Every conversation with the bank, newest first. */
export function MessagesScreen() {
  const { t } = useLingui();
  const inbox = useQuery(inboxQuery);
  return (
    <Page
      bar={<BackBar to="/help" title={<Trans>Messages</Trans>} />}
      foot={
        <Link to="/help/write" className={buttonClass("primary")}>
          <Icon of={PenLine} />
          <Trans>Write to us</Trans>
        </Link>
      }
    >
      {inbox.isPending && <SkeletonRows count={4} label={t`Your messages are on their way`} />}
      {inbox.isError && inbox.data === undefined && (
        <ProblemState failure={failureOf(inbox.error)} onRetry={() => void inbox.refetch()} />
      )}
      {inbox.data !== undefined && inbox.data.threads.length === 0 && (
        <EmptyState art={<LetterBottle />} title={<Trans>No messages yet</Trans>}>
          <Trans>What we write to you stands here, and what you write to us.</Trans>
        </EmptyState>
      )}
      {inbox.data !== undefined && inbox.data.threads.length > 0 && (
        <Card>
          {inbox.data.threads.map((thread) => (
            <ThreadRow key={thread.id} thread={thread} lines={1} />
          ))}
        </Card>
      )}
      <div className="pt-4 pb-2">
        <PushSwitch />
      </div>
    </Page>
  );
}
