import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { IncidentSummary } from "@mainstay/wire";
import { Check, Plus } from "lucide-react";
import { useState } from "react";
import { incidentsQuery } from "../../api/incidents.ts";
import { sessionQuery } from "../../api/queries.ts";
import { releasesQuery } from "../../api/releases.ts";
import { sentenceOf } from "../../api/request.ts";
import { useChanges } from "../../api/stream.ts";
import { Badge } from "../../parts/badge.tsx";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Segmented } from "../../parts/choice.tsx";
import { countText, none_sign } from "../../parts/numbers.ts";
import { PersonSign } from "../../parts/person-sign.tsx";
import { Cell, Row, Table } from "../../parts/table.tsx";
import { spanText, Time, useNow } from "../../parts/time.tsx";
import { usePageFacts } from "../../shell/page-facts.ts";
import { useLivePageKeys } from "../../shell/page-keys.ts";
import { Nothing, PageHead, RowsToCome } from "../page.tsx";
import { State } from "../releases/state.tsx";
import { OpenIncident } from "./open-incident.tsx";
import { incidentBadge, incidentLength_ms, isOpenIncident, openerText } from "./words.ts";

function People({ incident: { impact } }: { readonly incident: IncidentSummary }) {
  const out = impact.people - impact.backIn;
  return (
    <>
      <span className={out > 0 ? "font-semibold" : undefined}>{countText(impact.people)}</span>
      {impact.people > 0 && (
        <span className="block text-small text-ink-soft">
          {out > 0 ? `${countText(out)} not back` : "all back"}
        </span>
      )}
    </>
  );
}

function Review({ incident }: { readonly incident: IncidentSummary }) {
  if (incident.state === "merged") return none_sign;
  if (incident.isReviewed)
    return (
      <Badge tone="good" icon={Check}>
        Closed
      </Badge>
    );
  return (
    <Badge tone={isOpenIncident(incident) ? "outline" : "lamp"}>
      {isOpenIncident(incident) ? "later" : "to write"}
    </Badge>
  );
}

function List({ incidents, chosen, onChoose }: ListProps) {
  const now = useNow(15_000);
  return (
    <Table
      label="Incidents, open ones first"
      columns={[
        "No.",
        "What",
        "State",
        { name: "Severity", isNumeric: true },
        { name: "People", isNumeric: true },
        "Began",
        { name: "How long", isNumeric: true },
        "Commander",
        "Review",
      ]}
    >
      {incidents.map((incident) => (
        <Row key={incident.id} isChosen={incident.id === chosen} onChoose={() => onChoose(incident.id)}>
          <Cell isNumeric isSoft>
            {incident.number}
          </Cell>
          <Cell isWide below={`opened by ${openerText(incident)}`}>
            <span className="line-clamp-1 font-semibold break-words">{incident.title}</span>
          </Cell>
          <Cell isTight>
            <State of={incidentBadge(incident.state)} />
          </Cell>
          <Cell isRight>{incident.severity}</Cell>
          <Cell isRight>
            <People incident={incident} />
          </Cell>
          <Cell isSoft isNumeric>
            <Time at={incident.openedAt} form="weekday" />
          </Cell>
          <Cell isRight>{spanText(incidentLength_ms(incident, now))}</Cell>
          <Cell isTight>
            {incident.commander === null ? (
              <span className="text-ink-soft">{isOpenIncident(incident) ? "nobody yet" : none_sign}</span>
            ) : (
              <span className="inline-flex items-center gap-1.5">
                <PersonSign name={incident.commander.name} />
                {incident.commander.name}
              </span>
            )}
          </Cell>
          <Cell isTight>
            <Review incident={incident} />
          </Cell>
        </Row>
      ))}
    </Table>
  );
}

type ListProps = {
  readonly incidents: readonly IncidentSummary[];
  readonly chosen: string | null;
  readonly onChoose: (id: string) => void;
};

type Filter = "all" | "open" | "to-review";

function isShown(incident: IncidentSummary, filter: Filter): boolean {
  if (filter === "open") return isOpenIncident(incident);
  return filter === "all" || (incident.state === "resolved" && !incident.isReviewed);
}

function NoIncidents({ filter, mayChange }: { readonly filter: Filter; readonly mayChange: boolean }) {
  if (filter === "open") return <Nothing title="Nothing is wrong">No incident is open.</Nothing>;
  if (filter === "to-review")
    return <Nothing title="Every review is closed">There is none to write.</Nothing>;
  return (
    <Nothing title="There has been no incident">
      One opens by itself when the guard takes a version back, a probe can’t log in, or the ledger doesn’t add
      up.
      {mayChange && " You can open one by hand with N."}
    </Nothing>
  );
}

function Head({ open, filter, mayChange, onFilter, onOpen }: HeadProps) {
  const button = mayChange && (
    <Button look="primary" keys="n" icon={<Plus size={15} strokeWidth={1.9} aria-hidden />} onClick={onOpen}>
      Open an incident
    </Button>
  );
  return (
    <PageHead title="Incidents" actions={button}>
      {open === 0 && (
        <Badge tone="good" icon={Check}>
          Nothing is wrong
        </Badge>
      )}
      {open !== null && open > 0 && (
        <Badge tone="danger" hasDot>
          {open} open
        </Badge>
      )}
      <Segmented
        label="Which of them"
        value={filter}
        onChange={onFilter}
        options={[
          { value: "all", name: "All" },
          { value: "open", name: "Open" },
          { value: "to-review", name: "To review" },
        ]}
      />
    </PageHead>
  );
}

type HeadProps = {
  /** How many are open; null while they are asked for. */
  readonly open: number | null;
  readonly filter: Filter;
  readonly mayChange: boolean;
  readonly onFilter: (filter: Filter) => void;
  readonly onOpen: () => void;
};

/** Every incident: open ones first, whom each kept out, and how long. */
export function IncidentsPage() {
  const query = useQuery(incidentsQuery);
  const releases = useQuery(releasesQuery);
  const { data: session } = useQuery(sessionQuery);
  const mayChange = session?.staff.roles.includes("release-manager") === true;
  const navigate = useNavigate();
  const [filter, setFilter] = useState<Filter>("all");
  const [chosenId, setChosen] = useState<string | null>(null);
  const [isOpening, setOpening] = useState(false);
  const incidents = (query.data?.incidents ?? []).filter((incident) => isShown(incident, filter));
  const chosen = incidents.find(({ id }) => id === chosenId) ?? incidents[0];
  const open = (id: string) => void navigate({ to: "/incidents/$id", params: { id } });
  const step = (by: number) => () => {
    const at = incidents.findIndex(({ id }) => id === chosen?.id);
    const next = incidents[Math.min(Math.max(at + by, 0), incidents.length - 1)];
    if (next) setChosen(next.id);
  };
  useLivePageKeys([
    { name: "move", keys: { j: step(1), k: step(-1) } },
    ...(chosen === undefined ? [] : [{ name: "open", keys: { Enter: () => open(chosen.id) } }]),
    ...(mayChange ? [{ name: "open one by hand", keys: { n: () => setOpening(true) } }] : []),
  ]);
  useChanges("/api/incidents/stream", [["incidents"]]);
  usePageFacts([], releases.data?.lastSignalAt ?? null);
  return (
    <>
      <Head
        open={query.data?.open ?? null}
        {...{ filter, mayChange }}
        onFilter={setFilter}
        onOpen={() => setOpening(true)}
      />
      <Card
        className="flex-1"
        foot={<span>{countText(incidents.length)} shown, open ones first, then the newest</span>}
      >
        {query.isPending && <RowsToCome rows={6} />}
        {query.isError && <Nothing title="Incidents can’t be shown">{sentenceOf(query.error)}</Nothing>}
        {query.isSuccess && incidents.length === 0 && <NoIncidents {...{ filter, mayChange }} />}
        {incidents.length > 0 && <List incidents={incidents} chosen={chosen?.id ?? null} onChoose={open} />}
      </Card>
      {isOpening && (
        <OpenIncident
          onClose={() => setOpening(false)}
          onOpened={(id) => {
            setOpening(false);
            open(id);
          }}
        />
      )}
    </>
  );
}
