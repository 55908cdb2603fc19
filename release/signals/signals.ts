import type { Registry } from "prom-client";
import type { Clock } from "@mainstay/kernel";
import type { Database, Logger } from "@mainstay/platform";
import { createIntake, type Intake } from "./intake.ts";
import { addSignalMetrics } from "./metrics.ts";
import { createSignalReads, type SignalReads } from "./reads.ts";
import type { RolloutsPort } from "./types.ts";
import { createWorker, type WorkerDeps } from "./worker.ts";

export type SignalsDeps = {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly rollouts: RolloutsPort;
  /** Where `mainstay_release_*` is added. */
  readonly registry?: Registry;
} & Pick<WorkerDeps, "atStep" | "probe">;

/** Signals as control runs them. */
export type Signals = {
  readonly intake: Intake;
  readonly reads: SignalReads;
  /**
   * Ends the pause that unproven installations have caused, after a person has looked. Not to be called in a
   * transaction that holds the rollout's row: counting may be waiting for it.
   */
  readonly endPause: (rollout: string) => Promise<void>;
  /** One turn of counting; true when there is more. `start` does it by itself. */
  readonly work: () => Promise<boolean>;
  /** Hands on what the watches after rollouts ask for. `start` does it by itself. */
  readonly attend: () => Promise<void>;
  readonly start: () => void;
  /** Ends after the turn in hand. */
  readonly stop: () => Promise<void>;
};

/** Makes what takes signals, counts them, judges them, and tells rollouts. */
export function createSignals(deps: SignalsDeps): Signals {
  const { database, clock } = deps;
  const reads = createSignalReads(database);
  const worker = createWorker(deps);
  const metrics =
    deps.registry && addSignalMetrics(deps.registry, { database, reads, rollouts: deps.rollouts });
  const intake = createIntake({ database, clock, rollouts: deps.rollouts, onTaken: worker.wake });
  return {
    intake: async (delivery) => {
      const taken = await intake(delivery);
      metrics?.countTaken(taken);
      return taken;
    },
    reads,
    endPause: worker.endPause,
    work: worker.work,
    attend: worker.attend,
    start: worker.start,
    stop: worker.stop,
  };
}
