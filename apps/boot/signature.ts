/** The public keys of releases by their names, each 32 bytes in base64: the present key, and the next one. */
export type ReleaseKeys = ReadonlyMap<string, string>;

/** What is signed begins with these words, so that a signature of something else is none of a bundle. */
const label = "mainstay bundle 1\n";

/** Verifies an Ed25519 signature (RFC 8032) where the browser itself can't. */
export type OtherVerifier = (signature: Bytes, signed: Bytes, key: Bytes) => Promise<boolean>;
type Bytes = Uint8Array<ArrayBuffer>;

/** Reads keys as the build writes them: `<name>:<key>`, with spaces between. */
export function readKeys(text: string): ReleaseKeys {
  const entries = text.split(" ").map((entry) => entry.split(":"));
  return new Map(entries.flatMap(([name, key]) => (name && key ? [[name, key] as const] : [])));
}

/**
 * Where a version's signature is fetched: an address of its own for each set of keys, so that after a change
 * of keys no cache answers with what the former one signed.
 */
export function signatureUrl(version: string, keys: ReleaseKeys): string {
  return `/v/${version}/manifest.json.sig?by=${[...keys.keys()].join(".")}`;
}

function bytesOf(base64: string): Bytes {
  const plain = base64.replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(atob(plain), (character) => character.charCodeAt(0));
}

/**
 * Answers null where this browser doesn't know Ed25519 (Chrome before 137, Safari before 17, Firefox before
 * 129).
 */
async function verifyNatively(signature: Bytes, signed: Bytes, key: Bytes): Promise<boolean | null> {
  const imported = await crypto.subtle.importKey("raw", key, "Ed25519", false, ["verify"]).catch(() => null);
  return imported && crypto.subtle.verify("Ed25519", imported, signature, signed);
}

/**
 * Says whether a manifest's very bytes were signed by one of the keys. `other` is asked where the browser
 * can't tell.
 */
export async function isSigned(
  manifest: ArrayBuffer,
  signature: unknown,
  keys: ReleaseKeys,
  other: OtherVerifier,
): Promise<boolean> {
  const given = signature as { readonly key?: unknown; readonly signature?: unknown } | null;
  if (typeof given?.key !== "string" || typeof given.signature !== "string") return false;
  const key = keys.get(given.key);
  if (key === undefined || !/^[\w-]{86}$/.test(given.signature)) return false;
  const words = new TextEncoder().encode(label);
  const signed = new Uint8Array(words.length + manifest.byteLength);
  signed.set(words);
  signed.set(new Uint8Array(manifest), words.length);
  const parts = [bytesOf(given.signature), signed, bytesOf(key)] as const;
  return (await verifyNatively(...parts)) ?? other(...parts);
}
