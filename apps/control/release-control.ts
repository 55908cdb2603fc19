import type { AcceptedKeys } from "@mainstay/catalog";
import { addCheckRoutes, createChecksService, type ChecksService } from "@mainstay/checks";
import type { Clock, Random } from "@mainstay/kernel";
import type { Database, HttpServer, Logger, Metrics } from "@mainstay/platform";
import {
  addRolloutConsoleRoutes,
  addRolloutInternalRoutes,
  createRolloutsService,
  type BankPort,
  type RolloutRecord,
  type RolloutsService,
} from "@mainstay/rollouts";
import {
  addSignalRoutes,
  createSignals,
  type AttemptRow,
  type ProbePort,
  type RolloutsPort,
  type Signals,
  type WatchedRollout,
} from "@mainstay/signals";
import type { Confirmations, ConsoleGate } from "@mainstay/staff";
import type { RolloutLogIns } from "@mainstay/wire";

export type ReleaseControlDeps = {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly gate: ConsoleGate;
  readonly confirmations: Confirmations;
  readonly bank: BankPort;
  readonly edgeSecret: string;
  readonly releaseKeys: () => AcceptedKeys;
  readonly isProduction: boolean;
  readonly metrics: Metrics;
  /** Has a live probe log in on a version. */
  readonly probeVersion: (version: string) => Promise<"passed" | "failed">;
};

/** Release control's background work. */
export type ReleaseControl = {
  readonly checks: ChecksService;
  readonly rollouts: RolloutsService;
  readonly signals: Signals;
  readonly start: () => void;
  readonly stop: () => Promise<void>;
};

/** Whose word a log-in's end is. */
const bank_actor = { id: "bank", name: "The bank" };
const edge_actor = { id: "edge", name: "The edge" };

function watchedOf(rollout: RolloutRecord): WatchedRollout {
  const { id, version, startedAt, state, targets, ended } = rollout;
  const platforms = targets.map(({ platform }) => platform);
  return { id, candidate: version, platforms, startedAt, state, endedAt: ended?.at ?? null };
}

/**
 * What signals ask of rollouts. A refusal there is one that changes nothing: the rollout is over, or unknown.
 */
function portOf(service: RolloutsService, log: Logger): RolloutsPort {
  const told = (
    what: string,
    rollout: string,
    result: { ok: true } | { ok: false; error: { code: string } },
  ) => {
    if (!result.ok) log.info({ rollout, code: result.error.code }, `${what} changed nothing`);
  };
  return {
    find: async (id) => {
      const rollout = await service.find(id);
      return rollout && watchedOf(rollout);
    },
    latestOn: async (platform) => {
      const rollout = await service.latestOn(platform);
      return rollout && watchedOf(rollout);
    },
    settled: async () => (await service.settledRollouts()).map(watchedOf),
    knownVersions: async () => new Set((await service.knownVersions()).map(({ version }) => version)),
    seen: (devices) => service.seeDevices(devices),
    noteVerdict: async (id, verdict) => told("a verdict", id, await service.noteVerdict(id, verdict)),
    rollBack: async (id, verdict) => told("an alarm", id, await service.rollBackByGuard(id, verdict)),
    firstFailed: (id, { at, ...details }) =>
      service.recordEvent(id, { kind: "first-failure", at, by: bank_actor, people: 1, details }),
    lastSwitched: (id, { at, people }) =>
      service.recordEvent(id, { kind: "last-switched", at, by: edge_actor, people, details: {} }),
    callPerson: async (id, why) => told("a call", id, await service.callPerson(id, why)),
  };
}

/** Probes a rollout's version, or the one that a rollback would go to. */
function probeWith(service: RolloutsService, probeVersion: ReleaseControlDeps["probeVersion"]): ProbePort {
  return async ({ rollout, of }) => {
    if (of === "candidate") return probeVersion(rollout.candidate);
    const [target] = (await service.find(rollout.id))?.targets ?? [];
    return target === undefined ? "failed" : probeVersion(target.goesBackTo);
  };
}

/** A log-in as the console shows it: whoever looks learns of installations, and of nobody. */
function logInToJson(attempt: AttemptRow): RolloutLogIns["logIns"][number] {
  const { installation, arm, version, os, way, comparison, protocol, outcome, reason } = attempt;
  return {
    ...{ installation, arm, version, os, way, protocol, reason },
    visit: comparison,
    succeeded: outcome === "succeeded",
    begunAt: attempt.begun_at.toISOString(),
    endedAt: attempt.ended_at.toISOString(),
  };
}

/** Makes checks, rollouts and signals, and adds their routes to control's server. */
export function addReleaseControl(server: HttpServer, deps: ReleaseControlDeps): ReleaseControl {
  const { database, clock, log, gate, bank, edgeSecret, metrics } = deps;
  const checks = createChecksService(deps);
  const rollouts = createRolloutsService({
    ...deps,
    checksOf: checks.checksOf,
    checksOfAll: checks.checksOfAll,
    unmetDemands: checks.unmetDemands,
    onResumed: (rolloutId) => signals.endPause(rolloutId),
  });
  const port = portOf(rollouts, log);
  const signals = createSignals({
    ...{ database, clock, log, rollouts: port, registry: metrics.registry },
    probe: probeWith(rollouts, deps.probeVersion),
  });
  const { reads } = signals;
  addCheckRoutes(server, { checks, edgeSecret });
  addSignalRoutes(server, { intake: signals.intake, reads, rollouts: port, edgeSecret });
  addRolloutInternalRoutes(server, { service: rollouts, bank, edgeSecret });
  addRolloutConsoleRoutes(server, {
    service: rollouts,
    gate,
    matrixOf: checks.matrixOf,
    signals: {
      segmentsOf: reads.segments,
      lastSignalAt: reads.lastSignalAt,
      seriesOf: reads.series,
      logInsOf: async (id, asked) => (await reads.attempts(id, asked)).map(logInToJson),
    },
  });
  let jobs: { readonly stop: () => Promise<void> } | undefined;
  return {
    checks,
    rollouts,
    signals,
    start: () => {
      signals.start();
      jobs = rollouts.startJobs(bank);
    },
    stop: async () => {
      await jobs?.stop();
      if (jobs) await signals.stop();
      await rollouts.stop();
    },
  };
}
