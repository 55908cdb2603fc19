import { useInfiniteQuery, type InfiniteData, type UseInfiniteQueryResult } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { PaymentDirection, StaffPaymentRow, StaffPayments } from "@mainstay/wire";
import { RefreshCw } from "lucide-react";
import { useMemo, useRef, useState } from "react";
import { paymentsQuery, type PaymentFilter as Filter } from "../../api/bank.ts";
import { sentenceOf } from "../../api/request.ts";
import { Badge } from "../../parts/badge.tsx";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { accountText, Money } from "../../parts/money.tsx";
import { countText } from "../../parts/numbers.ts";
import { Cell, Row, Table } from "../../parts/table.tsx";
import { spanText, Time, useNow } from "../../parts/time.tsx";
import { useLivePageKeys } from "../../shell/page-keys.ts";
import { Nothing, RowsToCome } from "../page.tsx";
import { PaymentFilter } from "./payment-filter.tsx";
import { payment_states, reasonText } from "./payment-words.ts";
import { PaymentsHead } from "./payments-head.tsx";

function Side({ side }: { readonly side: StaffPaymentRow["payer"] }) {
  return (
    <Cell below={accountText(side.sortCode, side.accountNumber)}>
      <span className="line-clamp-1 font-medium break-words">{side.name}</span>
    </Cell>
  );
}

function List({ payments, chosen, onChoose, onOpen }: ListProps) {
  return (
    <Table
      label="Payments, newest first"
      columns={["When", "From", "To", "Reference", "State", { name: "Amount", isNumeric: true }]}
    >
      {payments.map((payment) => {
        const state = payment_states[payment.state];
        return (
          <Row
            key={payment.id}
            isChosen={payment.id === chosen?.id}
            onChoose={() => (payment.id === chosen?.id ? onOpen(payment) : onChoose(payment.id))}
          >
            <Cell isSoft isTight>
              <Time at={payment.at} form="weekday" />
            </Cell>
            <Side side={payment.payer} />
            <Side side={payment.payee} />
            <Cell isSoft>
              <span className="break-words">{payment.reference === "" ? "none" : payment.reference}</span>
            </Cell>
            <Cell isTight {...(payment.reason === null ? {} : { below: reasonText(payment.reason) })}>
              <Badge tone={state.tone}>{state.text}</Badge>
            </Cell>
            <Cell isRight>
              <span className="font-medium">
                <Money value={payment.amount} />
              </span>
            </Cell>
          </Row>
        );
      })}
    </Table>
  );
}

type ListProps = {
  readonly payments: readonly StaffPaymentRow[];
  readonly chosen: StaffPaymentRow | undefined;
  readonly onChoose: (id: string) => void;
  readonly onOpen: (payment: StaffPaymentRow) => void;
};

function Rows({ query, chosen, onChoose, onOpen }: RowsProps) {
  const payments = query.data?.pages.flatMap((page) => page.payments) ?? [];
  return (
    <Card
      className="flex-1"
      foot={
        <>
          <span className="money">{countText(payments.length)} shown, newest first</span>
          {query.hasNextPage && (
            <button
              type="button"
              className="font-semibold text-harbour hover:underline"
              onClick={() => void query.fetchNextPage()}
            >
              {payments.length === 0 ? "Look further back" : "Older"}
            </button>
          )}
          <span>Every look is in the bank’s audit</span>
        </>
      }
    >
      {query.isPending && <RowsToCome rows={8} />}
      {query.isError && <Nothing title="Payments can’t be shown">{sentenceOf(query.error)}</Nothing>}
      {query.isSuccess && payments.length === 0 && (
        <Nothing title="No payment">
          {query.hasNextPage
            ? "None of the newest 20,000 is like that. Older ones may be."
            : "There is none that is like that."}
        </Nothing>
      )}
      {payments.length > 0 && <List {...{ payments, chosen, onChoose, onOpen }} />}
    </Card>
  );
}

type RowsProps = Omit<ListProps, "payments"> & {
  readonly query: UseInfiniteQueryResult<InfiniteData<StaffPayments>>;
};

function UnderWay({ underWay }: Pick<StaffPayments, "underWay">) {
  const now = useNow(1_000);
  if (underWay.count === 0) return <Badge tone="good">Nothing under way</Badge>;
  const age_ms = underWay.oldestAt === null ? 0 : now.getTime() - Date.parse(underWay.oldestAt);
  return (
    <Badge tone="lamp" hasDot>
      {countText(underWay.count)} under way, the oldest {spanText(age_ms)}
    </Badge>
  );
}

/** Payments one way, newest first: what customers ordered, or what the scheme brought. */
function PaymentsList({ direction }: { readonly direction: PaymentDirection }) {
  const [filter, setFilter] = useState<Filter>({});
  const query = useInfiniteQuery(paymentsQuery(direction, filter));
  const navigate = useNavigate();
  const pages = query.data?.pages ?? [];
  const payments = pages.flatMap((page) => page.payments);
  const [chosenId, setChosen] = useState<string | null>(null);
  const chosen = payments.find(({ id }) => id === chosenId) ?? payments[0];
  const place = useRef<HTMLDivElement>(null);
  const toFilter = useMemo(() => () => place.current?.querySelector("select")?.focus(), []);
  const open = (payment: StaffPaymentRow | undefined) => {
    if (payment) void navigate({ to: "/payments/$id", params: { id: payment.id } });
  };
  const step = (by: number) => () => {
    const at = payments.findIndex(({ id }) => id === chosen?.id);
    const next = payments[Math.min(Math.max(at + by, 0), payments.length - 1)];
    if (next) setChosen(next.id);
  };
  const refresh = () => void query.refetch();
  useLivePageKeys([
    { name: "move", keys: { j: step(1), k: step(-1) } },
    { name: "open", keys: { Enter: () => open(chosen) } },
    { name: "filter", keys: { "/": toFilter } },
    { name: "look again", keys: { r: refresh }, isOnButton: true },
  ]);
  return (
    <>
      <PaymentsHead
        page={direction === "in" ? "From other banks" : null}
        actions={
          <Button
            keys="r"
            busy={query.isFetching}
            icon={<RefreshCw size={15} strokeWidth={1.9} aria-hidden />}
            onClick={refresh}
          >
            Look again
          </Button>
        }
      >
        {pages[0] && <UnderWay underWay={pages[0].underWay} />}
      </PaymentsHead>
      <PaymentFilter direction={direction} filter={filter} onFilter={setFilter} placeRef={place} />
      <Rows query={query} chosen={chosen} onChoose={setChosen} onOpen={open} />
    </>
  );
}

/** What customers ordered. */
export function OutboundPayments() {
  return <PaymentsList key="out" direction="out" />;
}

/** What other banks sent to customers. */
export function InboundPayments() {
  return <PaymentsList key="in" direction="in" />;
}
