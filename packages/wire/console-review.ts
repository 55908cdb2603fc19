import Type from "typebox";
import { ActorSchema, CommandIdSchema, nullable } from "./console-common.ts";
import {
  IncidentIdSchema,
  IncidentImpactSchema,
  RegulatorSchema,
  TimelineEntrySchema,
} from "./console-incidents.ts";
import { DateSchema, IdSchema, TimestampSchema } from "./common.ts";
import { VersionSchema } from "./release.ts";

/** An incident's review, as the console asks control for it. Roles as for incidents. */

/** The parts of a review that people write; all else comes from the record. */
export const review_texts = [
  "summary",
  "cause",
  "trigger",
  "detection",
  "went-well",
  "went-badly",
  "lucky",
] as const;
export type ReviewText = (typeof review_texts)[number];
export const ReviewActionSchema = Type.Object(
  {
    id: IdSchema("act"),
    what: Type.String({ minLength: 3, maxLength: 200 }),
    /** A member of staff. */
    owner: ActorSchema,
    due: DateSchema,
    state: Type.Enum(["open", "done", "moved"]),
    /** Where it was moved to and why, or what was done. */
    note: nullable(Type.String({ maxLength: 500 })),
  },
  { additionalProperties: false },
);
export type ReviewAction = Type.Static<typeof ReviewActionSchema>;

/** The case that every later version must pass. */
export const DemandedCheckSchema = Type.Object({
  id: IdSchema("dmd"),
  incident: IncidentIdSchema,
  /** One of `check_journeys`. */
  journey: Type.String(),
  title: Type.String(),
  /** What it would have said of the failing version: the red cell, or null where none was run. */
  failedOn: nullable(VersionSchema),
  demandedAt: nullable(TimestampSchema),
});
export type DemandedCheck = Type.Static<typeof DemandedCheckSchema>;

/** GET /api/incidents/:id/review */
export const ReviewSchema = Type.Object({
  incident: IncidentIdSchema,
  number: Type.String(),
  title: Type.String(),
  /** Rises with every edit. */
  draft: Type.Integer({ minimum: 1 }),
  editedAt: nullable(TimestampSchema),
  editedBy: nullable(ActorSchema),
  /**
   * Facts from the record: locked, fresh until it is closed. Keys are stable: `people`, `first-failure-at`
   * …
   */
  facts: Type.Array(Type.Object({ key: Type.String(), label: Type.String(), value: Type.String() }), {
    maxItems: 60,
  }),
  impact: IncidentImpactSchema,
  timeline: Type.Array(TimelineEntrySchema, { maxItems: 500 }),
  /** Drafted from the record where nobody has written; `isDrafted` says which. Facts stand as `{key}`. */
  texts: Type.Array(
    Type.Object({ part: Type.Enum([...review_texts]), text: Type.String(), isDrafted: Type.Boolean() }),
  ),
  actions: Type.Array(ReviewActionSchema, { maxItems: 50 }),
  regulator: RegulatorSchema,
  check: nullable(DemandedCheckSchema),
  reader: nullable(
    Type.Object({ ...ActorSchema.properties, askedAt: TimestampSchema, readAt: nullable(TimestampSchema) }),
  ),
  /** What must be before it can be closed. */
  conditions: Type.Array(
    Type.Object({
      id: Type.String(),
      name: Type.String(),
      isMet: Type.Boolean(),
      detail: nullable(Type.String()),
    }),
  ),
  closedAt: nullable(TimestampSchema),
  closedBy: nullable(ActorSchema),
  /** Staff who may own an action or be the second reader: those with access and the right role. */
  staff: Type.Array(ActorSchema, { maxItems: 200 }),
  /** Every edit, newest first: which draft it made, of what. */
  edits: Type.Array(
    Type.Object({
      draft: Type.Integer({ minimum: 1 }),
      at: TimestampSchema,
      by: ActorSchema,
      /** A part of `review_texts`, `actions`, `check` or `reader`. */
      what: Type.String(),
    }),
    { maxItems: 200 },
  ),
});
export type Review = Type.Static<typeof ReviewSchema>;

/**
 * PUT /api/incidents/:id/review/texts/:part: refused as `review_changed`, 409, where `draft` is no longer
 * the latest.
 */
export const ReviewTextSchema = Type.Object(
  {
    commandId: CommandIdSchema,
    draft: Type.Integer({ minimum: 1 }),
    text: Type.String({ maxLength: 8_000 }),
  },
  { additionalProperties: false },
);
/** PUT /api/incidents/:id/review/actions/:action: makes or changes one. `owner` is a staff id. */
export const ReviewActionPutSchema = Type.Object(
  {
    commandId: CommandIdSchema,
    what: Type.String({ minLength: 3, maxLength: 200 }),
    owner: IdSchema("staff"),
    due: DateSchema,
    state: Type.Enum(["open", "done", "moved"]),
    note: Type.Optional(nullable(Type.String({ maxLength: 500 }))),
  },
  { additionalProperties: false },
);
/** POST /api/incidents/:id/review/check: demands a journey of every later version. */
export const ReviewCheckSchema = Type.Object(
  { commandId: CommandIdSchema, journey: Type.String({ maxLength: 60 }) },
  { additionalProperties: false },
);
/**
 * POST /api/incidents/:id/review/reader {commandId, staff}; …/review/read {commandId}: the reader's word.
 */
export const ReviewReaderSchema = Type.Object(
  { commandId: CommandIdSchema, staff: IdSchema("staff") },
  { additionalProperties: false },
);
/**
 * POST /api/incidents/:id/review/close: `review_not_ready`, 409, with what is missing. GET …/review.md,
 * …/review.pdf.
 */
export const ReviewCloseSchema = Type.Object({ commandId: CommandIdSchema }, { additionalProperties: false });
