import Type from "typebox";
import { Value } from "typebox/value";
import {
  BundleManifestSchema,
  manifest_bytes_max,
  VersionSchema,
  type BundleManifest,
  type BundleSignature,
} from "@mainstay/wire";
import { sha256Of } from "@mainstay/platform";
import { CatalogError } from "./errors.ts";
import type { AcceptedKeys } from "./keys.ts";
import { isPlainPath, type SourceFile } from "./source-file.ts";
import { verifyBytes } from "./signature.ts";
import { isVersion } from "./version.ts";

/** What a built app says of itself, in `mainstay.json` beside its entry. */
export const BundleDescriptionSchema = Type.Object({
  loginProtocol: Type.String({ minLength: 1, maxLength: 20 }),
  api: Type.Object({ from: Type.Integer({ minimum: 1 }), to: Type.Integer({ minimum: 1 }) }),
  minimumShell: Type.Union([VersionSchema, Type.Null()]),
});
type BundleDescription = Type.Static<typeof BundleDescriptionSchema>;

/** What whoever publishes decides. */
export type Publication = Pick<BundleManifest, "version" | "platforms" | "summary"> & {
  /** In place of the oldest native shell that the build names. */
  readonly minimumShell?: string;
};

/** What Vite's own manifest says of one chunk (vite.dev/guide/backend-integration). */
type ViteChunk = {
  readonly file: string;
  readonly isEntry?: boolean;
  readonly imports?: readonly string[];
  readonly css?: readonly string[];
};

/** Where the build says what stands where; neither is part of the bundle. */
export const vite_notes = ".vite/manifest.json";
export const bundle_description = "mainstay.json";

function textOf(files: readonly SourceFile[], path: string): string | null {
  return files.find((file) => file.path === path)?.content.toString("utf8") ?? null;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readDescription(files: readonly SourceFile[]): BundleDescription {
  const described = readJson(textOf(files, bundle_description) ?? "");
  if (Value.Check(BundleDescriptionSchema, described)) return described;
  throw new CatalogError(
    "bundle_not_built",
    `It has no ${bundle_description} that names its login protocol, API range and oldest shell: ` +
      "build the app again.",
  );
}

/** The entry, all that it imports before it runs, and their styles. */
function startOf(files: readonly SourceFile[]): Pick<BundleManifest, "entry" | "preloads" | "styles"> {
  const notes = readJson(textOf(files, vite_notes) ?? "") as Readonly<Record<string, ViteChunk>> | undefined;
  const chunks = typeof notes === "object" && notes !== null ? notes : {};
  const entry = Object.values(chunks).find((chunk) => chunk.isEntry === true);
  if (!entry) {
    throw new CatalogError(
      "bundle_not_built",
      `It has no ${vite_notes} that names its entry: build the app again.`,
    );
  }
  const [preloads, styles] = [new Set<string>(), new Set<string>()];
  const visit = (chunk: ViteChunk) => {
    for (const style of chunk.css ?? []) styles.add(style);
    for (const name of chunk.imports ?? []) {
      const imported = chunks[name];
      if (!imported || preloads.has(imported.file)) continue;
      preloads.add(imported.file);
      visit(imported);
    }
  };
  visit(entry);
  // One sheet for the whole app stands apart from the chunks (`cssCodeSplit: false`).
  for (const { file } of Object.values(chunks)) if (file.endsWith(".css")) styles.add(file);
  return { entry: entry.file, preloads: [...preloads], styles: [...styles] };
}

/**
 * A bundle's files: what was built, without its page (the boot layer has the only one) and the build's notes.
 */
export function bundleFilesOf(files: readonly SourceFile[]): readonly SourceFile[] {
  const isNote = (path: string) =>
    path === "index.html" || path === bundle_description || path.startsWith(".vite/");
  return files.filter(({ path }) => !isNote(path)).toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function requirePlainPath(path: string): void {
  if (isPlainPath(path)) return;
  throw new CatalogError(
    "bundle_path_unsafe",
    `${path} is no path of a bundle: plain names of letters, digits and ._- alone, ` +
      "and none of the catalog's own.",
  );
}

/** Makes the manifest of a built app. The same build and words make the same manifest. */
export function makeManifest(files: readonly SourceFile[], publication: Publication): BundleManifest {
  const { version, platforms, summary, minimumShell } = publication;
  bundleFilesOf(files).forEach(({ path }) => requirePlainPath(path));
  const described = readDescription(files);
  const manifest: BundleManifest = {
    version,
    platforms,
    summary,
    loginProtocol: described.loginProtocol,
    api: described.api,
    minimumShell: minimumShell ?? described.minimumShell,
    ...startOf(files),
    files: bundleFilesOf(files).map(({ path, content }) => ({
      path,
      sha256: sha256Of(content),
      bytes: content.length,
    })),
  };
  checkManifest(manifest);
  if (JSON.stringify(manifest).length > manifest_bytes_max) {
    throw new CatalogError("bundle_too_large", `Its manifest is larger than ${manifest_bytes_max} bytes.`);
  }
  return manifest;
}

/** Throws `CatalogError` unless this is a manifest whose parts fit one another. */
function checkManifest(manifest: unknown): asserts manifest is BundleManifest {
  const refuse = (what: string) => new CatalogError("manifest_invalid", `Its manifest is not one: ${what}.`);
  if (!Value.Check(BundleManifestSchema, manifest)) {
    const [first] = Value.Errors(BundleManifestSchema, manifest);
    throw refuse(`${first?.instancePath ?? ""} ${first?.message ?? "is wrong"}`.trim());
  }
  if (!isVersion(manifest.version)) throw refuse(`${manifest.version} is no version`);
  if (manifest.api.from > manifest.api.to) throw refuse("its API range ends before it begins");
  const paths = manifest.files.map(({ path }) => path);
  paths.forEach(requirePlainPath);
  const known = new Set(paths);
  if (known.size !== paths.length) throw refuse("it names a file twice");
  for (const needed of [manifest.entry, ...manifest.preloads, ...manifest.styles]) {
    if (!known.has(needed)) throw refuse(`it starts with ${needed}, which isn't among its files`);
  }
}

/**
 * Reads a manifest's very bytes and verifies their signature; throws `CatalogError` when anything is wrong
 * with either.
 */
export function readManifest(
  bytes: Uint8Array,
  signature: BundleSignature,
  keys: AcceptedKeys,
): BundleManifest {
  verifyBytes("manifest", bytes, signature, keys);
  const manifest = readJson(Buffer.from(bytes).toString("utf8"));
  checkManifest(manifest);
  return manifest;
}
