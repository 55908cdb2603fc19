import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Customer, Transaction } from "@mainstay/wire";
import { useState } from "react";
import { olderFeed } from "../../api/bank.ts";
import { sentenceOf } from "../../api/request.ts";
import { Badge } from "../../parts/badge.tsx";
import { Card } from "../../parts/card.tsx";
import { Trouble } from "../../parts/field.tsx";
import { Money } from "../../parts/money.tsx";
import { none_sign } from "../../parts/numbers.ts";
import { Cell, Row, Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { Nothing } from "../page.tsx";
import { transaction_states } from "./customer-words.ts";

/** The feed as the customer has it: what was asked for at first, and the older pages since. */
function useFeed({ ref, accounts, transactions, older }: Customer) {
  const [more, setMore] = useState<{ readonly rows: readonly Transaction[]; readonly older: string | null }>({
    rows: [],
    older,
  });
  const [account] = accounts;
  const ask = useMutation({
    mutationFn: (before: string) => olderFeed(ref, account?.id ?? "", before),
    onSuccess: (page) =>
      setMore(({ rows }) => ({ rows: [...rows, ...page.transactions], older: page.older })),
  });
  return {
    rows: [...transactions, ...more.rows],
    askOlder: more.older === null ? null : () => ask.mutate(more.older ?? ""),
    isAsking: ask.isPending,
    error: ask.error,
  };
}

function Movement({ row, isChosen, onChoose }: MovementProps) {
  const state = transaction_states[row.state];
  return (
    <Row isChosen={isChosen} onChoose={onChoose}>
      <Cell isSoft isTight>
        <Time at={row.bookedAt ?? row.createdAt} />
      </Cell>
      <Cell isWide below={[row.reference, row.category.replaceAll("_", " ")].filter(Boolean).join(" · ")}>
        <span className="flex items-center gap-2">
          {row.paymentId === null ? (
            <span className="truncate font-medium">{row.counterparty.name}</span>
          ) : (
            <Link
              to="/payments/$id"
              params={{ id: row.paymentId }}
              onClick={(event) => event.stopPropagation()}
              className="truncate border-b border-line2 font-medium hover:border-current"
            >
              {row.counterparty.name}
            </Link>
          )}
          {state !== null && <Badge tone={state.tone}>{state.text}</Badge>}
        </span>
      </Cell>
      <Cell isRight below={row.balanceAfter === null ? none_sign : <Money value={row.balanceAfter} />}>
        <Money value={row.amount} signed />
      </Cell>
    </Row>
  );
}

type MovementProps = {
  readonly row: Transaction;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
};

/** The customer's feed, as they see it themselves. */
export function Feed({ customer, chosen, onChoose }: FeedProps) {
  const { rows, askOlder, isAsking, error } = useFeed(customer);
  return (
    <Card
      title="Feed"
      note="as the customer sees it"
      className="min-h-[180px] flex-1"
      foot={
        <>
          <span className="money">{rows.length} shown, newest first</span>
          {askOlder !== null && (
            <button
              type="button"
              disabled={isAsking}
              className="font-semibold text-harbour hover:underline"
              onClick={askOlder}
            >
              Older
            </button>
          )}
        </>
      }
    >
      <Trouble>{error === null ? null : sentenceOf(error)}</Trouble>
      {rows.length === 0 ? (
        <Nothing title="Nothing has moved">What comes in and goes out stands here.</Nothing>
      ) : (
        <Table
          label="Feed, newest first"
          columns={["When", "What", { name: "Amount, balance after", isNumeric: true }]}
        >
          {rows.map((row) => (
            <Movement key={row.id} row={row} isChosen={row.id === chosen} onChoose={() => onChoose(row.id)} />
          ))}
        </Table>
      )}
    </Card>
  );
}

type FeedProps = {
  readonly customer: Customer;
  readonly chosen: string | null;
  readonly onChoose: (id: string) => void;
};
