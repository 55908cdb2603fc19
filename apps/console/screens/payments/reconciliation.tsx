import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Reconciliation } from "@mainstay/wire";
import { Check, TriangleAlert } from "lucide-react";
import { reconciliationQuery } from "../../api/bank.ts";
import { sentenceOf } from "../../api/request.ts";
import { Badge } from "../../parts/badge.tsx";
import { Card } from "../../parts/card.tsx";
import { Money } from "../../parts/money.tsx";
import { countText, none_sign } from "../../parts/numbers.ts";
import { Cell, Row, Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { Nothing, RowsToCome } from "../page.tsx";
import { mismatchText, payment_states } from "./payment-words.ts";
import { PaymentsHead } from "./payments-head.tsx";

function Verdict({ told }: { readonly told: Reconciliation }) {
  if (told.difference === null) return <Badge tone="lamp">Money is coming in just now</Badge>;
  if (told.difference.minor === 0 && told.mismatches.length === 0) {
    return (
      <Badge tone="good" icon={Check}>
        Ledger and scheme agree
      </Badge>
    );
  }
  return (
    <Badge tone="danger" icon={TriangleAlert}>
      Ledger and scheme don’t agree
    </Badge>
  );
}

function Sides({ told }: { readonly told: Reconciliation }) {
  const rows = [
    ["By the ledger", told.ledger],
    ["By the scheme’s messages", told.scheme],
    ["Difference", told.difference],
  ] as const;
  return (
    <Card title="Settlement account" note={told.account} className="shrink-0">
      <Table label="Settlement account" columns={["", { name: "Balance", isNumeric: true }]}>
        {rows.map(([name, value]) => (
          <Row key={name}>
            <Cell>{name}</Cell>
            <Cell isRight>
              <span className={name === "Difference" ? "font-semibold" : ""}>
                {value === null ? none_sign : <Money value={value} />}
              </span>
            </Cell>
          </Row>
        ))}
      </Table>
    </Card>
  );
}

function Counts({ told }: { readonly told: Reconciliation }) {
  const { received, unanswered, unreadable } = told.messages;
  return (
    <Card title="What came over the scheme" className="shrink-0">
      <Table
        label="What came over the scheme"
        columns={["", { name: "Number", isNumeric: true }, { name: "Amount", isNumeric: true }]}
      >
        {told.transfers.map(({ state, count, amount }) => (
          <Row key={state}>
            <Cell>{payment_states[state].text}</Cell>
            <Cell isRight>{countText(count)}</Cell>
            <Cell isRight>
              <Money value={amount} />
            </Cell>
          </Row>
        ))}
        <Row>
          <Cell>Messages</Cell>
          <Cell isRight>{countText(received)}</Cell>
          <Cell isRight isSoft>
            {unanswered} unanswered, {unreadable} unreadable
          </Cell>
        </Row>
      </Table>
    </Card>
  );
}

function Mismatches({ told }: { readonly told: Reconciliation }) {
  return (
    <Card
      title="One by one"
      note={`the newest ${countText(told.looked)}, each looked up on the other side`}
      className="min-w-0 flex-1"
    >
      {told.mismatches.length === 0 ? (
        <Nothing title="Each agrees">Every transfer is in the ledger as its message says.</Nothing>
      ) : (
        <Table
          label="Transfers that don’t agree"
          columns={["When", "Transfer", "What", { name: "Amount", isNumeric: true }]}
        >
          {told.mismatches.map((mismatch) => (
            <Row key={mismatch.id}>
              <Cell isSoft isTight>
                <Time at={mismatch.at} form="weekday" />
              </Cell>
              <Cell isTight>
                <Link
                  to="/payments/$id"
                  params={{ id: mismatch.id }}
                  className="border-b border-line2 hover:border-current"
                >
                  {mismatch.id.slice(0, 8)}…
                </Link>
              </Cell>
              <Cell>
                <span className="text-danger">{mismatchText(mismatch)}</span>
              </Cell>
              <Cell isRight>
                <Money value={mismatch.amount} />
              </Cell>
            </Row>
          ))}
        </Table>
      )}
    </Card>
  );
}

/** The settlement account against what the scheme's own messages say. */
export function ReconciliationPage() {
  const query = useQuery(reconciliationQuery);
  const told = query.data;
  return (
    <>
      <PaymentsHead page="Reconciliation">
        {told && (
          <>
            <Verdict told={told} />
            <span className="text-ink-soft">
              as of <Time at={told.asOf} form="second" />
            </span>
          </>
        )}
      </PaymentsHead>
      {told === undefined ? (
        <Card className="flex-1">
          {query.isError ? (
            <Nothing title="It can’t be shown">{sentenceOf(query.error)}</Nothing>
          ) : (
            <RowsToCome rows={6} />
          )}
        </Card>
      ) : (
        <div className="flex min-h-0 flex-1 gap-3">
          <div className="flex w-[400px] shrink-0 flex-col gap-3">
            <Sides told={told} />
            <Counts told={told} />
          </div>
          <Mismatches told={told} />
        </div>
      )}
    </>
  );
}
