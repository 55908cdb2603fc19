import Type from "typebox";
import { nullable, ReasonSchema } from "./console-common.ts";
import { IdSchema, TimestampSchema } from "./common.ts";
import { RolloutIdSchema, VersionSchema } from "./release.ts";
import { AuthenticationResponseSchema, RequestOptionsSchema } from "./webauthn.ts";

/** Something that waits for a second person, or did. */
export const ApprovalSchema = Type.Object({
  id: IdSchema("apr"),
  kind: Type.Enum(["start", "advance", "override-checks", "raise-minimum"]),
  /**
   * `unsigned`: whoever asks must sign first. `waiting`: for a second person. `void`: it could not be
   * carried out any more.
   */
  state: Type.Enum(["unsigned", "waiting", "carried-out", "declined", "expired", "void"]),
  /** The version that it is about. */
  version: nullable(VersionSchema),
  rollout: nullable(RolloutIdSchema),
  /** What both sign, word for word. */
  text: Type.String(),
  /** How many it touches. */
  people: Type.Integer({ minimum: 0 }),
  reason: Type.String(),
  first: Type.Object({ id: Type.String(), name: Type.String(), signedAt: nullable(TimestampSchema) }),
  second: nullable(
    Type.Object({ id: Type.String(), name: Type.String(), signedAt: nullable(TimestampSchema) }),
  ),
  askedAt: TimestampSchema,
  expiresAt: TimestampSchema,
  decidedAt: nullable(TimestampSchema),
  /** Whether whoever asks may sign now, and why not. */
  canSign: Type.Boolean(),
  whyNot: nullable(Type.String()),
});
export type Approval = Type.Static<typeof ApprovalSchema>;

/** GET /api/approvals: waiting ones first, then the latest decided. */
export const ApprovalsSchema = Type.Object({
  approvals: Type.Array(ApprovalSchema, { maxItems: 100 }),
  waiting: Type.Integer({ minimum: 0 }),
});
export type Approvals = Type.Static<typeof ApprovalsSchema>;

/** POST /api/approvals/:id/sign/options {}: what the passkey signs is the approval's text. */
export const ApprovalSignOptionsSchema = Type.Object({
  id: IdSchema("apc"),
  options: RequestOptionsSchema,
  expiresAt: TimestampSchema,
});
/**
 * POST /api/approvals/:id/sign; answers `ApprovalSchema`. `reason` is the second person's own, if they give
 * one.
 */
export const ApprovalSignSchema = Type.Object(
  {
    ceremonyId: IdSchema("apc"),
    credential: AuthenticationResponseSchema,
    reason: Type.Optional(ReasonSchema),
  },
  { additionalProperties: false },
);
/** POST /api/approvals/:id/decline; answers `ApprovalSchema`. */
export const ApprovalDeclineSchema = Type.Object(
  { reason: Type.Optional(ReasonSchema) },
  { additionalProperties: false },
);
