import Type from "typebox";
import { ActorSchema, CommandIdSchema, nullable, ReasonSchema } from "./console-common.ts";
import { IdSchema, TimestampSchema } from "./common.ts";
import { PlatformSchema, RolloutIdSchema, VersionSchema } from "./release.ts";
import { ComponentSchema } from "./status.ts";

/**
 * What the console's incidents pages ask of control, under `/api`. Reading takes the role `release-manager`,
 * `auditor` or `admin`; changing takes `release-manager`. Customers are opaque references here: the console
 * joins names by `POST /api/bank/customers/names`, for staff with the right, and the look is audited.
 */
export const IncidentIdSchema = IdSchema("inc");

/** How an incident stands. `merged` is the end of a duplicate: it goes on as another one. */
export const incident_states = [
  "triage",
  "investigating",
  "identified",
  "monitoring",
  "resolved",
  "merged",
] as const;
export const IncidentStateSchema = Type.Enum([...incident_states]);
export type IncidentState = Type.Static<typeof IncidentStateSchema>;

/** What opened it. */
export const IncidentSourceSchema = Type.Enum(["guard", "probe", "ledger", "staff"]);
export type IncidentSource = Type.Static<typeof IncidentSourceSchema>;

/** 1 is the worst. */
export const SeveritySchema = Type.Integer({ minimum: 1, maximum: 4 });

/**
 * Whose failures count: log-ins between two times, on the named versions and platforms; none named means all.
 */
export const IncidentScopeSchema = Type.Object(
  {
    versions: Type.Array(VersionSchema, { maxItems: 20 }),
    platforms: Type.Array(PlatformSchema, { maxItems: 3 }),
    components: Type.Array(ComponentSchema, { maxItems: 6 }),
    from: TimestampSchema,
    /** Null while it runs. */
    until: nullable(TimestampSchema),
  },
  { additionalProperties: false },
);
export type IncidentScope = Type.Static<typeof IncidentScopeSchema>;

/** Figures of an incident, from its list of the affected. Times in milliseconds. */
export const IncidentImpactSchema = Type.Object({
  /** Customers that are known, plus installations of nobody known. */
  people: Type.Integer({ minimum: 0 }),
  /** Of them, nobody known yet. */
  unknown: Type.Integer({ minimum: 0 }),
  backIn: Type.Integer({ minimum: 0 }),
  failedLogIns: Type.Integer({ minimum: 0 }),
  /** Null while nobody is back. Who isn't back yet counts until now in `longestOut_ms`. */
  medianOut_ms: nullable(Type.Integer({ minimum: 0 })),
  longestOut_ms: nullable(Type.Integer({ minimum: 0 })),
  totalOut_ms: Type.Integer({ minimum: 0 }),
  firstFailureToAlarm_ms: nullable(Type.Integer()),
  alarmToRollback_ms: nullable(Type.Integer()),
  /** Payments of those affected that waited while they were out; null where the bank hasn't said. */
  paymentsDelayed: nullable(Type.Integer({ minimum: 0 })),
});
export type IncidentImpact = Type.Static<typeof IncidentImpactSchema>;

/** An incident in a list. */
export const IncidentSummarySchema = Type.Object({
  id: IncidentIdSchema,
  /** `INC-0041`. */
  number: Type.String({ pattern: "^INC-\\d{4,}$" }),
  title: Type.String(),
  state: IncidentStateSchema,
  severity: SeveritySchema,
  source: IncidentSourceSchema,
  openedAt: TimestampSchema,
  openedBy: ActorSchema,
  resolvedAt: nullable(TimestampSchema),
  commander: nullable(ActorSchema),
  mergedInto: nullable(IncidentIdSchema),
  scope: IncidentScopeSchema,
  impact: IncidentImpactSchema,
  /** Whether its review was closed. */
  isReviewed: Type.Boolean(),
});
export type IncidentSummary = Type.Static<typeof IncidentSummarySchema>;

/**
 * GET /api/incidents/concerning?customer=<reference>: those that a customer is among the affected of, the
 * newest first; for whoever may answer the customer too (`support`).
 */
export const IncidentsConcerningSchema = Type.Object({
  incidents: Type.Array(IncidentSummarySchema, { maxItems: 100 }),
});
export type IncidentsConcerning = Type.Static<typeof IncidentsConcerningSchema>;

/** GET /api/incidents: open ones first, then the newest. */
export const IncidentsSchema = Type.Object({
  incidents: Type.Array(IncidentSummarySchema, { maxItems: 100 }),
  open: Type.Integer({ minimum: 0 }),
});
export type Incidents = Type.Static<typeof IncidentsSchema>;

/** One line of a timeline: from the record, or a note. */
export const TimelineEntrySchema = Type.Object({
  at: TimestampSchema,
  /**
   * `published`, `override`, `stage`, `paused`, `resumed`, `held`, `hold-ended`, `asked`, `called`,
   * `failures-lifted`, `first-failure`, `alarm`, `rolled-back`, `last-switched`, `opened`, `state`,
   * `commander`, `severity`, `title`, `scope`, `note`, `ledger-wrong`, `ledger-right`,
   * `probe-failed`, `probe-passed`, `status`, `cause`, `merged`,
   * `message-drafted`,
   * `message-approved`, `message-sent`, `last-back`, `classified`, `review-closed` …: what decides its icon.
   */
  kind: Type.String(),
  /** A line that stands alone: "8.4.1 reached 10 %". */
  title: Type.String(),
  /** Under it, in small: "26,840 people"; null where there is nothing more. */
  detail: nullable(Type.String()),
  actor: nullable(ActorSchema),
});
export type TimelineEntry = Type.Static<typeof TimelineEntrySchema>;

/** One customer, on one installation, that was kept out. */
export const AffectedSchema = Type.Object({
  /** Null for who stays unknown until the installation's next log-in. */
  customer: nullable(Type.String()),
  installation: Type.String(),
  /** How the customer is known: the log-in named them, or they were the installation's last customers. */
  knownBy: Type.Enum(["log-in", "installation", "next-log-in", "registration", "nobody"]),
  platform: PlatformSchema,
  os: Type.String(),
  /** The version on which it failed. */
  version: VersionSchema,
  firstFailureAt: TimestampSchema,
  lastFailureAt: TimestampSchema,
  tries: Type.Integer({ minimum: 1 }),
  /** Reason code of the last failure: a problem's code, `silent`, or what the boot layer said. */
  reason: Type.String(),
  /** The first log-in that succeeded after the last failure; null while they are out. */
  backAt: nullable(TimestampSchema),
  /** How long they were out, or have been by now, in milliseconds. */
  out_ms: Type.Integer({ minimum: 0 }),
  /** Which version the installation is on now; null where it wasn't seen since. */
  versionNow: nullable(VersionSchema),
});
export type Affected = Type.Static<typeof AffectedSchema>;

/** The most rows that one answer of the list holds; the CSV has all of them. */
export const affected_page_max = 200;
/**
 * GET /api/incidents/:id/affected?back=yes|no&after=<cursor>: those who are not back first. CSV:
 * `…/affected.csv`.
 */
export const AffectedPageSchema = Type.Object({
  affected: Type.Array(AffectedSchema, { maxItems: affected_page_max }),
  /** Pass as `after` for more; null at the end. */
  next: nullable(Type.String()),
  total: Type.Integer({ minimum: 0 }),
  back: Type.Integer({ minimum: 0 }),
});
export type AffectedPage = Type.Static<typeof AffectedPageSchema>;

/** What a machine makes of the record: where it failed, what changed, which check was red. */
export const CauseSchema = Type.Object({
  /**
   * Failures by version, platform, OS, protocol and reason, most first; with the same cell's other log-
   * ins.
   */
  cells: Type.Array(
    Type.Object({
      version: VersionSchema,
      platform: PlatformSchema,
      os: Type.String(),
      protocol: nullable(Type.String()),
      reason: Type.String(),
      failed: Type.Integer({ minimum: 0 }),
      succeeded: Type.Integer({ minimum: 0 }),
    }),
    { maxItems: 50 },
  ),
  /** The widest group that holds nearly all failures and few successes, in words; null where none does. */
  narrowed: nullable(Type.String()),
  /** Files of the failing version's manifest against that of the version before it. */
  difference: nullable(
    Type.Object({
      from: VersionSchema,
      to: VersionSchema,
      loginProtocol: Type.Object({ from: Type.String(), to: Type.String() }),
      added: Type.Array(Type.String(), { maxItems: 500 }),
      removed: Type.Array(Type.String(), { maxItems: 500 }),
      changed: Type.Array(Type.String(), { maxItems: 500 }),
    }),
  ),
  /** Cells of the check matrix that were red, or the words of whoever overrode them. */
  redChecks: Type.Array(
    Type.Object({ journey: Type.String(), server: Type.String(), sentence: Type.String() }),
    { maxItems: 100 },
  ),
  override: nullable(Type.Object({ first: ActorSchema, second: ActorSchema, reason: Type.String() })),
});
export type Cause = Type.Static<typeof CauseSchema>;

/** A threshold of a regulator, counted. */
export const ThresholdSchema = Type.Object({
  id: Type.String(),
  name: Type.String(),
  /** What was counted, in words and figures: "31 of 26,840". */
  counted: Type.String(),
  limit: Type.String(),
  isReached: Type.Boolean(),
  source: Type.String(),
});
/** A deadline of a regulator; `dueAt` is null until what starts it has happened. */
export const DeadlineSchema = Type.Object({
  id: Type.String(),
  name: Type.String(),
  regime: Type.Enum(["DORA", "UK"]),
  startsWith: Type.String(),
  /** How long it is, in milliseconds; null where the calendar counts (one month). */
  length_ms: nullable(Type.Integer()),
  startedAt: nullable(TimestampSchema),
  dueAt: nullable(TimestampSchema),
  doneAt: nullable(TimestampSchema),
  source: Type.String(),
});
export const RegulatorSchema = Type.Object({
  thresholds: Type.Array(ThresholdSchema, { maxItems: 20 }),
  /** Whether the counted thresholds make it major by the regulation's rule. */
  wouldBeMajor: Type.Boolean(),
  /** What a person signed; null until then. */
  classified: nullable(
    Type.Object({
      as: Type.Enum(["major", "not-major"]),
      by: ActorSchema,
      at: TimestampSchema,
      reason: Type.String(),
    }),
  ),
  deadlines: Type.Array(DeadlineSchema, { maxItems: 10 }),
});
export type Regulator = Type.Static<typeof RegulatorSchema>;

/** GET /api/incidents/:id: the page's facts; affected and messages are lists of their own. */
export const IncidentSchema = Type.Object({
  ...IncidentSummarySchema.properties,
  rollouts: Type.Array(RolloutIdSchema, { maxItems: 20 }),
  merged: Type.Array(Type.Object({ id: IncidentIdSchema, number: Type.String(), title: Type.String() }), {
    maxItems: 50,
  }),
  timeline: Type.Array(TimelineEntrySchema, { maxItems: 500 }),
  cause: CauseSchema,
  regulator: RegulatorSchema,
  /** The states to which it may go now. */
  nextStates: Type.Array(IncidentStateSchema),
});
export type Incident = Type.Static<typeof IncidentSchema>;

/** GET /api/incidents/:id/stream: server-sent events; `changed` says that the page has news. */

/** POST /api/incidents: opened by staff. */
export const IncidentOpenSchema = Type.Object(
  {
    commandId: CommandIdSchema,
    title: Type.String({ minLength: 5, maxLength: 140 }),
    severity: SeveritySchema,
    scope: IncidentScopeSchema,
  },
  { additionalProperties: false },
);
/**
 * PATCH /api/incidents/:id: what is named changes. `expectedState` as it was seen: else
 * `incident_changed`, 409.
 */
export const IncidentChangeSchema = Type.Object(
  {
    commandId: CommandIdSchema,
    expectedState: IncidentStateSchema,
    state: Type.Optional(IncidentStateSchema),
    severity: Type.Optional(SeveritySchema),
    title: Type.Optional(Type.String({ minLength: 5, maxLength: 140 })),
    /** True: whoever asks takes command. */
    command: Type.Optional(Type.Literal(true)),
    scope: Type.Optional(IncidentScopeSchema),
    reason: Type.Optional(ReasonSchema),
  },
  { additionalProperties: false },
);
/** POST /api/incidents/:id/notes. `at` may lie in the past, never ahead (`time_ahead`). */
export const IncidentNoteSchema = Type.Object(
  {
    commandId: CommandIdSchema,
    text: Type.String({ minLength: 1, maxLength: 2_000 }),
    at: Type.Optional(TimestampSchema),
  },
  { additionalProperties: false },
);
/** POST /api/incidents/:id/merge: this one goes on as `into`. */
export const IncidentMergeSchema = Type.Object(
  { commandId: CommandIdSchema, into: IncidentIdSchema },
  { additionalProperties: false },
);
/** POST /api/incidents/:id/classify: a person's word on the regulator's question. */
export const IncidentClassifySchema = Type.Object(
  { commandId: CommandIdSchema, as: Type.Enum(["major", "not-major"]), reason: ReasonSchema },
  { additionalProperties: false },
);
/** POST /api/incidents/:id/reports/:deadline {commandId, at}: a report was sent to the regulator. */
export const IncidentReportSentSchema = Type.Object(
  { commandId: CommandIdSchema, at: TimestampSchema },
  { additionalProperties: false },
);
