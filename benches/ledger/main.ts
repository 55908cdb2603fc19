import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { checkLedger, createFeedConsumer, renderReport, type AccountId } from "@mainstay/ledger";
import { systemClock, type Database } from "@mainstay/platform";
import { chooseBaseline } from "./baseline.ts";
import { measureHttp } from "./http.ts";
import { runClosedLoop, runOpenLoop } from "./load.ts";
import { readProcessorTime } from "./processor-time.ts";
import {
  assembleFigures,
  drawFigures,
  medianRound,
  renderFigures,
  type ScenarioFigures,
  type ScenarioName,
} from "./report.ts";
import { createBenchBook, type BenchBook } from "./scenarios.ts";
import { startServer, type BenchServer } from "./server.ts";

/** How much is measured; `--quick` only shows that the bench itself works. */
const sizes = {
  full: { seconds: 20, rounds: 3, accounts: 100_000, pgbench_scale: 50, customers: 400 },
  quick: { seconds: 2, rounds: 1, accounts: 2_000, pgbench_scale: 1, customers: 20 },
} as const;

/** Callers that each wait for their answer before they call again. */
const callers = { spread: 1_200, hot: 1_200, single: 16, mixed: 1_200 } as const satisfies Record<
  ScenarioName,
  number
>;

/** How long the server rests between two measurements. */
const settle_ms = 500;

const { values } = parseArgs({
  options: { json: { type: "boolean", default: false }, quick: { type: "boolean", default: false } },
});
const size = values.quick ? sizes.quick : sizes.full;

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** A consumer of the change feed as a module would have one: applies each account's entries by number. */
function startConsumer(db: Database, book: BenchBook) {
  const applied = new Map<AccountId, bigint>();
  return createFeedConsumer({
    pool: db.pool,
    clock: systemClock,
    name: "bench",
    pollMs: 50,
    ledger: book.ledger,
    handle(entries) {
      for (const { account, number } of entries) {
        const last = applied.get(account);
        if (last !== undefined && number > last + 1n)
          throw new Error(`the feed left entries of ${account} out`);
        if (last === undefined || number > last) applied.set(account, number);
      }
    },
    onError: (error) => say(String(error)),
  });
}

async function measure(server: BenchServer, book: BenchBook, name: ScenarioName): Promise<ScenarioFigures> {
  // What was measured before has ended: a session's processor time is counted anew when it ends.
  await new Promise((resolve) => setTimeout(resolve, settle_ms));
  const before = readProcessorTime(server.postgres.pid);
  const result = await runClosedLoop({ seconds: size.seconds, callers: callers[name], call: book[name] });
  const after = readProcessorTime(server.postgres.pid);
  const each_us = (seconds: number) => (seconds / result.calls) * 1_000_000;
  const figures = {
    tps: result.calls / result.seconds,
    p50_ms: result.p50_ms,
    p99_ms: result.p99_ms,
    node_us: each_us(after.node_s - before.node_s),
    postgres_us: each_us(after.postgres_s - before.postgres_s),
  };
  say(`${name}: ${figures.tps.toFixed(0)} a second`);
  return figures;
}

async function measureRound(server: BenchServer, db: Database, book: BenchBook) {
  const spread = await measure(server, book, "spread");
  const hot = await measure(server, book, "hot");
  const single = await measure(server, book, "single");
  const consumer = startConsumer(db, book);
  // What the other scenarios posted has been consumed before the mix begins.
  while ((await consumer.lagMs()) > 0) await new Promise((resolve) => setTimeout(resolve, 100));
  const mixed = await measure(server, book, "mixed");
  say(`the feed's consumer is ${await consumer.lagMs()} ms behind`);
  await consumer.stop();
  return { spread, hot, single, mixed };
}

async function run(server: BenchServer): Promise<void> {
  const baseline = chooseBaseline({
    url: server.pgbenchUrl,
    path: process.env["PATH"] ?? "",
    scale: size.pgbench_scale,
  });
  say(`preparing ${baseline.name} and a book with ${size.accounts} accounts`);
  await baseline.prepare();
  await server.resetLedger();
  const db = server.openLedger(24);
  const book = await createBenchBook({ db, clock: systemClock, accounts: size.accounts });

  const baselines: { tps: number }[] = [];
  const rounds: Record<ScenarioName, ScenarioFigures>[] = [];
  for (let round = 1; round <= size.rounds; round += 1) {
    baselines.push({ tps: await baseline.run(size.seconds) });
    say(`${baseline.name}: ${baselines.at(-1)?.tps.toFixed(0)} a second`);
    rounds.push(await measureRound(server, db, book));
  }
  const median = (name: ScenarioName) => medianRound(rounds.map((round) => round[name]));
  const scenarios = {
    spread: median("spread"),
    hot: median("hot"),
    single: median("single"),
    mixed: median("mixed"),
  };
  const half = await runOpenLoop({
    seconds: size.seconds,
    perSecond: scenarios.spread.tps / 2,
    call: book.spread,
  });
  await book.ledger.idle();
  const report = await checkLedger(db.pool, { clock: systemClock });
  say(renderReport(report));
  await db.close();
  const http = await measureHttp({ postgres: server.postgres, ...size });
  say(`payment over HTTP: ${http.http_tps.toFixed(0)} a second, ${http.payment_cpu_ms.toFixed(2)} ms each`);

  const figures = assembleFigures({
    baseline: baseline.name,
    baseline_tps: medianRound(baselines).tps,
    scenarios,
    half,
    http,
    ledger_ok: report.ok && http.ledger_ok,
  });
  say(renderFigures(figures, scenarios));
  if (!values.quick) writeResults({ ...figures, scenarios }, drawFigures(figures));
  if (values.json) process.stdout.write(`${JSON.stringify(figures)}\n`);
  process.exitCode = figures.ledger_ok ? 0 : 1;
}

function writeResults(results: object, plot: string): void {
  const folder = join(import.meta.dirname, "..", "results");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "ledger.json"), `${JSON.stringify(results, undefined, 2)}\n`);
  writeFileSync(join(folder, "ledger.svg"), plot);
}

const server = await startServer();
try {
  await run(server);
} finally {
  await server.remove();
}
