import { useQuery } from "@tanstack/react-query";
import { classNames } from "@mainstay/ui";
import type { ConsoleStatus } from "@mainstay/wire";
import { ExternalLink } from "lucide-react";
import { useState } from "react";
import { sessionQuery } from "../../api/queries.ts";
import { sentenceOf } from "../../api/request.ts";
import { statusQuery } from "../../api/status.ts";
import { useChanges } from "../../api/stream.ts";
import { Card } from "../../parts/card.tsx";
import { Keys } from "../../parts/keys.tsx";
import { countText, none_sign, percentText } from "../../parts/numbers.ts";
import { Cell, Row, Table } from "../../parts/table.tsx";
import { ageText, Time, useNow } from "../../parts/time.tsx";
import { useLivePageKeys } from "../../shell/page-keys.ts";
import { Nothing, PageHead, RowsToCome } from "../page.tsx";
import { State } from "../releases/state.tsx";
import { DayBars } from "./day-bars.tsx";
import { Override } from "./override.tsx";
import { PublicIncidents } from "./public-incidents.tsx";
import { componentBadge, componentName, worseThan } from "./status-words.ts";

const uptimeText = (uptime: number | null) => (uptime === null ? none_sign : percentText(uptime, 2));

type StatusComponent = ConsoleStatus["components"][number];

function Components({ status, chosen, mayChange, onChoose, onOverride }: ComponentsProps) {
  return (
    <Table
      label="Services, as measured and as the public reads them"
      columns={[
        "Service",
        "Measured",
        "The public reads",
        "Since",
        "Last 90 days",
        { name: "Worked", isNumeric: true },
        " ",
      ]}
    >
      {status.components.map((component) => {
        const shown = status.status.components.find(({ id }) => id === component.id);
        const { override, measured } = component;
        return (
          <Row key={component.id} isChosen={component.id === chosen} onChoose={() => onChoose(component.id)}>
            <Cell
              isTight
              below={override === null ? "as measured" : `by ${override.by.name}: “${override.reason}”`}
            >
              <span className="font-semibold">{componentName(component.id)}</span>
            </Cell>
            <Cell isTight>
              <State of={componentBadge(measured)} />
            </Cell>
            <Cell isTight>{shown && <State of={componentBadge(shown.state)} />}</Cell>
            <Cell isSoft isNumeric>
              {shown?.since ? <Time at={shown.since} form="weekday" /> : none_sign}
            </Cell>
            <Cell isWide>{shown && <DayBars name={componentName(component.id)} days={shown.days} />}</Cell>
            <Cell isRight>{uptimeText(shown?.uptime ?? null)}</Cell>
            <Cell isRight>
              {mayChange && (override !== null || worseThan(measured).length > 0) && (
                <button
                  type="button"
                  onClick={(event) => {
                    event.stopPropagation();
                    onOverride(component);
                  }}
                  className="font-semibold text-harbour hover:underline"
                >
                  {override === null ? "Make it worse…" : "By hand…"}
                </button>
              )}
            </Cell>
          </Row>
        );
      })}
    </Table>
  );
}

type ComponentsProps = {
  readonly status: ConsoleStatus;
  readonly chosen: string | undefined;
  readonly mayChange: boolean;
  readonly onChoose: (id: string) => void;
  readonly onOverride: (component: StatusComponent) => void;
};

/** A link to what the public reads, in a window of its own. */
function PublicLink({ url }: { readonly url: string }) {
  return (
    <a
      href={url}
      target="_blank"
      rel="noreferrer"
      className={classNames(
        "inline-flex h-8 items-center gap-2 rounded-control border border-line2 bg-surface px-3",
        "font-semibold",
        "hover:bg-hover",
      )}
    >
      <ExternalLink size={15} strokeWidth={1.9} aria-hidden />
      Public page
      <Keys of="p" />
    </a>
  );
}

function Measured({ at }: { readonly at: string | null }) {
  const now = useNow(1_000);
  return <span>{at === null ? "Nothing was measured yet" : `Measured ${ageText(at, now)}`}</span>;
}

/**
 * The status page as staff see it: what is measured, what they made worse by hand, and what the public reads.
 */
export function StatusPage() {
  const query = useQuery(statusQuery);
  const { data: session } = useQuery(sessionQuery);
  const mayChange = session?.staff.roles.includes("release-manager") === true;
  const status = query.data;
  const [chosenId, setChosen] = useState<string | null>(null);
  const [overridden, setOverridden] = useState<StatusComponent | null>(null);
  const components = status?.components ?? [];
  const chosen = components.find(({ id }) => id === chosenId) ?? components[0];
  const step = (by: number) => () => {
    const at = components.findIndex(({ id }) => id === chosen?.id);
    const next = components[Math.min(Math.max(at + by, 0), components.length - 1)];
    if (next) setChosen(next.id);
  };
  useLivePageKeys([
    { name: "services", keys: { j: step(1), k: step(-1) } },
    ...(mayChange && chosen !== undefined
      ? [{ name: "make it worse", keys: { w: () => setOverridden(chosen) } }]
      : []),
    ...(status === undefined
      ? []
      : [{ name: "public page", keys: { p: () => void window.open(status.url, "_blank", "noreferrer") } }]),
  ]);
  useChanges("/api/incidents/stream", [["status"]]);
  return (
    <>
      <PageHead title="Status page" actions={status && <PublicLink url={status.url} />}>
        {status && <State of={{ ...componentBadge(status.status.overall), text: status.status.sentence }} />}
      </PageHead>
      <div className="flex min-h-0 flex-1 flex-col gap-3">
        <Card
          title="Services"
          note="never greener than what is measured"
          className="max-h-[60%] shrink-0"
          foot={
            status && (
              <>
                <Measured at={status.status.measuredAt} />
                <span>{countText(status.subscribers)} addresses get mail of changes</span>
              </>
            )
          }
        >
          {query.isPending && <RowsToCome rows={6} />}
          {query.isError && <Nothing title="It can’t be shown">{sentenceOf(query.error)}</Nothing>}
          {status && (
            <Components
              {...{ status, mayChange }}
              chosen={chosen?.id}
              onChoose={setChosen}
              onOverride={setOverridden}
            />
          )}
        </Card>
        {status && <PublicIncidents status={status} mayChange={mayChange} />}
      </div>
      {overridden !== null && <Override component={overridden} onClose={() => setOverridden(null)} />}
    </>
  );
}
