import { restoreLoginGuard, type Arm } from "@mainstay/guard";
import type { Database } from "@mainstay/platform";
import type { Platform, RolloutSegment, RolloutSeries, RolloutVerdict } from "@mainstay/wire";
import { logins_threshold, segmentOf } from "./guards.ts";
import { newcombeInterval, type Tally } from "./interval.ts";
import { steps_max } from "./judging.ts";
import {
  readAttempts,
  readCells,
  readLastSignal,
  readLatestVerdict,
  readLoginGuardState,
  readMinutes,
  readPeak,
  type AttemptFilter,
  type AttemptRow,
  type CellRow,
} from "./reads-store.ts";

import {
  countCustomers,
  readArrivalsAfter,
  readHistories,
  readNumberBefore,
  readOutcomes,
  type OutcomeCell,
} from "./record-store.ts";
import type { Arrival } from "./types.ts";

/** The most rows, points and log-ins that one answer holds. */
export const segments_max = 200;
export const points_max = 10_000;
export const attempts_max = 200;

/** A rollout's log-ins, minute by minute, for a plot. */
export type LoginSeries = Pick<RolloutSeries, "points" | "marks" | "threshold" | "peak">;

/** What the console and others read of signals. Nothing here changes anything. */
export type SignalReads = {
  /** Null before the first outcome. */
  readonly verdict: (rollout: string) => Promise<RolloutVerdict | null>;
  /** All proven installations' log-ins first, then wider groups, then the finest. */
  readonly segments: (rollout: string) => Promise<RolloutSegment[]>;
  readonly series: (rollout: string, platform: Platform | null) => Promise<LoginSeries>;
  /** The log-ins behind a row of the table, newest first, at most `attempts_max`. */
  readonly attempts: (
    rollout: string,
    asked: {
      readonly segment: string;
      readonly arm: Arm | null;
      readonly outcome: "succeeded" | "failed" | null;
    },
  ) => Promise<AttemptRow[]>;
  readonly lastSignalAt: () => Promise<Date | null>;
  /** How many customers have logged in since a time. */
  readonly customersSince: (since: Date) => Promise<number>;
  /** Signals whose number is above one, in the order in which they were taken. */
  readonly arrivalsAfter: (number: bigint, limit: number) => Promise<Arrival[]>;
  /** The number of the last signal that was taken before a time; 0 where none was. */
  readonly numberBefore: (at: Date) => Promise<bigint>;
  /** All that some installations did since a time, of each the newest `history_signals_max`. */
  readonly historiesOf: (installations: readonly string[], since: Date) => Promise<Arrival[]>;
  /** How log-ins and starts between two times ended, by version, device and protocol. */
  readonly outcomes: (asked: Parameters<typeof readOutcomes>[1]) => Promise<OutcomeCell[]>;
};

/** Makes the reads. */
export function createSignalReads(database: Database): SignalReads {
  return {
    verdict: (rollout) => readLatestVerdict(database, rollout),
    segments: async (rollout) => {
      const [cells, state] = await Promise.all([
        readCells(database, rollout),
        readLoginGuardState(database, rollout),
      ]);
      return tableOf(cells, evidenceBySegment(state));
    },
    series: (rollout, platform) => readSeries(database, rollout, platform),
    attempts: (rollout, { segment, arm, outcome }) => {
      const filter = { ...filterOf(segment), arm, outcome };
      return readAttempts(database, { rollout, filter, limit: attempts_max });
    },
    arrivalsAfter: (number, limit) => readArrivalsAfter(database, number, limit),
    numberBefore: (at) => readNumberBefore(database, at),
    historiesOf: (installations, since) => readHistories(database, installations, since),
    outcomes: (asked) => readOutcomes(database, asked),
    customersSince: (since) => countCustomers(database, since),
    lastSignalAt: async () => (await readLastSignal(database))?.at ?? null,
  };
}

function evidenceBySegment(state: unknown): ReadonlyMap<string, number> {
  if (state === undefined) return new Map();
  const { segments } = restoreLoginGuard(state).report();
  return new Map(segments.map(({ segment, logEvidence }) => [segment, logEvidence]));
}

type Row = { candidate: Tally; stable: Tally };

/** Every group that a cell belongs to, as the guard names them. */
function groupsOf(cell: CellRow): string[] {
  const { comparison, platform, os, proven } = cell;
  const way = (cell.way === "" ? null : cell.way) as "passkey" | "recovery" | "registration" | null;
  const finest = segmentOf({ comparison, platform, os, way, proven });
  return proven ? ["all", ...finest.split(","), finest] : ["installation=unproven"];
}

/**
 * The table of log-ins: counts of both arms, their difference with Newcombe's 95 % interval, and each group's
 * own evidence.
 */
export function tableOf(cells: readonly CellRow[], evidence: ReadonlyMap<string, number>): RolloutSegment[] {
  const rows = new Map<string, Row>();
  for (const cell of cells) {
    if (cell.comparison !== "first" && cell.comparison !== "later") continue;
    for (const group of groupsOf(cell)) {
      const row = rows.get(group) ?? { candidate: { n: 0, failed: 0 }, stable: { n: 0, failed: 0 } };
      const { n, failed } = row[cell.arm];
      rows.set(group, {
        ...row,
        [cell.arm]: { n: n + cell.succeeded + cell.failed, failed: failed + cell.failed },
      });
    }
  }
  const rank = (segment: string): number =>
    segment === "all" ? 0 : segment.includes(",") ? 3 : segment === "installation=unproven" ? 2 : 1;
  return [...rows.entries()]
    .toSorted(
      ([a, one], [b, other]) => rank(a) - rank(b) || other.candidate.n - one.candidate.n || compare(a, b),
    )
    .slice(0, segments_max)
    .map(([segment, row]) => rowOf(segment, row, evidence.get(segment) ?? null));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : 1;
}

function rowOf(segment: string, { candidate, stable }: Row, logE: number | null): RolloutSegment {
  const interval = newcombeInterval(candidate, stable);
  return {
    segment,
    candidate: { ...candidate },
    stable: { ...stable },
    differencePoints: interval && interval.difference * 100,
    halfWidthPoints: interval && ((interval.high - interval.low) / 2) * 100,
    logE,
  };
}

async function readSeries(
  database: Database,
  rollout: string,
  platform: Platform | null,
): Promise<LoginSeries> {
  const [minutes, peak, candidates] = await Promise.all([
    readMinutes(database, { rollout, platform, limit: points_max }),
    readPeak(database, rollout),
    readAttempts(database, {
      rollout,
      filter: { ...filterOf("all"), platform, arm: "candidate", outcome: null },
      limit: steps_max + 1,
    }),
  ]);
  const few = candidates.length <= steps_max ? candidates : [];
  return {
    points: minutes.map(({ minute, candidate, stable, log_evidence }) => ({
      at: minute.toISOString(),
      candidate,
      stable,
      logEvidence: log_evidence,
    })),
    marks: few.toReversed().map(({ ended_at, outcome, os, way, reason, log_evidence }) => ({
      at: ended_at.toISOString(),
      succeeded: outcome === "succeeded",
      os,
      way,
      reason,
      logEvidence: log_evidence,
    })),
    threshold: logins_threshold,
    peak: peak && { at: peak.minute.toISOString(), logEvidence: peak.log_evidence },
  };
}

/** Which log-ins a group's name means: the reverse of `segmentOf`. Parts that it never makes mean nothing. */
export function filterOf(segment: string): Omit<AttemptFilter, "arm" | "outcome"> {
  const parts = new Map(
    segment.split(",").map((part) => {
      const at = part.indexOf("=");
      return [part.slice(0, at), part.slice(at + 1)] as const;
    }),
  );
  return {
    platform: parts.get("platform") ?? null,
    os: parts.get("os") ?? null,
    way: parts.get("way") ?? null,
    comparison: parts.get("visit") ?? null,
    proven: parts.get("installation") !== "unproven",
  };
}
