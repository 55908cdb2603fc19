import { blockEvidence, failingAtOddsRatio, odds_ratios } from "./block.ts";
import { multiply, newEvidence, worthOf } from "./evidence.ts";
import { readOptions, requireOutcomes } from "./input.ts";
import { boundOf, compareWithMargins, newMargins } from "./no-worse.ts";
import { newOutageWatch, outageScale, watchForOutage } from "./outage.ts";
import { emptyPast, failingInPast, remember } from "./past.ts";
import {
  cells_max,
  other_cell,
  partsOf,
  segments_max,
  segmentsOf,
  segmentWeight,
  weightFrom,
  whole_segment,
} from "./segments.ts";
import { readGuardState, type CellState, type GuardState } from "./state.ts";
import {
  sizeOf,
  type GuardReport,
  type HoldReason,
  type LoginGuardOptions,
  type Outcomes,
  type Verdict,
} from "./types.ts";

/**
 * Blocks for `no-worse` wait for so many log-ins of each arm: there is no hurry, and projecting costs time.
 */
const pooled_block_logins = 8;
/**
 * The part of the usual control that a block waits for, and the number of stable log-ins that is always
 * enough.
 */
const control_part = 0.3;
const control_logins = 30;
/** How much of earlier blocks counts towards what is usual, with each block. */
const usual_kept = 0.9;
/** The cell of log-ins that come without a segment. */
const unnamed_cell = "";

/** Watches one rollout; see `createLoginGuard`. */
export interface LoginGuard {
  /**
   * Counts outcomes of one arm and says what the evidence is now. Throws `GuardInputError` for what can't be
   * counted; nothing has changed then.
   */
  readonly observe: (outcomes: Outcomes) => Verdict;
  /** The verdict as it stands, without new outcomes. */
  readonly verdict: () => Verdict;
  /** Counts and evidence by segment. */
  readonly report: () => GuardReport;
  /** Ends a pause for unproven installations, after a person has looked: their evidence begins anew. */
  readonly endPause: () => void;
  /** Everything that it knows, as plain JSON, for `restoreLoginGuard`. */
  readonly exportState: () => GuardState;
}

/**
 * Makes a guard for one rollout: outcomes in, verdict out, no I/O, no clock, no chance.
 *
 * Evidence against "the new version's log-ins succeed no less often than stable's at the same time" is an
 * e-process: it may be looked at after every log-in, and P(it ever reaches 1/alpha) ≤ alpha while that
 * hypothesis is true. Sources: Turner, Ly and Grünwald, arXiv 2106.02693; Ville, "Étude critique de la notion
 * de collectif" (1939).
 */
export function createLoginGuard(options: LoginGuardOptions = {}): LoginGuard {
  return guardOver(newState(readOptions(options)));
}

/** Goes on where the guard that exported this state was; throws `GuardInputError` for anything else. */
export function restoreLoginGuard(json: unknown): LoginGuard {
  return guardOver(readGuardState(json));
}

function newState(options: GuardState["options"]): GuardState {
  return {
    version: 1,
    options,
    totals: emptyBlock(),
    cells: [],
    segments: [{ name: whole_segment, evidence: newEvidence(odds_ratios.length) }],
    past: emptyPast(),
    pause: newEvidence(odds_ratios.length),
    isPaused: false,
    pooled: emptyBlock(),
    pooledPast: emptyPast(),
    margins: newMargins(options.margin_points),
    outage: { candidate: newOutageWatch(), stable: newOutageWatch() },
    alarm: null,
  };
}

function emptyBlock(): GuardState["totals"] {
  return { candidate: { succeeded: 0, failed: 0 }, stable: { succeeded: 0, failed: 0 } };
}

function guardOver(state: GuardState): LoginGuard {
  const cells = new Map(state.cells.map((cell) => [cell.name, cell]));
  const scale = outageScale(state.options.usualFailing_max);
  const threshold = -Math.log(state.options.alpha);
  // Most calls only add to what waits, so the average over segments is worked out when a block has closed.
  let weighed = weigh(state);
  return {
    observe: (outcomes) => {
      requireOutcomes(outcomes);
      const cell = cellOf(state, cells, outcomes.segment ?? unnamed_cell);
      count(state.totals, outcomes);
      count(cell.pending, outcomes);
      if (isComplete(cell)) {
        closeCell(state, cell);
        weighed = weigh(state);
        raiseAlarm(state, weighed, threshold);
      } else if (weighed.segments !== state.segments.length) {
        weighed = weigh(state);
      }
      if (!cell.mayOnlyPause) {
        watchForOutage(state.outage[outcomes.arm], outcomes, { arm: outcomes.arm, scale });
        compareWhole(state, outcomes);
      }
      return verdictOf(state, { weighed, threshold, waits: sizeOf(cell.pending.candidate) > 0 });
    },
    verdict: () => {
      const waits = state.cells.some((cell) => sizeOf(cell.pending.candidate) > 0);
      return verdictOf(state, { weighed, threshold, waits });
    },
    report: () => reportOf(state),
    endPause: () => {
      state.pause = newEvidence(odds_ratios.length);
      state.isPaused = false;
    },
    exportState: () => structuredClone(state),
  };
}

function count(block: GuardState["totals"], outcomes: Outcomes): void {
  const counts = block[outcomes.arm];
  counts.succeeded += outcomes.succeeded;
  counts.failed += outcomes.failed;
}

/**
 * Whether a cell's block closes: it holds log-ins of both arms, and of stable at least a part of what usually
 * comes with so many of the candidate's. Numbers of log-ins decide, never how they ended.
 */
function isComplete(cell: CellState): boolean {
  const candidates = sizeOf(cell.pending.candidate);
  const stables = sizeOf(cell.pending.stable);
  if (candidates === 0 || stables === 0) return false;
  const usual = cell.closed.stable / Math.max(cell.closed.candidate, 1);
  return stables >= Math.min(candidates * usual * control_part, control_logins);
}

/**
 * The cell of that name; a new one takes the next slots for those of its segments that haven't appeared
 * before.
 */
function cellOf(state: GuardState, cells: Map<string, CellState>, name: string): CellState {
  const known = cells.get(name);
  if (known !== undefined) return known;
  const parts = partsOf(name);
  const mayOnlyPause = state.options.pauseOnly.some((part) => parts.includes(part));
  if (cells.size >= cells_max && name !== other_cell && !mayOnlyPause) {
    return cellOf(state, cells, other_cell);
  }
  // All cells that may only pause are one: nobody can fill the guard's memory with made-up ones.
  const key = mayOnlyPause ? (state.options.pauseOnly[0] ?? name) : name;
  const cell = cells.get(key) ?? {
    name: key,
    segments: mayOnlyPause ? [] : [0, ...takeSlots(state, name)],
    mayOnlyPause,
    pending: emptyBlock(),
    closed: { candidate: 0, stable: 0 },
    past: emptyPast(),
  };
  if (!cells.has(key)) {
    state.cells.push(cell);
    cells.set(key, cell);
  }
  return cell;
}

function takeSlots(state: GuardState, cell: string): number[] {
  if (cell === other_cell) return [];
  return segmentsOf(cell).flatMap((name) => {
    const found = state.segments.findIndex((segment, slot) => slot > 0 && segment.name === name);
    if (found >= 0) return [found];
    if (state.segments.length > segments_max) return [];
    return [state.segments.push({ name, evidence: newEvidence(odds_ratios.length) }) - 1];
  });
}

/**
 * Closes a cell's block: its e-values multiply every segment that the cell belongs to. Cells are disjoint and
 * each block's mean is at most 1 given all that came before, so products over cells are e-processes for the
 * wider segment.
 */
function closeCell(state: GuardState, cell: CellState): void {
  const block = cell.pending;
  const stable = failingInPast(cell.past, state.past);
  const eValues = odds_ratios.map((oddsRatio) =>
    blockEvidence(block, { candidate: failingAtOddsRatio(stable, oddsRatio), stable }),
  );
  for (const slot of cell.segments) {
    const segment = state.segments[slot];
    if (segment !== undefined) multiply(segment.evidence, eValues);
  }
  remember(cell.past, block.stable);
  if (cell.mayOnlyPause) {
    multiply(state.pause, eValues);
    state.isPaused ||= worthOf(state.pause) >= 1 / state.options.alpha;
  } else {
    remember(state.past, block.stable);
  }
  const { closed } = cell;
  closed.candidate = closed.candidate * usual_kept + sizeOf(block.candidate);
  closed.stable = closed.stable * usual_kept + sizeOf(block.stable);
  cell.pending = emptyBlock();
}

/** Compares with the margins: blocks over everybody, since the margin is meant for everybody. */
function compareWhole(state: GuardState, outcomes: Outcomes): void {
  const { options, pooled } = state;
  count(pooled, outcomes);
  if (sizeOf(pooled.candidate) < pooled_block_logins || sizeOf(pooled.stable) < pooled_block_logins) return;
  const stable = failingInPast(state.pooledPast);
  compareWithMargins(state.margins, pooled, { stable, worth_min: 1 / options.alpha });
  remember(state.pooledPast, pooled.stable);
  state.pooled = emptyBlock();
}

/** The logarithm of the evidence, and the segment that has most of its own. */
interface Weighed {
  readonly logEvidence: number;
  readonly leading: string;
  /** How many segments were known then. */
  readonly segments: number;
}

/** The weighted average of all segments' worth; slots that have no segment yet are worth 1. */
function weigh(state: GuardState): Weighed {
  const { segments } = state;
  let worth = weightFrom(segments.length);
  // One about which nothing is known yet is worth 1 and leads nothing.
  let most = 1;
  let leading = whole_segment;
  for (let slot = 0; slot < segments.length; slot += 1) {
    const segment = segments[slot];
    if (segment === undefined) continue;
    const own = worthOf(segment.evidence);
    worth += segmentWeight(slot) * own;
    if (own > most) {
      most = own;
      leading = segment.name;
    }
  }
  return { logEvidence: Math.log(worth), leading, segments: segments.length };
}

/** Sounds the alarm when the threshold is reached, and keeps the most evidence that there has been since. */
function raiseAlarm(state: GuardState, weighed: Weighed, threshold: number): void {
  const { logEvidence, leading } = weighed;
  if (state.alarm !== null) {
    state.alarm.logEvidence = Math.max(state.alarm.logEvidence, logEvidence);
  } else if (logEvidence >= threshold) {
    state.alarm = { logEvidence, segment: leading, counts: structuredClone(state.totals) };
  }
}

function verdictOf(state: GuardState, now: { weighed: Weighed; threshold: number; waits: boolean }): Verdict {
  const { alarm } = state;
  const { logEvidence, leading } = now.weighed;
  const bound = boundOf(state.margins);
  const reason = alarm === null ? holdReasonOf(state) : undefined;
  const verdict: Verdict = {
    kind: kindOf(state, { reason, bound }),
    logEvidence: alarm === null ? logEvidence : alarm.logEvidence,
    threshold: now.threshold,
    segment: alarm === null ? leading : alarm.segment,
    worseByLessThan_points: bound,
    waitsForStable: now.waits,
  };
  return reason === undefined ? verdict : { ...verdict, reason };
}

function kindOf(
  state: GuardState,
  found: { reason: HoldReason | undefined; bound: number | undefined },
): Verdict["kind"] {
  if (state.alarm !== null) return "roll-back";
  if (found.reason !== undefined) return "hold";
  return found.bound !== undefined && found.bound <= state.options.margin_points ? "no-worse" : "continue";
}

function holdReasonOf(state: GuardState): HoldReason | undefined {
  const { candidate, stable } = state.outage;
  if (candidate.isFailing && stable.isFailing) return "both-arms-fail";
  return state.isPaused ? "unproven-installations-fail" : undefined;
}

function reportOf(state: GuardState): GuardReport {
  return {
    candidate: { ...state.totals.candidate },
    stable: { ...state.totals.stable },
    segments: state.segments.map((segment, slot) => ({
      segment: segment.name,
      weight: segmentWeight(slot),
      logEvidence: Math.log(worthOf(segment.evidence)),
    })),
    alarm: state.alarm === null ? undefined : structuredClone(state.alarm.counts),
  };
}
