import { Counter, Gauge, type Registry } from "prom-client";
import type { Database } from "@mainstay/platform";
import { platforms, type RolloutSegment, type RolloutVerdict } from "@mainstay/wire";
import { actionOf } from "./verdict.ts";
import type { SignalReads } from "./reads.ts";
import { readBehind } from "./reads-store.ts";
import type { RolloutsPort, WatchedRollout } from "./types.ts";
import type { Taken } from "./intake.ts";

/** Counts what the intake takes and refuses. */
export type SignalMetrics = { readonly countTaken: (taken: Taken) => void };

const kinds = ["continue", "no-worse", "hold", "roll-back"] as const;

/**
 * Adds `mainstay_release_*` to a process's metrics. What is told of rollouts is read when it is asked for, so
 * that it is true in every process and after a start; it covers the latest rollout of each platform.
 */
export function addSignalMetrics(
  registry: Registry,
  deps: {
    readonly database: Database;
    readonly reads: SignalReads;
    readonly rollouts: Pick<RolloutsPort, "latestOn">;
  },
): SignalMetrics {
  const registers = [registry];
  const taken = new Counter({
    name: "mainstay_release_signals_taken_total",
    help: "Signals that were new and are kept.",
    registers,
  });
  const refused = new Counter({
    name: "mainstay_release_signals_refused_total",
    help: "Signals that could not be taken, by reason.",
    labelNames: ["reason"],
    registers,
  });
  const behind: Gauge = new Gauge({
    name: "mainstay_release_signals_waiting",
    help: "Signals that have been taken and not counted yet.",
    registers,
    collect: async (): Promise<void> => behind.set(await readBehind(deps.database)),
  });
  addVerdictGauges(registry, deps);
  return {
    countTaken: (delivery) => {
      taken.inc(delivery.taken);
      for (const { reason } of delivery.refused) refused.inc({ reason });
    },
  };
}

type Said = {
  readonly rollout: WatchedRollout;
  readonly verdict: RolloutVerdict;
  readonly all: RolloutSegment;
};

function addVerdictGauges(
  registry: Registry,
  deps: { readonly reads: SignalReads; readonly rollouts: Pick<RolloutsPort, "latestOn"> },
): void {
  const read = sharedWhileRunning(() => readSaid(deps));
  type Fill = (gauge: Gauge, labels: { rollout: string; version: string }, said: Said) => void;
  const add = (name: string, help: string, labelNames: readonly string[], fill: Fill): void => {
    const gauge: Gauge = new Gauge({
      name: `mainstay_release_${name}`,
      help,
      labelNames: ["rollout", "version", ...labelNames],
      registers: [registry],
      collect: async (): Promise<void> => {
        const all = await read();
        gauge.reset();
        for (const said of all) {
          fill(gauge, { rollout: said.rollout.id, version: said.rollout.candidate }, said);
        }
      },
    });
  };
  add(
    "log_evidence",
    "Natural logarithm of the evidence that the new version's log-ins fail more often than stable's.",
    [],
    (gauge, labels, { verdict }) => gauge.set(labels, verdict.logEvidence),
  );
  add("threshold", "Log evidence at which the version is rolled back.", [], (gauge, labels, { verdict }) =>
    gauge.set(labels, verdict.threshold),
  );
  add("verdict", "1 for what the guard says, 0 for the rest.", ["kind"], (gauge, labels, { verdict }) => {
    for (const kind of kinds) gauge.set({ ...labels, kind }, verdict.kind === kind ? 1 : 0);
  });
  add("go_on", "1 when nothing speaks against going on, else 0.", [], (gauge, labels, said) =>
    gauge.set(labels, actionOf(said.rollout.state, said.verdict.kind) === "go-on" ? 1 : 0),
  );
  add(
    "logins",
    "Log-ins of proven installations that count, by arm and outcome.",
    ["arm", "outcome"],
    (gauge, labels, { all }) => {
      for (const arm of ["candidate", "stable"] as const) {
        gauge.set({ ...labels, arm, outcome: "succeeded" }, all[arm].n - all[arm].failed);
        gauge.set({ ...labels, arm, outcome: "failed" }, all[arm].failed);
      }
    },
  );
}

/** All metrics of a scrape are read side by side: what they have in common is read once. */
function sharedWhileRunning<T>(read: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | null = null;
  return () => {
    running ??= read().finally(() => {
      running = null;
    });
    return running;
  };
}

/** The latest rollout of each platform, as far as there has been an outcome. */
async function readSaid(deps: {
  readonly reads: SignalReads;
  readonly rollouts: Pick<RolloutsPort, "latestOn">;
}): Promise<Said[]> {
  const latest = await Promise.all(platforms.map((platform) => deps.rollouts.latestOn(platform)));
  const found = latest.filter((one) => one !== null);
  const distinct = [...new Map(found.map((one) => [one.id, one])).values()];
  const said = await Promise.all(
    distinct.map(async (rollout) => {
      const [verdict, segments] = await Promise.all([
        deps.reads.verdict(rollout.id),
        deps.reads.segments(rollout.id),
      ]);
      const all = segments.find(({ segment }) => segment === "all") ?? nothing;
      return verdict === null ? [] : [{ rollout, verdict, all }];
    }),
  );
  return said.flat();
}

const nothing: RolloutSegment = {
  segment: "all",
  candidate: { n: 0, failed: 0 },
  stable: { n: 0, failed: 0 },
  differencePoints: null,
  halfWidthPoints: null,
  logE: null,
};
