import Type from "typebox";
import { ActorSchema, CommandIdSchema, nullable } from "./console-common.ts";
import { IdSchema, TimestampSchema } from "./common.ts";
import { IncidentIdSchema } from "./console-incidents.ts";
import { ChannelStateSchema, MessageChannelSchema } from "./messages-internal.ts";
import { AuthenticationResponseSchema, RequestOptionsSchema } from "./webauthn.ts";

/** What the console's message composer asks of control, under `/api`. Roles as for incidents. */
export const MessageIdSchema = IdSchema("msg");

/**
 * Everything that may stand as `{name}` in a message; anything else is refused as `placeholder_unknown`.
 */
export const message_placeholders = [
  "first_name",
  "first_failure",
  "last_failure",
  "back_in",
  "out_for",
  "tries",
  "date",
  "rolled_back_at",
  "incident",
] as const;
export type MessagePlaceholder = (typeof message_placeholders)[number];

/**
 * `waiting`: for the second person's signature. `sending`: approved; who turns out to be affected later gets
 * it too. `ended`: the incident is over and nobody more will.
 */
export const message_states = ["draft", "waiting", "sending", "ended", "discarded"] as const;

export const MessageSchema = Type.Object({
  id: MessageIdSchema,
  incident: nullable(IncidentIdSchema),
  state: Type.Enum([...message_states]),
  subject: Type.String(),
  text: Type.String(),
  channels: Type.Array(MessageChannelSchema),
  /** Rises with every edit. */
  draft: Type.Integer({ minimum: 1 }),
  createdAt: TimestampSchema,
  editedBy: nullable(ActorSchema),
  /**
   * How many would get it now, how many of them can't log in, and how many get it later: nobody knows them
   * yet.
   */
  recipients: Type.Object({
    now: Type.Integer({ minimum: 0 }),
    notBack: Type.Integer({ minimum: 0 }),
    later: Type.Integer({ minimum: 0 }),
  }),
  first: nullable(Type.Object({ ...ActorSchema.properties, signedAt: TimestampSchema })),
  second: nullable(Type.Object({ ...ActorSchema.properties, signedAt: TimestampSchema })),
  sentAt: nullable(TimestampSchema),
  /** Counts by channel and state. */
  deliveries: Type.Array(
    Type.Object({
      channel: MessageChannelSchema,
      state: ChannelStateSchema,
      count: Type.Integer({ minimum: 0 }),
    }),
    { maxItems: 30 },
  ),
  /** Whether whoever asks may sign now, as the first or the second person, and why not. */
  canSign: Type.Boolean(),
  whyNot: nullable(Type.String()),
  /**
   * Placeholders that can't be filled in for somebody now, each with how many: `back_in` of who isn't
   * back.
   */
  unfilled: Type.Array(Type.Object({ name: Type.String(), people: Type.Integer({ minimum: 1 }) }), {
    maxItems: 20,
  }),
});
export type Message = Type.Static<typeof MessageSchema>;

/**
 * GET /api/messages: newest first; GET /api/incidents/:id/messages: those of one incident. GET
 * /api/messages/:id.
 */
export const MessagesSchema = Type.Object({
  messages: Type.Array(MessageSchema, { maxItems: 100 }),
  waiting: Type.Integer({ minimum: 0 }),
});
export type Messages = Type.Static<typeof MessagesSchema>;

/** POST /api/incidents/:id/messages: drafts one from the record, by the template. */
export const MessageDraftSchema = Type.Object(
  { commandId: CommandIdSchema },
  { additionalProperties: false },
);
/**
 * PUT /api/messages/:id: `message_changed`, 409, where `draft` isn't the latest; `message_signed`, 409,
 * once signed.
 */
export const MessageEditSchema = Type.Object(
  {
    commandId: CommandIdSchema,
    draft: Type.Integer({ minimum: 1 }),
    subject: Type.String({ minLength: 3, maxLength: 140 }),
    text: Type.String({ minLength: 10, maxLength: 4_000 }),
    channels: Type.Array(MessageChannelSchema, { minItems: 1, maxItems: 3, uniqueItems: true }),
  },
  { additionalProperties: false },
);
/**
 * POST /api/messages/:id/preview {customer, subject?, text?}: as that customer would read it; the name
 * stays `{first_name}`.
 */
export const MessagePreviewAskSchema = Type.Object(
  {
    customer: Type.String({ maxLength: 60 }),
    subject: Type.Optional(Type.String({ maxLength: 140 })),
    text: Type.Optional(Type.String({ maxLength: 4_000 })),
  },
  { additionalProperties: false },
);
export const MessagePreviewSchema = Type.Object({ subject: Type.String(), text: Type.String() });
/**
 * POST /api/messages/:id/sign/options {}, …/sign, …/decline: as for approvals; the text signed holds the
 * message and how many.
 */
export const MessageSignOptionsSchema = Type.Object({
  id: IdSchema("apc"),
  /** What is signed, word for word. */
  text: Type.String(),
  options: RequestOptionsSchema,
  expiresAt: TimestampSchema,
});
export const MessageSignSchema = Type.Object(
  { ceremonyId: IdSchema("apc"), credential: AuthenticationResponseSchema },
  { additionalProperties: false },
);
/** GET /api/messages/:id/deliveries?after= */
export const MessageDeliveriesSchema = Type.Object({
  deliveries: Type.Array(
    Type.Object({
      id: IdSchema("dlv"),
      customer: Type.String(),
      queuedAt: TimestampSchema,
      channels: Type.Array(
        Type.Object({
          channel: MessageChannelSchema,
          state: ChannelStateSchema,
          at: nullable(TimestampSchema),
          problem: nullable(Type.String()),
        }),
        { maxItems: 3 },
      ),
    }),
    { maxItems: 200 },
  ),
  next: nullable(Type.String()),
});
export type MessageDeliveries = Type.Static<typeof MessageDeliveriesSchema>;
