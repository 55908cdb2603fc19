import Type from "typebox";
import { Base64UrlSchema } from "./common.ts";

/** A registered credential as the browser hands it over (WebAuthn Level 3, RegistrationResponseJSON). */
export const RegistrationResponseSchema = Type.Object({
  id: Base64UrlSchema(1400),
  rawId: Base64UrlSchema(1400),
  type: Type.Literal("public-key"),
  response: Type.Object({
    clientDataJSON: Base64UrlSchema(4096),
    attestationObject: Base64UrlSchema(16384),
    transports: Type.Optional(Type.Array(Type.String({ maxLength: 32 }), { maxItems: 8 })),
    authenticatorData: Type.Optional(Base64UrlSchema(8192)),
    publicKey: Type.Optional(Base64UrlSchema(4096)),
    publicKeyAlgorithm: Type.Optional(Type.Integer()),
  }),
  clientExtensionResults: Type.Object({}),
  authenticatorAttachment: Type.Optional(Type.String({ maxLength: 32 })),
});
export type RegistrationResponse = Type.Static<typeof RegistrationResponseSchema>;

/** An assertion as the browser hands it over (WebAuthn Level 3, AuthenticationResponseJSON). */
export const AuthenticationResponseSchema = Type.Object({
  id: Base64UrlSchema(1400),
  rawId: Base64UrlSchema(1400),
  type: Type.Literal("public-key"),
  response: Type.Object({
    clientDataJSON: Base64UrlSchema(4096),
    authenticatorData: Base64UrlSchema(2048),
    signature: Base64UrlSchema(1024),
    userHandle: Type.Optional(Base64UrlSchema(128)),
  }),
  clientExtensionResults: Type.Object({}),
  authenticatorAttachment: Type.Optional(Type.String({ maxLength: 32 })),
});
export type AuthenticationResponse = Type.Static<typeof AuthenticationResponseSchema>;

/** PublicKeyCredentialCreationOptionsJSON, for `navigator.credentials.create`. */
export const CreationOptionsSchema = Type.Object({
  rp: Type.Object({ id: Type.String(), name: Type.String() }),
  user: Type.Object({ id: Type.String(), name: Type.String(), displayName: Type.String() }),
  challenge: Type.String(),
  pubKeyCredParams: Type.Array(Type.Object({ type: Type.Literal("public-key"), alg: Type.Integer() })),
  timeout: Type.Integer(),
  excludeCredentials: Type.Array(Type.Object({ id: Type.String(), type: Type.Literal("public-key") })),
  authenticatorSelection: Type.Object({
    residentKey: Type.Literal("required"),
    requireResidentKey: Type.Literal(true),
    userVerification: Type.Literal("required"),
  }),
  attestation: Type.Literal("none"),
});
export type CreationOptions = Type.Static<typeof CreationOptionsSchema>;

/** PublicKeyCredentialRequestOptionsJSON, for `navigator.credentials.get`. */
export const RequestOptionsSchema = Type.Object({
  challenge: Type.String(),
  rpId: Type.String(),
  timeout: Type.Integer(),
  allowCredentials: Type.Array(Type.Object({ id: Type.String(), type: Type.Literal("public-key") })),
  userVerification: Type.Literal("required"),
});
export type RequestOptions = Type.Static<typeof RequestOptionsSchema>;
