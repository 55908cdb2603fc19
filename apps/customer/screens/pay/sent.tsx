import { Plural, Trans } from "@lingui/react/macro";
import { Amount, Avatar, Button, Card, CheckDraw, Countdown, Icon, Row, Skeleton } from "@mainstay/ui";
import type { Payment } from "@mainstay/wire";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { Hourglass, Landmark, TriangleAlert, Undo2, X, type LucideIcon } from "lucide-react";
import { useState, type ReactNode } from "react";
import { failureOf, type Failure } from "../../api/failure.ts";
import { accountsQuery, configurationQuery, paymentQuery } from "../../api/queries.ts";
import { request } from "../../api/request.ts";
import { Page } from "../../shell/page.tsx";
import { ProblemBanner, ProblemState } from "../../shell/problem.tsx";
import { queryClient } from "../../shell/session.ts";
import { secondsUntil, useNow } from "../../text/use-now.ts";
import { PayeeAvatar } from "./payee-row.tsx";

const route = getRouteApi("/customer/pay/$paymentId/sent");

/** How often the bank is asked how it stands, where no event has said so, in milliseconds. */
const ask_ms = 2_000;

/** States that nothing follows. */
const ended: readonly Payment["state"][] = ["sent", "undone", "expired", "refused", "failed"];

/** After approval: true at every moment. While it can be undone it has not left, and the page says so. */
export function SentScreen() {
  const { paymentId } = route.useParams();
  const query = useQuery({
    ...paymentQuery(paymentId),
    refetchInterval: ({ state }) =>
      state.data !== undefined && ended.includes(state.data.state) ? false : ask_ms,
  });
  if (query.data !== undefined) return <Sent payment={query.data} />;
  return (
    <Page className="justify-center">
      {query.isError ? (
        <ProblemState failure={failureOf(query.error)} onRetry={() => void query.refetch()} />
      ) : (
        <Skeleton className="mx-auto size-37" />
      )}
    </Page>
  );
}

function Sent({ payment }: { readonly payment: Payment }) {
  const navigate = useNavigate();
  const undo = useUndo(payment);
  const isLeaving = payment.state === "leaving" && payment.leavesAt !== null;
  const now = useNow(isLeaving);
  const seconds = payment.leavesAt === null ? 0 : secondsUntil(payment.leavesAt, now);
  const canUndo = isLeaving && seconds > 0;
  return (
    <Page
      foot={
        <>
          {(canUndo || undo.busy) && (
            <Button look="second" icon={<Icon of={Undo2} />} busy={undo.busy} onClick={undo.undo}>
              <Trans>Undo</Trans>
            </Button>
          )}
          <Button onClick={() => void navigate({ to: "/home", replace: true })}>
            <Trans>Done</Trans>
          </Button>
        </>
      }
    >
      <div className="flex flex-1 flex-col items-center justify-center pt-10 pb-6 text-center">
        <Sign payment={payment} seconds={canUndo ? seconds : null} now={now} />
        <div className="mt-7">
          <Words payment={payment} seconds={canUndo ? seconds : null} />
        </div>
        <Spoken payment={payment} canUndo={canUndo} />
        {undo.failure !== null && (
          <div className="mt-5 w-full text-left">
            <ProblemBanner failure={undo.failure} />
          </div>
        )}
        <Summary payment={payment} />
      </div>
    </Page>
  );
}

function useUndo(payment: Payment) {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const undo = async () => {
    setBusy(true);
    setFailure(null);
    const answer = await request<Payment>(`/api/payments/${payment.id}/undo`, { method: "POST", body: {} });
    const { queryKey } = paymentQuery(payment.id);
    if (answer.ok) queryClient.setQueryData(queryKey, answer.value);
    else {
      setFailure(answer.error);
      void queryClient.invalidateQueries({ queryKey });
    }
    void queryClient.invalidateQueries({ queryKey: accountsQuery.queryKey });
    void queryClient.invalidateQueries({ queryKey: ["feed"] });
    setBusy(false);
  };
  return { undo: () => void undo(), busy, failure };
}

type SignProps = { readonly payment: Payment; readonly seconds: number | null; readonly now: Date };

/**
 * The ring of time while it can be undone, a check that draws itself once the money has moved, or why it
 * hasn't.
 */
function Sign({ payment, seconds, now }: SignProps) {
  const windowSeconds = useQuery(configurationQuery).data?.undoWindowSeconds ?? 15;
  if (seconds !== null && payment.leavesAt !== null) {
    const leftMs = Date.parse(payment.leavesAt) - now.getTime();
    return (
      <Countdown left={leftMs / 1000 / windowSeconds}>
        <span className="money text-figure" aria-hidden>
          {seconds}
        </span>
      </Countdown>
    );
  }
  if (payment.state === "sent") return <CheckDraw size={116} />;
  const other: Partial<Record<Payment["state"], LucideIcon>> = {
    undone: Undo2,
    undoing: Undo2,
    refused: X,
    failed: X,
    expired: TriangleAlert,
  };
  const icon = other[payment.state];
  return (
    <Avatar tone={icon === undefined ? "amber" : "slate"} size={72} className="size-29!">
      <Icon of={icon ?? Hourglass} size={32} className="size-11!" />
    </Avatar>
  );
}

/** What a screen reader is told as the payment goes on; the seconds are not spoken one by one. */
function Spoken({ payment, canUndo }: { readonly payment: Payment; readonly canUndo: boolean }) {
  const amount = <Amount value={payment.shown.amount} always />;
  const name = payment.shown.payeeName;
  return (
    <p role="status" className="sr-only">
      {canUndo && <Trans>Approved. {amount} leaves in a few seconds. Until then you can undo it.</Trans>}
      {payment.state === "sent" && (
        <Trans>
          {amount} is with {name}.
        </Trans>
      )}
      {payment.state === "undone" && <Trans>Undone. Your {amount} is still in your account.</Trans>}
    </p>
  );
}

function Words({ payment, seconds }: { readonly payment: Payment; readonly seconds: number | null }) {
  const amount = <Amount value={payment.shown.amount} always />;
  const name = payment.shown.payeeName;
  const words = (title: ReactNode, text?: ReactNode) => (
    <>
      <h1 className="text-title text-balance">{title}</h1>
      {text !== undefined && <p className="mt-1.5 text-row text-ink-soft">{text}</p>}
    </>
  );
  const still = <Trans>Your {amount} is still in your account.</Trans>;
  switch (payment.state) {
    case "leaving":
      if (seconds === null) return words(<Trans>{amount} is leaving now</Trans>, <Trans>To {name}.</Trans>);
      return words(
        <Trans>
          {amount} leaves in{" "}
          <span className="money">
            <Plural value={seconds} one="# second" other="# seconds" />
          </span>
        </Trans>,
        <Trans>
          To {name}. Changed your mind?
          <br />
          Until then you can undo it.
        </Trans>,
      );
    case "awaiting_approval":
      return words(<Trans>Not approved yet</Trans>, still);
    case "posting":
    case "sending":
      return words(<Trans>{amount} is leaving now</Trans>, <Trans>To {name}.</Trans>);
    case "sent":
      return words(
        <Trans>
          {amount} is with {name}
        </Trans>,
        <Trans>It left your account and arrived in theirs.</Trans>,
      );
    case "undoing":
      return words(<Trans>Taking it back</Trans>, <Trans>We’re making sure that it stays with you.</Trans>);
    case "undone":
      return words(<Trans>Undone</Trans>, still);
    case "expired":
      return words(<Trans>Not approved in time</Trans>, still);
    case "refused":
    case "failed":
      return words(<Trans>We couldn’t send it</Trans>, <Refusal payment={payment} />);
    default:
      return payment.state satisfies never;
  }
}

/** Why it could not be sent, and what to do. */
function Refusal({ payment }: { readonly payment: Payment }) {
  const amount = <Amount value={payment.shown.amount} always />;
  switch (payment.reason) {
    case "insufficient_funds":
      return (
        <Trans>There wasn’t enough to spend in your account. Add money, then send your {amount} again.</Trans>
      );
    case "payee_account_closed":
      return (
        <Trans>Their account is closed. Your {amount} is still in yours; ask them for another account.</Trans>
      );
    default:
      return <Trans>Your {amount} is still in your account. Try again in a minute.</Trans>;
  }
}

function Summary({ payment }: { readonly payment: Payment }) {
  const account = useQuery(accountsQuery).data?.[0];
  const { shown } = payment;
  const hasMoved = payment.state === "leaving" || payment.state === "sending" || payment.state === "sent";
  return (
    <Card className="mt-10 w-full text-left">
      <Row
        leading={<PayeeAvatar name={shown.payeeName} />}
        title={shown.payeeName}
        subtitle={shown.reference === "" ? shown.bankName : shown.reference}
        trailing={<Amount value={shown.amount} size="row" always />}
      />
      {account !== undefined && (
        <Row
          leading={
            <Avatar tone="teal">
              <Icon of={Landmark} size={20} />
            </Avatar>
          }
          title={account.name}
          subtitle={hasMoved ? <Trans>Left after this payment</Trans> : <Trans>In your account</Trans>}
          trailing={<Amount value={account.available} size="row" />}
        />
      )}
    </Card>
  );
}
