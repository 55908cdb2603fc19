import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import type { CheckMatrix, Releases } from "@mainstay/wire";
import { useMemo, useState } from "react";
import { sessionQuery } from "../../api/queries.ts";
import { checksQuery, releasesQuery } from "../../api/releases.ts";
import { sentenceOf } from "../../api/request.ts";
import { Badge } from "../../parts/badge.tsx";
import { Card } from "../../parts/card.tsx";
import { countText, stageText } from "../../parts/numbers.ts";
import { usePageFacts } from "../../shell/page-facts.ts";
import { usePageKeys, type PageKey } from "../../shell/page-keys.ts";
import { Nothing, RowsToCome } from "../page.tsx";
import { CheckDetail } from "./check-detail.tsx";
import { Matrix, type Place } from "./check-matrix.tsx";
import { checkTable, nextRed, type CheckColumn, type CheckRow } from "./check-words.ts";
import { Override } from "./override.tsx";
import { useCompareKey } from "./release-frame.tsx";
import { all_platforms } from "./words.ts";

/** Who has a version, in a few words under its number. */
function noteOf(version: string, checked: string, releases: Releases | undefined): string {
  if (version === checked) return "this version";
  const row = releases?.versions.find((candidate) => candidate.version === version);
  if (row === undefined) return "";
  if (row.state === "stable") return "stable, rollback target";
  if (row.state === "rolling-out" && row.stateShare !== null)
    return `${stageText(row.stateShare * 100)} of people`;
  const devices = all_platforms.reduce((sum, platform) => sum + row.devices[platform], 0);
  const count = `${countText(devices)} ${devices === 1 ? "device" : "devices"}`;
  return row.state === "minimum" ? `minimum, ${count}` : count;
}

function protocolNoteOf(protocol: string, releases: Releases | undefined): string {
  const entry = releases?.protocols.find((candidate) => candidate.protocol === protocol);
  if (entry === undefined) return "";
  if (entry.neededBy.length === 0) return "nobody needs it any more";
  return `${countText(entry.devices)} devices speak it`;
}

function useCheckKeys(deps: {
  readonly rows: readonly CheckRow[];
  readonly columns: readonly CheckColumn[];
  readonly at: Place | null;
  readonly move: (place: Place) => void;
}): void {
  const { rows, columns, at, move } = deps;
  const compare = useCompareKey();
  const keys = useMemo<readonly PageKey[]>(() => {
    const from = at ?? { row: 0, column: -1 };
    const step = (down: number, right: number) => () =>
      move({
        row: Math.min(Math.max(from.row + down, 0), rows.length - 1),
        column: Math.min(Math.max(from.column + right, 0), columns.length - 1),
      });
    const toRed = () => {
      const red = nextRed(rows, from);
      if (red !== null) move(red);
    };
    if (columns.length === 0) return compare;
    return [
      {
        name: "cells",
        keys: { ArrowLeft: step(0, -1), ArrowRight: step(0, 1), ArrowUp: step(-1, 0), ArrowDown: step(1, 0) },
      },
      { name: "next red", keys: { n: toRed } },
      ...compare,
    ];
  }, [rows, columns, at, move, compare]);
  usePageKeys(keys);
}

const no_cells: CheckMatrix["cells"] = [];

/** The check matrix of a version: what was tried, what failed and why, and going on regardless. */
export function ChecksPage() {
  const { version } = useParams({ from: "/frame/releases/$version" });
  const query = useQuery(checksQuery(version));
  const releases = useQuery(releasesQuery).data;
  const session = useQuery(sessionQuery);
  const [chosen, setChosen] = useState<Place | null>(null);
  const matrix = query.data;
  const cells = matrix?.cells ?? no_cells;
  const { rows, columns } = useMemo(() => checkTable(cells), [cells]);
  const first = useMemo(() => nextRed(rows, { row: 0, column: -1 }), [rows]);
  const at = chosen ?? first;
  useCheckKeys({ rows, columns, at, move: setChosen });
  usePageFacts(
    [
      { name: "Releases", to: "/releases" },
      { name: version, to: `/releases/${version}` },
      { name: "Checks", to: null },
    ],
    releases?.lastSignalAt ?? null,
  );
  if (matrix === undefined) {
    return (
      <Card className="flex-1">
        {query.isError ? (
          <Nothing title="Its checks can’t be shown">{sentenceOf(query.error)}</Nothing>
        ) : (
          <RowsToCome rows={6} />
        )}
      </Card>
    );
  }
  const mayChange = session.data?.staff.roles.includes("release-manager") === true;
  const cell = at === null ? null : (rows[at.row]?.cells[at.column] ?? null);
  const isGreen = matrix.run !== null && matrix.run.green === matrix.run.total;
  const state = releases?.versions.find((row) => row.version === version)?.state;
  // Whoever has it already has gone past the question.
  const isAsked = !isGreen && (state === "checks-red" || state === "unchecked");
  return (
    <div className="flex min-h-0 flex-1 gap-3">
      <MatrixCard
        matrix={matrix}
        rows={rows}
        columns={columns}
        at={at}
        onChoose={setChosen}
        releases={releases}
      />
      <div className="flex min-h-0 w-[304px] shrink-0 flex-col gap-3 min-[1400px]:w-[336px]">
        {cell !== null && <CheckDetail cell={cell} />}
        {cell === null && isGreen && (
          <Card
            title="All green"
            aside={<Badge tone="good">{matrix.run?.green} checks</Badge>}
            className="shrink-0"
          >
            <p className="px-4 py-3 text-ink-soft">Choose a cell to see its steps.</p>
          </Card>
        )}
        {(isAsked || matrix.override !== null) && (
          <Override version={version} matrix={matrix} releases={releases} mayChange={mayChange} />
        )}
      </div>
    </div>
  );
}

function MatrixCard({ matrix, rows, columns, at, onChoose, releases }: MatrixCardProps) {
  const { version, run } = matrix;
  if (run === null) {
    return (
      <Card className="min-w-0 flex-1">
        <Nothing title={`${version} hasn’t been checked`}>
          npm run release -- check {version} starts it in a real browser against the server and puts the
          result here.
        </Nothing>
      </Card>
    );
  }
  return (
    <Card
      className="min-w-0 flex-1"
      foot={
        <>
          <span>A cell: how long it took, in seconds</span>
          <span>Run again: npm run release -- check {version}</span>
        </>
      }
    >
      <Matrix
        rows={rows}
        columns={columns}
        servers={run.servers}
        at={at}
        onChoose={onChoose}
        noteOf={(other) => noteOf(other, version, releases)}
        protocolNoteOf={(protocol) => protocolNoteOf(protocol, releases)}
      />
    </Card>
  );
}

type MatrixCardProps = {
  readonly matrix: CheckMatrix;
  readonly rows: readonly CheckRow[];
  readonly columns: readonly CheckColumn[];
  readonly at: Place | null;
  readonly onChoose: (place: Place) => void;
  readonly releases: Releases | undefined;
};
