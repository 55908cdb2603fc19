import { Plural, Trans, useLingui } from "@lingui/react/macro";
import {
  Amount,
  AmountsHiddenContext,
  Button,
  Card,
  EmptyState,
  QuietWater,
  SectionHead,
  SkeletonRows,
  spokenAmount,
  UiWordsContext,
} from "@mainstay/ui";
import type { Transaction } from "@mainstay/wire";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { use, useEffect, useEffectEvent, useRef, useState, type ReactNode } from "react";
import { failureOf } from "../../api/failure.ts";
import { feedQuery } from "../../api/queries.ts";
import { serverNow } from "../../browser.ts";
import { ProblemState } from "../../shell/problem.tsx";
import { dayDistance, dayText } from "../../text/dates.ts";
import { feedDays, type FeedDay } from "./feed-days.ts";
import { FeedRow } from "./feed-row.tsx";

/** The feed of an account, by day, with older pages as the customer reaches them. */
export function Feed({ accountId, search, empty }: FeedProps) {
  const { t } = useLingui();
  const feed = useInfiniteQuery({ ...feedQuery(accountId, search), placeholderData: keepPreviousData });
  const [openedAt] = useState(serverNow);
  if (feed.isPending) {
    return (
      <div className="pt-12">
        <SkeletonRows count={5} label={t`Your payments are on their way`} />
      </div>
    );
  }
  if (feed.isError && feed.data === undefined) {
    return <ProblemState failure={failureOf(feed.error)} onRetry={() => void feed.refetch()} />;
  }
  const lines = feed.data.pages.flatMap(({ transactions }) => transactions);
  if (lines.length === 0) return search === "" ? empty : <NothingFound search={search} />;
  const isNew = (line: Transaction) => new Date(line.createdAt) > openedAt;
  return (
    <div aria-busy={feed.isPlaceholderData || undefined}>
      {search !== "" && (
        <p role="status" className="sr-only">
          <Plural value={lines.length} one="# payment found" other="# payments found" />
        </p>
      )}
      <NewLine line={search === "" ? lines.find(isNew) : undefined} />
      <FeedDays lines={lines} isComplete={!feed.hasNextPage} isNew={isNew} isSearch={search !== ""} />
      {feed.hasNextPage && (
        <Older
          busy={feed.isFetchingNextPage}
          onReach={() => void feed.fetchNextPage({ cancelRefetch: false })}
        />
      )}
    </div>
  );
}

/** What `Feed` takes. */
export type FeedProps = {
  readonly accountId: string;
  readonly search: string;
  /** What stands where no payment has been yet. */
  readonly empty: ReactNode;
};

/** Days and their lines, as they are given. */
export function FeedDays({ lines, isComplete, isNew, isSearch = false }: FeedDaysProps) {
  return feedDays(lines, isComplete).map((group) => (
    <section key={group.day} aria-labelledby={`day-${group.day}`}>
      <SectionHead soft title={<DayName day={group} />} id={`day-${group.day}`}>
        {!isSearch && group.spentMinor !== null && group.spentMinor > 0 && (
          <Trans>
            <Amount value={{ minor: group.spentMinor, currency: "GBP" }} /> spent
          </Trans>
        )}
      </SectionHead>
      <Card>
        <ul>
          {group.lines.map((line) => (
            <FeedRow key={line.id} line={line} isNew={isNew?.(line) ?? false} />
          ))}
        </ul>
      </Card>
    </section>
  ));
}

/** What `FeedDays` takes. */
export type FeedDaysProps = {
  readonly lines: readonly Transaction[];
  readonly isComplete: boolean;
  readonly isNew?: (line: Transaction) => boolean;
  readonly isSearch?: boolean;
};

function DayName({ day }: { readonly day: FeedDay }) {
  const noon = `${day.day}T12:00:00Z`;
  const now = serverNow();
  switch (dayDistance(noon, now)) {
    case "today":
      return <Trans>Today</Trans>;
    case "yesterday":
      return <Trans>Yesterday</Trans>;
    default:
      return dayText(noon, now);
  }
}

/** Tells a screen reader of a line that has just slid in. */
function NewLine({ line }: { readonly line: Transaction | undefined }) {
  const words = use(UiWordsContext);
  const isHidden = use(AmountsHiddenContext);
  const amount = line === undefined || isHidden ? "" : spokenAmount(line.amount, words);
  return (
    <p role="status" className="sr-only">
      {line !== undefined &&
        (line.amount.minor > 0 ? (
          <Trans>
            {amount} in from {line.counterparty.name}
          </Trans>
        ) : (
          <Trans>
            {amount} to {line.counterparty.name}
          </Trans>
        ))}
    </p>
  );
}

function NothingFound({ search }: { readonly search: string }) {
  return (
    <EmptyState art={<QuietWater />} title={<Trans>Nothing found</Trans>}>
      <Trans>No payment has “{search}” in its name, reference or note.</Trans>
    </EmptyState>
  );
}

/** Loads the next page when its place comes into sight; the button does the same. */
function Older({ busy, onReach }: { readonly busy: boolean; readonly onReach: () => void }) {
  const place = useRef<HTMLDivElement>(null);
  const reach = useEffectEvent(onReach);
  useEffect(() => {
    if (place.current === null) return;
    const watcher = new IntersectionObserver(([entry]) => entry?.isIntersecting === true && reach(), {
      rootMargin: "400px",
    });
    watcher.observe(place.current);
    return () => watcher.disconnect();
  }, []);
  return (
    <div ref={place} className="pt-4">
      <Button look="second" size="pair" busy={busy} onClick={onReach}>
        <Trans>Show older payments</Trans>
      </Button>
    </div>
  );
}
