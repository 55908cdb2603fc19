import Type from "typebox";
import { IdSchema, TimestampSchema } from "./common.ts";

/** GET /api/devices: installations that hold or held a session of this person. */
export const DeviceSchema = Type.Object({
  id: IdSchema("dev"),
  name: Type.String(),
  current: Type.Boolean(),
  loggedIn: Type.Boolean(),
  firstSeenAt: TimestampSchema,
  lastSeenAt: TimestampSchema,
});
export type Device = Type.Static<typeof DeviceSchema>;
export const DevicesSchema = Type.Object({ devices: Type.Array(DeviceSchema, { maxItems: 100 }) });

/** GET /api/passkeys */
export const PasskeySchema = Type.Object({
  id: IdSchema("pk"),
  name: Type.String(),
  createdAt: TimestampSchema,
  lastUsedAt: Type.Union([TimestampSchema, Type.Null()]),
});
export type Passkey = Type.Static<typeof PasskeySchema>;
export const PasskeysSchema = Type.Object({ passkeys: Type.Array(PasskeySchema, { maxItems: 20 }) });

/** POST /api/recovery-codes: ten fresh codes, shown once; the ones before them stop working. */
export const RecoveryCodesSchema = Type.Object({
  codes: Type.Array(Type.String(), { maxItems: 10 }),
  madeAt: TimestampSchema,
});
export type RecoveryCodes = Type.Static<typeof RecoveryCodesSchema>;

/** GET /api/security: the summary on the security screen. */
export const SecuritySummarySchema = Type.Object({
  recoveryCodes: Type.Union([
    Type.Object({ left: Type.Integer(), total: Type.Integer(), madeAt: TimestampSchema }),
    Type.Null(),
  ]),
  callingYou: Type.Boolean(),
});
export type SecuritySummary = Type.Static<typeof SecuritySummarySchema>;
