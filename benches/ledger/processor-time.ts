import { readFileSync, readdirSync } from "node:fs";

/** Clock ticks a second in /proc: USER_HZ, 100 on every Linux. */
const ticks_per_second = 100;

/** Processor time spent so far, in seconds. */
export type ProcessorTime = { readonly node_s: number; readonly postgres_s: number };

type Stat = { readonly parent: number; readonly ticks: number; readonly childrenTicks: number };

function statOf(pid: number): Stat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name, in brackets, may hold spaces; what follows it doesn't.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    const field = (index: number) => Number(fields[index]);
    return { parent: field(1), ticks: field(11) + field(12), childrenTicks: field(13) + field(14) };
  } catch {
    return null;
  }
}

/**
 * Processor time of a server: of its main process, of its children, and of those that have ended. Linux only.
 */
function postgresSeconds(pid: number): number {
  const main = statOf(pid);
  if (main === null) return 0;
  let ticks = main.ticks + main.childrenTicks;
  for (const name of readdirSync("/proc")) {
    const child = /^\d+$/.test(name) ? statOf(Number(name)) : null;
    if (child?.parent === pid) ticks += child.ticks;
  }
  return ticks / ticks_per_second;
}

/** Reads the processor time of this process and of the server whose main process is `postgresPid`. */
export function readProcessorTime(postgresPid: number): ProcessorTime {
  const { user, system } = process.cpuUsage();
  const postgres_s = process.platform === "linux" ? postgresSeconds(postgresPid) : Number.NaN;
  return { node_s: (user + system) / 1_000_000, postgres_s };
}

/** Processor time of one other process so far, in seconds. Linux only. */
export function processSeconds(pid: number): number {
  const stat = process.platform === "linux" ? statOf(pid) : null;
  return stat === null ? Number.NaN : stat.ticks / ticks_per_second;
}
