import { classNames } from "@mainstay/ui";
import type { Rollout, RolloutSegment } from "@mainstay/wire";
import { Sigma } from "lucide-react";
import { Fragment, useEffect, useRef } from "react";
import type { LogInsAsked } from "../../api/releases.ts";
import { rate_attempts_min } from "../../charts/rates.ts";
import { Card } from "../../parts/card.tsx";
import { Keys } from "../../parts/keys.tsx";
import { countText, figureText, none_sign } from "../../parts/numbers.ts";
import { Table, type Column } from "../../parts/table.tsx";
import { groupSegments, segmentName } from "./segment-words.ts";

const whisker = { width: 56, height: 16, points: 4 } as const;

/**
 * How many percentage points more log-ins succeed on the new version than on stable, with the 95 % interval:
 * left of the line is worse. (The server's difference is of failures.)
 */
function Whisker({ segment: { differencePoints, halfWidthPoints } }: { readonly segment: RolloutSegment }) {
  if (differencePoints === null || halfWidthPoints === null)
    return <span className="text-ink-soft">{none_sign}</span>;
  const { width, height, points } = whisker;
  const more = -differencePoints;
  const x = (value: number) =>
    width / 2 + (Math.min(Math.max(value, -points), points) / points) * (width / 2 - 3);
  const middle = height / 2;
  const text = `${figureText(more, 2)} points, ± ${figureText(halfWidthPoints, 2)}`;
  return (
    <svg width={width} height={height} role="img" aria-label={text} className="inline-block align-middle">
      <title>{text}</title>
      <line x1={width / 2} x2={width / 2} y1={1} y2={height - 1} strokeWidth={1.5} className="stroke-line2" />
      <line
        x1={x(more - halfWidthPoints)}
        x2={x(more + halfWidthPoints)}
        y1={middle}
        y2={middle}
        strokeWidth={1.75}
        className="stroke-chart-new opacity-60"
      />
      <circle cx={x(more)} cy={middle} r={3.2} className="fill-chart-new" />
    </svg>
  );
}

/** A share of successes in percent without its sign; too few log-ins for two digits get none. */
function successText({ n, failed }: RolloutSegment["candidate"]): string {
  if (n === 0) return none_sign;
  return failed === 0 ? "100" : figureText(((n - failed) / n) * 100, n < rate_attempts_min ? 0 : 2);
}

/** A count that leads to what it counts. */
function CountLink({ count, label, onOpen }: CountLinkProps) {
  if (count === 0) return countText(0);
  return (
    <button
      type="button"
      aria-label={`${label}: ${countText(count)}`}
      onClick={(event) => {
        event.stopPropagation();
        onOpen();
      }}
      className="border-b border-line2 leading-4 hover:border-current"
    >
      {countText(count)}
    </button>
  );
}

type CountLinkProps = { readonly count: number; readonly label: string; readonly onOpen: () => void };

function SegmentRow({ row, threshold, isChosen, onChoose, onOpen, hasWhiskers }: SegmentRowProps) {
  const ref = useRef<HTMLTableRowElement>(null);
  const { candidate, stable, logE } = row;
  const isWhole = row.segment === "all";
  const isAlarming = logE !== null && logE >= threshold;
  useEffect(() => {
    if (isChosen) ref.current?.scrollIntoView({ block: "nearest" });
  }, [isChosen]);
  const cell = "h-[31px] border-b border-line px-1 first:pl-4 last:pr-4 min-[1400px]:px-1.5";
  const figure = classNames(cell, "money text-right whitespace-nowrap");
  return (
    <tr
      ref={ref}
      aria-selected={isChosen}
      onClick={onChoose}
      className={classNames(
        "cursor-pointer hover:bg-hover",
        isChosen && "bg-hover [&>td:first-child]:shadow-[inset_2px_0_0_var(--harbour)]",
      )}
    >
      <td className={classNames(cell, "w-full max-w-0 truncate", isWhole && "font-semibold")}>
        <span title={segmentName(row.segment)}>{segmentName(row.segment)}</span>
      </td>
      <td className={figure}>
        <CountLink
          count={candidate.n}
          label={`Log-ins, ${segmentName(row.segment)}`}
          onOpen={() => onOpen({ segment: row.segment, outcome: null })}
        />
      </td>
      <td className={classNames(figure, candidate.failed === 0 && "text-ink-soft")}>
        <CountLink
          count={candidate.failed}
          label={`Failed, ${segmentName(row.segment)}`}
          onOpen={() => onOpen({ segment: row.segment, outcome: "failed" })}
        />
      </td>
      <td className={classNames(figure, "font-semibold")}>{successText(candidate)}</td>
      <td className={classNames(figure, "text-ink-soft")}>{successText(stable)}</td>
      {hasWhiskers && (
        <td className={classNames(figure, "pl-2")}>
          <Whisker segment={row} />
        </td>
      )}
      <td className={classNames(figure, "font-semibold", isAlarming && "bg-danger-tint text-danger")}>
        {logE === null ? none_sign : figureText(logE, 1)}
      </td>
    </tr>
  );
}

type SegmentRowProps = {
  readonly row: RolloutSegment;
  readonly threshold: number;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
  readonly onOpen: (asked: LogInsAsked) => void;
  readonly hasWhiskers: boolean;
};

/** Segments in the order in which they stand, for the keys that go through them. */
export function segmentOrder(rollout: Pick<Rollout, "segments">): readonly string[] {
  return groupSegments(rollout.segments).flatMap((group) => group.segments.map(({ segment }) => segment));
}

/** How each group of log-ins does: the new version against stable, with the evidence of each. */
export function Segments({ rollout, note, chosen, onChoose, onOpen, onTimeline }: SegmentsProps) {
  const threshold = rollout.verdict?.threshold ?? Number.POSITIVE_INFINITY;
  const groups = groupSegments(rollout.segments);
  // Without an interval anywhere its column only takes room.
  const hasWhiskers = rollout.segments.some(
    ({ halfWidthPoints, candidate }) => halfWidthPoints !== null && candidate.n >= rate_attempts_min,
  );
  const columns: Column[] = [
    "Segment",
    { name: "Log-ins", isNumeric: true },
    { name: "Failed", isNumeric: true },
    { name: "New %", isNumeric: true },
    { name: "Stable %", isNumeric: true },
    ...(hasWhiskers ? [{ name: "± 4 points", isNumeric: true }] : []),
    { name: "log e", isNumeric: true },
  ];
  return (
    <Card
      title="Segments"
      note={note}
      aside={<SideSwitch name="Timeline" keys="t" onPress={onTimeline} />}
      className="min-h-0 flex-1"
      {...(hasWhiskers ? { foot: <Foot /> } : {})}
    >
      {rollout.segments.length === 0 ? (
        <p className="p-4 text-ink-soft">
          No log-in on {rollout.version} has come in yet. Segments appear with the first.
        </p>
      ) : (
        <Table label="Segments" columns={columns} isNarrow>
          {groups.map(({ name, segments }) => (
            <Fragment key={name ?? "all"}>
              {name !== null && hasWhiskers && (
                <tr>
                  <th
                    scope="rowgroup"
                    colSpan={columns.length}
                    className={classNames(
                      "h-[27px] border-b border-line bg-table-head px-4 text-left text-small",
                      "font-medium text-ink-soft",
                    )}
                  >
                    {name}
                  </th>
                </tr>
              )}
              {segments.map((row) => (
                <SegmentRow
                  key={row.segment}
                  row={row}
                  threshold={threshold}
                  isChosen={row.segment === chosen}
                  onChoose={() => onChoose(row.segment)}
                  onOpen={onOpen}
                  hasWhiskers={hasWhiskers}
                />
              ))}
            </Fragment>
          ))}
        </Table>
      )}
    </Card>
  );
}

type SegmentsProps = {
  readonly rollout: Rollout;
  readonly note: string;
  readonly chosen: string | null;
  readonly onChoose: (segment: string) => void;
  readonly onOpen: (asked: LogInsAsked) => void;
  readonly onTimeline: () => void;
};

/** Shows the other half of what stands at the right of the charts. */
export function SideSwitch({ name, keys, onPress }: SideSwitchProps) {
  return (
    <button type="button" onClick={onPress} className="flex items-center gap-2 hover:text-ink">
      {name} <Keys of={keys} />
    </button>
  );
}

type SideSwitchProps = { readonly name: string; readonly keys: string; readonly onPress: () => void };

function Foot() {
  return (
    <span className="flex items-center gap-2">
      <Sigma size={14} strokeWidth={1.9} aria-hidden />
      Evidence: log of the weighted mean of their e-values.
    </span>
  );
}
