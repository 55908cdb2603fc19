import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { classNames } from "@mainstay/ui";
import type { Customer } from "@mainstay/wire";
import { RefreshCw } from "lucide-react";
import { useState } from "react";
import { customerQuery } from "../../api/bank.ts";
import { sentenceOf } from "../../api/request.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Scroll } from "../../parts/scroll.tsx";
import { Time, useNow } from "../../parts/time.tsx";
import { usePageFacts } from "../../shell/page-facts.ts";
import { useLivePageKeys } from "../../shell/page-keys.ts";
import { ThreadBadge } from "../conversations/thread-badge.tsx";
import { Nothing, PageHead, RowsToCome } from "../page.tsx";
import { Devices, Looks, Passkeys } from "./customer-access.tsx";
import { Accounts, Person } from "./customer-facts.tsx";
import { Feed } from "./customer-feed.tsx";
import { KindBadge } from "./kind-badge.tsx";

function Threads({ threads }: Pick<Customer, "threads">) {
  if (threads.length === 0) return null;
  const waiting = threads.filter(({ waitsFor }) => waitsFor === "bank").length;
  return (
    <Card
      title="Conversations"
      note={waiting === 0 ? "nothing waits for us" : `${waiting} waiting for us`}
      className="max-h-[200px] min-h-[92px] shrink-0"
    >
      <Scroll label="Conversations">
        <ul>
          {threads.map((thread) => (
            <li key={thread.id} className="border-b border-line last:border-b-0">
              <Link
                to="/messages/conversations"
                search={{ thread: thread.id }}
                className="flex items-center gap-3 px-4 py-1.5 hover:bg-hover"
              >
                <span className="min-w-0 flex-1">
                  <span className="block truncate font-medium">{thread.subject}</span>
                  <span className="block truncate text-small text-ink-soft">{thread.preview}</span>
                </span>
                <ThreadBadge waitsFor={thread.waitsFor} />
                <span className="text-small text-ink-soft">
                  <Time at={thread.updatedAt} />
                </span>
              </Link>
            </li>
          ))}
        </ul>
      </Scroll>
    </Card>
  );
}

function Body({ customer, chosen, onChoose }: BodyProps) {
  const now = useNow(30_000);
  return (
    <div
      className={classNames(
        "grid min-h-0 flex-1 grid-cols-[288px_minmax(0,1fr)_264px] gap-3",
        "min-[1400px]:grid-cols-[300px_minmax(0,1fr)_284px]",
      )}
    >
      <div className="flex min-h-0 flex-col gap-3 overflow-y-auto">
        <Accounts accounts={customer.accounts} />
        <Person customer={customer} now={now} />
      </div>
      <div className="flex min-h-0 flex-col gap-3">
        <Feed customer={customer} chosen={chosen} onChoose={onChoose} />
        <Threads threads={customer.threads} />
      </div>
      <div className="flex min-h-0 flex-col gap-3">
        <Devices devices={customer.devices} now={now} />
        <Passkeys passkeys={customer.passkeys} recoveryCodesLeft={customer.recoveryCodesLeft} />
        <Looks looks={customer.looks} />
      </div>
    </div>
  );
}

type BodyProps = {
  readonly customer: Customer;
  readonly chosen: string | null;
  readonly onChoose: (id: string) => void;
};

/** One customer: the person, their money, how they get in, what was written, and who of staff looked. */
export function CustomerPage() {
  const { ref } = useParams({ from: "/frame/customers/$ref" });
  const query = useQuery(customerQuery(ref));
  const navigate = useNavigate();
  const [chosenId, setChosen] = useState<string | null>(null);
  const customer = query.data;
  const rows = customer?.transactions ?? [];
  const at = rows.findIndex(({ id }) => id === chosenId);
  const step = (by: number) => () => {
    const next = rows[Math.min(Math.max(at + by, 0), rows.length - 1)];
    if (next) setChosen(next.id);
  };
  const openPayment = () => {
    const id = rows[at]?.paymentId ?? null;
    if (id !== null) void navigate({ to: "/payments/$id", params: { id } });
  };
  const refresh = () => void query.refetch();
  useLivePageKeys([
    { name: "transactions", keys: { j: step(1), k: step(-1) } },
    { name: "its payment", keys: { Enter: openPayment } },
    { name: "look again", keys: { r: refresh }, isOnButton: true },
    { name: "another customer", keys: { "/": () => void navigate({ to: "/customers" }) } },
  ]);
  usePageFacts([
    { name: "Customers", to: "/customers" },
    { name: customer?.name ?? "Customer", to: null },
  ]);
  if (customer === undefined) {
    return (
      <Card className="flex-1">
        {query.isError ? (
          <Nothing title="This customer can’t be shown">{sentenceOf(query.error)}</Nothing>
        ) : (
          <RowsToCome rows={8} />
        )}
      </Card>
    );
  }
  return (
    <>
      <PageHead
        title={customer.name}
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
        <KindBadge kind={customer.kind} />
        <span className="truncate text-ink-soft">
          customer since {new Date(customer.customerSince).getFullYear()}
        </span>
      </PageHead>
      <Body key={customer.ref} customer={customer} chosen={chosenId} onChoose={setChosen} />
    </>
  );
}
