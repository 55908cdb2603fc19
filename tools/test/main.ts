import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { removeEmbeddedPostgres } from "@mainstay/platform/embedded-postgres";
import { scratchFolder } from "@mainstay/testkit/scratch";
import { recoverDataFolder } from "../start/data-folder.ts";
import { project_folder } from "../start/environment.ts";
import { type Tally, addTallies, describeTally, tallyOf } from "./tally.ts";

/** How many ledgers are checked at a time. */
const ledgers_together = 2;

/**
 * Runs a program of the project's under this Node, on this terminal or as `hear` hears it; resolves with its
 * exit code.
 */
function run(
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
  hear?: (said: string) => void,
): Promise<number> {
  return new Promise((done, reject) => {
    const child = spawn(process.execPath, words, {
      cwd: project_folder,
      env: { ...process.env, ...environment },
      stdio: hear ? ["ignore", "pipe", "pipe"] : "inherit",
    });
    child.stdout?.on("data", (chunk: Buffer) => hear?.(chunk.toString("utf8")));
    child.stderr?.on("data", (chunk: Buffer) => hear?.(chunk.toString("utf8")));
    const pass = (signal: NodeJS.Signals): void => void child.kill(signal);
    process.on("SIGINT", pass).on("SIGTERM", pass);
    child.on("error", reject);
    child.on("close", (code) => {
      process.off("SIGINT", pass).off("SIGTERM", pass);
      done(code ?? 1);
    });
  });
}

/**
 * Runs the tests with vitest and counts them; a run that fails beside its tests counts as one more that
 * failed.
 */
async function runTests(
  folder: string,
  projects: readonly string[],
  words: readonly string[],
): Promise<Tally> {
  const results = join(folder, "results.json");
  const code = await run(
    [
      join(project_folder, "node_modules", "vitest", "vitest.mjs"),
      "run",
      ...projects.flatMap((project) => ["--project", project]),
      ...["--reporter=default", "--reporter=json", `--outputFile.json=${results}`],
      ...words,
    ],
    // Probes in a browser of their own would take the journeys' processors.
    { MAINSTAY_JOURNEYS: join(folder, "journeys"), MAINSTAY_PROBE_BROWSER: "off" },
  );
  const text = existsSync(results) ? readFileSync(results, "utf8") : undefined;
  return tallyOf(text, code);
}

/** Checks the ledger of every bank that the journeys left; each is a test of its own. */
async function checkLedgers(journeys: string): Promise<Tally> {
  const tally = { passed: 0, failed: 0, skipped: 0 };
  const waiting = readdirSync(journeys).filter((name) => existsSync(join(journeys, name, "postgres")));
  const words = [join(project_folder, "tools", "ledger-check", "main.ts")];
  const lane = async (): Promise<void> => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const data = join(journeys, name);
      let said = `\nThe ledger of the journey "${name}":\n`;
      const where = { MAINSTAY_DATA: data, DATABASE_URL: "", CONTROL_DATABASE_URL: "" };
      const code = await run(words, where, (more) => (said += more));
      process.stdout.write(said);
      if (code === 0) tally.passed += 1;
      else tally.failed += 1;
    }
  };
  await Promise.all(Array.from({ length: ledgers_together }, lane));
  return tally;
}

async function removeJourneys(journeys: string): Promise<void> {
  for (const name of readdirSync(journeys)) {
    const data = join(journeys, name);
    // A journey that failed half-way may have left its processes running.
    await recoverDataFolder(data).catch(() => undefined);
    if (existsSync(join(data, "postgres"))) await removeEmbeddedPostgres(join(data, "postgres"));
  }
}

/**
 * Runs every test, or with `--quick` those without a browser; the last line says how many passed and failed.
 */
async function main(): Promise<number> {
  const words = process.argv.slice(2);
  const isQuick = words.includes("--quick");
  const folder = mkdtempSync(join(scratchFolder(), "mainstay-run-"));
  const journeys = join(folder, "journeys");
  // As root, PostgreSQL runs as another user, who must be able to pass through.
  chmodSync(folder, 0o755);
  mkdirSync(journeys, { mode: 0o755 });
  try {
    // Compilers and lint are `npm run check`; the whole run has them too.
    const projects = isQuick ? ["quick"] : ["quick", "check", "browser"];
    const rest = words.filter((word) => word !== "--quick");
    const tests = await runTests(folder, projects, rest);
    const tally = addTallies(tests, await checkLedgers(journeys));
    process.stdout.write(`\n${describeTally(tally)}\n`);
    return tally.failed === 0 && tally.passed > 0 ? 0 : 1;
  } finally {
    await removeJourneys(journeys);
    rmSync(folder, { recursive: true, force: true });
  }
}

process.exitCode = await main();
