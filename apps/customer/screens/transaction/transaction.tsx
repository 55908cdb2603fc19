import { Trans, useLingui } from "@lingui/react/macro";
import {
  Amount,
  Avatar,
  Card,
  Icon,
  Row,
  RowButton,
  Skeleton,
  SkeletonRows,
  buttonClass,
  type AvatarTone,
  classNames,
} from "@mainstay/ui";
import type { Category, Transaction } from "@mainstay/wire";
import { useQuery, type InfiniteData } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import {
  ArrowDownLeft,
  Check,
  ChevronRight,
  CircleQuestionMark,
  Clock,
  History,
  PenLine,
  ReceiptText,
  Repeat,
  Undo2,
  X,
  type LucideIcon,
} from "lucide-react";
import { useState, type ReactNode } from "react";
import { failureOf, type Failure } from "../../api/failure.ts";
import { transactionQuery } from "../../api/queries.ts";
import { request } from "../../api/request.ts";
import { serverNow } from "../../browser.ts";
import { withTransaction } from "../../shell/live.ts";
import { BackBar, Page } from "../../shell/page.tsx";
import { ProblemBanner, ProblemState } from "../../shell/problem.tsx";
import { queryClient } from "../../shell/session.ts";
import { categories } from "../../text/categories.tsx";
import { dateText, dayText, timeText } from "../../text/dates.ts";
import { secondsUntil, useNow } from "../../text/use-now.ts";
import { CounterpartyAvatar } from "../home/feed-row.tsx";
import { beginPayment } from "../pay/draft.ts";
import { CategorySheet } from "./category-sheet.tsx";
import { NoteSheet } from "./note-sheet.tsx";
import { ReceiptSheet } from "./receipt-sheet.tsx";
import { WrongSheet } from "./wrong-sheet.tsx";

const route = getRouteApi("/customer/transactions/$transactionId");

/** A line of a feed that home has already loaded, so that its page stands at once. */
function fromFeeds(id: string): Transaction | undefined {
  const feeds = queryClient.getQueriesData<InfiniteData<{ transactions: Transaction[] }>>({
    queryKey: ["feed"],
  });
  return feeds
    .flatMap(([, feed]) => feed?.pages ?? [])
    .flatMap(({ transactions }) => transactions)
    .find((line) => line.id === id);
}

/** One payment: how much, who, when, how it stands in words, and what can be done about it. */
export function TransactionScreen() {
  const { transactionId } = route.useParams();
  const query = useQuery({
    ...transactionQuery(transactionId),
    placeholderData: () => fromFeeds(transactionId),
  });
  return (
    <Page bar={<BackBar to="/home" />}>
      {query.data !== undefined && <TransactionContent line={query.data} />}
      {query.isPending && <Outline />}
      {query.isError && query.data === undefined && (
        <ProblemState failure={failureOf(query.error)} onRetry={() => void query.refetch()} />
      )}
    </Page>
  );
}

function Outline() {
  const { t } = useLingui();
  return (
    <div className="flex flex-col items-center">
      <Skeleton className="size-18" />
      <Skeleton className="mt-5 h-9 w-40" />
      <Skeleton className="mt-4 mb-10 h-4 w-48" />
      <div className="w-full">
        <SkeletonRows count={2} label={t`One moment`} />
      </div>
    </div>
  );
}

function useAnnotate(line: Transaction) {
  const [failure, setFailure] = useState<Failure | null>(null);
  const take = (changed: Transaction) => {
    queryClient.setQueryData(transactionQuery(line.id).queryKey, changed);
    queryClient.setQueriesData<Parameters<typeof withTransaction>[0]>({ queryKey: ["feed"] }, (feed) =>
      feed?.pages.some(({ transactions }) => transactions.some(({ id }) => id === line.id))
        ? withTransaction(feed, changed)
        : feed,
    );
  };
  const annotate = async (change: { category: Category } | { note: string }) => {
    setFailure(null);
    // It shows at once, and goes back should the bank not take it.
    take({ ...line, ...change });
    const answer = await request<Transaction>(`/api/transactions/${line.id}`, {
      method: "PATCH",
      body: change,
    });
    take(answer.ok ? answer.value : line);
    if (!answer.ok) setFailure(answer.error);
  };
  return { annotate, failure };
}

type OpenSheet = "category" | "note" | "receipt" | "wrong" | null;

function TransactionContent({ line }: { readonly line: Transaction }) {
  const { i18n } = useLingui();
  const [sheet, setSheet] = useState<OpenSheet>(null);
  const { annotate, failure } = useAnnotate(line);
  const close = () => setSheet(null);
  const look = categories[line.category];
  return (
    <>
      <Head line={line} />
      <Tiles line={line} onReceipt={() => setSheet("receipt")} />
      <div className="flex flex-col gap-3 pt-4">
        {failure !== null && <ProblemBanner failure={failure} />}
        <Card>
          <StatusRow line={line} />
          <Row
            leading={
              <Avatar tone={look.tone}>
                <Icon of={look.icon} size={20} />
              </Avatar>
            }
            title={i18n._(look.name)}
            subtitle={<Trans>Category</Trans>}
            trailing={
              <button
                type="button"
                className={buttonClass("quiet", "text")}
                onClick={() => setSheet("category")}
              >
                <Trans>Change</Trans>
              </button>
            }
          />
        </Card>
        <NoteCard note={line.note} onEdit={() => setSheet("note")} />
        <Card>
          <RowButton
            onClick={() => setSheet("wrong")}
            leading={
              <Avatar tone="slate">
                <Icon of={CircleQuestionMark} size={20} />
              </Avatar>
            }
            title={<Trans>Something wrong?</Trans>}
            subtitle={<Trans>Wrong amount, paid twice, not you</Trans>}
            trailing={<Icon of={ChevronRight} className="text-ink-soft" />}
          />
        </Card>
      </div>
      <CategorySheet
        open={sheet === "category"}
        onClose={close}
        chosen={line.category}
        onChoose={(category) => void annotate({ category })}
      />
      <NoteSheet
        open={sheet === "note"}
        onClose={close}
        transactionId={line.id}
        note={line.note}
        onSave={(note) => void annotate({ note })}
      />
      <ReceiptSheet open={sheet === "receipt"} onClose={close} line={line} />
      <WrongSheet open={sheet === "wrong"} onClose={close} line={line} />
    </>
  );
}

function Head({ line }: { readonly line: Transaction }) {
  const day = dayText(line.createdAt, serverNow());
  const time = timeText(line.createdAt);
  return (
    <div className="flex flex-col items-center text-center">
      <span style={{ viewTransitionName: "counterparty" }}>
        <CounterpartyAvatar line={line} size={72} />
      </span>
      <Amount value={line.amount} size="balance" signed className="mt-3" />
      <h1 className="mt-0.5 text-heading text-balance">{line.counterparty.name}</h1>
      <p className="mt-0.5 text-body text-ink-soft">
        <Trans>
          {day}, {time}
        </Trans>
      </p>
    </div>
  );
}

type TilesProps = { readonly line: Transaction; readonly onReceipt: () => void };

function Tiles({ line, onReceipt }: TilesProps) {
  const navigate = useNavigate();
  const { sortCode, accountNumber, name } = line.counterparty;
  const isOut = line.amount.minor < 0;
  const repeat = () => {
    if (sortCode === undefined || accountNumber === undefined) return;
    const payee = { name, sortCode, accountNumber };
    beginPayment(isOut ? { payee, typedMinor: -line.amount.minor, reference: line.reference } : { payee });
    void navigate({ to: "/pay/amount" });
  };
  return (
    <div className="grid auto-cols-fr grid-flow-col gap-2 pt-6">
      <Tile icon={ReceiptText} onClick={onReceipt}>
        <Trans>Receipt</Trans>
      </Tile>
      <Tile icon={History} onClick={() => void navigate({ to: "/home", search: { q: name } })}>
        <Trans>History</Trans>
      </Tile>
      {accountNumber !== undefined && (
        <Tile icon={isOut ? Repeat : Undo2} onClick={repeat}>
          {isOut ? <Trans>Repeat</Trans> : <Trans>Pay back</Trans>}
        </Tile>
      )}
    </div>
  );
}

type TileProps = { readonly icon: LucideIcon; readonly onClick: () => void; readonly children: ReactNode };

function Tile({ icon, onClick, children }: TileProps) {
  return (
    <button
      type="button"
      onClick={onClick}
      className={classNames(
        "flex min-h-18 flex-col items-center justify-center gap-1 rounded-card",
        "bg-surface py-2 text-body font-semibold text-harbour shadow-card",
        "active:bg-well/60",
      )}
    >
      <Icon of={icon} />
      {children}
    </button>
  );
}

/** How the payment stands, in words. */
function StatusRow({ line }: { readonly line: Transaction }) {
  const row = (tone: AvatarTone, icon: LucideIcon, title: ReactNode, subtitle: ReactNode) => (
    <Row
      leading={
        <Avatar tone={tone}>
          <Icon of={icon} size={20} />
        </Avatar>
      }
      title={title}
      subtitle={subtitle}
    />
  );
  const when = line.bookedAt ?? line.createdAt;
  const date = dateText(when, serverNow());
  const time = timeText(when);
  const stayed = <Trans>The money stayed in your account</Trans>;
  if (line.state === "leaving")
    return row("amber", Clock, <Trans>Not sent yet</Trans>, <LeavingWords line={line} />);
  if (line.state === "undone") return row("slate", Undo2, <Trans>Undone</Trans>, stayed);
  if (line.state === "failed") return row("coral", X, <Trans>Couldn’t be sent</Trans>, stayed);
  if (line.amount.minor > 0) {
    return row(
      "teal",
      ArrowDownLeft,
      <Trans>Received</Trans>,
      <Trans>
        Here since {date}, {time}
      </Trans>,
    );
  }
  return row(
    "teal",
    Check,
    <Trans>Paid</Trans>,
    <Trans>
      Left on {date}, {time}
    </Trans>,
  );
}

function LeavingWords({ line }: { readonly line: Transaction }) {
  const now = useNow(true);
  const seconds = line.leavesAt === null ? 0 : secondsUntil(line.leavesAt, now);
  return seconds === 0 ? <Trans>It’s leaving now</Trans> : <Trans>It leaves in {seconds} seconds</Trans>;
}

function NoteCard({ note, onEdit }: { readonly note: string; readonly onEdit: () => void }) {
  return (
    <Card className="relative">
      <button
        type="button"
        onClick={onEdit}
        className="block w-full rounded-card px-4 py-3.5 text-left active:bg-well/60"
      >
        <span className="block pr-9 text-body text-ink-soft">
          <Trans>Note</Trans>
        </span>
        <span
          className={
            note === "" ? "mt-0.5 block text-row text-ink-soft" : "mt-0.5 block text-row break-words"
          }
        >
          {note === "" ? <Trans>Add a note, for you alone</Trans> : note}
        </span>
        <Icon of={PenLine} size={20} className="absolute top-4 right-4 text-harbour" />
      </button>
    </Card>
  );
}
