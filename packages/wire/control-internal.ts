import Type from "typebox";
import { IdSchema, TimestampSchema } from "./common.ts";
import { RolloutStateSchema } from "./console-rollouts.ts";
import { PlatformSchema, RolloutIdSchema, VersionSchema } from "./release.ts";

/**
 * What the release command, the edge and the bank ask of control, under `/internal`, with the edge's secret.
 */

/** The largest manifest, in bytes. */
export const manifest_bytes_max = 200_000;

/**
 * POST /internal/versions: makes a published version known. `manifest` is its very text, the signature is
 * verified over it. The same text again changes nothing; another text under the same name is refused.
 */
export const RegisterVersionSchema = Type.Object(
  {
    manifest: Type.String({ maxLength: manifest_bytes_max }),
    /** The text of `manifest.json.sig`. */
    signature: Type.String({ maxLength: 1_000 }),
    /** It becomes stable at once; for a developer's start, refused in production. */
    adopt: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);
export const VersionRegisteredSchema = Type.Object({
  version: VersionSchema,
  isNew: Type.Boolean(),
  /** The platforms for which it is stable now. */
  stableOn: Type.Array(PlatformSchema),
});

/** GET /internal/versions: newest first. */
export const KnownVersionsSchema = Type.Object({
  versions: Type.Array(
    Type.Object({
      version: VersionSchema,
      platforms: Type.Array(PlatformSchema),
      loginProtocol: Type.String(),
      summary: Type.String(),
      state: Type.String(),
      registeredAt: TimestampSchema,
    }),
    { maxItems: 500 },
  ),
});

/** POST /internal/versions/:version/withdraw {withdrawal}: a signed word that forbids it for ever. */
export const WithdrawVersionSchema = Type.Object(
  {
    /** The very text that is signed. */
    withdrawal: Type.String({ maxLength: 2_000 }),
    signature: Type.String({ maxLength: 1_000 }),
  },
  { additionalProperties: false },
);

/** GET /internal/rollouts: those that are under way, and the latest. */
export const InternalRolloutsSchema = Type.Object({
  rollouts: Type.Array(
    Type.Object({
      id: RolloutIdSchema,
      version: VersionSchema,
      platforms: Type.Array(PlatformSchema),
      state: RolloutStateSchema,
      stage: Type.Integer(),
      share: Type.Number(),
      startedAt: TimestampSchema,
      endedAt: Type.Union([TimestampSchema, Type.Null()]),
      attention: Type.Union([Type.String(), Type.Null()]),
      logEvidence: Type.Union([Type.Number(), Type.Null()]),
    }),
    { maxItems: 50 },
  ),
});

/** POST /internal/rollouts/:id/{pause,roll-back}, by the operator on the machine. */
export const OperatorCommandSchema = Type.Object(
  { commandId: IdSchema("cmd"), reason: Type.String({ minLength: 3, maxLength: 500 }) },
  { additionalProperties: false },
);
/** POST /internal/platforms/:platform/roll-back-stable, by the operator: to the previous version. */
export const OperatorDoneSchema = Type.Object({
  rollout: Type.Union([RolloutIdSchema, Type.Null()]),
  state: Type.Union([RolloutStateSchema, Type.Null()]),
});

/** POST /internal/retire-protocol: refused while a live version or a rollback's target speaks it. */
export const RetireProtocolSchema = Type.Object(
  { protocol: Type.String({ maxLength: 20 }) },
  { additionalProperties: false },
);
export const ProtocolRetiredSchema = Type.Object({ accepted: Type.Array(Type.String()) });

/** GET /internal/protocols: which login protocols are needed, and by which versions. */
export const ProtocolsNeededSchema = Type.Object({
  needed: Type.Array(
    Type.Object({ protocol: Type.String(), versions: Type.Array(VersionSchema, { maxItems: 100 }) }),
    { maxItems: 20 },
  ),
});
