import Type from "typebox";
import { ApprovalSchema } from "./console-approvals.ts";
import { CommandIdSchema, nullable, ReasonSchema } from "./console-common.ts";
import { TimestampSchema } from "./common.ts";
import { VersionSchema } from "./release.ts";

/** How many cells of a version's latest run are green. */
export const ChecksTallySchema = Type.Object({ green: Type.Integer(), total: Type.Integer() });
export type ChecksTally = Type.Static<typeof ChecksTallySchema>;

/** One cell of the check matrix: one journey of one version against one server. */
export const CheckCellSchema = Type.Object({
  version: VersionSchema,
  protocol: Type.String({ maxLength: 20 }),
  /** `now` is the running server, `next` the one that is to follow it. */
  server: Type.Enum(["now", "next"]),
  journey: Type.String({ maxLength: 60 }),
  title: Type.String({ maxLength: 80 }),
  result: Type.Enum(["passed", "failed", "skipped"]),
  /** How long it took, in milliseconds. */
  ms: Type.Integer({ minimum: 0 }),
  /** Why it failed or was skipped: a problem's code where the server gave one. */
  reason: nullable(Type.String({ maxLength: 300 })),
  steps: Type.Array(
    Type.Object({
      title: Type.String({ maxLength: 120 }),
      passed: Type.Boolean(),
      ms: Type.Integer({ minimum: 0 }),
      note: nullable(Type.String({ maxLength: 300 })),
    }),
    { maxItems: 40 },
  ),
});
export type CheckCell = Type.Static<typeof CheckCellSchema>;

/** GET /api/checks/:version: the latest run. */
export const CheckMatrixSchema = Type.Object({
  version: VersionSchema,
  run: nullable(
    Type.Object({
      id: Type.String({ maxLength: 40 }),
      startedAt: TimestampSchema,
      endedAt: TimestampSchema,
      /** What the servers call themselves; `next` is null where there was none. */
      servers: Type.Object({
        now: Type.String({ maxLength: 200 }),
        next: nullable(Type.String({ maxLength: 200 })),
      }),
      browser: Type.String({ maxLength: 80 }),
      green: Type.Integer(),
      total: Type.Integer(),
    }),
  ),
  cells: Type.Array(CheckCellSchema, { maxItems: 2_000 }),
  /** Asked for or given: going on regardless of what is red. */
  override: nullable(ApprovalSchema),
});
export type CheckMatrix = Type.Static<typeof CheckMatrixSchema>;

/** POST /api/checks/:version/override; answers `ApprovalSchema`, to be signed. */
export const OverrideChecksSchema = Type.Object(
  { commandId: CommandIdSchema, reason: ReasonSchema },
  { additionalProperties: false },
);
