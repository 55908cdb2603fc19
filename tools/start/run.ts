import { OperatorError } from "@mainstay/platform/embedded-postgres";
import { readStartSettings } from "./environment.ts";
import { type Mainstay, startMainstay } from "./supervisor.ts";

/** The short table of addresses, ending in the word that says that everything stands. */
function tableOf(mainstay: Mainstay): string {
  const { ports, databases, logFolder, staffLink } = mainstay;
  const rows = [
    ["app", `http://localhost:${ports.edge}`],
    ["console", `http://console.localhost:${ports.control}`],
    ["status", `http://localhost:${ports.edge}/status`],
    ["simulator", `http://localhost:${ports.simulator}  (mail, pay-in, faults)`],
    ["database", databases.description],
    ["logs", logFolder],
    ...(staffLink === undefined ? [] : [["first staff", staffLink]]),
  ];
  const lines = rows.map(([name, value]) => `  ${(name ?? "").padEnd(12)}${value ?? ""}`);
  return ["", "Mainstay", ...lines, "ready", ""].join("\n");
}

function sentenceOf(error: unknown): string {
  if (error instanceof OperatorError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** What a command does beside running Mainstay. */
export type RunOptions = {
  /** Words for Node before each process's program, such as `--watch`. */
  readonly nodeWords: readonly string[];
  /** Called once everything stands; what it answers is called before everything ends. */
  readonly whenReady?: (mainstay: Mainstay) => () => void;
};

/** Runs Mainstay until it is told to end; answers the exit code. */
async function runUntilEnded(options: RunOptions): Promise<number> {
  // Until something ends it: a signal (0), or a process that can't be kept running (1).
  const { promise: ended, resolve: end } = Promise.withResolvers<number>();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => end(0));
  // A signal during the start waits for the start to come to its end, so that it leaves nothing behind.
  const mainstay = await startMainstay({
    settings: readStartSettings(),
    nodeWords: options.nodeWords,
    say: (line) => process.stdout.write(`${line}\n`),
    onGivenUp: (error) => {
      process.stderr.write(`${error.message}\n`);
      end(1);
    },
  });
  process.stdout.write(tableOf(mainstay));
  const finish = options.whenReady?.(mainstay);
  const code = await ended;
  process.stdout.write("Ending …\n");
  finish?.();
  await mainstay.stop();
  return code;
}

/** Runs Mainstay as a command does, and ends the process with what went wrong told in a sentence. */
export async function runCommand(options: RunOptions): Promise<never> {
  try {
    process.exit(await runUntilEnded(options));
  } catch (error) {
    process.stderr.write(`${sentenceOf(error)}\n`);
    process.exit(1);
  }
}
