import { Link } from "@tanstack/react-router";
import type { StaffPayment } from "@mainstay/wire";
import { Check, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { Badge } from "../../parts/badge.tsx";
import { Card } from "../../parts/card.tsx";
import { Segmented } from "../../parts/choice.tsx";
import { CustomerLink } from "../../parts/customer-link.tsx";
import { Fact, Facts } from "../../parts/facts.tsx";
import { accountText, Money } from "../../parts/money.tsx";
import { Scroll } from "../../parts/scroll.tsx";
import { Cell, Row, Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { event_texts, name_check_texts, reasonText } from "./payment-words.ts";

function Side({ side, canOpen }: { readonly side: StaffPayment["payer"]; readonly canOpen: boolean }) {
  return (
    <>
      {side.customer !== null && canOpen ? (
        <CustomerLink reference={side.customer}>{side.name}</CustomerLink>
      ) : (
        <span className="font-medium break-words">{side.name}</span>
      )}
      <span className="block text-small text-ink-soft">{accountText(side.sortCode, side.accountNumber)}</span>
    </>
  );
}

/** What the payment is: both sides, the reference, and what the name check said. */
export function PaymentFacts({ payment, canOpen }: PaymentPartProps & { readonly canOpen: boolean }) {
  const { nameCheck } = payment;
  return (
    <Card title="The payment" className="shrink-0">
      <Facts>
        <Fact name="From">
          <Side side={payment.payer} canOpen={canOpen} />
        </Fact>
        <Fact name="To">
          <Side side={payment.payee} canOpen={canOpen} />
        </Fact>
        <Fact name="Reference">{payment.reference === "" ? "none" : payment.reference}</Fact>
        {nameCheck !== null && (
          <Fact name="Name check">
            {name_check_texts[nameCheck.result]}
            {nameCheck.name !== undefined && `: ${nameCheck.name}`}
            {payment.isNewPayee === true && ", first payment to them"}
          </Fact>
        )}
        {payment.reason !== null && (
          <Fact name="Why">
            <span className="text-danger">{reasonText(payment.reason)}</span>
          </Fact>
        )}
        <Fact name={payment.direction === "out" ? "Id" : "UETR"}>
          <span className="text-small break-all select-all">{payment.id}</span>
        </Fact>
      </Facts>
    </Card>
  );
}

type PaymentPartProps = { readonly payment: StaffPayment };

/** What the customer's passkey signed, and whether that holds over the bank's own record. */
export function PaymentApproval({ payment }: PaymentPartProps) {
  const { approval } = payment;
  if (payment.direction === "in") return null;
  if (approval === null) {
    return (
      <Card title="Approval" className="shrink-0">
        <p className="px-4 py-3 text-ink-soft">
          Nobody has approved it{payment.state === "awaiting_approval" ? " yet" : ""}.
        </p>
      </Card>
    );
  }
  return (
    <Card
      title="Approval"
      aside={
        approval.holds ? (
          <Badge tone="good" icon={Check}>
            Signature holds
          </Badge>
        ) : (
          <Badge tone="danger" icon={TriangleAlert}>
            Doesn’t hold
          </Badge>
        )
      }
      className="shrink-0"
    >
      <Facts>
        <Fact name="Signed">
          <Time at={approval.at} form="weekday" />
        </Fact>
        <Fact name="Passkey">
          <span className="text-small break-all">{approval.credentialId}</span>
        </Fact>
        <Fact name="Of">{approval.relyingParty}</Fact>
        <Fact name="Over">
          <span className="text-small break-all">SHA-256 {approval.challenge}</span>
        </Fact>
      </Facts>
    </Card>
  );
}

/** What happened to it, in the order of time. */
export function PaymentTimeline({ payment }: PaymentPartProps) {
  return (
    <Card title="Timeline" className="min-h-[120px] flex-1">
      <Scroll label="Timeline">
        <ol className="px-4 py-2">
          {payment.timeline.map((step, index) => (
            <li key={`${step.event} ${index}`} className="flex items-baseline gap-3 py-1">
              <span className="money w-[92px] shrink-0 text-small text-ink-soft">
                <Time at={step.at} form="exact" />
              </span>
              <span className="min-w-0">
                <span className="font-medium">{event_texts[step.event]}</span>
                {step.detail !== null && (
                  <span className="block truncate text-small text-ink-soft" title={step.detail}>
                    {reasonText(step.detail)}
                  </span>
                )}
              </span>
            </li>
          ))}
        </ol>
      </Scroll>
    </Card>
  );
}

function Account({ id }: { readonly id: string }) {
  // An account of the bank's own has a name; a customer's has an id that says nothing.
  if (!id.includes("/")) return <span className="text-ink-soft">{id.slice(0, 12)}…</span>;
  return (
    <Link
      to="/ledger/entries"
      search={{ account: id }}
      className="border-b border-line2 hover:border-current"
    >
      {id.slice(id.indexOf(":") + 1)}
    </Link>
  );
}

/** The payment's transfers in the ledger. */
export function PaymentPosts({ payment }: PaymentPartProps) {
  return (
    <Card title="In the ledger" className="max-h-[220px] min-h-[112px] shrink-0">
      {payment.posts.length === 0 ? (
        <p className="px-4 py-3 text-ink-soft">Nothing was posted.</p>
      ) : (
        <Table
          label="In the ledger"
          columns={["Booked", "Post", "Debit", "Credit", { name: "Amount", isNumeric: true }]}
        >
          {payment.posts.map((post) => (
            <Row key={post.id} density="dense">
              <Cell isSoft isTight>
                <Time at={post.at} form="exact" />
              </Cell>
              <Cell isTight>
                <span title={post.id} className="font-medium">
                  {post.type}
                </span>{" "}
                <span className="text-ink-soft">{post.kind}</span>
              </Cell>
              <Cell isTight>
                <span title={post.debitAccount}>
                  <Account id={post.debitAccount} />
                </span>
              </Cell>
              <Cell isTight>
                <span title={post.creditAccount}>
                  <Account id={post.creditAccount} />
                </span>
              </Cell>
              <Cell isRight>
                <Money value={post.amount} />
              </Cell>
            </Row>
          ))}
        </Table>
      )}
    </Card>
  );
}

/** What came and went over the scheme, byte for byte, as text. */
export function PaymentMessages({ payment }: PaymentPartProps) {
  const { messages } = payment;
  const [chosenId, setChosen] = useState<string | null>(null);
  const message = messages.find(({ id }) => id === chosenId) ?? messages[0];
  if (message === undefined) return null;
  const options = messages.map(({ id, name, direction }) => ({
    value: id,
    name: `${direction === "in" ? "Came" : "Went"}: ${name ?? "unreadable"}`,
  }));
  return (
    <Card
      title="Scheme messages"
      note={<Time at={message.at} form="exact" />}
      aside={<Segmented label="Message" options={options} value={message.id} onChange={setChosen} />}
      className="min-h-[160px] flex-1"
      foot={
        <span className="truncate" title={message.sha256}>
          SHA-256 {message.sha256}, as it {message.direction === "in" ? "came" : "went"}
        </span>
      }
    >
      {message.problem !== null && (
        <p className="border-b border-line px-4 py-2 text-danger">{message.problem}</p>
      )}
      <Scroll label="The message as text" className="flex-1">
        <pre className="px-4 py-3 font-mono text-small break-all whitespace-pre-wrap">{message.content}</pre>
      </Scroll>
    </Card>
  );
}
