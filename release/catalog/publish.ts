import type { KeyObject } from "node:crypto";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, open, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isDeepStrictEqual, promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { BundleManifest } from "@mainstay/wire";
import { isCompressible } from "@mainstay/platform";
import { CatalogError } from "./errors.ts";
import type { AcceptedKeys } from "./keys.ts";
import { bundleFilesOf, makeManifest, readManifest, type Publication } from "./manifest.ts";
import { listVersions, readVersion, readVersionFolder, type ZipRecord } from "./reads.ts";
import { working_prefix } from "./limits.ts";
import { readSignature, signBytes, verifyBytes } from "./signature.ts";
import { isOwnName, type SourceFile } from "./source-file.ts";
import { readSource } from "./source.ts";
import { compareVersions, isVersion, newestOf, versionAfter } from "./version.ts";
import { readWithdrawals } from "./withdrawal.ts";
import { makeZip } from "./zip.ts";

/** A bundle that is ready to be published: its files, and its manifest as it is signed. */
export type SignedBundle = {
  readonly manifest: BundleManifest;
  readonly manifestBytes: Buffer;
  readonly signatureText: string;
  readonly files: readonly SourceFile[];
};

/** What became of a publication. */
export type Published = {
  readonly version: string;
  readonly manifest: BundleManifest;
  readonly manifestBytes: Buffer;
  readonly signatureText: string;
  /** False where this very bundle was there already: nothing was written. */
  readonly isNew: boolean;
};

/** Makes a built app's manifest and signs it. Throws `CatalogError` when it isn't a bundle to publish. */
export function signBundle(
  source: readonly SourceFile[],
  publication: Publication,
  privateKey: KeyObject,
): SignedBundle {
  const manifest = makeManifest(source, publication);
  const manifestBytes = Buffer.from(JSON.stringify(manifest));
  const signatureText = JSON.stringify(signBytes("manifest", manifestBytes, privateKey));
  return { manifest, manifestBytes, signatureText, files: bundleFilesOf(source) };
}

/**
 * Reads a bundle that was signed elsewhere (`manifest.json` and `manifest.json.sig` beside its files) and
 * verifies all of it. Throws `CatalogError`: unsigned, altered, signed by another key, a file too many, too
 * few or with another content.
 */
export function openSignedBundle(source: readonly SourceFile[], keys: AcceptedKeys): SignedBundle {
  const contentOf = (path: string) => source.find((file) => file.path === path)?.content ?? null;
  const manifestBytes = contentOf("manifest.json");
  if (manifestBytes === null) throw new CatalogError("manifest_invalid", "It has no manifest.json.");
  const signatureText = contentOf("manifest.json.sig")?.toString("utf8") ?? null;
  const manifest = readManifest(manifestBytes, readSignature(signatureText), keys);
  // Compressed forms and the zip are made anew, so that nothing unsigned is taken over.
  const files = source.filter(({ path }) => !isOwnName(path));
  const named = new Map(manifest.files.map((file) => [file.path, file]));
  const extra = files.find(({ path }) => !named.has(path));
  if (extra) throw new CatalogError("manifest_mismatch", `${extra.path} isn't in its manifest.`);
  verifyFiles(files, manifest);
  return { manifest, manifestBytes, signatureText: signatureText ?? "", files };
}

function verifyFiles(files: readonly SourceFile[], manifest: BundleManifest): void {
  const contents = new Map(files.map(({ path, content }) => [path, content]));
  for (const { path, sha256, bytes } of manifest.files) {
    const content = contents.get(path);
    const found = content === undefined ? null : createHash("sha256").update(content).digest("base64");
    if (content?.length !== bytes || found !== sha256) {
      throw new CatalogError("hash_mismatch", `${path} is not what the manifest says.`);
    }
  }
}

async function write(path: string, content: Uint8Array | string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content, { flush: true });
}

async function writeFiles(folder: string, bundle: SignedBundle): Promise<void> {
  for (const { path, content } of bundle.files) {
    await write(join(folder, path), content);
    if (!isCompressible(path)) continue;
    const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
    await write(join(folder, `${path}.br`), await promisify(brotliCompress)(content, quality));
    await write(join(folder, `${path}.gz`), await promisify(gzip)(content, { level: 9 }));
  }
  await write(join(folder, "manifest.json"), bundle.manifestBytes);
  await write(join(folder, "manifest.json.sig"), bundle.signatureText);
}

/**
 * Writes what native shells fetch: the boot layer's pages at the top, the bundle where the edge has it too,
 * under `v/<version>/`. Its hash is recorded beside it and signed.
 */
async function writeZip(
  folder: string,
  bundle: SignedBundle,
  options: { readonly pages: readonly SourceFile[]; readonly privateKey: KeyObject },
): Promise<void> {
  const { version } = bundle.manifest;
  const beneath = `v/${version}/`;
  const zip = makeZip([
    ...options.pages,
    { path: `${beneath}manifest.json`, content: bundle.manifestBytes },
    { path: `${beneath}manifest.json.sig`, content: Buffer.from(bundle.signatureText) },
    ...bundle.files.map(({ path, content }) => ({ path: beneath + path, content })),
  ]);
  const sha256 = createHash("sha256").update(zip).digest("hex");
  const record = JSON.stringify({ version, sha256, bytes: zip.length } satisfies ZipRecord);
  await write(join(folder, "bundle.zip"), zip);
  await write(join(folder, "bundle.zip.json"), record);
  const signature = signBytes("zip", Buffer.from(record), options.privateKey);
  await write(join(folder, "bundle.zip.json.sig"), JSON.stringify(signature));
}

/**
 * How long a folder that is being written is left alone, in milliseconds; an older one was left by a death.
 */
const leftover_ms_min = 60 * 60_000;

/** Makes the folder in which a version is written, and clears away what a killed publication has left. */
async function makeWorking(catalog: string): Promise<string> {
  const working = await mkdtemp(join(catalog, working_prefix));
  const { mtimeMs: now_ms } = await stat(working);
  for (const name of await readdir(catalog)) {
    if (!name.startsWith(working_prefix)) continue;
    const found = await stat(join(catalog, name)).catch(() => null);
    if (found === null || now_ms - found.mtimeMs < leftover_ms_min) continue;
    await rm(join(catalog, name), { recursive: true, force: true });
  }
  return working;
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Says that this very bundle is published already; throws `CatalogError` when another one has its name. */
async function isPublished(catalog: string, bundle: SignedBundle, keys: AcceptedKeys): Promise<boolean> {
  const { version } = bundle.manifest;
  if (!existsSync(join(catalog, version))) return false;
  const taken = (why: string) =>
    new CatalogError("version_taken", `${version} is published already, ${why}: take a newer number.`);
  const known = await readVersion(catalog, version, keys).catch(() => null);
  if (known === null) throw taken("and what is there isn't intact or isn't signed by one of our keys");
  if (!known.manifestBytes.equals(bundle.manifestBytes)) throw taken("with other content");
  return true;
}

async function refuseOlder(catalog: string, version: string): Promise<void> {
  const newest = newestOf(await listVersions(catalog));
  if (newest === null || compareVersions(version, newest) > 0) return;
  throw new CatalogError(
    "version_not_newer",
    `${version} isn't newer than ${newest}, the newest version: versions only go forward.`,
  );
}

type Publishing = {
  readonly catalog: string;
  readonly bundle: SignedBundle;
  readonly keys: AcceptedKeys;
  /** With which the zip for native shells is signed. */
  readonly privateKey: KeyObject;
  /** The boot layer's files, for the zip; with none there is no zip, and no native shell gets the version. */
  readonly pages: readonly SourceFile[];
};

/** Writes a version beside the others, reads it back, and gives it its name: all of it, or nothing. */
async function writeVersion(options: Publishing): Promise<void> {
  const { catalog, bundle, keys } = options;
  const { version } = bundle.manifest;
  const working = await makeWorking(catalog);
  try {
    await writeFiles(working, bundle);
    if (options.pages.length > 0) await writeZip(working, bundle, options);
    await readVersionFolder(working, version, keys);
    // Edge and control may run as other users than whoever publishes.
    await chmod(working, 0o755);
    await syncFolder(working);
    await refuseOlder(catalog, version);
    await rename(working, join(catalog, version));
    await syncFolder(catalog);
  } catch (error) {
    await rm(working, { recursive: true, force: true });
    throw error;
  }
}

/**
 * Puts a signed bundle into a catalog. Its folder appears whole, by one rename, after all of it was read back
 * and verified; it never changes after that. Whatever is refused leaves nothing behind. The very same bundle
 * again changes nothing. Throws `CatalogError`.
 */
export async function publishBundle(options: Publishing): Promise<Published> {
  const { catalog, bundle, keys } = options;
  const { manifest, manifestBytes, signatureText } = bundle;
  const { version } = manifest;
  if (!isVersion(version)) throw new CatalogError("version_invalid", `"${version}" is no version.`);
  verifyBytes("manifest", manifestBytes, readSignature(signatureText), keys);
  await mkdir(catalog, { recursive: true });
  if ((await readWithdrawals(catalog, keys)).has(version)) {
    throw new CatalogError("version_withdrawn", `${version} was withdrawn: take a newer number.`);
  }
  const published = { version, manifest, manifestBytes, signatureText };
  if (await isPublished(catalog, bundle, keys)) return { ...published, isNew: false };
  try {
    await refuseOlder(catalog, version);
    await writeVersion(options);
  } catch (error) {
    // Somebody else may have published this number meanwhile: the same bundle, or another.
    if (await isPublished(catalog, bundle, keys)) return { ...published, isNew: false };
    throw error;
  }
  return { ...published, isNew: true };
}

/**
 * Publishes what a folder or a zip holds: a built app, which is signed here, or a bundle that was signed
 * elsewhere, which must be whole and be the version that is asked for. Throws `CatalogError`; then nothing is
 * kept.
 */
export async function publishVersion(options: {
  /** A folder, or a zip of one. */
  readonly source: string;
  readonly catalog: string;
  readonly publication: Publication;
  readonly privateKey: KeyObject;
  readonly keys: AcceptedKeys;
  readonly pages: readonly SourceFile[];
}): Promise<Published> {
  const { source, catalog, publication, privateKey, keys, pages } = options;
  const { version } = publication;
  if (!isVersion(version)) {
    throw new CatalogError("version_invalid", `"${version}" is no version: it is three numbers, like 1.4.0.`);
  }
  const files = await readSource(source);
  const isSigned = files.some(({ path }) => path === "manifest.json" || path === "manifest.json.sig");
  const bundle = isSigned ? openSignedBundle(files, keys) : signBundle(files, publication, privateKey);
  if (bundle.manifest.version !== version) {
    throw new CatalogError(
      "manifest_mismatch",
      `It is signed as ${bundle.manifest.version}, not as ${version}.`,
    );
  }
  return publishBundle({ catalog, bundle, keys, privateKey, pages });
}

/**
 * Publishes a built app under the next patch of the newest version; the very content of the newest version
 * publishes nothing. For the start of a developer's or a demo's Mainstay: a release's number is chosen.
 */
export async function publishNext(
  options: Omit<Parameters<typeof publishVersion>[0], "publication"> & {
    readonly publication: Omit<Publication, "version">;
  },
): Promise<Published> {
  const { source, catalog, publication, privateKey, keys, pages } = options;
  const newest = newestOf(await listVersions(catalog));
  const former = newest === null ? null : await readVersion(catalog, newest, keys).catch(() => null);
  const files = await readSource(source);
  const version = versionAfter(newest);
  const bundle = signBundle(files, { ...publication, version }, privateKey);
  if (former && isDeepStrictEqual({ ...former.manifest, version }, bundle.manifest)) {
    return { ...former, isNew: false };
  }
  return publishBundle({ catalog, bundle, keys, privateKey, pages });
}
