import { createPublicKey, hash, verify, type KeyObject } from "node:crypto";
import { createBoundedMap, err, ok, type Result } from "@mainstay/kernel";

/** Why a device's proof is not accepted. */
export type ProofFailure =
  | "malformed"
  | "type_wrong"
  | "algorithm_wrong"
  | "key_wrong"
  | "method_wrong"
  | "address_wrong"
  | "nonce_wrong"
  | "token_wrong"
  | "replayed"
  | "signature_wrong";

/** A device's public key as its proofs carry it. */
export type DeviceKeyJwk = {
  readonly kty: "EC";
  readonly crv: "P-256";
  readonly x: string;
  readonly y: string;
};

/** A proof that has been read but not yet verified. */
export type ReadProof = {
  /** RFC 7638 thumbprint of the device's key, base64url. */
  readonly thumbprint: string;
  readonly jwk: DeviceKeyJwk;
  readonly key: KeyObject;
  readonly method: string;
  readonly address: string;
  readonly id: string;
  readonly nonce: string | null;
  /** SHA-256 of the token that it goes with, base64url; null where it names none. */
  readonly tokenHash: string | null;
  readonly signed: string;
  readonly signature: string;
};

/** The longest proof that is read, in characters. */
export const proof_length_max = 2_048;
/** The most parsed proof headers (one for each device key) that are kept. */
export const device_keys_max = 50_000;

/** A P-256 signature as JWS carries it: 64 bytes, base64url. */
const signature_length = 86;
/** RFC 9449 §4.2 asks for an id that never comes twice: at least 96 random bits. */
const id_length = { min: 16, max: 64 };

type ProofHeader = { readonly jwk: DeviceKeyJwk; readonly key: KeyObject; readonly thumbprint: string };

function parseJson(part: string): Record<string, unknown> | null {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)
      ? (parsed as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

/** Takes exactly 32 bytes in the one base64url form that they have, so that a key has one thumbprint. */
function isCoordinate(value: unknown): value is string {
  return (
    typeof value === "string" &&
    value.length === 43 &&
    Buffer.from(value, "base64url").toString("base64url") === value
  );
}

/** The RFC 7638 thumbprint of a P-256 key: SHA-256 of its required members in their order, base64url. */
export function jwkThumbprint(jwk: DeviceKeyJwk): string {
  return hash("sha256", `{"crv":"P-256","kty":"EC","x":"${jwk.x}","y":"${jwk.y}"}`, "base64url");
}

function readJwk(value: unknown): Result<{ jwk: DeviceKeyJwk; key: KeyObject }, ProofFailure> {
  if (typeof value !== "object" || value === null) return err("key_wrong");
  const { kty, crv, x, y, d } = value as Record<string, unknown>;
  if (kty !== "EC" || crv !== "P-256" || !isCoordinate(x) || !isCoordinate(y) || d !== undefined) {
    return err("key_wrong");
  }
  const jwk: DeviceKeyJwk = { kty, crv, x, y };
  try {
    return ok({ jwk, key: createPublicKey({ key: { kty, crv, x, y }, format: "jwk" }) });
  } catch {
    return err("key_wrong");
  }
}

/** A proof's header never changes for a device, so that each is parsed once. */
const headers = createBoundedMap<string, ProofHeader>(device_keys_max);

function readHeader(part: string): Result<ProofHeader, ProofFailure> {
  const known = headers.get(part);
  if (known) return ok(known);
  const parsed = parseJson(part);
  if (parsed === null) return err("malformed");
  if (parsed["typ"] !== "dpop+jwt") return err("type_wrong");
  if (parsed["alg"] !== "ES256") return err("algorithm_wrong");
  const read = readJwk(parsed["jwk"]);
  if (!read.ok) return read;
  const header = { ...read.value, thumbprint: jwkThumbprint(read.value.jwk) };
  headers.set(part, header);
  return ok(header);
}

/**
 * Reads a DPoP proof (RFC 9449 §4.2) without verifying it. The device's clock (`iat`) must be there and is
 * not believed.
 */
export function readProof(proof: string): Result<ReadProof, ProofFailure> {
  if (proof.length > proof_length_max) return err("malformed");
  const [headerPart, payloadPart, signature, ...rest] = proof.split(".");
  if (!headerPart || !payloadPart || signature?.length !== signature_length || rest.length > 0) {
    return err("malformed");
  }
  const header = readHeader(headerPart);
  if (!header.ok) return header;
  const claims = parseJson(payloadPart);
  if (claims === null) return err("malformed");
  const { htm, htu, jti, iat, nonce, ath } = claims;
  if (
    typeof htm !== "string" ||
    typeof htu !== "string" ||
    typeof jti !== "string" ||
    typeof iat !== "number"
  ) {
    return err("malformed");
  }
  if (jti.length < id_length.min || jti.length > id_length.max) return err("malformed");
  if (nonce !== undefined && typeof nonce !== "string") return err("malformed");
  if (ath !== undefined && typeof ath !== "string") return err("malformed");
  return ok({
    thumbprint: header.value.thumbprint,
    jwk: header.value.jwk,
    key: header.value.key,
    method: htm,
    address: htu,
    id: jti,
    nonce: nonce ?? null,
    tokenHash: ath ?? null,
    signed: proof.slice(0, headerPart.length + 1 + payloadPart.length),
    signature,
  });
}

/** Writes one half of a P-256 signature as a DER integer: positive, without leading zeros. */
function derInteger(half: Buffer): Buffer {
  let start = 0;
  while (start < half.length - 1 && half[start] === 0) start += 1;
  const digits = half.subarray(start);
  const isHigh = ((digits[0] ?? 0) & 0x80) !== 0;
  return Buffer.concat([Buffer.from(isHigh ? [2, digits.length + 1, 0] : [2, digits.length]), digits]);
}

/** Rewrites a signature of JWS (two halves of 32 bytes) in DER: Node verifies that form a fifth faster. */
function derSignature(signature: string): Buffer {
  const raw = Buffer.from(signature, "base64url");
  const halves = [derInteger(raw.subarray(0, 32)), derInteger(raw.subarray(32))];
  const body = Buffer.concat(halves);
  return Buffer.concat([Buffer.from([0x30, body.length]), body]);
}

/** Says whether a read proof is signed by the key that it carries. */
export function isProofSigned(proof: ReadProof): boolean {
  return verify("sha256", Buffer.from(proof.signed, "latin1"), proof.key, derSignature(proof.signature));
}
