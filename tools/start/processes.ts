import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { OperatorError } from "@mainstay/platform/embedded-postgres";
import type { ChildRecord } from "./data-folder.ts";

const ready_wait_ms_max = 60_000;
const ready_poll_ms = 50;
const answer_wait_ms_max = 2_000;
const stop_wait_ms_max = 8_000;
const restarts_max = 5;
/** A process that ran this long was well: its restarts are counted anew. */
const well_after_ms = 60_000;
const restart_pause_ms = 250;
const log_bytes_max = 10 * 1024 * 1024;

/** One of the bank's processes, as the start script runs it. */
export type ProcessPlan = {
  readonly name: string;
  /** The file that Node runs; the process is recognised by it. */
  readonly program: string;
  /** Words for Node itself that come before the program. */
  readonly nodeWords: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly port: number;
};

export type ProcessGroup = {
  /** Resolves when every process answers that it is ready; rejects when one of them can't. */
  readonly ready: () => Promise<void>;
  /** Ends one process and runs it by another plan of the same name. */
  readonly replace: (plan: ProcessPlan) => Promise<void>;
  readonly stop: () => Promise<void>;
};

/** Keeps one process running. */
type Keeper = {
  readonly record: () => ChildRecord | undefined;
  readonly ready: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

type KeeperOptions = {
  readonly plan: ProcessPlan;
  readonly logPath: string;
  /** Told whenever the process has another number. */
  readonly onChange: () => void;
  readonly onGivenUp: (error: OperatorError) => void;
};

/** Asks a process on this machine; resolves with its status and body, status 0 when nobody answers. */
export function ask(
  port: number,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ status: number; body: string }> {
  return new Promise((resolve) => {
    const nobody = (): void => resolve({ status: 0, body: "" });
    const asked = request(
      { host: "127.0.0.1", port, path, headers, timeout: answer_wait_ms_max, agent: false },
      (answer) => {
        let body = "";
        answer.on("data", (chunk: Buffer) => (body += chunk.toString("utf8")));
        answer.on("end", () => resolve({ status: answer.statusCode ?? 0, body }));
        answer.on("error", nobody);
      },
    );
    asked.on("timeout", () => asked.destroy());
    asked.on("error", nobody);
    asked.end();
  });
}

function openLog(path: string): number {
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > log_bytes_max) renameSync(path, `${path}.1`);
  return openSync(path, "a", 0o600);
}

/** The message of a log line, whether pino wrote it or not. */
function messageOf(line: string): string {
  try {
    const { msg, err } = JSON.parse(line) as { msg?: string; err?: { message?: string } };
    return [msg, err?.message].filter(Boolean).join(": ") || line;
  } catch {
    return line;
  }
}

function lastWords(logPath: string): string {
  if (!existsSync(logPath)) return "";
  const lines = readFileSync(logPath, "utf8").trimEnd().split("\n");
  const telling = lines.slice(-40).findLast((line) => /"level":(50|60)|Error|error/.test(line));
  return messageOf(telling ?? lines.at(-1) ?? "").slice(0, 500);
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null && child.pid !== undefined;
}

function launch({ plan, logPath }: KeeperOptions): ChildProcess {
  const log = openLog(logPath);
  // No child of the terminal: Ctrl-C reaches the supervisor alone, which ends everything in order.
  const child = spawn(process.execPath, [...plan.nodeWords, plan.program], {
    env: { ...plan.environment },
    stdio: ["ignore", log, log],
    detached: true,
  });
  closeSync(log);
  return child;
}

async function waitUntilReady({ plan, logPath }: KeeperOptions, child: ChildProcess): Promise<void> {
  for (let waited_ms = 0; waited_ms < ready_wait_ms_max; waited_ms += ready_poll_ms) {
    if ((await ask(plan.port, "/health/ready")).status === 200) return;
    // What ends before it was ever ready will not get better by being started again.
    if (!isRunning(child)) throw givenUp(plan, logPath);
    await wait(ready_poll_ms);
  }
  throw new OperatorError(`The ${plan.name} isn't ready after a minute: ${lastWords(logPath)}`);
}

function givenUp(plan: ProcessPlan, logPath: string): OperatorError {
  return new OperatorError(`The ${plan.name} ended by itself: ${lastWords(logPath)} (log: ${logPath}).`);
}

async function endChild(child: ChildProcess): Promise<void> {
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    if (!isRunning(child)) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    await Promise.race([gone, wait(stop_wait_ms_max, undefined, { ref: false })]);
  }
}

/** Starts a process, and starts it again when it ends by itself: a few times, ever later. */
function keepProcess(options: KeeperOptions): Keeper {
  const { plan, logPath } = options;
  let isStopping = false;
  let restarts = 0;
  let startedAt_ms = performance.now();
  let child = launch(options);
  child.on("exit", () => void afterExit());

  async function afterExit(): Promise<void> {
    if (isStopping) return;
    if (performance.now() - startedAt_ms > well_after_ms) restarts = 0;
    if (restarts === restarts_max) return options.onGivenUp(givenUp(plan, logPath));
    restarts += 1;
    await wait(restart_pause_ms * 2 ** (restarts - 1));
    if (isStopping) return;
    child = launch(options);
    child.on("exit", () => void afterExit());
    startedAt_ms = performance.now();
    options.onChange();
  }

  return {
    record: () => (isRunning(child) ? { pid: child.pid ?? 0, program: plan.program } : undefined),
    ready: () => waitUntilReady(options, child),
    stop: () => {
      isStopping = true;
      return endChild(child);
    },
  };
}

/**
 * Runs the processes, each with a log of its own, and keeps them running. When one can't be kept, `onGivenUp`
 * is told in a sentence.
 */
export function runProcesses(options: {
  readonly plans: readonly ProcessPlan[];
  readonly logFolder: string;
  readonly record: (children: readonly ChildRecord[]) => void;
  readonly onGivenUp: (error: OperatorError) => void;
}): ProcessGroup {
  mkdirSync(options.logFolder, { recursive: true });
  const keepers = new Map<string, Keeper>();
  const onChange = (): void => {
    const records = [...keepers.values()].map((keeper) => keeper.record());
    options.record(records.filter((record) => record !== undefined));
  };
  const run = (plan: ProcessPlan): void => {
    const logPath = join(options.logFolder, `${plan.name}.log`);
    keepers.set(plan.name, keepProcess({ plan, logPath, onChange, onGivenUp: options.onGivenUp }));
  };
  for (const plan of options.plans) run(plan);
  onChange();
  return {
    ready: async () => {
      await Promise.all([...keepers.values()].map((keeper) => keeper.ready()));
    },
    replace: async (plan) => {
      await keepers.get(plan.name)?.stop();
      run(plan);
      onChange();
    },
    stop: async () => {
      await Promise.all([...keepers.values()].map((keeper) => keeper.stop()));
    },
  };
}
