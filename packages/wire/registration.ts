import Type from "typebox";
import { DateSchema, IdSchema, TimestampSchema } from "./common.ts";
import { CreationOptionsSchema, RegistrationResponseSchema } from "./webauthn.ts";

export const AddressSchema = Type.Object(
  {
    line1: Type.String({ minLength: 1, maxLength: 70 }),
    line2: Type.Optional(Type.String({ maxLength: 70 })),
    town: Type.String({ minLength: 1, maxLength: 35 }),
    postcode: Type.String({ minLength: 3, maxLength: 10 }),
    country: Type.Literal("GB"),
  },
  { additionalProperties: false },
);
export type Address = Type.Static<typeof AddressSchema>;

/** The answers so far; one question a screen, so each may be missing until the check. */
export const RegistrationAnswersSchema = Type.Object(
  {
    firstName: Type.Optional(Type.String({ minLength: 1, maxLength: 60 })),
    lastName: Type.Optional(Type.String({ minLength: 1, maxLength: 60 })),
    dateOfBirth: Type.Optional(DateSchema),
    address: Type.Optional(AddressSchema),
    email: Type.Optional(Type.String({ minLength: 3, maxLength: 254 })),
    phone: Type.Optional(Type.String({ minLength: 5, maxLength: 20 })),
  },
  { additionalProperties: false },
);
export type RegistrationAnswers = Type.Static<typeof RegistrationAnswersSchema>;

/**
 * `answering` → `checking` → `passed` | `referred` | `failed`; `referred` → `passed` | `failed` by staff;
 * `passed` → `completed` when the passkey has been made.
 */
export const registration_states = [
  "answering",
  "checking",
  "passed",
  "referred",
  "failed",
  "completed",
] as const;

/**
 * PUT /api/registrations/:id {answers}; GET; POST …/check. Bound to the device key that began it (by DPoP).
 */
export const RegistrationSchema = Type.Object({
  id: IdSchema("reg"),
  state: Type.Enum([...registration_states]),
  answers: RegistrationAnswersSchema,
  createdAt: TimestampSchema,
});
export type Registration = Type.Static<typeof RegistrationSchema>;

export const RegistrationPutSchema = Type.Object(
  { answers: RegistrationAnswersSchema },
  { additionalProperties: false },
);

/** POST /api/registrations/:id/passkey/options */
export const PasskeyOptionsSchema = Type.Object({
  id: IdSchema("pkc"),
  expiresAt: TimestampSchema,
  options: CreationOptionsSchema,
});
export type PasskeyOptions = Type.Static<typeof PasskeyOptionsSchema>;

/**
 * POST /api/registrations/:id/passkey, /api/passkeys and /api/recovery/passkey: the passkey that was made.
 */
export const PasskeyRequestSchema = Type.Object(
  {
    challengeId: IdSchema("pkc"),
    credential: RegistrationResponseSchema,
    deviceName: Type.String({ minLength: 1, maxLength: 60 }),
  },
  { additionalProperties: false },
);
export type PasskeyRequest = Type.Static<typeof PasskeyRequestSchema>;
