/**
 * The signature algorithms of passkeys that the bank accepts, by their COSE numbers (RFC 9053): ES256, EdDSA,
 * RS256.
 */
export const passkey_algorithms = [-7, -8, -257] as const;
export type PasskeyAlgorithm = (typeof passkey_algorithms)[number];

/** A passkey's public part, in the form in which assertions are verified fast and offline. */
export type PasskeyPublicKey = {
  readonly algorithm: PasskeyAlgorithm;
  /** SubjectPublicKeyInfo, DER, in base64. */
  readonly spki: string;
};

/** A registered passkey, as its owner's record keeps it. */
export type RegisteredPasskey = {
  /** The credential's id, base64url. */
  readonly credentialId: string;
  readonly publicKey: PasskeyPublicKey;
  /** The authenticator's own counter; 0 where it keeps none, as synced passkeys do. */
  readonly signCount: number;
  /** The authenticator's model, as a UUID; all zeros where it doesn't say. */
  readonly aaguid: string;
  /** Whether the passkey is kept in more than one place (synced), by its backup flag. */
  readonly isBackedUp: boolean;
};

/** Whom an answer must be meant for: the origins that may ask, and the relying party's id that they share. */
export type RelyingParty = {
  readonly id: string;
  readonly name: string;
  readonly origins: readonly string[];
};

/**
 * An assertion as the browser hands it over (the parts that matter of WebAuthn's AuthenticationResponseJSON).
 */
export type AssertionJson = {
  readonly id: string;
  readonly rawId: string;
  readonly response: {
    readonly clientDataJSON: string;
    readonly authenticatorData: string;
    readonly signature: string;
    readonly userHandle?: string | undefined;
  };
};

/**
 * A new credential as the browser hands it over (the parts that matter of WebAuthn's
 * RegistrationResponseJSON).
 */
export type RegistrationJson = {
  readonly id: string;
  readonly rawId: string;
  readonly response: { readonly clientDataJSON: string; readonly attestationObject: string };
};
