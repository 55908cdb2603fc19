import { escapeHtml } from "@mainstay/kernel";
import type { FleetEntry } from "./fleet/log.ts";

const size = { width: 760, height: 260 } as const;
const frame = { left: 56, right: 24, top: 34, bottom: 36 } as const;
const colours = {
  candidate: "#c2740a",
  stable: "#0e4a45",
  failed: "#b02f24",
  grid: "#e6e4dd",
  ink: "#51605e",
};

type Mark = { readonly at: number; readonly name: string };

/** A number line's ticks: about five, at round numbers. */
function ticksOf(most: number): number[] {
  const rough = Math.max(most, 1) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((wide) => wide >= rough) ?? power * 10;
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, index) => index * step);
}

/** Steps over time: how many at each moment. Times in milliseconds since 1970; the axis says seconds. */
function drawSteps(plot: {
  readonly title: string;
  readonly from: number;
  readonly to: number;
  readonly lines: readonly {
    readonly name: string;
    readonly colour: string;
    readonly steps: readonly Step[];
  }[];
  readonly marks: readonly Mark[];
}): string {
  const { title, from, to, lines, marks } = plot;
  const most = Math.max(1, ...lines.flatMap(({ steps }) => steps.map(({ count }) => count)));
  const inner = {
    width: size.width - frame.left - frame.right,
    height: size.height - frame.top - frame.bottom,
  };
  const x = (at: number) => frame.left + ((at - from) / Math.max(1, to - from)) * inner.width;
  const y = (count: number) => frame.top + inner.height * (1 - count / most);
  const grid = ticksOf(most).map(
    (tick) =>
      `<line x1="${frame.left}" x2="${size.width - frame.right}" y1="${y(tick)}" y2="${y(tick)}" ` +
      `stroke="${colours.grid}"/>` +
      `<text x="${frame.left - 8}" y="${y(tick) + 4}" text-anchor="end">${tick}</text>`,
  );
  const times = ticksOf((to - from) / 1_000).map(
    (tick) =>
      `<text x="${x(from + tick * 1_000)}" y="${size.height - 14}" text-anchor="middle">${tick} s</text>`,
  );
  const paths = lines.map(({ colour, steps }) => {
    let path = `M${x(from)},${y(0)}`;
    for (const { at, count } of steps) path += `H${x(at).toFixed(1)}V${y(count).toFixed(1)}`;
    return `<path d="${path}H${x(to)}" fill="none" stroke="${colour}" stroke-width="2"/>`;
  });
  const legend = lines.map(
    ({ name, colour }, index) =>
      `<text x="${frame.left + index * 210}" y="24" fill="${colour}">● ${escapeHtml(name)}</text>`,
  );
  const marked = marks.map(
    ({ at, name }) =>
      `<line x1="${x(at)}" x2="${x(at)}" y1="${frame.top}" y2="${frame.top + inner.height}" ` +
      `stroke="${colours.failed}" stroke-dasharray="6 4"/>` +
      `<text x="${x(at) + 6}" y="${frame.top + 12}" fill="${colours.failed}">${escapeHtml(name)}</text>`,
  );
  return (
    `<svg viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="${escapeHtml(title)}">` +
    `<g font-family="Inter, system-ui, sans-serif" font-size="12" fill="${colours.ink}">` +
    `${[...grid, ...times, ...paths, ...legend, ...marked].join("")}</g></svg>`
  );
}

type Step = { readonly at: number; readonly count: number };

/** Adds up what happened, one step for each happening. */
function countUp(happenings: readonly { readonly at: number; readonly by: number }[]): Step[] {
  let count = 0;
  return happenings
    .toSorted((one, other) => one.at - other.at)
    .map(({ at, by }) => {
      count += by;
      return { at, count };
    });
}

/** How many phones run the candidate, and how many customers are kept out, moment by moment. */
export function plotScene(scene: {
  readonly candidate: string;
  readonly entries: readonly FleetEntry[];
  readonly alarmAt: number | null;
}): string {
  const { candidate, entries, alarmAt } = scene;
  const [first, last] = [entries[0]?.at ?? 0, entries.at(-1)?.at ?? 1];
  const out: { at: number; by: number }[] = [];
  for (const own of Map.groupBy(entries, ({ phone }) => phone).values()) {
    const failed = own.find(({ what, version }) => what === "failed" && version === candidate);
    if (failed === undefined) continue;
    out.push({ at: failed.at, by: 1 });
    const back = own.find(({ what, at }) => what === "in" && at >= failed.at);
    if (back !== undefined) out.push({ at: back.at, by: -1 });
  }
  const failures = entries.filter(({ what, version }) => what === "failed" && version === candidate);
  return drawSteps({
    title: `Failed log-ins on ${candidate}, and customers kept out`,
    from: first,
    to: last,
    lines: [
      {
        name: "failed log-ins so far",
        colour: colours.candidate,
        steps: countUp(failures.map(({ at }) => ({ at, by: 1 }))),
      },
      { name: "customers kept out now", colour: colours.stable, steps: countUp(out) },
    ],
    marks: alarmAt === null ? [] : [{ at: alarmAt, name: "alarm, taken back" }],
  });
}
