import type { CheckRun } from "@mainstay/wire";

type Cell = CheckRun["cells"][number];

const marks = { passed: "green", failed: "RED", skipped: "–" } as const;

/** One line on how a journey went. */
export function describeCell(cell: Cell): string {
  const server = cell.server === "now" ? "running server" : "next server";
  const place = `${cell.version} ${cell.protocol} ${server}`;
  const line = `${marks[cell.result].padEnd(6)} ${place}  ${cell.title}  ${(cell.ms / 1000).toFixed(1)} s`;
  if (cell.result !== "failed") return line;
  const broken = cell.steps.find(({ passed }) => !passed);
  const where = broken === undefined ? "" : `\n       at “${broken.title}”: ${broken.note ?? ""}`;
  return `${line}  ${cell.reason ?? ""}${where}${cell.picture === null ? "" : `\n       ${cell.picture}`}`;
}

/** The matrix: a line a journey, a column a version and server. */
function tableOf(cells: readonly Cell[]): string {
  const columnOf = ({ version, server }: Cell): string => `${version} ${server}`;
  const columns = [...new Set(cells.map(columnOf))];
  const titles = [...new Set(cells.map(({ title }) => title))];
  const width = Math.max(...titles.map(({ length }) => length));
  const markOf = (title: string, column: string): string => {
    const cell = cells.find((candidate) => candidate.title === title && columnOf(candidate) === column);
    return cell === undefined ? "" : marks[cell.result];
  };
  const line = (first: string, rest: readonly string[]): string =>
    [first.padEnd(width), ...rest.map((text, index) => text.padEnd(columns[index]?.length ?? 0))]
      .join("  ")
      .trimEnd();
  return [
    line("", columns),
    ...titles.map((title) =>
      line(
        title,
        columns.map((column) => markOf(title, column)),
      ),
    ),
  ].join("\n");
}

/** The whole run in words, and whether nothing in it is red. */
export function describeRun(run: CheckRun): { readonly words: string; readonly isGreen: boolean } {
  const red = run.cells.filter(({ result }) => result === "failed");
  const count = run.cells.filter(({ result }) => result !== "skipped").length;
  const table = tableOf(run.cells);
  if (red.length === 0)
    return { words: `\n${table}\n\n${run.candidate}: ${count} of ${count} green.`, isGreen: true };
  const reasons = [...new Set(red.map(({ reason }) => reason ?? "unknown"))].join(", ");
  const words =
    `${run.candidate}: ${red.length} of ${count} are red (${reasons}), so it can't be rolled out. ` +
    "Mend it and publish it under a new version; going on regardless takes two people in the console, " +
    "and stays at 1 %.";
  return { words: `\n${table}\n\n${words}`, isGreen: false };
}
