import { createPublicKey, type JsonWebKey } from "node:crypto";
import { verifyRegistrationResponse } from "@simplewebauthn/server";
import { cose, decodeCredentialPublicKey } from "@simplewebauthn/server/helpers";
import { err, ok, type Result } from "@mainstay/kernel";
import { checkClientData, type ClientDataFailure } from "./client-data.ts";
import {
  passkey_algorithms,
  type PasskeyAlgorithm,
  type PasskeyPublicKey,
  type RegisteredPasskey,
  type RegistrationJson,
  type RelyingParty,
} from "./passkey.ts";

/** Why a new passkey is not accepted. */
export type RegistrationFailure = ClientDataFailure | "attestation_wrong" | "algorithm_unknown";

const base64url = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString("base64url");

/** Reads a COSE key (RFC 9052) as a JSON Web Key, or null for one of a kind that the bank doesn't take. */
function toJwk(coseKey: Uint8Array<ArrayBuffer>): { algorithm: PasskeyAlgorithm; jwk: JsonWebKey } | null {
  const decoded = decodeCredentialPublicKey(coseKey);
  const algorithm = passkey_algorithms.find((known) => known === Number(decoded.get(cose.COSEKEYS.alg)));
  if (algorithm === undefined) return null;
  if (cose.isCOSEPublicKeyEC2(decoded) && algorithm === -7) {
    const [x, y] = [base64url(decoded.get(cose.COSEKEYS.x)), base64url(decoded.get(cose.COSEKEYS.y))];
    return { algorithm, jwk: { kty: "EC", crv: "P-256", x, y } };
  }
  if (cose.isCOSEPublicKeyOKP(decoded) && algorithm === -8) {
    return { algorithm, jwk: { kty: "OKP", crv: "Ed25519", x: base64url(decoded.get(cose.COSEKEYS.x)) } };
  }
  if (cose.isCOSEPublicKeyRSA(decoded) && algorithm === -257) {
    const [n, e] = [base64url(decoded.get(cose.COSEKEYS.n)), base64url(decoded.get(cose.COSEKEYS.e))];
    return { algorithm, jwk: { kty: "RSA", n, e } };
  }
  return null;
}

/**
 * Turns a COSE public key into the form in which passkeys are stored, or null where it isn't one that the
 * bank takes.
 */
export function publicKeyOfCose(coseKey: Uint8Array<ArrayBuffer>): PasskeyPublicKey | null {
  try {
    const read = toJwk(coseKey);
    if (read === null) return null;
    const key = createPublicKey({ key: read.jwk, format: "jwk" });
    return {
      algorithm: read.algorithm,
      spki: key.export({ type: "spki", format: "der" }).toString("base64"),
    };
  } catch {
    // A point that isn't on its curve, or a key that is no key.
    return null;
  }
}

/**
 * Verifies a new passkey (WebAuthn Level 3, §7.1): made on this site for this challenge, with the person
 * verified. `challenge` is base64url. Attestation is asked for as "none": which authenticator it was proves
 * nothing here.
 */
export async function verifyRegistration(options: {
  readonly registration: RegistrationJson;
  readonly challenge: string;
  readonly relyingParty: Pick<RelyingParty, "id" | "origins">;
}): Promise<Result<RegisteredPasskey, RegistrationFailure>> {
  const { registration, challenge, relyingParty } = options;
  const { clientDataJSON, attestationObject } = registration.response;
  const origins = relyingParty.origins;
  const clientData = checkClientData(clientDataJSON, { type: "webauthn.create", challenge, origins });
  if (!clientData.ok) return clientData;
  try {
    const verified = await verifyRegistrationResponse({
      response: {
        id: registration.id,
        rawId: registration.rawId,
        type: "public-key",
        response: { clientDataJSON, attestationObject },
        clientExtensionResults: {},
      },
      expectedChallenge: challenge,
      expectedOrigin: [...origins],
      expectedRPID: relyingParty.id,
      requireUserVerification: true,
      supportedAlgorithmIDs: [...passkey_algorithms],
    });
    if (!verified.verified) return err("attestation_wrong");
    const { credential, aaguid, credentialBackedUp } = verified.registrationInfo;
    const publicKey = publicKeyOfCose(credential.publicKey);
    if (publicKey === null) return err("algorithm_unknown");
    const isBackedUp = credentialBackedUp;
    return ok({ credentialId: credential.id, publicKey, signCount: credential.counter, aaguid, isBackedUp });
  } catch {
    // The library says by exceptions what of the attestation it didn't like; for the person it is all one.
    return err("attestation_wrong");
  }
}
