import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { IncidentSummary, StaffThreadWhole } from "@mainstay/wire";
import { customerQuery, threadQuery } from "../../api/bank.ts";
import { concerningQuery } from "../../api/incidents.ts";
import { sessionQuery } from "../../api/queries.ts";
import { sentenceOf } from "../../api/request.ts";
import { Card } from "../../parts/card.tsx";
import { CustomerLink } from "../../parts/customer-link.tsx";
import { Fact, Facts } from "../../parts/facts.tsx";
import { accountText, Money } from "../../parts/money.tsx";
import { ageOf, Time, useNow } from "../../parts/time.tsx";
import { watchers } from "../../shell/rooms.ts";
import { KindBadge } from "../customers/kind-badge.tsx";
import { incidentBadge } from "../incidents/words.ts";
import { RowsToCome } from "../page.tsx";
import { State } from "../releases/state.tsx";

function CustomerBeside({ reference }: { readonly reference: string }) {
  const query = useQuery(customerQuery(reference));
  const now = useNow(30_000);
  const customer = query.data;
  if (customer === undefined) {
    return (
      <Card title="Customer">
        {query.isError ? <p className="px-4 py-3">{sentenceOf(query.error)}</p> : <RowsToCome rows={3} />}
      </Card>
    );
  }
  const [account] = customer.accounts;
  const [device] = customer.devices;
  return (
    <Card
      title={<CustomerLink reference={reference}>{customer.name}</CustomerLink>}
      aside={<KindBadge kind={customer.kind} />}
      className="shrink-0"
    >
      <Facts>
        {account !== undefined && (
          <>
            <Fact name="Account">{accountText(account.sortCode, account.accountNumber)}</Fact>
            <Fact name="Balance">
              <Money value={account.balance} />
            </Fact>
          </>
        )}
        <Fact name="E-mail">
          <span className="break-words">{customer.email}</span>
        </Fact>
        <Fact name="Since">
          <Time at={customer.customerSince} form="date" />
        </Fact>
        <Fact name="Last seen">
          {device === undefined ? "never" : `${device.name}, ${ageOf(device.lastSeenAt, now)}`}
        </Fact>
        <Fact name="Passkeys">{customer.passkeys.length}</Fact>
      </Facts>
    </Card>
  );
}

/** How many incidents stand beside a conversation at most. */
const incidents_shown_max = 2;

function IncidentBeside({ incident }: { readonly incident: IncidentSummary }) {
  const { data: session } = useQuery(sessionQuery);
  const canOpen = watchers.some((role) => session?.staff.roles.includes(role));
  return (
    <Card title={incident.number} aside={<State of={incidentBadge(incident.state)} />} className="shrink-0">
      <div className="border-b border-line px-4 py-2.5">
        {canOpen ? (
          <Link
            to="/incidents/$id"
            params={{ id: incident.id }}
            className="border-b border-line2 font-medium hover:border-current"
          >
            {incident.title}
          </Link>
        ) : (
          <span className="font-medium">{incident.title}</span>
        )}
      </div>
      <Facts>
        <Fact name="Opened">
          <Time at={incident.openedAt} form="weekday" />
        </Fact>
        <Fact name="Affected">{incident.impact.people}</Fact>
        <Fact name="Back in">{incident.impact.backIn}</Fact>
      </Facts>
    </Card>
  );
}

/** The incident that the bank wrote to the customer about; else the latest ones that kept them out. */
function IncidentsBeside({ thread }: { readonly thread: StaffThreadWhole }) {
  const query = useQuery(concerningQuery(thread.customer.ref));
  if (query.isError) {
    return (
      <Card title="Incident" className="shrink-0">
        <p className="px-4 py-3 text-ink-soft">{sentenceOf(query.error)}</p>
      </Card>
    );
  }
  const incidents = query.data?.incidents ?? [];
  const own = incidents.filter(({ id }) => id === thread.incident);
  return (own.length > 0 ? own : incidents)
    .slice(0, incidents_shown_max)
    .map((incident) => <IncidentBeside key={incident.id} incident={incident} />);
}

/** Beside a conversation: the customer, and what kept them out. */
export function Beside({ id }: { readonly id: string }) {
  const { data: thread } = useQuery(threadQuery(id));
  if (thread === undefined) return null;
  return (
    <>
      <CustomerBeside reference={thread.customer.ref} />
      <IncidentsBeside thread={thread} />
    </>
  );
}
