import Type from "typebox";
import { IdSchema, TimestampSchema } from "./common.ts";
import { IncidentIdSchema } from "./console-incidents.ts";
import { nullable } from "./console-common.ts";

/**
 * What control asks of the bank for messages to those affected, under `/internal`, with the edge's secret.
 * Control knows references and times; names and addresses stay in the bank, which fills them in.
 */

/** The most deliveries of one request. */
export const deliveries_batch_max = 100;
export const message_channels = ["inbox", "email", "push"] as const;
export const MessageChannelSchema = Type.Enum([...message_channels]);
export type MessageChannel = Type.Static<typeof MessageChannelSchema>;

/** What the bank itself fills in, and nobody else can: it never leaves the bank. */
export const bank_placeholders = ["first_name"] as const;

/**
 * POST /internal/message-deliveries: at least once; the bank takes each id once, whole (inbox, e-mail and
 * push in one transaction), and answers the same again.
 */
export const DeliverMessagesSchema = Type.Object(
  {
    deliveries: Type.Array(
      Type.Object(
        {
          /** Made of the message and the customer: the same customer never has two. */
          id: IdSchema("dlv"),
          message: IdSchema("msg"),
          incident: nullable(IncidentIdSchema),
          /** A customer's reference; or the installation of a registration that failed. */
          customer: Type.String({ maxLength: 60 }),
          subject: Type.String({ maxLength: 140 }),
          /** Plain text, paragraphs apart by empty lines; only `{first_name}` is left to fill in. */
          text: Type.String({ maxLength: 4_000 }),
          channels: Type.Array(MessageChannelSchema, { minItems: 1, maxItems: 3, uniqueItems: true }),
          /** Who can't log in has their e-mail sent before all others'. */
          isUrgent: Type.Boolean(),
        },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: deliveries_batch_max },
    ),
  },
  { additionalProperties: false },
);
export type DeliverMessages = Type.Static<typeof DeliverMessagesSchema>;
export type MessageDelivery = DeliverMessages["deliveries"][number];
export const MessagesTakenSchema = Type.Object({
  taken: Type.Array(
    Type.Object({
      id: IdSchema("dlv"),
      /** `unknown`: no such customer, or a demo one without an address. */
      outcome: Type.Enum(["taken", "known", "unknown"]),
    }),
  ),
});
export type MessagesTaken = Type.Static<typeof MessagesTakenSchema>;

/** How one channel of one delivery stands. `none`: the customer has no such channel. */
export const ChannelStateSchema = Type.Enum([
  "waiting",
  "sent",
  "read",
  "bounced",
  "failed",
  "uncertain",
  "none",
]);
export type ChannelState = Type.Static<typeof ChannelStateSchema>;

/** GET /internal/message-deliveries?after=<number>: what has changed, in the order of changes. */
export const DeliveryChangesSchema = Type.Object({
  changes: Type.Array(
    Type.Object({
      number: Type.Integer({ minimum: 1 }),
      id: IdSchema("dlv"),
      channel: MessageChannelSchema,
      state: ChannelStateSchema,
      at: TimestampSchema,
      problem: nullable(Type.String({ maxLength: 200 })),
    }),
    { maxItems: 500 },
  ),
});
export type DeliveryChanges = Type.Static<typeof DeliveryChangesSchema>;

/**
 * PUT /internal/incident-banners: the whole list of who sees which line in the app; what isn't listed is
 * gone.
 */
export const IncidentBannersSchema = Type.Object(
  {
    banners: Type.Array(
      Type.Object(
        {
          incident: IncidentIdSchema,
          title: Type.String({ maxLength: 140 }),
          text: Type.String({ maxLength: 500 }),
          updatedAt: TimestampSchema,
          customers: Type.Array(Type.String({ maxLength: 60 }), { maxItems: 50_000 }),
        },
        { additionalProperties: false },
      ),
      { maxItems: 20 },
    ),
  },
  { additionalProperties: false },
);
export type IncidentBanners = Type.Static<typeof IncidentBannersSchema>;

/**
 * POST /internal/payments-delayed {spans}: how many payments of these customers waited while they were
 * out.
 */
export const PaymentsDelayedAskSchema = Type.Object(
  {
    spans: Type.Array(
      Type.Object(
        { customer: Type.String({ maxLength: 60 }), from: TimestampSchema, until: TimestampSchema },
        { additionalProperties: false },
      ),
      { maxItems: 5_000 },
    ),
  },
  { additionalProperties: false },
);
export const PaymentsDelayedSchema = Type.Object({ delayed: Type.Integer({ minimum: 0 }) });

/** The most customers of one question for names. */
export const names_asked_max = 5_000;
/**
 * POST /internal/names-in-text: how many of these customers a text names; which ones the bank doesn't say.
 */
export const NamesInTextAskSchema = Type.Object(
  {
    customers: Type.Array(Type.String({ maxLength: 60 }), { maxItems: names_asked_max }),
    text: Type.String({ maxLength: 4_200 }),
  },
  { additionalProperties: false },
);
export const NamesInTextSchema = Type.Object({ named: Type.Integer({ minimum: 0 }) });

/**
 * POST /internal/ledger-reports (at control): the bank's checker has found the book wrong, or right again.
 */
export const LedgerReportSchema = Type.Object(
  {
    at: TimestampSchema,
    ok: Type.Boolean(),
    wrong: Type.Array(
      Type.Object({ name: Type.String(), examples: Type.Array(Type.String(), { maxItems: 5 }) }),
      {
        maxItems: 30,
      },
    ),
  },
  { additionalProperties: false },
);
export type LedgerReport = Type.Static<typeof LedgerReportSchema>;
