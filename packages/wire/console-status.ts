import Type from "typebox";
import { ActorSchema, CommandIdSchema, nullable, ReasonSchema } from "./console-common.ts";
import { IdSchema, TimestampSchema } from "./common.ts";
import { IncidentIdSchema } from "./console-incidents.ts";
import { ComponentSchema, ComponentStateSchema, PublicIncidentSchema, StatusSchema } from "./status.ts";

/** What the console's status page asks of control, under `/api`. Roles as for incidents. */

/** GET /api/status: what the public reads, and beside it what was measured and what staff made worse. */
export const ConsoleStatusSchema = Type.Object({
  /** Where the public reads it: `http://localhost:8080/status`. */
  url: Type.String(),
  /** Word for word what the public gets. */
  status: StatusSchema,
  components: Type.Array(
    Type.Object({
      id: ComponentSchema,
      /** What probes and incidents say, before anybody's hand. */
      measured: ComponentStateSchema,
      override: nullable(
        Type.Object({
          state: ComponentStateSchema,
          by: ActorSchema,
          at: TimestampSchema,
          reason: Type.String(),
        }),
      ),
    }),
  ),
  /** Public incidents, open ones first, with the updates that staff may amend; newest first. */
  incidents: Type.Array(
    Type.Object({
      incident: IncidentIdSchema,
      number: Type.String(),
      title: Type.String(),
      state: PublicIncidentSchema.properties.state,
      updates: Type.Array(
        Type.Object({
          id: IdSchema("upd"),
          at: TimestampSchema,
          state: PublicIncidentSchema.properties.state,
          text: Type.String(),
          /** Who wrote it last; null where it is as it was drafted. */
          amendedBy: nullable(ActorSchema),
        }),
        { maxItems: 100 },
      ),
    }),
    { maxItems: 50 },
  ),
  /** How many addresses get mail of changes. */
  subscribers: Type.Integer({ minimum: 0 }),
});
export type ConsoleStatus = Type.Static<typeof ConsoleStatusSchema>;

/**
 * POST /api/status/incidents/:incident/updates: one more update under the incident's present state.
 * PUT /api/status/incidents/:incident/updates/:update: its text amended; times stay as they were.
 */
export const StatusUpdateSchema = Type.Object(
  { commandId: CommandIdSchema, text: Type.String({ minLength: 5, maxLength: 500 }) },
  { additionalProperties: false },
);

/**
 * PUT /api/status/components/:component: staff make it worse by hand, never better than what is measured;
 * null ends it.
 */
export const ComponentOverrideSchema = Type.Object(
  { commandId: CommandIdSchema, state: nullable(ComponentStateSchema), reason: ReasonSchema },
  { additionalProperties: false },
);
