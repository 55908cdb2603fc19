import Type from "typebox";
import { EmptySchema, IdSchema, TimestampSchema } from "./common.ts";
import { nullable } from "./console-common.ts";
import { IncidentIdSchema } from "./console-incidents.ts";

/** Messages between the bank and a customer: what the app's Help asks, and what staff ask of the bank. */

/**
 * The longest text of one entry, in UTF-16 units; how many entries a thread, and how many threads a
 * customer may have.
 */
export const entry_length_max = 2_000;
export const thread_entries_max = 200;
export const threads_max = 100;

export const ThreadEntrySchema = Type.Object({
  id: IdSchema("ent"),
  from: Type.Enum(["bank", "customer", "staff"]),
  /** First name of whoever of staff wrote; null else. */
  name: nullable(Type.String()),
  at: TimestampSchema,
  /** Plain text. */
  text: Type.String({ maxLength: 4_000 }),
});
export type ThreadEntry = Type.Static<typeof ThreadEntrySchema>;

/** A conversation: begun by the bank (a message to those affected) or by the customer ("write to us"). */
export const ThreadSummarySchema = Type.Object({
  id: IdSchema("thr"),
  subject: Type.String(),
  /** The first line of the last entry. */
  preview: Type.String(),
  incident: nullable(IncidentIdSchema),
  isUnread: Type.Boolean(),
  /** Whose turn it is; `nobody` for what needs no answer. */
  waitsFor: Type.Enum(["customer", "bank", "nobody"]),
  updatedAt: TimestampSchema,
});
export type ThreadSummary = Type.Static<typeof ThreadSummarySchema>;

/** GET /api/inbox: newest first. */
export const InboxSchema = Type.Object({
  threads: Type.Array(ThreadSummarySchema, { maxItems: threads_max }),
  unread: Type.Integer({ minimum: 0 }),
  /** What concerns this customer now, and nobody else who isn't affected. */
  banners: Type.Array(
    Type.Object({
      incident: IncidentIdSchema,
      title: Type.String(),
      text: Type.String(),
      updatedAt: TimestampSchema,
    }),
    { maxItems: 5 },
  ),
});
export type Inbox = Type.Static<typeof InboxSchema>;

/** GET /api/inbox/:thread; POST /api/inbox/:thread/read {}. */
export const ThreadSchema = Type.Object({
  ...ThreadSummarySchema.properties,
  entries: Type.Array(ThreadEntrySchema, { maxItems: thread_entries_max }),
});
export type Thread = Type.Static<typeof ThreadSchema>;

/** POST /api/inbox: writes first. Ids are the caller's: the same again changes nothing. */
export const ThreadBeginSchema = Type.Object(
  {
    id: IdSchema("thr"),
    entryId: IdSchema("ent"),
    subject: Type.String({ minLength: 2, maxLength: 80 }),
    text: Type.String({ minLength: 1, maxLength: entry_length_max }),
  },
  { additionalProperties: false },
);
/** POST /api/inbox/:thread/entries: writes back. */
export const ThreadReplySchema = Type.Object(
  { id: IdSchema("ent"), text: Type.String({ minLength: 1, maxLength: entry_length_max }) },
  { additionalProperties: false },
);

/**
 * GET /api/push: the public key by which this bank's pushes are signed (RFC 8292), and whether this device
 * is subscribed.
 */
export const PushKeySchema = Type.Object({ publicKey: Type.String(), isSubscribed: Type.Boolean() });
/** PUT /api/push: a subscription as the browser made it (Push API). DELETE /api/push {endpoint}. */
export const PushSubscriptionSchema = Type.Object(
  {
    endpoint: Type.String({ maxLength: 600, format: "uri" }),
    keys: Type.Object(
      { p256dh: Type.String({ maxLength: 100 }), auth: Type.String({ maxLength: 40 }) },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false },
);
export const PushEndedSchema = Type.Object(
  { endpoint: Type.String({ maxLength: 600 }) },
  { additionalProperties: false },
);
export const PushAnswerSchema = EmptySchema;

/**
 * GET /staff/threads?waitsFor=bank (role `support`): what customers wrote, oldest waiting first; without it,
 * the newest of all. Every look is audited.
 */
export const StaffThreadsQuerySchema = Type.Object(
  { waitsFor: Type.Optional(Type.Literal("bank")) },
  { additionalProperties: false },
);
export const StaffThreadSchema = Type.Object({
  ...ThreadSummarySchema.properties,
  customer: Type.Object({ ref: Type.String(), name: Type.String() }),
});
export const StaffThreadsSchema = Type.Object({
  threads: Type.Array(StaffThreadSchema, { maxItems: 100 }),
  waiting: Type.Integer({ minimum: 0 }),
});
export type StaffThreads = Type.Static<typeof StaffThreadsSchema>;
/** GET /staff/threads/waiting: how many wait for the bank; a number alone is no look. */
export const ThreadsWaitingSchema = Type.Object({ waiting: Type.Integer({ minimum: 0 }) });
/**
 * GET /staff/threads/:thread; POST /staff/threads/:thread/entries `ThreadReplySchema`; POST
 * /staff/threads/:thread/done {}.
 */
export const StaffThreadWholeSchema = Type.Object({
  ...ThreadSchema.properties,
  customer: Type.Object({ ref: Type.String(), name: Type.String() }),
});
export type StaffThreadWhole = Type.Static<typeof StaffThreadWholeSchema>;
