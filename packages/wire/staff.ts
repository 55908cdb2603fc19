import Type from "typebox";
import { DateSchema, IdSchema, TimestampSchema } from "./common.ts";
import { AddressSchema } from "./registration.ts";

/** The roles of staff. A person may have several. */
export const staff_roles = ["admin", "onboarding", "payments", "release-manager", "auditor"] as const;
export const StaffRoleSchema = Type.Union(staff_roles.map((role) => Type.Literal(role)));
export type StaffRole = Type.Static<typeof StaffRoleSchema>;

/** The header in which control hands the bank its signed word for who asks (a JWT, EdDSA, audience `bank`, 60 s). */
export const staff_assertion_header = "x-staff-assertion";

/** What a staff assertion says. */
export const StaffClaimsSchema = Type.Object({
  sub: IdSchema("staff"),
  name: Type.String(),
  roles: Type.Array(StaffRoleSchema),
  aud: Type.Literal("bank"),
  iat: Type.Integer(),
  exp: Type.Integer(),
  jti: Type.String(),
});
export type StaffClaims = Type.Static<typeof StaffClaimsSchema>;

/** GET /staff/referrals (the bank, through control): registrations that a person must decide. Every look is audited. */
export const ReferralSchema = Type.Object({
  registrationId: IdSchema("reg"),
  name: Type.String(),
  dateOfBirth: DateSchema,
  address: AddressSchema,
  email: Type.String(),
  phone: Type.String(),
  reasons: Type.Array(Type.String()),
  referredAt: TimestampSchema,
});
export type Referral = Type.Static<typeof ReferralSchema>;
export const ReferralsSchema = Type.Object({ referrals: Type.Array(ReferralSchema, { maxItems: 100 }) });

/** POST /staff/referrals/:id/decision; the same decision again changes nothing, the opposite one is a conflict. */
export const ReferralDecisionSchema = Type.Object(
  {
    decision: Type.Union([Type.Literal("pass"), Type.Literal("fail")]),
    reason: Type.String({ minLength: 3, maxLength: 500 }),
  },
  { additionalProperties: false },
);

/** GET /api/staff/session on the console's origin. */
export const StaffSessionSchema = Type.Object({
  staff: Type.Object({ id: IdSchema("staff"), name: Type.String(), roles: Type.Array(StaffRoleSchema) }),
  expiresAt: TimestampSchema,
});
export type StaffSession = Type.Static<typeof StaffSessionSchema>;
