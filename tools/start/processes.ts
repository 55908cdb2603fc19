import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { OperatorError } from "@mainstay/platform";
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
  readonly stop: () => Promise<void>;
};

type Running = { readonly plan: ProcessPlan; child: ChildProcess; startedAt_ms: number; restarts: number };

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

/**
 * Runs the processes, each with a log of its own. One that ends by itself is started again, a few times and ever
 * later; then `onGivenUp` is told in a sentence. They are no children of the terminal: only `stop` ends them.
 */
export function runProcesses(options: {
  readonly plans: readonly ProcessPlan[];
  readonly logFolder: string;
  readonly record: (children: readonly ChildRecord[]) => void;
  readonly onGivenUp: (error: OperatorError) => void;
}): ProcessGroup {
  const { plans, logFolder } = options;
  mkdirSync(logFolder, { recursive: true });
  let isStopping = false;
  const running = new Map<string, Running>();

  const record = (): void => {
    const alive = [...running.values()].filter(({ child }) => isRunning(child));
    options.record(alive.map(({ plan, child }) => ({ pid: child.pid ?? 0, program: plan.program })));
  };
  const logOf = (plan: ProcessPlan): string => join(logFolder, `${plan.name}.log`);
  const givenUp = (plan: ProcessPlan): OperatorError =>
    new OperatorError(`The ${plan.name} ended by itself: ${lastWords(logOf(plan))} (log: ${logOf(plan)}).`);

  function launch(plan: ProcessPlan): ChildProcess {
    const log = openLog(logOf(plan));
    const child = spawn(process.execPath, [...plan.nodeWords, plan.program], {
      env: { ...plan.environment },
      stdio: ["ignore", log, log],
      detached: true,
    });
    closeSync(log);
    child.on("exit", () => void afterExit(plan));
    return child;
  }

  async function afterExit(plan: ProcessPlan): Promise<void> {
    const entry = running.get(plan.name);
    if (isStopping || entry === undefined) return;
    if (performance.now() - entry.startedAt_ms > well_after_ms) entry.restarts = 0;
    if (entry.restarts === restarts_max) return options.onGivenUp(givenUp(plan));
    entry.restarts += 1;
    await wait(restart_pause_ms * 2 ** (entry.restarts - 1));
    if (isStopping) return;
    entry.child = launch(plan);
    entry.startedAt_ms = performance.now();
    record();
  }

  for (const plan of plans) {
    running.set(plan.name, { plan, child: launch(plan), startedAt_ms: performance.now(), restarts: 0 });
  }
  record();

  async function waitUntilReady({ plan, child }: Running): Promise<void> {
    for (let waited_ms = 0; waited_ms < ready_wait_ms_max; waited_ms += ready_poll_ms) {
      if ((await ask(plan.port, "/health/ready")).status === 200) return;
      // What ends before it was ever ready will not get better by being started again.
      if (!isRunning(child)) throw givenUp(plan);
      await wait(ready_poll_ms);
    }
    throw new OperatorError(`The ${plan.name} isn't ready after a minute: ${lastWords(logOf(plan))}`);
  }

  async function stop(): Promise<void> {
    isStopping = true;
    for (const signal of ["SIGTERM", "SIGKILL"] as const) {
      const left = [...running.values()].filter(({ child }) => isRunning(child));
      const gone = left.map(({ child }) => new Promise((resolve) => child.once("exit", resolve)));
      for (const { child } of left) child.kill(signal);
      await Promise.race([Promise.all(gone), wait(stop_wait_ms_max, undefined, { ref: false })]);
    }
  }

  return {
    ready: async () => {
      await Promise.all([...running.values()].map(waitUntilReady));
    },
    stop,
  };
}
