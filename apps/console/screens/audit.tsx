import { useInfiniteQuery } from "@tanstack/react-query";
import type { AuditEntry } from "@mainstay/wire";
import { Check, TriangleAlert } from "lucide-react";
import { auditQuery } from "../api/queries.ts";
import { sentenceOf } from "../api/request.ts";
import { Badge } from "../parts/badge.tsx";
import { Button } from "../parts/button.tsx";
import { Card } from "../parts/card.tsx";
import { Cell, Row, Table } from "../parts/table.tsx";
import { Time } from "../parts/time.tsx";
import { Nothing, PageHead, RowsToCome } from "./page.tsx";

const action_texts: Readonly<Record<string, string>> = {
  "staff.invited": "invited",
  "staff.invitation-withdrawn": "withdrew an invitation",
  "staff.joined": "joined",
  "staff.logged-in": "logged in",
  "staff.logged-out": "logged out",
  "staff.roles-changed": "changed roles",
  "staff.access-ended": "ended access",
  "incidents.opened": "opened an incident",
  "incidents.changed": "changed an incident",
  "incidents.noted": "wrote a note",
  "incidents.merged": "merged an incident",
  "incidents.exported": "took a list of those affected out",
  "incidents.classified": "said whether it is major",
  "incidents.report-sent": "sent a report to a regulator",
  "reviews.edited": "edited a review",
  "messages.drafted": "drafted a message",
  "messages.edited": "edited a message",
  "messages.signed-first": "signed a message as first",
  "messages.signed-second": "signed a message as second",
  "messages.declined": "declined a message",
  "status.overridden": "made a service worse by hand",
  "status.override-ended": "left a service to the probes again",
  "status.update-added": "told the public",
  "status.update-amended": "amended what the public reads",
  "bank.referral-decided": "decided a referral",
  "bank.customer-names-seen": "saw customers’ names",
  "bank.thread-answered": "answered a customer",
  "bank.thread-done": "put a conversation away",
  "bank.ledger-check-asked": "had the ledger checked",
  "versions.registered": "published a version",
  "versions.withdrawn": "withdrew a version",
  "rollouts.started": "started a rollout",
  "rollouts.advanced": "advanced a rollout",
  "rollouts.paused": "paused a rollout",
  "rollouts.resumed": "let a rollout go on",
  "rollouts.held": "held a rollout",
  "rollouts.hold-ended": "ended a hold",
  "rollouts.asked": "asked a person",
  "rollouts.finishing": "brought a rollout to all but 1 %",
  "rollouts.finished": "finished a rollout",
  "rollouts.rolled-back": "rolled a version back",
  "platforms.adopted": "made a version stable",
  "platforms.set": "set minimum or recommended",
  "platforms.stable-rolled-back": "took stable back",
  "approvals.asked": "asked for a second person",
  "approvals.signed-first": "signed as first",
  "approvals.signed-second": "signed as second",
  "approvals.declined": "declined",
};

/** Details that the row says already, or that only a machine wants. */
const unsaid = new Set(["session", "invitation", "expiresAt"]);

function valueText(value: unknown): string {
  if (Array.isArray(value)) return value.map(valueText).join(", ");
  if (value === null || value === undefined) return "none";
  return typeof value === "string" ? value : JSON.stringify(value);
}

function detailText(details: AuditEntry["details"]): string {
  const parts = Object.entries(details)
    .filter(([name, value]) => !unsaid.has(name) && value !== "")
    .map(([name, value]) => `${name}: ${valueText(value)}`);
  return parts.length === 0 ? "–" : parts.join("; ");
}

/** An id by its kind and its end: enough to tell two apart, and whole on hover. */
function shortId(id: string): string {
  return `${id.slice(0, id.indexOf("_") + 1)}…${id.slice(-5)}`;
}

function Entries({ entries }: { readonly entries: readonly AuditEntry[] }) {
  return (
    <Table label="Audit, newest first" columns={["No.", "When", "Who", "Did", "To", "With", "SHA-256"]}>
      {entries.map((entry) => (
        <Row key={entry.number}>
          <Cell isNumeric>{entry.number}</Cell>
          <Cell isSoft>
            <Time at={entry.at} />
          </Cell>
          <Cell isTight>
            <span className="font-semibold">{entry.actor.name}</span>
          </Cell>
          <Cell isTight>{action_texts[entry.action] ?? entry.action}</Cell>
          <Cell isSoft isTight>
            <span title={entry.subject}>{shortId(entry.subject)}</span>
          </Cell>
          <Cell isSoft>{detailText(entry.details)}</Cell>
          <Cell isSoft isTight>
            <span title={entry.hash} className="text-small">
              {entry.hash.slice(0, 4)}…{entry.hash.slice(-4)}
            </span>
          </Cell>
        </Row>
      ))}
    </Table>
  );
}

/** Who did what to whom, newest first, and whether every entry still follows from the one before it. */
export function AuditPage() {
  const query = useInfiniteQuery(auditQuery);
  const pages = query.data?.pages ?? [];
  const entries = pages.flatMap((page) => page.entries);
  const isWhole = pages[0]?.isWhole;
  return (
    <>
      <PageHead title="Audit" actions={<Button onClick={() => void query.refetch()}>Check again</Button>}>
        {isWhole === true && (
          <Badge tone="good">
            <Check size={13} strokeWidth={2.2} aria-hidden /> Chain holds
          </Badge>
        )}
        {isWhole === false && (
          <Badge tone="danger">
            <TriangleAlert size={13} strokeWidth={2.2} aria-hidden /> Chain broken: an entry was altered
          </Badge>
        )}
      </PageHead>
      <Card
        className="flex-1"
        foot={
          <>
            <span>{entries.length} shown, newest first</span>
            {query.hasNextPage && (
              <button
                type="button"
                className="font-semibold text-harbour hover:underline"
                onClick={() => void query.fetchNextPage()}
              >
                Older
              </button>
            )}
          </>
        }
      >
        {query.isPending && <RowsToCome rows={8} />}
        {query.isError && <Nothing title="The audit can’t be shown">{sentenceOf(query.error)}</Nothing>}
        {entries.length > 0 && <Entries entries={entries} />}
      </Card>
    </>
  );
}
