import { readStored, store } from "../api/database.ts";

/** This installation's key pair. The private half can sign and can't be read, by anyone. */
export type DeviceKey = { readonly pair: CryptoKeyPair; readonly jwk: PublicJwk };

/** The public half as a proof carries it (RFC 7517), members in the order of RFC 7638. */
export type PublicJwk = {
  readonly crv: string;
  readonly kty: string;
  readonly x: string;
  readonly y: string;
};

const algorithm = { name: "ECDSA", namedCurve: "P-256" } as const;

function isKeyPair(value: unknown): value is CryptoKeyPair {
  return typeof value === "object" && value !== null && "privateKey" in value && "publicKey" in value;
}

async function withJwk(pair: CryptoKeyPair): Promise<DeviceKey> {
  const { crv = "", kty = "", x = "", y = "" } = await crypto.subtle.exportKey("jwk", pair.publicKey);
  return { pair, jwk: { crv, kty, x, y } };
}

async function findOrMake(): Promise<DeviceKey> {
  // A private window may refuse its database: the key then lives as long as the page, and so does the
  // session.
  const kept = await readStored("device-key").catch(() => undefined);
  if (isKeyPair(kept)) return withJwk(kept);
  const made = await crypto.subtle.generateKey(algorithm, false, ["sign", "verify"]);
  await store("device-key", made).catch(() => undefined);
  return withJwk(made);
}

let found: Promise<DeviceKey> | undefined;

/**
 * Finds this installation's device key, or makes it at first use. Two tabs that begin at once are led by one
 * lock.
 */
export function deviceKey(): Promise<DeviceKey> {
  found ??= "locks" in navigator ? navigator.locks.request("mainstay-device-key", findOrMake) : findOrMake();
  return found;
}
