import { execFileSync, spawn } from "node:child_process";
import {
  closeSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Binaries } from "./binaries.ts";
import type { Location } from "./location.ts";
import { OperatorError, hasCode } from "./operator-error.ts";
import type { PostgresSettings } from "./settings.ts";
import { child_environment, type RunAs } from "./unprivileged.ts";

/** How the server listens: on its unix socket, or on a port of 127.0.0.1. */
export type Listen = { readonly port: number } | "socket";

const poll_ms = 20;
/** Recovery after a crash replays the log; it is given this long. */
const ready_wait_ms_max = 120_000;
const stop_wait_ms_max = 30_000;
/** A killed server's children need a moment to end; so often we try again, `retry_ms` apart. */
const start_attempts_max = 60;
const retry_ms = 250;
const log_bytes_max = 10 * 1024 * 1024;
/** A process number that no system gives out, so that PostgreSQL takes a lock file that names it as stale. */
const nobodys_pid = 2 ** 31 - 2;

/** Says whether a process is there and not just waiting to be collected by its parent. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return hasCode(error, "EPERM");
  }
  try {
    return !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return process.platform !== "linux";
  }
}

/** What a process was started with, its words separated by spaces; empty when that can't be known. */
export function commandLine(pid: number): string {
  try {
    if (process.platform === "linux")
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
    const options = { encoding: "utf8", env: child_environment } as const;
    return execFileSync("ps", ["-ww", "-o", "command=", "-p", String(pid)], options);
  } catch {
    return "";
  }
}

/**
 * The lines of the lock file: process number first, the state ("ready") eighth; none when there is no such
 * file.
 */
function lockLines(data: string): readonly string[] {
  try {
    return readFileSync(join(data, "postmaster.pid"), "utf8").split("\n");
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR")) return [];
    throw error;
  }
}

/** The process number of the server that runs on this folder, if one does. */
export function findServer(data: string): number | undefined {
  const pid = Number(lockLines(data)[0]);
  if (!Number.isSafeInteger(pid) || pid <= 1 || !isAlive(pid)) return undefined;
  return commandLine(pid).includes(`-D ${data} `) ? pid : undefined;
}

/** The port of a running server, from its lock file; its socket carries that number too. */
export function portOf(data: string): number {
  return Number(lockLines(data)[3]);
}

/**
 * A lock file may name a process number that meanwhile belongs to another program, or to a killed server that
 * its parent hasn't collected: PostgreSQL would refuse to start. Only the number is put out: with the rest,
 * PostgreSQL still finds a killed server's children, and waits for them.
 */
function disarmStaleLock(location: Location): void {
  if (findServer(location.data) !== undefined) return;
  const lines = lockLines(location.data);
  if (lines.length > 1) {
    writeFileSync(join(location.data, "postmaster.pid"), [nobodys_pid, ...lines.slice(1)].join("\n"));
  }
  for (const name of readdirSync(location.socket)) rmSync(join(location.socket, name), { force: true });
}

async function waitUntilReady(data: string, pid: number): Promise<boolean> {
  for (let waited_ms = 0; waited_ms < ready_wait_ms_max; waited_ms += poll_ms) {
    const lines = lockLines(data);
    if (Number(lines[0]) === pid && lines[7]?.trim() === "ready") return true;
    if (!isAlive(pid)) return false;
    await wait(poll_ms);
  }
  return false;
}

function openLog(path: string): number {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > log_bytes_max) renameSync(path, `${path}.1`);
  return openSync(path, "a", 0o600);
}

/** What the server said last before it gave up, from its log. */
function lastWords(log: string, since: number): string {
  const lines = readFileSync(log).subarray(since).toString("utf8").split("\n");
  return lines.filter((line) => /FATAL|PANIC|could not|HINT/.test(line)).join("\n");
}

type Attempt = { readonly pid: number } | { readonly refusal: string };

async function attempt(options: LaunchOptions): Promise<Attempt> {
  const { binaries, location, runAs, settings, listen } = options;
  const log = openLog(location.log);
  const since = statSync(location.log).size;
  const address =
    listen === "socket"
      ? { listen_addresses: "", port: "5432" }
      : { listen_addresses: "127.0.0.1", port: String(listen.port) };
  const all = { ...settings, ...address, unix_socket_directories: location.socket };
  const words = Object.entries(all).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const child = spawn(binaries.postgres, ["-D", location.data, ...words], {
    cwd: "/",
    detached: true,
    env: { ...child_environment, LD_LIBRARY_PATH: binaries.lib },
    stdio: ["ignore", log, log],
    ...runAs,
  });
  closeSync(log);
  const failed = new Promise<string>((resolve) => child.once("error", (error) => resolve(error.message)));
  child.unref();
  if (child.pid === undefined) return { refusal: await failed };
  const isReady = await waitUntilReady(location.data, child.pid);
  return isReady ? { pid: child.pid } : { refusal: lastWords(location.log, since) };
}

function explainRefusal(refusal: string, options: LaunchOptions): OperatorError {
  const { location, listen } = options;
  if (refusal.includes("No space left on device")) {
    return new OperatorError(
      `The disk that holds ${location.data} is full: free some space, or set MAINSTAY_DATA.`,
    );
  }
  if (refusal.includes("Address already in use") && listen !== "socket") {
    return new OperatorError(`Port ${listen.port}, meant for PostgreSQL, is in use by another program.`);
  }
  if (refusal.includes("incompatible with server")) {
    return new OperatorError(`The data in ${location.data} was made by another major version of PostgreSQL.`);
  }
  const reason = refusal.split("\n").find((line) => /FATAL|PANIC/.test(line)) ?? refusal;
  return new OperatorError(`PostgreSQL didn't start (${reason.trim()}); its log is ${location.log}.`);
}

export type LaunchOptions = {
  readonly binaries: Binaries;
  readonly location: Location;
  readonly runAs: RunAs;
  readonly settings: PostgresSettings;
  readonly listen: Listen;
};

/**
 * Starts the server, detached from this process and with a log of its own, and waits until it is ready. A
 * server that already runs on the folder is adopted. While children of a killed one are still ending, it
 * tries again. Resolves with the process number; rejects with `OperatorError`.
 */
export async function launchServer(options: LaunchOptions): Promise<{ pid: number; wasRunning: boolean }> {
  let refusal = "";
  for (let attempts = 0; attempts < start_attempts_max; attempts += 1) {
    const running = findServer(options.location.data);
    if (running !== undefined && (await waitUntilReady(options.location.data, running))) {
      return { pid: running, wasRunning: true };
    }
    disarmStaleLock(options.location);
    const answer = await attempt(options);
    if ("pid" in answer) return { pid: answer.pid, wasRunning: false };
    refusal = answer.refusal;
    if (!/shared memory block|lock file .* already exists|still in use/.test(refusal)) break;
    await wait(retry_ms);
  }
  throw explainRefusal(refusal, options);
}

/**
 * Ends a server: open transactions are rolled back, everything is written, and it is gone when this resolves.
 */
export async function stopServer(data: string, pid: number): Promise<void> {
  for (const signal of ["SIGINT", "SIGQUIT"] as const) {
    if (findServer(data) !== pid) return;
    process.kill(pid, signal);
    for (let waited_ms = 0; waited_ms < stop_wait_ms_max; waited_ms += poll_ms) {
      if (!isAlive(pid)) return;
      await wait(poll_ms);
    }
  }
}
