import { passkey_algorithms, type RelyingParty } from "./passkey.ts";

/** How long the browser lets a person take over a passkey ceremony, in milliseconds. */
export const ceremony_ms_max = 5 * 60_000;

/**
 * Options for `navigator.credentials.create`: a discoverable passkey with user verification and no
 * attestation. `user.handle` and `challenge` are base64url; `exclude` are credential ids that must not be on
 * the same authenticator.
 */
export function creationOptions(options: {
  readonly relyingParty: RelyingParty;
  readonly user: { readonly handle: string; readonly name: string; readonly displayName: string };
  readonly challenge: string;
  readonly exclude: readonly string[];
}) {
  const { relyingParty, user, challenge, exclude } = options;
  return {
    rp: { id: relyingParty.id, name: relyingParty.name },
    user: { id: user.handle, name: user.name, displayName: user.displayName },
    challenge,
    pubKeyCredParams: passkey_algorithms.map((alg) => ({ type: "public-key" as const, alg })),
    timeout: ceremony_ms_max,
    excludeCredentials: exclude.map((id) => ({ id, type: "public-key" as const })),
    authenticatorSelection: {
      residentKey: "required" as const,
      requireResidentKey: true as const,
      userVerification: "required" as const,
    },
    attestation: "none" as const,
  };
}

/**
 * Options for `navigator.credentials.get`. Without `allow` the person chooses among the passkeys of this
 * site.
 */
export function requestOptions(options: {
  readonly relyingParty: RelyingParty;
  readonly challenge: string;
  readonly allow: readonly string[];
}) {
  return {
    challenge: options.challenge,
    rpId: options.relyingParty.id,
    timeout: ceremony_ms_max,
    allowCredentials: options.allow.map((id) => ({ id, type: "public-key" as const })),
    userVerification: "required" as const,
  };
}
