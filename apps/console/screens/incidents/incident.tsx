import { useQuery } from "@tanstack/react-query";
import { useLocation, useNavigate, useParams } from "@tanstack/react-router";
import { classNames } from "@mainstay/ui";
import type { Incident } from "@mainstay/wire";
import { useRef, useState } from "react";
import { useCommandId } from "../../api/command-id.ts";
import { useCustomerNames } from "../../api/customer-names.ts";
import { changeIncident, incidentQuery, type AffectedFilter } from "../../api/incidents.ts";
import { incidentMessagesQuery } from "../../api/messages.ts";
import { sessionQuery } from "../../api/queries.ts";
import { releasesQuery } from "../../api/releases.ts";
import { sentenceOf } from "../../api/request.ts";
import { useChanges } from "../../api/stream.ts";
import { Card } from "../../parts/card.tsx";
import { Trouble } from "../../parts/field.tsx";
import { usePageFacts } from "../../shell/page-facts.ts";
import { useLivePageKeys } from "../../shell/page-keys.ts";
import { Composer, currentMessage, useDraft } from "../messages/composer.tsx";
import { Nothing, RowsToCome } from "../page.tsx";
import { affectedKey } from "./affected-words.ts";
import { AffectedCustomers, useAffected } from "./affected.tsx";
import { Impact } from "./impact.tsx";
import { IncidentDialog, type Opened } from "./incident-dialog.tsx";
import { IncidentHead } from "./incident-head.tsx";
import { Deadlines, Thresholds } from "./regulator.tsx";
import { IncidentTimeline } from "./timeline.tsx";
import { useIncidentChange } from "./use-incident-change.ts";
import { whyNoAllClear } from "./words.ts";

/** An incident: what happened, whom it kept out, what they are told, and what the regulator wants. */
export function IncidentPage() {
  const { id } = useParams({ from: "/frame/incidents/$id" });
  const query = useQuery(incidentQuery(id));
  const releases = useQuery(releasesQuery);
  useChanges(`/api/incidents/${id}/stream`, [["incidents"], ["messages"]]);
  usePageFacts(
    [
      { name: "Incidents", to: "/incidents" },
      { name: query.data?.number ?? "Incident", to: null },
    ],
    releases.data?.lastSignalAt ?? null,
  );
  if (query.data !== undefined) return <IncidentRoom key={id} incident={query.data} />;
  return (
    <Card className="flex-1">
      {query.isError ? (
        <Nothing title="This incident can’t be shown">{sentenceOf(query.error)}</Nothing>
      ) : (
        <RowsToCome rows={8} />
      )}
    </Card>
  );
}

/** Which row of the affected is chosen, and the customer that the preview speaks to. */
function useChosen(id: string) {
  const [filter, setFilter] = useState<AffectedFilter>("all");
  const [chosen, setChosen] = useState<string | null>(null);
  const [isOpen, setOpen] = useState(false);
  const affected = useAffected(id, filter);
  const { rows } = affected;
  const names = useCustomerNames(rows.flatMap(({ customer }) => (customer === null ? [] : [customer])));
  const row =
    rows.find((candidate) => affectedKey(candidate) === chosen) ??
    // Who is back has all their times: theirs is the fullest preview.
    rows.find(({ backAt, customer }) => backAt !== null && customer !== null) ??
    rows.find(({ customer }) => customer !== null);
  const step = (by: number) => () => {
    const at = rows.findIndex((candidate) => affectedKey(candidate) === chosen);
    const next = rows[Math.min(Math.max(at + by, 0), rows.length - 1)];
    if (next) setChosen(affectedKey(next));
  };
  const choose = (key: string) => {
    setOpen(key === chosen ? !isOpen : true);
    setChosen(key);
  };
  return { filter, setFilter, affected, names, chosen, isOpen, setOpen, choose, step, row };
}

/** The page's keys, by what can be done now. */
function useIncidentKeys(deps: {
  readonly incident: Incident;
  readonly mayChange: boolean;
  readonly step: (by: number) => () => void;
  readonly toggleRow: (() => void) | null;
  readonly toNote: () => void;
  readonly edit: (() => void) | null;
  readonly open: (what: Opened) => void;
  readonly canSign: boolean;
}): void {
  const { incident, mayChange, step, toggleRow, toNote, edit, open, canSign } = deps;
  const navigate = useNavigate();
  const isOnButton = true;
  useLivePageKeys([
    { name: "customers", keys: { j: step(1), k: step(-1) } },
    ...(toggleRow === null ? [] : [{ name: "more of them", keys: { Enter: toggleRow }, isOnButton }]),
    ...(mayChange ? [{ name: "note", keys: { t: toNote } }] : []),
    ...(edit === null ? [] : [{ name: "edit message", keys: { e: edit } }]),
    ...(canSign ? [{ name: "sign the message", keys: { "mod+Enter": () => open("sign") }, isOnButton }] : []),
    { name: "status page", keys: { s: () => void navigate({ to: "/status" }) } },
    { name: "review", keys: { v: () => void navigate({ to: `/incidents/${incident.id}/review` }) } },
    { name: "cause", keys: { u: () => open("cause") } },
    ...(mayChange
      ? [{ name: "say whether it is major", keys: { l: () => open("classify") }, isOnButton }]
      : []),
    ...(mayChange && incident.nextStates.length > 0
      ? [{ name: "change state or severity", keys: { c: () => open("change") }, isOnButton }]
      : []),
    ...(mayChange && whyNoAllClear(incident) === null
      ? [{ name: "all clear", keys: { "shift+c": () => open("all-clear") }, isOnButton }]
      : []),
  ]);
}

/** Taking command, which needs no question asked: it says who is in charge and changes nothing else. */
function useCommand(incident: Incident) {
  const commandId = useCommandId(incident.id, "command", incident.commander?.id ?? null);
  return useIncidentChange(
    () => changeIncident(incident.id, { commandId, expectedState: incident.state, command: true }),
    () => undefined,
  );
}

/** What lies open over the page; a fact of the review leads to what was found out. */
function useOpened() {
  const isCauseAsked = useLocation().hash === "cause";
  return useState<Opened | null>(isCauseAsked ? "cause" : null);
}

const columns = classNames(
  "grid min-h-0 flex-1 grid-cols-[minmax(0,299fr)_minmax(0,571fr)_minmax(0,288fr)]",
  "grid-rows-[minmax(0,1fr)] gap-3",
);

function IncidentRoom({ incident }: { readonly incident: Incident }) {
  const { data: session } = useQuery(sessionQuery);
  const mayChange = session?.staff.roles.includes("release-manager") === true;
  const { data } = useQuery(incidentMessagesQuery(incident.id));
  const messages = data?.messages ?? [];
  const message = currentMessage(messages);
  const rows = useChosen(incident.id);
  const [opened, setOpened] = useOpened();
  const [isEditing, setEditing] = useState(false);
  const note = useRef<HTMLTextAreaElement>(null);
  const draft = useDraft(incident.id, messages.length, () => setEditing(true));
  const command = useCommand(incident);
  const mayEdit =
    mayChange && (message === undefined ? incident.impact.people > 0 : message.state === "draft");
  useIncidentKeys({
    ...{ incident, mayChange },
    step: rows.step,
    toggleRow: rows.chosen === null ? null : () => rows.setOpen(!rows.isOpen),
    toNote: () => note.current?.focus(),
    edit: mayEdit ? () => (message === undefined ? draft.mutate() : setEditing(true)) : null,
    open: setOpened,
    canSign: mayChange && message?.canSign === true && !isEditing,
  });
  const onCause = () => setOpened("cause");
  const { row, names } = rows;
  return (
    <>
      <IncidentHead
        {...{ incident, mayChange }}
        me={session?.staff.id}
        onChange={() => setOpened("change")}
        onCommand={() => command.mutate()}
        onAllClear={() => setOpened("all-clear")}
      />
      {command.isError && <Trouble>{sentenceOf(command.error)}</Trouble>}
      <div className={columns}>
        <IncidentTimeline {...{ incident, mayChange, onCause }} noteRef={note} />
        <div className="grid min-h-0 grid-rows-[minmax(0,349fr)_minmax(0,365fr)] gap-3">
          <AffectedCustomers
            {...{ incident, names }}
            filter={rows.filter}
            onFilter={rows.setFilter}
            affected={rows.affected}
            chosen={rows.chosen}
            isOpen={rows.isOpen}
            onChoose={rows.choose}
          />
          <Composer
            {...{ incident, mayChange, isEditing, draft }}
            customer={row?.customer ?? null}
            name={names.get(row?.customer ?? "")}
            onEditing={setEditing}
            onAction={setOpened}
          />
        </div>
        <div className="flex min-h-0 flex-col gap-3">
          <Impact incident={incident} onFilter={rows.setFilter} onCause={onCause} />
          <Thresholds regulator={incident.regulator} />
          <Deadlines
            {...{ incident, mayChange }}
            onClassify={() => setOpened("classify")}
            onSent={(deadline) => setOpened({ deadline })}
          />
        </div>
      </div>
      {opened !== null && <IncidentDialog {...{ incident, messages, message, opened }} onOpen={setOpened} />}
    </>
  );
}
