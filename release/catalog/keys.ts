import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from "node:crypto";
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import Type from "typebox";
import { Value } from "typebox/value";
import { CatalogError } from "./errors.ts";

/** Permission bits of everybody but the owner. */
const others_bits = 0o077;

/**
 * The public keys whose bundles are accepted, as they are written to a file: SPKI (RFC 8410) in base64.
 * `next` is accepted already, so that a change of keys finds nobody without the new one.
 */
export const PublicKeysSchema = Type.Object(
  {
    current: Type.String({ maxLength: 100 }),
    next: Type.Union([Type.String({ maxLength: 100 }), Type.Null()]),
  },
  { additionalProperties: false },
);
export type PublicKeys = Type.Static<typeof PublicKeysSchema>;

/** The accepted public keys by their names. */
export type AcceptedKeys = ReadonlyMap<string, KeyObject>;

/** Names a public key: the first 16 hex digits of the SHA-256 of its SPKI. */
export function keyNameOf(publicKey: KeyObject): string {
  const spki = publicKey.export({ type: "spki", format: "der" });
  return createHash("sha256").update(spki).digest("hex").slice(0, 16);
}

/** A public key as `PublicKeysSchema` writes it. */
export function writePublicKey(publicKey: KeyObject): string {
  return publicKey.export({ type: "spki", format: "der" }).toString("base64");
}

/** The accepted keys as the boot layer is built with them: their names, and their 32 bytes in base64. */
export function bootKeysOf(keys: AcceptedKeys): readonly { readonly name: string; readonly key: string }[] {
  const raw_bytes = 32;
  return [...keys].map(([name, key]) => {
    const spki = key.export({ type: "spki", format: "der" });
    return { name, key: spki.subarray(-raw_bytes).toString("base64") };
  });
}

/** Makes the accepted keys of their written form; throws `CatalogError` when one isn't an Ed25519 key. */
export function acceptKeys(written: PublicKeys): AcceptedKeys {
  const accepted = new Map<string, KeyObject>();
  for (const text of [written.current, written.next]) {
    if (text === null) continue;
    const key = readSpki(text);
    if (key?.asymmetricKeyType !== "ed25519") {
      throw new CatalogError("key_missing", "A public key of releases isn't an Ed25519 key.");
    }
    accepted.set(keyNameOf(key), key);
  }
  return accepted;
}

function readSpki(text: string): KeyObject | null {
  try {
    return createPublicKey({ key: Buffer.from(text, "base64"), type: "spki", format: "der" });
  } catch {
    return null;
  }
}

/** Reads the file of public keys; throws `CatalogError` when it isn't there or isn't one. */
export function readPublicKeys(path: string): PublicKeys {
  try {
    const parsed: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (Value.Check(PublicKeysSchema, parsed)) return parsed;
  } catch {
    // Missing and garbled are told alike: the same command makes both good.
  }
  throw new CatalogError(
    "key_missing",
    `The public keys of releases can't be read from ${path}: npm run release -- keys writes them.`,
  );
}

/**
 * Makes a private key (PKCS #8, PEM) in a file that only its owner can read. Throws `CatalogError` when there
 * is one already: whoever loses a key must make another one knowingly.
 */
export function createReleaseKey(path: string): KeyObject {
  if (existsSync(path)) {
    throw new CatalogError("key_exists", `There is a private key at ${path} already; it was left as it is.`);
  }
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const { privateKey } = generateKeyPairSync("ed25519");
  const half = `${path}.${process.pid}`;
  writeFileSync(half, privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
  try {
    // A link appears whole, and never in place of a key that another process has made meanwhile.
    linkSync(half, path);
  } finally {
    rmSync(half);
  }
  return privateKey;
}

/** Reads a private key; throws `CatalogError` when it is missing, no Ed25519 key, or open to others. */
export function readReleaseKey(path: string): KeyObject {
  if (!existsSync(path)) {
    throw new CatalogError(
      "key_missing",
      `There is no private key at ${path}: npm run release -- keys makes one, ` +
        "MAINSTAY_RELEASE_KEY names another.",
    );
  }
  if ((statSync(path).mode & others_bits) !== 0) {
    throw new CatalogError("key_missing", `Others can read the private key at ${path}: chmod 600 it.`);
  }
  try {
    const key = createPrivateKey(readFileSync(path));
    if (key.asymmetricKeyType === "ed25519") return key;
  } catch {
    // Told below, without a word of what is in the file.
  }
  throw new CatalogError("key_missing", `${path} holds no Ed25519 private key (PKCS #8, PEM).`);
}
