import Type, { type Static } from "typebox";
import Value from "typebox/value";
import { odds_ratios } from "./block.ts";
import { supposed_parts } from "./no-worse.ts";
import { GuardInputError } from "./types.ts";

const Count = Type.Integer({ minimum: 0 });
const CountsState = Type.Object({ succeeded: Count, failed: Count });
const BlockState = Type.Object({ candidate: CountsState, stable: CountsState });
const PastState = Type.Object({ failed: Type.Number({ minimum: 0 }), all: Type.Number({ minimum: 0 }) });
const evidenceState = (alternatives: number) =>
  Type.Object({
    products: Type.Array(Type.Number({ minimum: 0 }), { minItems: alternatives, maxItems: alternatives }),
    blocks: Count,
    purse: Type.Number({ minimum: 0, maximum: 1 }),
  });
const EvidenceState = evidenceState(odds_ratios.length);
const SumsState = Type.Object({ sums: Type.Array(Type.Number()) });
const OutageState = Type.Object({ isFailing: Type.Boolean(), rising: SumsState, falling: SumsState });

const SegmentState = Type.Object({ name: Type.String(), evidence: EvidenceState });
const CellState = Type.Object({
  name: Type.String(),
  /** Positions in the list of segments. */
  segments: Type.Array(Count),
  mayOnlyPause: Type.Boolean(),
  pending: BlockState,
  /**
   * Log-ins in closed blocks, earlier ones counting less: how many of stable usually come with the
   * candidate's.
   */
  closed: Type.Object({ candidate: Type.Number({ minimum: 0 }), stable: Type.Number({ minimum: 0 }) }),
  past: PastState,
});

/** All that a guard knows, as plain JSON: what survives when the process that holds it is killed. */
export const GuardState = Type.Object({
  version: Type.Literal(1),
  options: Type.Object({
    alpha: Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 1 }),
    margin_points: Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 100 }),
    usualFailing_max: Type.Number({ exclusiveMinimum: 0, maximum: 0.5 }),
    pauseOnly: Type.Array(Type.String()),
  }),
  totals: BlockState,
  cells: Type.Array(CellState),
  segments: Type.Array(SegmentState, { minItems: 1 }),
  past: PastState,
  pause: EvidenceState,
  isPaused: Type.Boolean(),
  pooled: BlockState,
  pooledPast: PastState,
  margins: Type.Array(
    Type.Object({
      margin_points: Type.Number(),
      evidence: evidenceState(supposed_parts.length),
      isShown: Type.Boolean(),
    }),
  ),
  outage: Type.Object({ candidate: OutageState, stable: OutageState }),
  alarm: Type.Union([
    Type.Null(),
    Type.Object({ logEvidence: Type.Number(), segment: Type.String(), counts: BlockState }),
  ]),
});
export type GuardState = Static<typeof GuardState>;
export type CellState = Static<typeof CellState>;

const ProbeState = Type.Union([Type.Literal("passed"), Type.Literal("failed")]);

/** All that a watch after the rollout knows, as plain JSON. */
export const WatchState = Type.Object({
  version: Type.Literal(1),
  options: Type.Object({
    usualFailing: Type.Number({ exclusiveMinimum: 0, maximum: 0.5 }),
    averageRunLength_logins: Type.Number({ minimum: 1 }),
  }),
  sums: Type.Object({
    sums: Type.Array(Type.Number(), { minItems: odds_ratios.length, maxItems: odds_ratios.length }),
  }),
  hasSounded: Type.Boolean(),
  /** How the probes ended that the watch asked for; null before. */
  probes: Type.Union([Type.Null(), Type.Object({ stable: ProbeState, candidate: ProbeState })]),
});
export type WatchState = Static<typeof WatchState>;

/** Reads a guard's state from JSON; throws `GuardInputError` saying where it is not one. */
export function readGuardState(json: unknown): GuardState {
  if (!Value.Check(GuardState, json)) throw notAState(Value.Errors(GuardState, json));
  const state = structuredClone(json);
  const isWhole = state.cells.every((cell) => cell.segments.every((index) => index < state.segments.length));
  if (!isWhole) throw new GuardInputError("the guard's state names a segment that it doesn't hold");
  return state;
}

/** Reads a watch's state from JSON; throws `GuardInputError` saying where it is not one. */
export function readWatchState(json: unknown): WatchState {
  if (!Value.Check(WatchState, json)) throw notAState(Value.Errors(WatchState, json));
  return structuredClone(json);
}

function notAState(errors: readonly { instancePath: string; message: string }[]): GuardInputError {
  const first = errors[0];
  const where = first === undefined ? "" : `: ${first.instancePath || "it"} ${first.message}`;
  return new GuardInputError(`this is not the state of a guard${where}`);
}
