import { classNames } from "@mainstay/ui";
import type { CheckCell, CheckMatrix } from "@mainstay/wire";
import { Check, X } from "lucide-react";
import { Fragment, useEffect, useRef } from "react";
import { none_sign } from "../../parts/numbers.ts";
import type { CheckColumn, CheckRow } from "./check-words.ts";

/** A place in the matrix. */
export type Place = { readonly row: number; readonly column: number };

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(1);
}

/** How a cell ended, in words; what is seen is part of them. */
function spoken({ result, reason, ms }: CheckCell): string {
  if (result === "failed") return `failed, ${reason ?? "no reason given"}`;
  return result === "passed" ? `passed in ${seconds(ms)} s` : `skipped ${none_sign}`;
}

function Cell({ cell, isChosen, onChoose, name }: CellProps) {
  const ref = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (isChosen) ref.current?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [isChosen]);
  if (cell === null) return <span className="text-ink-soft">{none_sign}</span>;
  const isRed = cell.result === "failed";
  return (
    <button
      ref={ref}
      type="button"
      aria-label={`${name}: ${spoken(cell)}`}
      aria-pressed={isChosen}
      onClick={onChoose}
      className={classNames(
        "money inline-flex h-9 min-w-[46px] items-center justify-center gap-1 rounded-control px-1",
        isRed ? "bg-danger font-semibold text-surface" : "text-ink-soft hover:bg-hover",
        isChosen && "outline-2 outline-offset-2 outline-harbour",
      )}
    >
      {isRed && (
        <>
          <X size={13} strokeWidth={2.2} aria-hidden /> failed
        </>
      )}
      {cell.result === "passed" && (
        <>
          <Check size={14} strokeWidth={1.9} aria-hidden className="text-good" /> {seconds(cell.ms)}
        </>
      )}
      {cell.result === "skipped" && none_sign}
    </button>
  );
}

type CellProps = {
  readonly cell: CheckCell | null;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
  readonly name: string;
};

const head = "sticky z-10 border-b border-line bg-surface text-small font-medium";
const edge = "border-l border-l-line";

function isFirstOfServer(columns: readonly CheckColumn[], at: number): boolean {
  return at === 0 || columns[at - 1]?.server !== columns[at]?.server;
}

function Heads({ columns, servers }: Pick<MatrixProps, "columns" | "servers">) {
  const names = { now: `Server now, ${servers.now}`, next: `Next server, ${servers.next ?? ""}` };
  return (
    <thead>
      <tr>
        <th
          scope="col"
          rowSpan={2}
          className={classNames(head, "top-0 left-0 z-20 pb-3 pl-4 text-left align-bottom text-ink-soft")}
        >
          Version
        </th>
        {(["now", "next"] as const).map((server) => {
          const span = columns.filter((column) => column.server === server).length;
          if (span === 0) return null;
          return (
            <th
              key={server}
              scope="colgroup"
              colSpan={span}
              className={classNames(head, edge, "top-0 h-[30px] px-2 !font-semibold text-ink")}
            >
              {names[server]}
            </th>
          );
        })}
      </tr>
      <tr>
        {columns.map(({ server, journey, head: [upper, lower] }, at) => (
          <th
            key={`${server} ${journey}`}
            scope="col"
            className={classNames(
              head,
              "top-[30px] h-10 px-0.5 py-1 leading-4 text-ink-soft min-[1400px]:whitespace-nowrap",
              isFirstOfServer(columns, at) && edge,
            )}
          >
            {upper}
            {lower !== "" && <span className="block font-normal">{lower}</span>}
          </th>
        ))}
      </tr>
    </thead>
  );
}

/** Versions down, journeys against each server across: a tick with its seconds; only red is filled. */
export function Matrix({ rows, columns, servers, at, onChoose, noteOf, protocolNoteOf }: MatrixProps) {
  return (
    <div
      role="region"
      aria-label="Check matrix"
      tabIndex={0}
      className={classNames("min-h-0 flex-1 overflow-auto outline-offset-[-2px]")}
    >
      <table aria-label="Check matrix" className="w-full border-separate border-spacing-0">
        <Heads columns={columns} servers={servers} />
        <tbody>
          {rows.map((row, index) => (
            <Fragment key={row.version}>
              {rows[index - 1]?.protocol !== row.protocol && (
                <tr>
                  <th
                    scope="rowgroup"
                    colSpan={columns.length + 1}
                    className={classNames(
                      "h-[34px] border-b border-line bg-table-head px-4 text-left text-small",
                      "font-semibold",
                    )}
                  >
                    <span className="sticky left-4">
                      {row.protocol}
                      <span className="pl-2 font-normal text-ink-soft">{protocolNoteOf(row.protocol)}</span>
                    </span>
                  </th>
                </tr>
              )}
              <tr>
                <th
                  scope="row"
                  className={classNames(
                    "sticky left-0 z-[5] h-[60px] border-b border-line bg-surface px-4 text-left",
                    "whitespace-nowrap",
                  )}
                >
                  <span className="money block text-head">{row.version}</span>
                  <span className="block text-small font-normal text-ink-soft">{noteOf(row.version)}</span>
                </th>
                {row.cells.map((cell, column) => (
                  <td
                    key={`${columns[column]?.server} ${columns[column]?.journey}`}
                    className={classNames(
                      "border-b border-line px-0.5 text-center",
                      isFirstOfServer(columns, column) && edge,
                    )}
                  >
                    <Cell
                      cell={cell}
                      isChosen={at?.row === index && at.column === column}
                      onChoose={() => onChoose({ row: index, column })}
                      name={`${row.version}, ${cell?.title ?? ""}`}
                    />
                  </td>
                ))}
              </tr>
            </Fragment>
          ))}
        </tbody>
      </table>
    </div>
  );
}

type MatrixProps = {
  readonly rows: readonly CheckRow[];
  readonly columns: readonly CheckColumn[];
  readonly servers: NonNullable<CheckMatrix["run"]>["servers"];
  readonly at: Place | null;
  readonly onChoose: (place: Place) => void;
  /** What stands under a version: who has it. */
  readonly noteOf: (version: string) => string;
  readonly protocolNoteOf: (protocol: string) => string;
};
