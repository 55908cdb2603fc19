import type { CheckCell } from "@mainstay/wire";

/** A journey's name in two short lines, for the head of its column. */
const journey_heads: Readonly<Record<string, readonly [string, string]>> = {
  register: ["Register", ""],
  "log-in-new-passkey-returning": ["New passkey", "same device"],
  "log-in-new-passkey-fresh": ["New passkey", "new device"],
  "log-in-old-passkey-returning": ["Old passkey", "same device"],
  "log-in-old-passkey-fresh": ["Old passkey", "new device"],
  "log-in-clock-off": ["Clock off", "by a day"],
  "approve-payment": ["Approve", "payment"],
  recover: ["Recover", ""],
  update: ["Update", ""],
  "back-again": ["Back again", ""],
};

/** The two lines at the head of a journey's column. */
export function journeyHead({ journey, title }: CheckCell): readonly [string, string] {
  return journey_heads[journey] ?? [title, ""];
}

const journeys = Object.keys(journey_heads);

/** Where a journey stands among the others; one that isn't known comes last. */
function orderOf({ journey }: CheckCell): number {
  const at = journeys.indexOf(journey);
  return at < 0 ? journeys.length : at;
}

/** A column of the matrix: one journey against one server. */
export type CheckColumn = {
  readonly server: CheckCell["server"];
  readonly journey: string;
  readonly head: readonly [string, string];
};

/** A row of the matrix: one version; its cells stand in the order of the columns. */
export type CheckRow = {
  readonly version: string;
  readonly protocol: string;
  readonly cells: readonly (CheckCell | null)[];
};

/** The matrix as a table: journeys by server across, versions down, newest protocol first. */
export function checkTable(cells: readonly CheckCell[]): {
  readonly columns: readonly CheckColumn[];
  readonly rows: readonly CheckRow[];
} {
  const columns: CheckColumn[] = [];
  const rows = new Map<string, { version: string; protocol: string; cells: Map<string, CheckCell> }>();
  for (const server of ["now", "next"] as const) {
    const own = cells.filter((other) => other.server === server);
    for (const cell of own.toSorted((left, right) => orderOf(left) - orderOf(right))) {
      if (!columns.some((column) => column.server === server && column.journey === cell.journey)) {
        columns.push({ server, journey: cell.journey, head: journeyHead(cell) });
      }
      const row = rows.get(cell.version) ?? {
        version: cell.version,
        protocol: cell.protocol,
        cells: new Map(),
      };
      row.cells.set(`${server} ${cell.journey}`, cell);
      rows.set(cell.version, row);
    }
  }
  const numeric = new Intl.Collator("en", { numeric: true });
  return {
    columns,
    rows: [...rows.values()]
      .toSorted(
        (left, right) =>
          numeric.compare(right.protocol, left.protocol) || numeric.compare(right.version, left.version),
      )
      .map(({ version, protocol, cells: found }) => ({
        version,
        protocol,
        cells: columns.map(({ server, journey }) => found.get(`${server} ${journey}`) ?? null),
      })),
  };
}

/** Where the next red cell stands after a place, row by row; null where none is red. */
export function nextRed(
  rows: readonly CheckRow[],
  from: { readonly row: number; readonly column: number },
): { readonly row: number; readonly column: number } | null {
  const red = rows.flatMap(({ cells }, row) =>
    cells.flatMap((cell, column) => (cell?.result === "failed" ? [{ row, column }] : [])),
  );
  const after = red.find(({ row, column }) => row > from.row || (row === from.row && column > from.column));
  return after ?? red[0] ?? null;
}
