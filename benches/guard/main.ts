/**
 * `npm run bench:guard [-- --json] [-- --quick]`: how fast the guard finds a bad version, how often it is
 * wrong, and how its peers' published rules do on the same log-ins. Seeded: the same figures each time, speed
 * aside.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { plotAttempts, plotEvidence, plotFalseAlarms } from "./plots.ts";
import { summarise, type BenchResult, type CaseResult } from "./results.ts";
import { signalsPerSecond } from "./speed.ts";
import { alpha, type Outcome, type Task } from "./work.ts";

const bases: readonly number[] = [0.01, 0.03, 0.05];
const failings: readonly number[] = [1, 0.5, 0.2, 0.1, 0.05];
const canaries: readonly number[] = [0.01, 0.5];
const same_rollouts = 30_000;
const outage_rollouts = 5_000;
const peer_runs = 200;
const peer_same_runs = 300;
const workers_max = 4;
const quick_divisor = 50;

/** Rollouts of each case: fewer where each takes thousands of log-ins. */
function runsOf(failing: number): number {
  if (failing >= 0.2) return 6000;
  return failing >= 0.1 ? 1500 : 600;
}

function tasksOf(divisor: number): Task[] {
  const tasks: Task[] = [];
  const least = (runs: number): number => Math.max(Math.ceil(runs / divisor), 20);
  const chunk = 250;
  const addChunks = (kind: "same" | "outage", rollouts: number): void => {
    for (let from = 0; from < rollouts; from += chunk) {
      tasks.push({ kind, from, to: Math.min(from + chunk, rollouts), seed: tasks.length + 1 });
    }
  };
  for (const base of bases) {
    for (const canary of canaries) {
      const scene = { base, failing: base, canary };
      tasks.push({ kind: "peers-same", scene, runs: least(peer_same_runs), seed: tasks.length + 1 });
      for (const failing of failings) {
        if (failing <= base) continue;
        const one = { kind: "case", scene: { base, failing, canary } } as const;
        tasks.push({ ...one, runs: least(peer_runs), withPeers: true, seed: tasks.length + 1 });
        tasks.push({ ...one, runs: least(runsOf(failing)), withPeers: false, seed: tasks.length + 1 });
      }
    }
  }
  tasks.push({ kind: "segment", runs: least(200), seed: tasks.length + 1 });
  addChunks("outage", outage_rollouts / divisor);
  addChunks("same", same_rollouts / divisor);
  return tasks;
}

/** Does the tasks on all processors; the answers come in the order of the tasks. */
async function doTasks(tasks: readonly Task[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  let next = 0;
  const serve = async (worker: Worker): Promise<void> => {
    while (next < tasks.length) {
      const place = next;
      next += 1;
      outcomes[place] = await ask(worker, tasks[place]);
    }
    await worker.terminate();
  };
  const workers = Array.from(
    { length: Math.min(availableParallelism(), workers_max) },
    () => new Worker(new URL("worker.ts", import.meta.url)),
  );
  await Promise.all(workers.map(serve));
  return outcomes;
}

function ask(worker: Worker, task: Task | undefined): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    worker.once("error", reject);
    worker.once("message", (outcome: Outcome) => {
      worker.off("error", reject);
      resolve(outcome);
    });
    worker.postMessage(task);
  });
}

/** The aim that a case has, as the most attempts that meet it; undefined where it has none. */
function aimOf(one: CaseResult): number | undefined {
  if (one.canary !== 0.01) return undefined;
  return one.failing >= 0.2 ? 1.3 * one.floor + 2 : 1.6 * one.floor;
}

function print(result: BenchResult): void {
  const say = (line: string): void => console.log(line);
  say(
    `A/A: ${result.aa_false_alarms} false alarms in ${result.aa_rollouts} rollouts (alpha ${result.alpha})`,
  );
  say(
    `outages: ${result.outage_false_alarms} false alarms in ${result.outage_rollouts} ` +
      `(and ${result.outage_earlier_alarms} before the outage began); ` +
      `held in ${result.outage_held}`,
  );
  say(`one segment of twelve, 30 % of it failing: ${result.segment_failed_median} failed there (median)`);
  say(`speed: ${result.signals_per_second} signals a second on one core`);
  say("");
  say(
    "base  fails canary | attempts  floor ratio   aim  failed | flagger argo capgo unleash growthbook ztest",
  );
  for (const one of result.cases) {
    const aim = aimOf(one);
    const cell = (value: number | string | null, size: number): string =>
      String(value ?? "none").padStart(size);
    const peers = Object.values(one.peers).map((peer) => cell(peer.attempts_median, 7));
    say(
      [
        `${cell(one.base * 100, 3)} %${cell(one.failing * 100, 4)} %${cell(one.canary * 100, 4)} % |`,
        cell(one.attempts_median, 8) + cell(one.floor.toFixed(1), 7) + cell(one.ratio?.toFixed(2) ?? null, 6),
        cell(aim === undefined ? "-" : aim.toFixed(1), 6) + cell(one.failed_median, 7),
        `|${peers.join(" ")}`,
      ].join(" "),
    );
  }
}

/** How often the peers alarm on a version that is no worse, within the time that a rollout is watched. */
function printFalseAlarms(result: BenchResult): void {
  console.log("\nfalse alarms of the peers on a version that is no worse, within twelve hours");
  for (const canary of canaries) {
    for (const base of bases) {
      const one = result.cases.find((each) => each.base === base && each.canary === canary);
      const shares = Object.entries(one?.peers ?? {}).map(
        ([name, peer]) => `${name} ${(peer.false_alarm_rate * 100).toFixed(1)} %`,
      );
      console.log(`base ${base * 100} %, canary ${canary * 100} %: ${shares.join(", ")}`);
    }
  }
}

function write(result: BenchResult): void {
  const folder = join(import.meta.dirname, "..", "results");
  mkdirSync(folder, { recursive: true });
  const files = {
    "guard.json": `${JSON.stringify(result, null, 2)}\n`,
    "guard-attempts-1-percent.svg": plotAttempts(result, { base: 0.01, canary: 0.01 }),
    "guard-attempts-50-percent.svg": plotAttempts(result, { base: 0.01, canary: 0.5 }),
    "guard-false-alarms.svg": plotFalseAlarms(result, 0.01),
    "guard-evidence.svg": plotEvidence(alpha),
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
}

async function main(): Promise<void> {
  const words = process.argv.slice(2);
  const isQuick = words.includes("--quick");
  const signals_per_second = signalsPerSecond(isQuick ? 200_000 : 1_000_000);
  const outcomes = await doTasks(tasksOf(isQuick ? quick_divisor : 1));
  const result = summarise(outcomes, signals_per_second);
  // Quick figures are for whoever changes the guard: too few rollouts to be kept.
  if (!isQuick) write(result);
  print(result);
  printFalseAlarms(result);
  if (words.includes("--json")) console.log(JSON.stringify(result));
}

await main();
