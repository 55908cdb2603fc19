import Type from "typebox";
import { TimestampSchema } from "./common.ts";

/** What the public is told of, in the order of the page. */
export const status_components = [
  "log-in",
  "balances",
  "payments",
  "transfers-abroad",
  "pots",
  "developer-api",
] as const;
export const ComponentSchema = Type.Enum([...status_components]);
export type Component = Type.Static<typeof ComponentSchema>;

/**
 * How one stands, best first. `unknown`: nothing has measured it lately. `not-offered`: the bank doesn't
 * have it yet.
 */
export const component_states = ["works", "partly", "down", "unknown", "not-offered"] as const;
export const ComponentStateSchema = Type.Enum([...component_states]);
export type ComponentState = Type.Static<typeof ComponentStateSchema>;

/** How many days of history the page holds. */
export const status_days = 90;

/** An incident as the public reads it. */
export const PublicIncidentSchema = Type.Object({
  /** `INC-0041`. */
  number: Type.String(),
  title: Type.String(),
  components: Type.Array(ComponentSchema),
  state: Type.Enum(["looking-into-it", "cause-found", "watching", "works-again"]),
  startedAt: TimestampSchema,
  endedAt: Type.Union([TimestampSchema, Type.Null()]),
  /** Newest first. */
  updates: Type.Array(
    Type.Object({
      at: TimestampSchema,
      state: Type.Enum(["looking-into-it", "cause-found", "watching", "works-again"]),
      text: Type.String(),
    }),
    { maxItems: 100 },
  ),
});
export type PublicIncident = Type.Static<typeof PublicIncidentSchema>;

/** GET /status.json on the customers' origin. Atom: `/status.atom`, the page: `/status`. */
export const StatusSchema = Type.Object({
  /** The worst of the components that are offered. */
  overall: ComponentStateSchema,
  /** One sentence for the page's head: "Everything works". */
  sentence: Type.String(),
  /** When it was measured last; null before the first time. */
  measuredAt: Type.Union([TimestampSchema, Type.Null()]),
  components: Type.Array(
    Type.Object({
      id: ComponentSchema,
      name: Type.String(),
      state: ComponentStateSchema,
      since: Type.Union([TimestampSchema, Type.Null()]),
      /** Oldest first, `status_days` of them; null where nothing was measured that day. */
      days: Type.Array(
        Type.Object({
          date: Type.String(),
          state: Type.Union([Type.Enum(["works", "partly", "down"]), Type.Null()]),
          partly_s: Type.Integer({ minimum: 0 }),
          down_s: Type.Integer({ minimum: 0 }),
        }),
        { maxItems: status_days },
      ),
      /** Part of the measured time in which it worked, 0 to 1; null where none was measured. */
      uptime: Type.Union([Type.Number(), Type.Null()]),
    }),
  ),
  incidents: Type.Array(PublicIncidentSchema, { maxItems: 50 }),
});
export type Status = Type.Static<typeof StatusSchema>;

/** POST /status/subscriptions {email}: always answered alike; a mail asks for the second opt-in. */
export const StatusSubscribeSchema = Type.Object(
  { email: Type.String({ format: "email", maxLength: 254 }) },
  { additionalProperties: false },
);
