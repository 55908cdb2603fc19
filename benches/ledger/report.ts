/** What one scenario did, in the median round. */
export type ScenarioFigures = {
  readonly tps: number;
  readonly p50_ms: number;
  readonly p99_ms: number;
  /** Processor time for one transfer, in microseconds. */
  readonly node_us: number;
  readonly postgres_us: number;
};

export const scenario_names = ["spread", "hot", "single", "mixed"] as const;
export type ScenarioName = (typeof scenario_names)[number];

/** (e): whole payments over HTTP. */
export type HttpFigures = { readonly http_tps: number; readonly payment_cpu_ms: number };

/** All that was measured, under the names that are compared with the aims. */
export type Figures = {
  readonly baseline: "pgbench" | "script";
  readonly baseline_tps: number;
  readonly ledger_tps: number;
  readonly hot_tps: number;
  readonly single_call_tps: number;
  readonly mixed_tps: number;
  readonly http_tps: number | null;
  readonly payment_cpu_ms: number | null;
  readonly ratio: number;
  readonly hot_ratio: number;
  readonly mixed_ratio: number;
  readonly http_ratio: number | null;
  readonly p99_ms_at_half: number;
  readonly p50_ms_at_half: number;
  readonly ledger_ok: boolean;
};

function rounded(value: number, digits = 0): number {
  return Number(value.toFixed(digits));
}

/** Puts the figures together; ratios are to the baseline. */
export function assembleFigures(measured: {
  readonly baseline: Figures["baseline"];
  readonly baseline_tps: number;
  readonly scenarios: Readonly<Record<ScenarioName, ScenarioFigures>>;
  readonly half: { readonly p50_ms: number; readonly p99_ms: number };
  readonly http: HttpFigures | null;
  readonly ledger_ok: boolean;
}): Figures {
  const { baseline, baseline_tps, scenarios, half, http, ledger_ok } = measured;
  const ratio = (tps: number) => rounded(tps / baseline_tps, 2);
  return {
    baseline,
    baseline_tps: rounded(baseline_tps),
    ledger_tps: rounded(scenarios.spread.tps),
    hot_tps: rounded(scenarios.hot.tps),
    single_call_tps: rounded(scenarios.single.tps),
    mixed_tps: rounded(scenarios.mixed.tps),
    http_tps: http && rounded(http.http_tps),
    payment_cpu_ms: http && rounded(http.payment_cpu_ms, 3),
    ratio: ratio(scenarios.spread.tps),
    hot_ratio: ratio(scenarios.hot.tps),
    mixed_ratio: ratio(scenarios.mixed.tps),
    http_ratio: http && ratio(http.http_tps),
    p99_ms_at_half: rounded(half.p99_ms, 1),
    p50_ms_at_half: rounded(half.p50_ms, 1),
    ledger_ok,
  };
}

/** The round in the middle by transfers a second. */
export function medianRound<Round extends { readonly tps: number }>(rounds: readonly Round[]): Round {
  const sorted = rounds.toSorted((one, other) => one.tps - other.tps);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new Error("no round was measured");
  return middle;
}

/** Writes the figures for people. */
export function renderFigures(
  figures: Figures,
  scenarios: Readonly<Record<ScenarioName, ScenarioFigures>>,
): string {
  const lines = scenario_names.map((name) => {
    const { tps, p50_ms, p99_ms, node_us, postgres_us } = scenarios[name];
    const cells = [
      tps.toFixed(0),
      p50_ms.toFixed(1),
      p99_ms.toFixed(1),
      node_us.toFixed(0),
      postgres_us.toFixed(0),
    ];
    return [name.padEnd(8), ...cells.map((cell) => cell.padStart(10))].join("");
  });
  const head = ["", "tps", "p50 ms", "p99 ms", "node µs", "postgres µs"];
  const judged = figures.baseline === "pgbench" ? "" : " (no pgbench here: the ratios judge nothing)";
  return [
    head.map((cell, index) => (index === 0 ? "".padEnd(8) : cell.padStart(10))).join(""),
    ...lines,
    `baseline: ${figures.baseline}, ${figures.baseline_tps} tps${judged}`,
    `ratio ${figures.ratio} (aim 8), hot ${figures.hot_ratio} (8), mixed ${figures.mixed_ratio} (6)`,
    `p99 at half load ${figures.p99_ms_at_half} ms (aim 25)`,
    `ledger ${figures.ledger_ok ? "right" : "WRONG"}`,
  ].join("\n");
}

/** Draws the rates as bars, the baseline first. */
export function drawFigures(figures: Figures): string {
  const bars: [string, number | null][] = [
    [figures.baseline, figures.baseline_tps],
    ["spread", figures.ledger_tps],
    ["one hot account", figures.hot_tps],
    ["mixed, with feed", figures.mixed_tps],
    ["one call each", figures.single_call_tps],
    ["payment over HTTP", figures.http_tps],
  ];
  const drawn = bars.filter((bar): bar is [string, number] => bar[1] !== null);
  const most = Math.max(...drawn.map(([, tps]) => tps));
  const rows = drawn.map(([name, tps], index) => {
    const [y, width] = [28 + index * 30, (tps / most) * 400];
    const fill = index === 0 ? "#8a8f98" : "#2f6fed";
    return (
      `<text x="140" y="${y + 15}" text-anchor="end">${name}</text>` +
      `<rect x="150" y="${y}" width="${width.toFixed(1)}" height="20" rx="3" fill="${fill}"/>` +
      `<text x="${(156 + width).toFixed(1)}" y="${y + 15}">${tps.toLocaleString("en-GB")}</text>`
    );
  });
  const height = 40 + drawn.length * 30;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="640" height="${height}" ` +
    `font-family="sans-serif" font-size="13">` +
    `<rect width="640" height="${height}" fill="#fff"/>` +
    `<text x="10" y="18" font-weight="bold">Transfers a second, durable</text>${rows.join("")}</svg>\n`
  );
}
