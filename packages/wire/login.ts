import Type from "typebox";
import { IdSchema, TimestampSchema } from "./common.ts";
import { AuthenticationResponseSchema, RequestOptionsSchema } from "./webauthn.ts";

/**
 * The login protocols that exist, oldest first (docs/reference/login-protocols.md). A version of the app
 * speaks exactly one; the server accepts a set.
 */
export const login_protocols = ["login/1", "login/2"] as const;

/** The name of a login protocol: what the client sends and what the server demands. */
export type LoginProtocol = (typeof login_protocols)[number];

/**
 * The closed list of refusals that mean "this client, not this customer". On one of these, and on nothing
 * else, the boot layer may fall back to the last healthy bundle; a wrong passkey, an outage or a time-out
 * never moves anyone.
 */
export const client_refusal_codes = [
  "login_protocol_unsupported",
  "client_version_unsupported",
  "client_proof_invalid",
] as const;

/** The header in which the server hands out the nonce that the next proof must carry (RFC 9449 §8). */
export const dpop_nonce_header = "dpop-nonce";

/** POST /api/login/challenges */
export const LoginChallengeRequestSchema = Type.Object(
  { protocol: Type.String({ maxLength: 20 }) },
  { additionalProperties: false },
);
export const LoginChallengeSchema = Type.Object({
  id: IdSchema("lgc"),
  expiresAt: TimestampSchema,
  /**
   * What the passkey is asked. In `login/1` it signs `challenge` as it stands; from `login/2` on the client
   * derives from it what is signed.
   */
  options: RequestOptionsSchema,
  /** From `login/2` on: the nonce that the proof of the answer must carry, once. Absent in `login/1`. */
  nonce: Type.Optional(Type.String({ maxLength: 64 })),
});
export type LoginChallenge = Type.Static<typeof LoginChallengeSchema>;

/**
 * POST /api/login, with a DPoP proof by this installation's device key: opens a session (an HttpOnly cookie).
 */
export const LoginRequestSchema = Type.Object(
  {
    protocol: Type.String({ maxLength: 20 }),
    challengeId: IdSchema("lgc"),
    credential: AuthenticationResponseSchema,
    /** What to call this device in the list of devices ("Chrome on a Mac"); the server shortens it. */
    deviceName: Type.String({ minLength: 1, maxLength: 60 }),
    /** Read by nobody: versions from before `activation_header` said here which bundle they are. */
    activation: Type.Optional(Type.String({ maxLength: 1_000 })),
  },
  { additionalProperties: false },
);
export type LoginRequest = Type.Static<typeof LoginRequestSchema>;

/** GET /api/session, and the answer to every way of logging in. */
export const SessionSchema = Type.Object({
  id: IdSchema("ses"),
  person: Type.Object({
    id: IdSchema("person"),
    firstName: Type.String(),
    lastName: Type.String(),
    email: Type.String(),
  }),
  deviceId: IdSchema("dev"),
  /**
   * `full` sees everything; `balance` (after five idle minutes) sees the balance alone until the passkey is
   * touched again.
   */
  sees: Type.Union([Type.Literal("full"), Type.Literal("balance")]),
  demo: Type.Boolean(),
  /**
   * False for a demo customer on a device that has no passkey of theirs: one must be added before a payment.
   */
  hasPasskey: Type.Boolean(),
  recoveryCodesLeft: Type.Integer(),
  startedAt: TimestampSchema,
});
export type Session = Type.Static<typeof SessionSchema>;

/**
 * POST /api/recovery: one recovery code, and a new passkey in its place. Two steps, as registration's end.
 */
export const RecoveryStartSchema = Type.Object(
  {
    email: Type.String({ minLength: 3, maxLength: 254 }),
    code: Type.String({ minLength: 8, maxLength: 40 }),
  },
  { additionalProperties: false },
);

/** GET /api/configuration: what a client may know before anyone has logged in. */
export const ConfigurationSchema = Type.Object({
  bankName: Type.String(),
  demo: Type.Boolean(),
  /** The login protocols that the server accepts now. */
  loginProtocols: Type.Array(Type.String()),
  undoWindowSeconds: Type.Integer(),
});
export type Configuration = Type.Static<typeof ConfigurationSchema>;
