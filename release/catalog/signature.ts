import { createPublicKey, sign, verify, type KeyObject } from "node:crypto";
import { Value } from "typebox/value";
import { BundleSignatureSchema, type BundleSignature } from "@mainstay/wire";
import { CatalogError } from "./errors.ts";
import { keyNameOf, type AcceptedKeys } from "./keys.ts";

/** What is signed begins with what it is, so that a signature of one thing is none of another. */
const labels = {
  manifest: "mainstay bundle 1\n",
  withdrawal: "mainstay withdrawal 1\n",
  zip: "mainstay zip 1\n",
} as const;

/** What a key of releases signs. */
export type Signed = keyof typeof labels;

function labelled(what: Signed, bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(labels[what]), bytes]);
}

/** Signs bytes as what they are (Ed25519, RFC 8032). */
export function signBytes(what: Signed, bytes: Uint8Array, privateKey: KeyObject): BundleSignature {
  return {
    key: keyNameOf(createPublicKey(privateKey)),
    signature: sign(null, labelled(what, bytes), privateKey).toString("base64url"),
  };
}

/** Reads a signature's JSON; throws `CatalogError` when there is none or it isn't one. */
export function readSignature(text: string | null): BundleSignature {
  if (text === null) throw new CatalogError("signature_missing", "It isn't signed.");
  try {
    const parsed: unknown = JSON.parse(text);
    if (Value.Check(BundleSignatureSchema, parsed)) return parsed;
  } catch {
    // Told below: what isn't JSON is no signature either.
  }
  throw new CatalogError("signature_invalid", "Its signature is not one.");
}

/** Verifies a signature by the accepted keys; throws `CatalogError` saying what is wrong with it. */
export function verifyBytes(
  what: Signed,
  bytes: Uint8Array,
  { key, signature }: BundleSignature,
  keys: AcceptedKeys,
): void {
  const publicKey = keys.get(key);
  if (publicKey === undefined) {
    throw new CatalogError("key_unknown", `It is signed by the key ${key}, which isn't one of ours.`);
  }
  if (!verify(null, labelled(what, bytes), publicKey, Buffer.from(signature, "base64url"))) {
    throw new CatalogError("signature_invalid", "Its signature doesn't fit: it was altered.");
  }
}
