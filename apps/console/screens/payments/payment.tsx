import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import type { StaffPayment } from "@mainstay/wire";
import { RefreshCw } from "lucide-react";
import { paymentQuery } from "../../api/bank.ts";
import { sessionQuery } from "../../api/queries.ts";
import { sentenceOf } from "../../api/request.ts";
import { Badge } from "../../parts/badge.tsx";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Money } from "../../parts/money.tsx";
import { Time } from "../../parts/time.tsx";
import { usePageFacts } from "../../shell/page-facts.ts";
import { useLivePageKeys } from "../../shell/page-keys.ts";
import { Nothing, RowsToCome } from "../page.tsx";
import {
  PaymentApproval,
  PaymentFacts,
  PaymentMessages,
  PaymentPosts,
  PaymentTimeline,
} from "./payment-parts.tsx";
import { payment_states } from "./payment-words.ts";

function Head({ payment, isAsking, onRefresh }: HeadProps) {
  const state = payment_states[payment.state];
  return (
    <div className="mb-3 flex min-h-8 shrink-0 items-center gap-3">
      <h1 className="text-page">
        <Money value={payment.amount} />
      </h1>
      <Badge tone={state.tone}>{state.text}</Badge>
      <span className="truncate text-ink-soft">
        {payment.direction === "out" ? "ordered" : "came in"} <Time at={payment.at} form="weekday" />
      </span>
      <div className="ml-auto">
        <Button
          keys="r"
          busy={isAsking}
          icon={<RefreshCw size={15} strokeWidth={1.9} aria-hidden />}
          onClick={onRefresh}
        >
          Look again
        </Button>
      </div>
    </div>
  );
}

type HeadProps = {
  readonly payment: StaffPayment;
  readonly isAsking: boolean;
  readonly onRefresh: () => void;
};

/** One payment whole: what was ordered and approved, what was posted, what went over the scheme. */
export function PaymentPage() {
  const { id } = useParams({ from: "/frame/payments/$id" });
  const query = useQuery(paymentQuery(id));
  const { data: session } = useQuery(sessionQuery);
  const canOpen = session?.staff.roles.includes("support") === true;
  const refresh = () => void query.refetch();
  useLivePageKeys([{ name: "look again", keys: { r: refresh }, isOnButton: true }]);
  const payment = query.data;
  usePageFacts([
    { name: "Payments", to: payment?.direction === "in" ? "/payments/inbound" : "/payments" },
    { name: id.length > 18 ? `${id.slice(0, 16)}…` : id, to: null },
  ]);
  if (payment === undefined) {
    return (
      <Card className="flex-1">
        {query.isError ? (
          <Nothing title="This payment can’t be shown">{sentenceOf(query.error)}</Nothing>
        ) : (
          <RowsToCome rows={8} />
        )}
      </Card>
    );
  }
  // One that stays within the bank sends no message over a scheme.
  const isAcross = payment.messages.length > 0;
  return (
    <>
      <Head payment={payment} isAsking={query.isFetching} onRefresh={refresh} />
      <div className="grid min-h-0 flex-1 grid-cols-[360px_minmax(0,1fr)] gap-3">
        <div className="flex min-h-0 flex-col gap-3">
          <PaymentFacts payment={payment} canOpen={canOpen} />
          <PaymentApproval payment={payment} />
          {isAcross && <PaymentTimeline payment={payment} />}
        </div>
        <div className="flex min-h-0 flex-col gap-3">
          <PaymentPosts payment={payment} />
          {isAcross ? <PaymentMessages payment={payment} /> : <PaymentTimeline payment={payment} />}
        </div>
      </div>
    </>
  );
}
