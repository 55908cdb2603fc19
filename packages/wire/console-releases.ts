import Type from "typebox";
import { CommandIdSchema, nullable, perPlatform, ReasonSchema } from "./console-common.ts";
import { RolloutSummarySchema } from "./console-rollouts.ts";
import { CheckMatrixSchema, ChecksTallySchema } from "./console-checks.ts";
import { TimestampSchema } from "./common.ts";
import { PlatformSchema, RolloutIdSchema, VersionSchema } from "./release.ts";

/** What becomes of a version. `minimum`: the oldest that is still let in somewhere. */
export const ReleaseStateSchema = Type.Enum([
  "unchecked",
  "checks-red",
  "checked",
  "rolling-out",
  "stable",
  "rolled-back",
  "withdrawn",
  "superseded",
  "minimum",
]);
export type ReleaseState = Type.Static<typeof ReleaseStateSchema>;

/** A version as a row. */
export const ReleaseRowSchema = Type.Object({
  version: VersionSchema,
  platforms: Type.Array(PlatformSchema),
  state: ReleaseStateSchema,
  /** The share that it is rolled out at, or was rolled back at; null for other states. */
  stateShare: nullable(Type.Number()),
  summary: Type.String(),
  loginProtocol: Type.String(),
  checks: nullable(ChecksTallySchema),
  publishedAt: TimestampSchema,
  /** Its share of the devices seen in 30 days, 0 to 1; null where it isn't made for the platform. */
  share: perPlatform(nullable(Type.Number())),
  devices: perPlatform(Type.Integer()),
  /** Its rollout that runs, or the latest. */
  rollout: nullable(RolloutIdSchema),
});
export type ReleaseRow = Type.Static<typeof ReleaseRowSchema>;

/** What one platform gets, and the versions that the app should and must have. */
export const ConsolePlatformSchema = Type.Object({
  stable: nullable(VersionSchema),
  previous: nullable(VersionSchema),
  recommended: nullable(VersionSchema),
  minimum: nullable(VersionSchema),
  storeUrl: nullable(Type.String()),
  rollout: nullable(RolloutIdSchema),
  /** Why stable can't be taken back now; null where it can. */
  whyNotRollBackStable: nullable(Type.String()),
});
export type ConsolePlatform = Type.Static<typeof ConsolePlatformSchema>;

/** GET /api/releases, newest version first. */
export const ReleasesSchema = Type.Object({
  versions: Type.Array(ReleaseRowSchema, { maxItems: 500 }),
  /** Who is on what: devices seen in 30 days, most first. */
  devices: perPlatform(
    Type.Array(Type.Object({ version: VersionSchema, count: Type.Integer() }), { maxItems: 100 }),
  ),
  platforms: perPlatform(ConsolePlatformSchema),
  active: Type.Array(RolloutSummarySchema, { maxItems: 3 }),
  /** Which versions and devices still need each login protocol. */
  protocols: Type.Array(
    Type.Object({
      protocol: Type.String(),
      /** Live versions, or such as a rollback could go to. */
      neededBy: Type.Array(VersionSchema, { maxItems: 100 }),
      devices: Type.Integer(),
    }),
    { maxItems: 20 },
  ),
  /** When the last signal came in, for "live"; null before the first. */
  lastSignalAt: nullable(TimestampSchema),
});
export type Releases = Type.Static<typeof ReleasesSchema>;

/** GET /api/releases/:version */
export const ReleaseSchema = Type.Object({
  ...ReleaseRowSchema.properties,
  api: Type.Object({ from: Type.Integer(), to: Type.Integer() }),
  minimumShell: nullable(VersionSchema),
  files: Type.Array(Type.Object({ path: Type.String(), bytes: Type.Integer(), sha256: Type.String() }), {
    maxItems: 500,
  }),
  bytes: Type.Integer(),
  /** Which key signed it. */
  key: Type.String(),
  matrix: CheckMatrixSchema,
  /** Newest first. */
  rollouts: Type.Array(RolloutSummarySchema, { maxItems: 50 }),
  /** Why it can't be rolled out now, by platform; null where it can. */
  whyNotStart: perPlatform(nullable(Type.String())),
});
export type Release = Type.Static<typeof ReleaseSchema>;

/** GET /api/platforms */
export const ConsolePlatformsSchema = Type.Object({ platforms: perPlatform(ConsolePlatformSchema) });

/**
 * PUT /api/platforms/:platform; answers `RolloutCommandedSchema`: raising the minimum takes a second person.
 */
export const PutPlatformSchema = Type.Object(
  {
    commandId: CommandIdSchema,
    recommended: nullable(VersionSchema),
    minimum: nullable(VersionSchema),
    storeUrl: nullable(Type.String({ pattern: "^https://", maxLength: 300 })),
    reason: ReasonSchema,
  },
  { additionalProperties: false },
);
export type PutPlatform = Type.Static<typeof PutPlatformSchema>;
