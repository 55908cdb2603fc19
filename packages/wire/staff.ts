import Type from "typebox";
import { DateSchema, IdSchema, TimestampSchema } from "./common.ts";
import { AddressSchema } from "./registration.ts";
import { AuthenticationResponseSchema, RegistrationResponseSchema } from "./webauthn.ts";

/** The roles of staff. A person may have several. */
export const staff_roles = [
  "admin",
  "onboarding",
  "support",
  "payments",
  "release-manager",
  "auditor",
] as const;
export const StaffRoleSchema = Type.Enum([...staff_roles]);
export type StaffRole = Type.Static<typeof StaffRoleSchema>;

/**
 * The header in which control hands the bank its signed word for who asks (a JWT, EdDSA, audience `bank`, 60
 * s).
 */
export const staff_assertion_header = "x-staff-assertion";

/**
 * The header by which the console says that nobody touched it: the request doesn't put the session's end off.
 */
export const console_idle_header = "x-console-idle";

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

/**
 * GET /staff/referrals (the bank, through control): registrations that a person must decide. Every look is
 * audited.
 */
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

/**
 * POST /staff/referrals/:id/decision; the same decision again changes nothing, the opposite one is a
 * conflict.
 */
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

/** The token of a one-time link, as it stands after the `#`: 32 random bytes. */
export const InvitationTokenSchema = Type.String({ pattern: "^[0-9A-Za-z_-]{43}$" });

/** POST /api/staff/invitations/look {token}: whom the link is for, before anything is done with it. */
export const InvitationLookSchema = Type.Object(
  { token: InvitationTokenSchema },
  { additionalProperties: false },
);
export const InvitationSchema = Type.Object({
  id: IdSchema("inv"),
  name: Type.String(),
  roles: Type.Array(StaffRoleSchema),
  expiresAt: TimestampSchema,
});
export type Invitation = Type.Static<typeof InvitationSchema>;

/** POST /api/staff/passkey/options: answers PasskeyOptions. */
export const StaffJoinSchema = Type.Object(
  { token: InvitationTokenSchema, name: Type.String({ minLength: 2, maxLength: 70 }) },
  { additionalProperties: false },
);

/** POST /api/staff/passkey: answers StaffSession, and the link is used up. */
export const StaffPasskeySchema = Type.Object(
  { id: IdSchema("pkc"), credential: RegistrationResponseSchema },
  { additionalProperties: false },
);

/** POST /api/staff/login; the challenge comes from POST /api/staff/login/challenges. */
export const StaffLoginSchema = Type.Object(
  { challengeId: IdSchema("lgc"), credential: AuthenticationResponseSchema },
  { additionalProperties: false },
);

/** GET /api/staff/people */
export const StaffPersonSchema = Type.Object({
  id: IdSchema("staff"),
  name: Type.String(),
  roles: Type.Array(StaffRoleSchema),
  joinedAt: TimestampSchema,
  lastSeenAt: Type.Union([TimestampSchema, Type.Null()]),
  /** When their access ended; null while they may log in. */
  endedAt: Type.Union([TimestampSchema, Type.Null()]),
});
export type StaffPerson = Type.Static<typeof StaffPersonSchema>;
export const StaffPeopleSchema = Type.Object({
  people: Type.Array(StaffPersonSchema, { maxItems: 200 }),
  invitations: Type.Array(InvitationSchema, { maxItems: 100 }),
});
export type StaffPeople = Type.Static<typeof StaffPeopleSchema>;

const StaffRolesSchema = Type.Array(StaffRoleSchema, {
  minItems: 1,
  maxItems: staff_roles.length,
  uniqueItems: true,
});

/** POST /api/staff/invitations (admin); the link is in the answer and nowhere else. */
export const StaffInviteSchema = Type.Object(
  { name: Type.String({ minLength: 2, maxLength: 70 }), roles: StaffRolesSchema },
  { additionalProperties: false },
);
export const StaffInvitedSchema = Type.Object({ invitation: InvitationSchema, url: Type.String() });
export type StaffInvited = Type.Static<typeof StaffInvitedSchema>;

/** PATCH /api/staff/people/:id (admin): other roles, or the end of access. */
export const StaffPatchSchema = Type.Object(
  { roles: Type.Optional(StaffRolesSchema), ended: Type.Optional(Type.Literal(true)) },
  { additionalProperties: false },
);

/** GET /api/staff/audit?before=<number>: newest first. */
export const AuditEntrySchema = Type.Object({
  number: Type.Integer({ minimum: 1 }),
  at: TimestampSchema,
  actor: Type.Object({ id: Type.String(), name: Type.String() }),
  action: Type.String(),
  subject: Type.String(),
  details: Type.Record(Type.String(), Type.Unknown()),
  /** SHA-256 in hex, over this entry and the one before it. */
  hash: Type.String(),
});
export type AuditEntry = Type.Static<typeof AuditEntrySchema>;
export const AuditSchema = Type.Object({
  entries: Type.Array(AuditEntrySchema, { maxItems: 100 }),
  /** Pass as `before` for the next, older page; null at the end. */
  older: Type.Union([Type.Integer(), Type.Null()]),
  /** Whether every entry ever made still follows from the one before it. */
  isWhole: Type.Boolean(),
});
export type Audit = Type.Static<typeof AuditSchema>;
