import { Trans, useLingui } from "@lingui/react/macro";
import { Button, classNames, Icon, Skeleton, TextArea } from "@mainstay/ui";
import type { Thread, ThreadEntry } from "@mainstay/wire";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Send } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { failureOf, type Failure } from "../../api/failure.ts";
import { inboxQuery, threadQuery } from "../../api/inbox.ts";
import { request } from "../../api/request.ts";
import { serverNow } from "../../browser.ts";
import { BackBar, Page } from "../../shell/page.tsx";
import { ProblemBanner, ProblemState } from "../../shell/problem.tsx";
import { queryClient } from "../../shell/session.ts";
import { useOnline } from "../../shell/use-online.ts";
import { dayDistance, dayText, timeText } from "../../text/dates.ts";
import { useMessageDraft } from "./message-draft.ts";
import { BankAvatar } from "./thread-row.tsx";

const route = getRouteApi("/customer/help/messages/$threadId");

/** The longest message; the bank takes no more. */
export const message_length_max = 2_000;

/** A subject longer than this doesn't fit into the bar, and stands below it whole. */
const bar_length_max = 28;

/** One conversation: what was written, by whom, when; and the box to write back. */
export function ThreadScreen() {
  const { threadId } = route.useParams();
  const { t } = useLingui();
  const query = useQuery(threadQuery(threadId));
  const thread = query.data;
  useRead(thread);
  return (
    <Page
      bar={<BackBar to="/help" title={thread?.subject ?? t`Message`} />}
      foot={thread === undefined ? undefined : <Reply key={thread.id} thread={thread} />}
    >
      {thread !== undefined && thread.subject.length > bar_length_max && (
        <p className="pb-2 text-heading">{thread.subject}</p>
      )}
      {thread !== undefined && <Entries entries={thread.entries} />}
      {query.isPending && <Outline />}
      {query.isError && thread === undefined && (
        <ProblemState failure={failureOf(query.error)} onRetry={() => void query.refetch()} />
      )}
    </Page>
  );
}

/** Tells the bank that it was read: once for each time that there is something new. */
function useRead(thread: Thread | undefined): void {
  const isUnread = thread?.isUnread === true;
  const id = thread?.id;
  useEffect(() => {
    if (!isUnread || id === undefined) return;
    void request<Thread>(`/api/inbox/${id}/read`, { method: "POST", body: {} }).then(async (answer) => {
      if (!answer.ok) return;
      queryClient.setQueryData(threadQuery(id).queryKey, answer.value);
      await queryClient.invalidateQueries({ queryKey: inboxQuery.queryKey });
    });
  }, [isUnread, id]);
}

function Outline() {
  return (
    <div className="flex flex-col gap-3 pt-2">
      <Skeleton className="h-28 w-4/5 rounded-card" />
      <Skeleton className="h-16 w-3/5 self-end rounded-card" />
    </div>
  );
}

function Entries({ entries }: { readonly entries: readonly ThreadEntry[] }) {
  const end = useRef<HTMLLIElement>(null);
  const count = entries.length;
  useEffect(() => {
    // A long conversation opens at its end; a single letter is read from its beginning.
    if (count > 1) end.current?.scrollIntoView({ block: "end" });
  }, [count]);
  return (
    <ol className="flex flex-1 flex-col gap-3 pt-1 pb-4">
      {entries.map((entry, index) => (
        <Entry
          key={entry.id}
          entry={entry}
          isFirstOfDay={entries[index - 1] === undefined || !isSameDay(entries[index - 1]?.at, entry.at)}
        />
      ))}
      <li ref={end} aria-hidden />
    </ol>
  );
}

function isSameDay(left: string | undefined, right: string): boolean {
  const now = serverNow();
  return left !== undefined && dayText(left, now) === dayText(right, now);
}

type EntryProps = { readonly entry: ThreadEntry; readonly isFirstOfDay: boolean };

function Entry({ entry, isFirstOfDay }: EntryProps) {
  const isOwn = entry.from === "customer";
  return (
    <>
      {isFirstOfDay && (
        <li className="py-1 text-center text-body text-ink-soft">
          <Day iso={entry.at} />
        </li>
      )}
      <li className={classNames("flex max-w-[88%] gap-2.5", isOwn && "self-end")}>
        {!isOwn && <BankAvatar size={28} />}
        <div className="min-w-0">
          <div
            className={classNames(
              "rounded-card px-4 py-3 text-row break-words whitespace-pre-line",
              isOwn ? "bg-harbour-tint text-harbour-tint-ink" : "bg-surface shadow-card",
            )}
          >
            {entry.text}
          </div>
          <p className={classNames("money px-1 pt-1 text-caption text-ink-soft", isOwn && "text-right")}>
            <Author entry={entry} /> · {timeText(entry.at)}
          </p>
        </div>
      </li>
    </>
  );
}

function Author({ entry }: { readonly entry: ThreadEntry }) {
  const { name } = entry;
  if (entry.from === "customer") return <Trans>You</Trans>;
  return entry.from === "staff" && name !== null ? <Trans>{name} at Mainstay</Trans> : <>Mainstay</>;
}

function Day({ iso }: { readonly iso: string }) {
  const now = serverNow();
  const distance = dayDistance(iso, now);
  if (distance === "today") return <Trans>Today</Trans>;
  return distance === "yesterday" ? <Trans>Yesterday</Trans> : <>{dayText(iso, now)}</>;
}

/** The box to write back: what is typed is kept until it has arrived. */
function Reply({ thread }: { readonly thread: Thread }) {
  const { t } = useLingui();
  const isOnline = useOnline();
  const { draft, change, ids, drop } = useMessageDraft(thread.id);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const send = async () => {
    setBusy(true);
    setFailure(null);
    const body = { id: ids().entryId, text: draft.text };
    const answer = await request<Thread>(`/api/inbox/${thread.id}/entries`, { method: "POST", body });
    setBusy(false);
    if (!answer.ok) return setFailure(answer.error);
    drop();
    queryClient.setQueryData(threadQuery(thread.id).queryKey, answer.value);
    await queryClient.invalidateQueries({ queryKey: inboxQuery.queryKey });
  };
  const isEmpty = draft.text.trim() === "";
  return (
    <form
      className="flex flex-col gap-2.5"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isEmpty) void send();
      }}
    >
      {failure !== null && <ProblemBanner failure={failure} />}
      <TextArea
        label={t`Write back`}
        isLabelHidden
        placeholder={t`Write back`}
        value={draft.text}
        maxLength={message_length_max}
        onChange={(event) => change({ text: event.target.value })}
        help={isOnline ? undefined : t`You’re offline. What you type is kept; send it when you’re back.`}
      />
      {!isEmpty && (
        <Button
          type="submit"
          size="pair"
          busy={busy}
          disabled={!isOnline}
          icon={<Icon of={Send} size={20} />}
        >
          <Trans>Send</Trans>
        </Button>
      )}
    </form>
  );
}
