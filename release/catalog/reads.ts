import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import Type from "typebox";
import { Value } from "typebox/value";
import { VersionSchema, type BundleManifest } from "@mainstay/wire";
import { sha256Of } from "@mainstay/platform";
import { CatalogError } from "./errors.ts";
import type { AcceptedKeys } from "./keys.ts";
import { readManifest } from "./manifest.ts";
import { readSignature, verifyBytes } from "./signature.ts";
import { compareVersions, isVersion } from "./version.ts";

/** A file as it lies in the catalog. The compressed forms are not signed: who serves them compares them. */
export type PublishedFile = {
  readonly content: Buffer;
  readonly br: Buffer | null;
  readonly gzip: Buffer | null;
};

/** A version that was read whole: its signature fits, and every file is what the manifest says. */
export type PublishedVersion = {
  readonly version: string;
  readonly manifest: BundleManifest;
  /** The very bytes that are signed. */
  readonly manifestBytes: Buffer;
  /** The text of `manifest.json.sig`. */
  readonly signatureText: string;
  readonly files: ReadonlyMap<string, PublishedFile>;
};

/** What `bundle.zip.json` says of the zip beside it, signed like a manifest. */
export const ZipRecordSchema = Type.Object({
  version: VersionSchema,
  /** In hexadecimal digits. */
  sha256: Type.String({ pattern: "^[0-9a-f]{64}$" }),
  bytes: Type.Integer({ minimum: 1 }),
});
export type ZipRecord = Type.Static<typeof ZipRecordSchema>;

/** What is named like a version in a catalog, intact or not, newest first. */
export async function listVersions(catalog: string): Promise<readonly string[]> {
  const found = await readdir(catalog).catch(() => []);
  return found.filter(isVersion).toSorted((left, right) => compareVersions(right, left));
}

async function readOptional(path: string): Promise<Buffer | null> {
  return readFile(path).catch(() => null);
}

async function readFileOf(folder: string, file: BundleManifest["files"][number]): Promise<PublishedFile> {
  const path = join(folder, file.path);
  const content = await readOptional(path);
  if (content === null || content.length !== file.bytes || sha256Of(content) !== file.sha256) {
    throw new CatalogError("hash_mismatch", `${file.path} is not what the manifest says.`);
  }
  return { content, br: await readOptional(`${path}.br`), gzip: await readOptional(`${path}.gz`) };
}

/** Reads a version's manifest and verifies its signature, without its files. Throws `CatalogError`. */
export async function readPublishedManifest(
  folder: string,
  version: string,
  keys: AcceptedKeys,
): Promise<Pick<PublishedVersion, "manifest" | "manifestBytes" | "signatureText">> {
  const manifestBytes = await readOptional(join(folder, "manifest.json"));
  if (manifestBytes === null) throw new CatalogError("version_unknown", `There is no version ${version}.`);
  const signature = await readOptional(join(folder, "manifest.json.sig"));
  const signatureText = signature?.toString("utf8") ?? null;
  const manifest = readManifest(manifestBytes, readSignature(signatureText), keys);
  if (manifest.version !== version) {
    throw new CatalogError("manifest_mismatch", `Its manifest is ${manifest.version}'s.`);
  }
  return { manifest, manifestBytes, signatureText: signatureText ?? "" };
}

/** Reads a version from its folder and verifies all of it; throws `CatalogError` saying what is wrong. */
export async function readVersionFolder(
  folder: string,
  version: string,
  keys: AcceptedKeys,
): Promise<PublishedVersion> {
  const { manifest, manifestBytes, signatureText } = await readPublishedManifest(folder, version, keys);
  const files = new Map<string, PublishedFile>();
  for (const file of manifest.files) files.set(file.path, await readFileOf(folder, file));
  return { version, manifest, manifestBytes, signatureText, files };
}

/** Reads a published version and verifies all of it; throws `CatalogError` saying what is wrong. */
export async function readVersion(
  catalog: string,
  version: string,
  keys: AcceptedKeys,
): Promise<PublishedVersion> {
  if (!isVersion(version)) throw new CatalogError("version_invalid", `"${version}" is no version.`);
  return readVersionFolder(join(catalog, version), version, keys);
}

/**
 * Reads the zip that native shells fetch (the boot layer's pages, and the bundle under `v/<version>/`) and
 * verifies it; throws `CatalogError` saying what is wrong.
 */
export async function readPublishedZip(
  catalog: string,
  version: string,
  keys: AcceptedKeys,
): Promise<ZipRecord & { readonly content: Buffer }> {
  if (!isVersion(version)) throw new CatalogError("version_invalid", `"${version}" is no version.`);
  const path = join(catalog, version, "bundle.zip");
  const [content, text, signature] = await Promise.all([
    readOptional(path),
    readOptional(`${path}.json`),
    readOptional(`${path}.json.sig`),
  ]);
  if (content === null || text === null) {
    throw new CatalogError("version_unknown", `There is no zip of ${version}.`);
  }
  verifyBytes("zip", text, readSignature(signature?.toString("utf8") ?? null), keys);
  const record: unknown = JSON.parse(text.toString("utf8"));
  if (!Value.Check(ZipRecordSchema, record) || record.version !== version) {
    throw new CatalogError("manifest_mismatch", `The record of its zip isn't ${version}'s.`);
  }
  if (createHash("sha256").update(content).digest("hex") !== record.sha256) {
    throw new CatalogError("hash_mismatch", "Its zip is not what its record says.");
  }
  return { ...record, content };
}
