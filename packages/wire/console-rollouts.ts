import Type from "typebox";
import { ApprovalSchema } from "./console-approvals.ts";
import { ActorSchema, CommandIdSchema, nullable, ReasonSchema } from "./console-common.ts";
import { ChecksTallySchema } from "./console-checks.ts";
import { TimestampSchema } from "./common.ts";
import { PlatformSchema, RolloutIdSchema, VersionSchema } from "./release.ts";

/** How a rollout stands. */
export const rollout_states = [
  "running",
  /** By a person: nobody new gets the candidate, who is healthy on it keeps it. */
  "paused",
  /** By the guard: both arms fail, or only installations that have never logged in do. */
  "held",
  /** For a person's decision: the stage is over, and the evidence or a second person is missing. */
  "waiting",
  /** Everybody but the 1 % that stays on stable as control. */
  "finishing",
  "finished",
  "rolled-back",
] as const;
export const RolloutStateSchema = Type.Enum([...rollout_states]);
export type RolloutState = Type.Static<typeof RolloutStateSchema>;

/** The most stages that a rollout may have. */
export const rollout_stages_max = 12;
/** The share above which a second person signs. */
export const second_person_share_min = 0.2;

/** Log-ins of one arm. */
export const ArmCountsSchema = Type.Object({
  n: Type.Integer({ minimum: 0 }),
  failed: Type.Integer({ minimum: 0 }),
});
export type ArmCounts = Type.Static<typeof ArmCountsSchema>;

/** The guard's latest word; `logEvidence` and `threshold` are natural logarithms on one scale. */
export const RolloutVerdictSchema = Type.Object({
  kind: Type.Enum(["continue", "roll-back", "no-worse", "hold"]),
  logEvidence: Type.Number(),
  threshold: Type.Number(),
  reason: nullable(Type.Enum(["both-arms-fail", "unproven-installations-fail"])),
  /** The segment with most evidence; `all` is everybody. */
  segment: Type.String(),
  /** The candidate fails by less than this many percentage points more than stable; null until shown. */
  worseByLessThanPoints: nullable(Type.Number()),
  waitsForStable: Type.Boolean(),
  candidate: ArmCountsSchema,
  stable: ArmCountsSchema,
  at: TimestampSchema,
});
export type RolloutVerdict = Type.Static<typeof RolloutVerdictSchema>;

/** One stage of a rollout's track. */
export const RolloutStageSchema = Type.Object({
  /** From 0 to 1; the last is 1, of which 1 % stays on stable until the rollout has finished. */
  share: Type.Number({ minimum: 0, maximum: 1 }),
  /** How long it lasts at least. */
  minutes: Type.Integer({ minimum: 0 }),
  /** The candidate must be shown to fail by less than this many percentage points more than stable. */
  marginPoints: Type.Number({ minimum: 0 }),
  /** How many get it at this stage. */
  people: Type.Integer({ minimum: 0 }),
  state: Type.Enum(["passed", "now", "not-reached", "taken-back"]),
  startedAt: nullable(TimestampSchema),
  endedAt: nullable(TimestampSchema),
  /** Part of its time that has passed, 0 to 1. */
  progress: Type.Number({ minimum: 0, maximum: 1 }),
  needsSecond: Type.Boolean(),
});
export type RolloutStage = Type.Static<typeof RolloutStageSchema>;

/** What the next step waits for; null where there is none. */
export const RolloutNextSchema = Type.Object({
  /** The share of the next stage; null where the next step is the rollout's end. */
  share: nullable(Type.Number()),
  /** When the stage's time will have passed. */
  at: TimestampSchema,
  timePassed: Type.Boolean(),
  marginPoints: Type.Number(),
  /** What is shown by now, in points; null where nothing is. */
  boundPoints: nullable(Type.Number()),
  evidenceShown: Type.Boolean(),
  /** Since when it is shown. */
  shownSince: nullable(TimestampSchema),
  /** Who takes the step once both are there. */
  by: Type.Enum(["itself", "person", "two-people"]),
});
export type RolloutNext = Type.Static<typeof RolloutNextSchema>;

/** A rollout in a list, or on the card of what is going on. */
export const RolloutSummarySchema = Type.Object({
  id: RolloutIdSchema,
  version: VersionSchema,
  platforms: Type.Array(PlatformSchema),
  state: RolloutStateSchema,
  /** Index into `stages`. */
  stage: Type.Integer({ minimum: 0 }),
  stages: Type.Array(RolloutStageSchema, { maxItems: rollout_stages_max }),
  /** How many have it now. */
  people: Type.Integer({ minimum: 0 }),
  startedAt: TimestampSchema,
  startedBy: ActorSchema,
  endedAt: nullable(TimestampSchema),
  /** Started against a red or missing check: can't pass 1 %. */
  overridden: Type.Boolean(),
  /** Where a rollback would go (or went), by platform. */
  rollbackTo: Type.Array(Type.Object({ platform: PlatformSchema, version: nullable(VersionSchema) })),
  next: nullable(RolloutNextSchema),
  verdict: nullable(RolloutVerdictSchema),
  /** A sentence on what a person should look at; null where nothing is. */
  attention: nullable(Type.String()),
});
export type RolloutSummary = Type.Static<typeof RolloutSummarySchema>;

/** A button: whether it works, why not, how many it touches, and whether a second person must sign. */
export const RolloutActionSchema = Type.Object({
  allowed: Type.Boolean(),
  /** Why it is off, in a few words; null where it is on. */
  why: nullable(Type.String()),
  people: Type.Integer({ minimum: 0 }),
  needsSecond: Type.Boolean(),
});
export type RolloutAction = Type.Static<typeof RolloutActionSchema>;

/** Counts are of log-ins; points are percentage points, candidate less stable. */
export const RolloutSegmentSchema = Type.Object({
  /** As the guard names it: `all`, `os=ios-18`, `device=returning`, `way=passkey`, `visit=first`… */
  segment: Type.String(),
  candidate: ArmCountsSchema,
  stable: ArmCountsSchema,
  differencePoints: nullable(Type.Number()),
  /** Half of the 95 % interval of the difference; null where it can't be said. */
  halfWidthPoints: nullable(Type.Number()),
  logE: nullable(Type.Number()),
});
export type RolloutSegment = Type.Static<typeof RolloutSegmentSchema>;

/** One line of a rollout's timeline. */
export const RolloutEventSchema = Type.Object({
  at: TimestampSchema,
  kind: Type.Enum([
    "started",
    "advanced",
    "paused",
    "resumed",
    "held",
    "hold-ended",
    "asked",
    "second-person-asked",
    "declined",
    "finishing",
    "finished",
    "alarm",
    "rolled-back",
    "failures-lifted",
    "first-failure",
    "last-switched",
    // A person is called to look at what a machine shouldn't decide.
    "called",
  ]),
  by: ActorSchema,
  /** The share in force after it, 0 to 1; null where it doesn't apply. */
  share: nullable(Type.Number()),
  people: nullable(Type.Integer()),
  reason: nullable(Type.String()),
  details: Type.Record(Type.String(), Type.Unknown()),
});
export type RolloutEvent = Type.Static<typeof RolloutEventSchema>;

/** GET /api/rollouts/:id */
export const RolloutSchema = Type.Object({
  ...RolloutSummarySchema.properties,
  summary: Type.String(),
  loginProtocol: Type.String(),
  checks: nullable(ChecksTallySchema),
  endedBy: nullable(ActorSchema),
  /** Why it ended or is paused, in the words of whoever did it. */
  reason: nullable(Type.String()),
  actions: Type.Object({
    advance: RolloutActionSchema,
    pause: RolloutActionSchema,
    resume: RolloutActionSchema,
    finish: RolloutActionSchema,
    rollBack: RolloutActionSchema,
  }),
  segments: Type.Array(RolloutSegmentSchema, { maxItems: 200 }),
  /** Oldest first. */
  events: Type.Array(RolloutEventSchema, { maxItems: 500 }),
  /** The approval of this rollout that waits now. */
  approval: nullable(ApprovalSchema),
});
export type Rollout = Type.Static<typeof RolloutSchema>;

/** GET /api/rollouts/:id/series?platform= (all where none is named): a point a minute, oldest first. */
export const RolloutSeriesSchema = Type.Object({
  points: Type.Array(
    Type.Object({
      at: TimestampSchema,
      candidate: ArmCountsSchema,
      stable: ArmCountsSchema,
      logEvidence: nullable(Type.Number()),
    }),
    { maxItems: 10_000 },
  ),
  /** Each log-in of the candidate while there are few of them, for marks instead of a line. */
  marks: Type.Array(
    Type.Object({
      at: TimestampSchema,
      succeeded: Type.Boolean(),
      os: Type.String(),
      way: nullable(Type.String()),
      /** Why it failed: the server's code, or `silent`. */
      reason: nullable(Type.String()),
      /** The evidence right after it. */
      logEvidence: nullable(Type.Number()),
    }),
    { maxItems: 200 },
  ),
  threshold: Type.Number(),
  peak: nullable(Type.Object({ at: TimestampSchema, logEvidence: Type.Number() })),
  stages: Type.Array(Type.Object({ at: TimestampSchema, share: Type.Number() }), { maxItems: 50 }),
  events: Type.Array(RolloutEventSchema, { maxItems: 500 }),
});
export type RolloutSeries = Type.Static<typeof RolloutSeriesSchema>;

/**
 * GET /api/rollouts/:id/log-ins?segment=&arm=&outcome=: the log-ins behind a figure of the segments, newest
 * first, at most 200. They name installations and nobody.
 */
export const RolloutLogInsSchema = Type.Object({
  logIns: Type.Array(
    Type.Object({
      installation: Type.String(),
      arm: Type.Enum(["candidate", "stable"]),
      version: VersionSchema,
      os: Type.String(),
      way: nullable(Type.String()),
      visit: Type.Enum(["first", "later"]),
      protocol: nullable(Type.String()),
      succeeded: Type.Boolean(),
      /** Why it failed: the server's code, or `silent`. */
      reason: nullable(Type.String()),
      begunAt: TimestampSchema,
      endedAt: TimestampSchema,
    }),
    { maxItems: 200 },
  ),
});
export type RolloutLogIns = Type.Static<typeof RolloutLogInsSchema>;

/**
 * GET /api/rollouts/:id/events-stream and GET /api/releases/events-stream, server-sent events: something
 * changed (of this rollout; of any), ask again. `ping` keeps the connection.
 */
export const RolloutStreamEventSchema = Type.Union([
  Type.Object({ type: Type.Literal("changed"), rollout: nullable(RolloutIdSchema) }),
  Type.Object({ type: Type.Literal("ping") }),
]);
export type RolloutStreamEvent = Type.Static<typeof RolloutStreamEventSchema>;

/** POST /api/rollouts; answers `RolloutCommandedSchema`. */
export const StartRolloutSchema = Type.Object(
  {
    commandId: CommandIdSchema,
    version: VersionSchema,
    platforms: Type.Array(PlatformSchema, { minItems: 1, maxItems: 3, uniqueItems: true }),
    stages: Type.Optional(
      Type.Array(
        Type.Object(
          {
            share: Type.Number({ exclusiveMinimum: 0, maximum: 1 }),
            minutes: Type.Integer({ minimum: 0, maximum: 60 * 24 * 60 }),
            marginPoints: Type.Number({ exclusiveMinimum: 0, maximum: 100 }),
          },
          { additionalProperties: false },
        ),
        { minItems: 1, maxItems: rollout_stages_max },
      ),
    ),
    reason: Type.Optional(ReasonSchema),
  },
  { additionalProperties: false },
);
export type StartRollout = Type.Static<typeof StartRolloutSchema>;

/**
 * POST /api/rollouts/:id/{advance,pause,resume,finish,roll-back}. `expectedState` and `expectedStage` are
 * what the button's page showed: where the rollout has moved on since, 409 `rollout_changed` and nothing
 * changes.
 */
export const RolloutCommandSchema = Type.Object(
  {
    commandId: CommandIdSchema,
    expectedState: RolloutStateSchema,
    expectedStage: Type.Integer({ minimum: 0 }),
    reason: Type.Optional(ReasonSchema),
  },
  { additionalProperties: false },
);
export type RolloutCommand = Type.Static<typeof RolloutCommandSchema>;

/**
 * Done (`approval` is null), or waiting for signatures: then `approval` is to be signed, first by the asker.
 */
export const RolloutCommandedSchema = Type.Object({
  rollout: nullable(RolloutIdSchema),
  state: nullable(RolloutStateSchema),
  approval: nullable(ApprovalSchema),
});
export type RolloutCommanded = Type.Static<typeof RolloutCommandedSchema>;

/**
 * POST /api/platforms/:platform/roll-back-stable: where no rollout runs, stable itself goes to `previous`.
 */
export const RollBackStableSchema = Type.Object(
  { commandId: CommandIdSchema, expectedStable: VersionSchema, reason: ReasonSchema },
  { additionalProperties: false },
);
