import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from "node:crypto";
import { Encoder } from "cbor-x";

/** What `navigator.credentials.create` is asked, as far as the authenticator looks at it. */
export type CreateRequest = {
  readonly challenge: string;
  readonly rp: { readonly id: string };
  readonly user: { readonly id: string };
};

/** What `navigator.credentials.get` is asked, as far as the authenticator looks at it. */
export type GetRequest = {
  readonly challenge: string;
  readonly rpId: string;
  readonly allowCredentials: readonly { readonly id: string }[];
};

/** What a test may make go wrong in a ceremony. */
export type PasskeyFaults = {
  /** The page's origin, where it isn't the authenticator's own. */
  readonly origin?: string;
  readonly challenge?: string;
  readonly rpId?: string;
  readonly isUserVerified?: boolean;
  readonly isUserPresent?: boolean;
  /** Signs with another key than the credential's. */
  readonly key?: KeyObject;
  readonly type?: string;
  /** Gives a new passkey this credential id instead of a random one. */
  readonly id?: string;
  /** Shows this counter instead of the authenticator's own. */
  readonly signCount?: number;
};

/** A passkey that an authenticator is given: as if a provider had synchronised it. */
export type HeldPasskey = {
  /** The credential id, base64url. */
  readonly id: string;
  readonly rpId: string;
  /** Base64url. */
  readonly userHandle: string;
  /** A P-256 private key. */
  readonly key: KeyObject;
};

type Credential = HeldPasskey & { signCount: number };

const cbor = new Encoder({
  mapsAsObjects: false,
  useRecords: false,
  tagUint8Array: false,
  variableMapSize: true,
});
const sha256 = (data: string | Buffer): Buffer => createHash("sha256").update(data).digest();

function clientDataOf(type: string, challenge: string, origin: string): Buffer {
  return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
}

function flagsOf(faults: PasskeyFaults, extra = 0): number {
  const present = faults.isUserPresent === false ? 0 : 0x01;
  const verified = faults.isUserVerified === false ? 0 : 0x04;
  return present | verified | extra;
}

function authenticatorData(rpId: string, flags: number, signCount: number): Buffer {
  const tail = Buffer.alloc(5);
  tail.writeUInt8(flags, 0);
  tail.writeUInt32BE(signCount, 1);
  return Buffer.concat([sha256(rpId), tail]);
}

/** The public key as COSE writes it (RFC 9053): EC2, ES256, P-256. */
function coseKeyOf(key: KeyObject): Buffer {
  const jwk = key.export({ format: "jwk" });
  const coordinate = (value: string | undefined) => Buffer.from(value ?? "", "base64url");
  return cbor.encode(
    new Map<number, number | Buffer>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, coordinate(jwk.x)],
      [-3, coordinate(jwk.y)],
    ]),
  );
}

/** What an authenticator attests of a new passkey: nothing but its id and key ("none"). */
function attestationOf(made: {
  readonly rawId: Buffer;
  readonly publicKey: KeyObject;
  readonly rpId: string;
  readonly flags: number;
}): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(made.rawId.length);
  const attested = Buffer.concat([Buffer.alloc(16), length, made.rawId, coseKeyOf(made.publicKey)]);
  const authData = Buffer.concat([authenticatorData(made.rpId, made.flags, 0), attested]);
  return cbor.encode(
    new Map<string, unknown>([
      ["fmt", "none"],
      ["attStmt", new Map()],
      ["authData", authData],
    ]),
  );
}

/** Makes a passkey: WebAuthn's RegistrationResponseJSON, and what the authenticator keeps of it. */
function createCredential(origin: string, request: CreateRequest, faults: PasskeyFaults) {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const rawId = faults.id === undefined ? randomBytes(16) : Buffer.from(faults.id, "base64url");
  const id = rawId.toString("base64url");
  const rpId = request.rp.id;
  const attestation = attestationOf({
    rawId,
    publicKey,
    rpId: faults.rpId ?? rpId,
    flags: flagsOf(faults, 0x40),
  });
  const challenge = faults.challenge ?? request.challenge;
  const clientData = clientDataOf(faults.type ?? "webauthn.create", challenge, faults.origin ?? origin);
  const credential: Credential = { id, rpId, userHandle: request.user.id, key: privateKey, signCount: 0 };
  const response = {
    id,
    rawId: id,
    type: "public-key" as const,
    response: {
      clientDataJSON: clientData.toString("base64url"),
      attestationObject: attestation.toString("base64url"),
      transports: ["internal"],
    },
    clientExtensionResults: {},
    authenticatorAttachment: "platform",
  };
  return { credential, response };
}

/** Signs a challenge: WebAuthn's AuthenticationResponseJSON. */
function signChallenge(origin: string, credential: Credential, request: GetRequest, faults: PasskeyFaults) {
  const challenge = faults.challenge ?? request.challenge;
  const clientData = clientDataOf(faults.type ?? "webauthn.get", challenge, faults.origin ?? origin);
  const signCount = faults.signCount ?? credential.signCount;
  const authData = authenticatorData(faults.rpId ?? credential.rpId, flagsOf(faults), signCount);
  const signed = Buffer.concat([authData, sha256(clientData)]);
  return {
    id: credential.id,
    rawId: credential.id,
    type: "public-key" as const,
    response: {
      clientDataJSON: clientData.toString("base64url"),
      authenticatorData: authData.toString("base64url"),
      signature: sign("sha256", signed, faults.key ?? credential.key).toString("base64url"),
      userHandle: credential.userHandle,
    },
    clientExtensionResults: {},
    authenticatorAttachment: "platform",
  };
}

/**
 * A real authenticator without a screen: makes discoverable P-256 passkeys and signs assertions with them as
 * a phone does. With `counts` it keeps a signature counter; without, it answers 0 as synced passkeys do.
 * `holds` are passkeys that it has from the start.
 */
export function createSoftwarePasskey(options: {
  readonly origin: string;
  readonly counts?: boolean;
  readonly holds?: readonly HeldPasskey[];
}) {
  const credentials: Credential[] = (options.holds ?? []).map((held) => ({ ...held, signCount: 0 }));

  function find(request: GetRequest): Credential {
    const allowed = request.allowCredentials.map(({ id }) => id);
    const found = credentials.findLast(
      (entry) => entry.rpId === request.rpId && (allowed.length === 0 || allowed.includes(entry.id)),
    );
    if (!found) throw new Error("NotAllowedError: this authenticator has no such passkey");
    return found;
  }

  return {
    /** The credential ids, oldest first. */
    ids: (): readonly string[] => credentials.map(({ id }) => id),

    /** Makes a passkey. */
    create(request: CreateRequest, faults: PasskeyFaults = {}) {
      const { credential, response } = createCredential(options.origin, request, faults);
      credentials.push(credential);
      return response;
    },

    /** Signs a challenge with the newest passkey that the request allows. */
    get(request: GetRequest, faults: PasskeyFaults = {}) {
      const credential = find(request);
      if (options.counts) credential.signCount += 1;
      return signChallenge(options.origin, credential, request, faults);
    },
  };
}

/** An authenticator made by `createSoftwarePasskey`. */
export type SoftwarePasskey = ReturnType<typeof createSoftwarePasskey>;
