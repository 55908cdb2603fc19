import Type from "typebox";
import { nullable } from "./console-common.ts";
import { StatusSchema, StatusSubscribeSchema } from "./status.ts";

/** What the edge asks of control for the public status page, under `/internal/status`, with its secret. */

/**
 * GET /internal/status?after=<revision>: the page's content, from which the edge draws every form; `status`
 * is null where nothing has changed since that revision.
 */
export const StatusRevisionSchema = Type.Object({
  revision: Type.String({ maxLength: 60 }),
  status: nullable(StatusSchema),
});
export type StatusRevision = Type.Static<typeof StatusRevisionSchema>;

/** POST /internal/status/subscriptions: `place` is where the request came from, for the limits. */
export const StatusAskSchema = Type.Object(
  { ...StatusSubscribeSchema.properties, place: Type.String({ minLength: 1, maxLength: 100 }) },
  { additionalProperties: false },
);
export type StatusAsk = Type.Static<typeof StatusAskSchema>;

/** POST /internal/status/subscriptions/confirm and …/end. */
export const StatusTokenSchema = Type.Object(
  { token: Type.String({ minLength: 1, maxLength: 1_200 }) },
  { additionalProperties: false },
);
/** `unknown`: the link has run out, or isn't ours. */
export const StatusTokenAnswerSchema = Type.Object({ outcome: Type.Enum(["done", "unknown"]) });
