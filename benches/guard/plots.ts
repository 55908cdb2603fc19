import { createLoginGuard } from "@mainstay/guard";
import { peer_names } from "./peers.ts";
import { chanceFrom, geometric } from "./random.ts";
import type { BenchResult } from "./results.ts";
import { drawCounts } from "./streams.ts";

const [width, height] = [760, 440];
const frame = { left: 70, right: 150, top: 50, bottom: 50 };
const colours: readonly string[] = [
  ...["#0b6e4f", "#5b6770", "#b4540a", "#7a3fa0", "#2563a8", "#b0224b", "#8a7500"],
];

interface Line {
  readonly name: string;
  readonly points: readonly (readonly [number, number])[];
  readonly dashed?: boolean;
}

interface Axis {
  readonly name: string;
  readonly ticks: readonly number[];
  readonly isLogarithmic: boolean;
}

/** Attempts to the alarm by how much the new version fails, for each rule, against the floor. */
export function plotAttempts(result: BenchResult, scene: { base: number; canary: number }): string {
  const cases = result.cases.filter((one) => one.base === scene.base && one.canary === scene.canary);
  const line = (name: string, value: (one: (typeof cases)[number]) => number | null): Line => ({
    name,
    points: cases.flatMap((one) => {
      const y = value(one);
      return y === null ? [] : [[one.failing * 100, y] as const];
    }),
  });
  const lines = [
    line("guard", (one) => one.attempts_median),
    ...peer_names.map((name) => line(name, (one) => one.peers[name].attempts_median)),
    { ...line("floor", (one) => one.floor), dashed: true },
  ];
  return draw({
    title: `Attempts until the alarm: ${scene.base * 100} % fail on stable, ${scene.canary * 100} % canary`,
    x: { name: "new version's failing log-ins, %", ticks: [5, 10, 20, 50, 100], isLogarithmic: true },
    y: { name: "attempts (median)", ticks: [1, 10, 100, 1000, 10_000], isLogarithmic: true },
    lines,
  });
}

/** False alarms on a version that is no worse: one line for each rule, over the base. */
export function plotFalseAlarms(result: BenchResult, canary: number): string {
  const bases = [...new Set(result.cases.map((one) => one.base))];
  const firstOf = (base: number) => result.cases.find((one) => one.base === base && one.canary === canary);
  const own = result.aa_false_alarms / result.aa_rollouts;
  const lines: Line[] = [
    { name: "guard", points: bases.map((base) => [base * 100, own]) },
    ...peer_names.map((name) => ({
      name,
      points: bases.map((base) => [base * 100, firstOf(base)?.peers[name].false_alarm_rate ?? 0] as const),
    })),
  ];
  return draw({
    title: `False alarms on a version that is no worse, ${canary * 100} % canary`,
    x: { name: "failing log-ins on both, %", ticks: [1, 2, 3, 4, 5], isLogarithmic: false },
    y: { name: "share of rollouts", ticks: [0, 0.25, 0.5, 0.75, 1], isLogarithmic: false },
    lines,
  });
}

/**
 * The evidence as it grows: a broken version, one that is half broken, one with little wrong, and a harmless
 * one.
 */
export function plotEvidence(alpha: number): string {
  const attempts_max = 200;
  const lines: Line[] = [1, 0.5, 0.2, 0.1, 0.03].map((failing, seed) => {
    const chance = chanceFrom(seed + 11);
    const guard = createLoginGuard({ alpha });
    const points: [number, number][] = [[0, 0]];
    for (let attempt = 1; attempt <= attempts_max; attempt += 1) {
      guard.observe({ arm: "stable", ...drawCounts(chance, geometric(chance, 0.01), 0.03) });
      const verdict = guard.observe({ arm: "candidate", ...drawCounts(chance, 1, failing) });
      points.push([attempt, Math.min(verdict.logEvidence, 10)]);
      if (verdict.kind === "roll-back") break;
    }
    return { name: failing === 0.03 ? "no worse" : `${failing * 100} % fail`, points };
  });
  const threshold = Math.log(1 / alpha);
  return draw({
    title: "Evidence against the new version, 3 % failing on stable, 1 % canary",
    x: { name: "attempts with the new version", ticks: [0, 50, 100, 150, 200], isLogarithmic: false },
    y: { name: "ln of the evidence", ticks: [-2, 0, 2, 4, 6, 8, 10], isLogarithmic: false },
    lines: [
      ...lines,
      {
        name: "threshold",
        points: [
          [0, threshold],
          [attempts_max, threshold],
        ],
        dashed: true,
      },
    ],
  });
}

function draw(plot: { title: string; x: Axis; y: Axis; lines: readonly Line[] }): string {
  const x = scale(plot.x, [frame.left, width - frame.right]);
  const y = scale(plot.y, [height - frame.bottom, frame.top]);
  const text = (at: [number, number], words: string, more = ""): string =>
    `<text x="${at[0].toFixed(1)}" y="${at[1].toFixed(1)}" ${more}>${words.replaceAll("&", "&amp;")}</text>`;
  const parts = [
    text([frame.left, 26], plot.title, 'font-size="15" font-weight="600"'),
    text([(width - frame.right + frame.left) / 2, height - 12], plot.x.name, 'text-anchor="middle"'),
    text([frame.left, frame.top - 10], plot.y.name),
    ...plot.x.ticks.map((tick) =>
      text([x(tick), height - frame.bottom + 18], `${tick}`, 'text-anchor="middle"'),
    ),
    ...plot.y.ticks.flatMap((tick) => [
      text([frame.left - 8, y(tick) + 4], `${tick}`, 'text-anchor="end"'),
      `<path d="M${frame.left} ${y(tick).toFixed(1)}H${width - frame.right}" stroke="#d8dcdf"/>`,
    ]),
  ];
  const named = plot.lines.toSorted((a, b) => (b.points.at(-1)?.[1] ?? 0) - (a.points.at(-1)?.[1] ?? 0));
  named.forEach((line, place) => {
    const colour = colours[plot.lines.indexOf(line) % colours.length] ?? "#000";
    const path = line.points.map(
      ([a, b], i) => `${i === 0 ? "M" : "L"}${x(a).toFixed(1)} ${y(b).toFixed(1)}`,
    );
    const dash = line.dashed === true ? ' stroke-dasharray="5 4"' : "";
    const stroke = `stroke="${colour}" stroke-width="${line.name === "guard" ? 3 : 1.6}"${dash}`;
    const label_y = frame.top + 12 + place * 20;
    parts.push(
      `<path d="${path.join("")}" fill="none" ${stroke}/>`,
      `<path d="M${width - frame.right + 14} ${label_y - 4}h20" ${stroke}/>`,
      text([width - frame.right + 40, label_y], line.name),
    );
  });
  const opening = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}"`;
  const words = 'font-family="Inter, sans-serif" font-size="12" fill="#1c2328"';
  const paper = `<rect width="${width}" height="${height}" fill="#fff"/>`;
  return `${opening} ${words}>${[paper, ...parts].join("\n")}</svg>\n`;
}

/** Maps an axis to pixels; what lies outside its ticks is drawn at the edge. */
function scale(axis: Axis, pixels: readonly [number, number]): (value: number) => number {
  const bend = (value: number): number => (axis.isLogarithmic ? Math.log(value) : value);
  const low = axis.ticks[0] ?? 0;
  const high = axis.ticks.at(-1) ?? 1;
  return (value) => {
    const part = (bend(Math.min(Math.max(value, low), high)) - bend(low)) / (bend(high) - bend(low));
    return pixels[0] + part * (pixels[1] - pixels[0]);
  };
}
