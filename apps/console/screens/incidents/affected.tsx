import { useInfiniteQuery } from "@tanstack/react-query";
import { classNames } from "@mainstay/ui";
import type { Affected, Incident } from "@mainstay/wire";
import { Download } from "lucide-react";
import { Fragment, useEffect, useRef } from "react";
import { affectedQuery, type AffectedFilter } from "../../api/incidents.ts";
import { sentenceOf } from "../../api/request.ts";
import { Badge } from "../../parts/badge.tsx";
import { Card } from "../../parts/card.tsx";
import { CustomerLink } from "../../parts/customer-link.tsx";
import { Segmented } from "../../parts/choice.tsx";
import { countText } from "../../parts/numbers.ts";
import { Cell, Row, Table } from "../../parts/table.tsx";
import { Time, useNow } from "../../parts/time.tsx";
import { Nothing, RowsToCome } from "../page.tsx";
import {
  affectedFacts,
  affectedKey,
  affectedName,
  commonSystem,
  deviceText,
  outText,
} from "./affected-words.ts";

/** The rows that are asked for, and whether there are more of them. */
export function useAffected(id: string, filter: AffectedFilter) {
  const query = useInfiniteQuery(affectedQuery(id, filter));
  const pages = query.data?.pages ?? [];
  return {
    query,
    rows: pages.flatMap(({ affected }) => affected),
    last: pages.at(-1),
    toldAt_ms: query.dataUpdatedAt,
  };
}

function BackCell({ row }: { readonly row: Affected }) {
  if (row.backAt !== null) {
    return (
      <span className="font-semibold text-good">
        <Time at={row.backAt} form="second" />
      </span>
    );
  }
  return (
    <span className="inline-flex items-center gap-1.5 text-lamp-ink">
      <span aria-hidden className="size-2 rounded-full bg-lamp" />
      not yet
    </span>
  );
}

/** What the table has no room for, under the chosen row. */
function Facts({ row }: { readonly row: Affected }) {
  return (
    <tr>
      <td colSpan={6} className="border-b border-line bg-table-head px-4 py-2">
        <dl className="grid grid-cols-[auto_1fr_auto_1fr] gap-x-3 gap-y-0.5 text-small">
          <dt className="text-ink-soft">Last failure</dt>
          <dd>
            <Time at={row.lastFailureAt} form="second" />
          </dd>
          <dt className="text-ink-soft">Tries</dt>
          <dd className="money">{countText(row.tries)}</dd>
          {affectedFacts(row).map(([name, value]) => (
            <Fragment key={name}>
              <dt className="text-ink-soft">{name}</dt>
              <dd className="money truncate" title={value}>
                {value}
              </dd>
            </Fragment>
          ))}
        </dl>
      </td>
    </tr>
  );
}

function CustomerName({
  row,
  names,
}: {
  readonly row: Affected;
  readonly names: ReadonlyMap<string, string>;
}) {
  const name = affectedName(row, names);
  if (row.customer === null) return <span className="text-ink-soft">{name}</span>;
  return <CustomerLink reference={row.customer}>{name}</CustomerLink>;
}

function Rows({ rows, names, chosen, isOpen, onChoose, toldAt_ms }: RowsProps) {
  const now = useNow(1_000);
  const common = commonSystem(rows);
  const body = useRef<HTMLDivElement>(null);
  useEffect(() => {
    body.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  return (
    <div
      ref={body}
      className={classNames(
        "flex min-h-0 flex-1 flex-col [&_td]:px-1 [&_th]:px-1 min-[1400px]:[&_td]:px-2",
        "min-[1400px]:[&_th]:px-2",
        "[&_td:first-child]:pl-4 [&_td:last-child]:pr-4 [&_th:first-child]:pl-4 [&_th:last-child]:pr-4",
      )}
    >
      <Table
        label="Affected customers, those not back first"
        columns={[
          "Customer",
          common === null ? "Device" : { name: `Device, all ${common}`, short: `All ${common}` },
          { name: "First failure", short: "First failed", isNumeric: true },
          { name: "Tries", isNumeric: true },
          { name: "Back in at", isNumeric: true },
          { name: "Out for", isNumeric: true },
        ]}
      >
        {rows.map((row) => {
          const key = affectedKey(row);
          return (
            <Fragment key={key}>
              <Row density="dense" isChosen={key === chosen} onChoose={() => onChoose(key)}>
                <Cell isWide isCut>
                  <CustomerName row={row} names={names} />
                </Cell>
                <Cell isSoft isTight>
                  {deviceText(row, common)}
                </Cell>
                <Cell isRight>
                  <Time at={row.firstFailureAt} form="second" />
                </Cell>
                <Cell isRight isSoft>
                  {countText(row.tries)}
                </Cell>
                <Cell isRight>
                  <BackCell row={row} />
                </Cell>
                <Cell isRight>
                  <span className={classNames(row.backAt === null ? "font-semibold" : "text-ink-soft")}>
                    {outText(row, toldAt_ms, now)}
                  </span>
                </Cell>
              </Row>
              {key === chosen && isOpen && <Facts row={row} />}
            </Fragment>
          );
        })}
      </Table>
    </div>
  );
}

type RowsProps = {
  readonly rows: readonly Affected[];
  readonly names: ReadonlyMap<string, string>;
  readonly chosen: string | null;
  /** Whether the chosen row shows all that is known of it. */
  readonly isOpen: boolean;
  readonly onChoose: (key: string) => void;
  readonly toldAt_ms: number;
};

function emptyText(filter: AffectedFilter, incident: Incident): readonly [string, string] {
  if (filter === "no" && incident.impact.people > 0) {
    return ["Everybody is back in", "Whoever fails again appears here by itself."];
  }
  if (filter === "yes" && incident.impact.people > 0) {
    return ["Nobody is back in yet", "They appear here with their first log-in that works."];
  }
  return ["Nobody was kept out", "Log-ins that failed in this incident’s scope appear here by themselves."];
}

/** Who was kept out, by query and not by estimate; those who aren't back yet stand first. */
export function AffectedCustomers(props: AffectedCustomersProps) {
  const { incident, filter, onFilter, names, affected } = props;
  const { query, rows, last, toldAt_ms } = affected;
  const { people, backIn } = incident.impact;
  const [emptyTitle, emptyWords] = emptyText(filter, incident);
  const total = filter === "all" ? people : filter === "yes" ? backIn : people - backIn;
  return (
    <Card
      title={
        <span className="flex items-center gap-2">
          Affected customers <Badge>{countText(people)}</Badge>
        </span>
      }
      aside={
        <Segmented
          label="Which of them"
          value={filter}
          onChange={onFilter}
          options={[
            { value: "all", name: `All ${countText(people)}` },
            { value: "no", name: `Not back ${countText(people - backIn)}` },
            { value: "yes", name: `Back ${countText(backIn)}` },
          ]}
        />
      }
      className="min-h-0"
      isTight
      foot={
        <>
          <span>
            {countText(rows.length)} of {countText(last?.total ?? total)}, a query on log-ins and not an
            estimate
          </span>
          <span className="flex items-center gap-4">
            {query.hasNextPage && (
              <button
                type="button"
                className="font-semibold text-harbour hover:underline"
                onClick={() => void query.fetchNextPage()}
              >
                More
              </button>
            )}
            <a
              href={`/api/incidents/${incident.id}/affected.csv`}
              download={`${incident.number}-affected.csv`}
              className="inline-flex items-center gap-1.5 hover:text-ink"
            >
              <Download size={14} strokeWidth={1.9} aria-hidden /> CSV
            </a>
          </span>
        </>
      }
    >
      {query.isPending && <RowsToCome rows={5} />}
      {query.isError && <Nothing title="They can’t be shown">{sentenceOf(query.error)}</Nothing>}
      {query.isSuccess && rows.length === 0 && <Nothing title={emptyTitle}>{emptyWords}</Nothing>}
      {rows.length > 0 && (
        <Rows
          {...{ rows, names, toldAt_ms }}
          chosen={props.chosen}
          isOpen={props.isOpen}
          onChoose={props.onChoose}
        />
      )}
    </Card>
  );
}

type AffectedCustomersProps = {
  readonly incident: Incident;
  readonly filter: AffectedFilter;
  readonly onFilter: (filter: AffectedFilter) => void;
  readonly names: ReadonlyMap<string, string>;
  readonly affected: ReturnType<typeof useAffected>;
  readonly chosen: string | null;
  readonly isOpen: boolean;
  readonly onChoose: (key: string) => void;
};
