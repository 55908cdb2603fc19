import { lstat, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isDeepStrictEqual, promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { Value } from "typebox/value";
import { BundleManifestSchema, login_protocols, type BundleManifest } from "@mainstay/wire";
import { isCompressible, sha256Of } from "@mainstay/platform";

/** What Vite's own manifest says of one chunk (vite.dev/guide/backend-integration). */
type ViteChunk = {
  readonly file: string;
  readonly isEntry?: boolean;
  readonly imports?: readonly string[];
  readonly css?: readonly string[];
};
type Found = { readonly path: string; readonly content: Buffer };

const version_pattern = /^(\d{1,9})\.(\d{1,9})\.(\d{1,9})$/;
/** The largest bundle, in bytes, and its largest number of files. */
const bundle_bytes_max = 32 * 1024 * 1024;
const bundle_files_max = 500;

/** Reads a built app's files, without its page (the boot layer has the only one) and Vite's own notes. */
async function readFiles(dist: string): Promise<Found[]> {
  const names = (await readdir(dist, { recursive: true }))
    .map((name) => name.replaceAll("\\", "/"))
    .toSorted();
  const found: Found[] = [];
  for (const path of names) {
    if (path === "index.html" || path.startsWith(".vite")) continue;
    const status = await lstat(join(dist, path));
    if (status.isSymbolicLink()) throw new Error(`${path} is a link: a bundle holds plain files`);
    if (status.isFile()) found.push({ path, content: await readFile(join(dist, path)) });
  }
  const bytes = found.reduce((sum, { content }) => sum + content.length, 0);
  if (bytes > bundle_bytes_max || found.length > bundle_files_max) {
    throw new Error(`a bundle of ${found.length} files and ${bytes} bytes is larger than we publish`);
  }
  return found;
}

/** The entry, all that it imports before it runs, and their styles. */
function startOf(
  chunks: Readonly<Record<string, ViteChunk>>,
): Pick<BundleManifest, "entry" | "preloads" | "styles"> {
  const entry = Object.values(chunks).find((chunk) => chunk.isEntry === true);
  if (!entry) throw new Error("the app was built without an entry");
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

async function write(folder: string, files: readonly Found[], manifest: BundleManifest): Promise<void> {
  for (const { path, content } of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
    if (!isCompressible(path)) continue;
    const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
    await writeFile(join(folder, `${path}.br`), await promisify(brotliCompress)(content, quality));
    await writeFile(join(folder, `${path}.gz`), await promisify(gzip)(content, { level: 9 }));
  }
  await writeFile(join(folder, "manifest.json"), JSON.stringify(manifest));
}

async function newestIn(catalog: string): Promise<string | null> {
  const names = (await readdir(catalog)).filter((name) => version_pattern.test(name));
  const order = (name: string) => name.replace(/\d+/g, (digits) => digits.padStart(9, "0"));
  return names.toSorted((left, right) => order(left).localeCompare(order(right))).at(-1) ?? null;
}

async function readManifest(folder: string): Promise<BundleManifest | null> {
  const parsed: unknown = JSON.parse(await readFile(join(folder, "manifest.json"), "utf8"));
  return Value.Check(BundleManifestSchema, parsed) ? parsed : null;
}

function versionAfter(newest: string | null): string {
  const [, major = "0", minor = "1", patch = "0"] = version_pattern.exec(newest ?? "") ?? [];
  return `${major}.${minor}.${Number(patch) + 1}`;
}

/**
 * Publishes a built app into the catalog as a new version, compressed. The version's folder appears whole, by
 * one rename, and never changes after that; the very content of the newest version publishes nothing.
 */
export async function publishApp(options: {
  readonly dist: string;
  readonly catalog: string;
}): Promise<{ readonly version: string; readonly published: boolean }> {
  const { dist, catalog } = options;
  await mkdir(catalog, { recursive: true });
  const files = await readFiles(dist);
  const notes = await readFile(join(dist, ".vite/manifest.json"), "utf8");
  const newest = await newestIn(catalog);
  const version = versionAfter(newest);
  const manifest: BundleManifest = {
    version,
    platforms: ["ios", "android", "web"],
    summary: "",
    loginProtocol: login_protocols[0],
    api: { from: 1, to: 1 },
    minimumShell: null,
    ...startOf(JSON.parse(notes) as Record<string, ViteChunk>),
    files: files.map(({ path, content }) => ({ path, sha256: sha256Of(content), bytes: content.length })),
  };
  if (!Value.Check(BundleManifestSchema, manifest)) {
    throw new Error("the app's files don't fit into a manifest: look at their names and their number");
  }
  const former = newest === null ? null : await readManifest(join(catalog, newest)).catch(() => null);
  if (newest !== null && isDeepStrictEqual({ ...former, version }, manifest)) {
    return { version: newest, published: false };
  }
  const working = join(catalog, `.publishing-${process.pid}`);
  await rm(working, { recursive: true, force: true });
  await mkdir(working);
  await write(working, files, manifest);
  await rename(working, join(catalog, version));
  return { version, published: true };
}

if (import.meta.main) {
  const [dist, catalog] = process.argv.slice(2);
  if (dist === undefined || catalog === undefined) {
    console.error(
      "Name the built app's folder and the catalog's: node tools/publish-app.ts <dist> <catalog>",
    );
    process.exit(1);
  }
  const { version, published } = await publishApp({ dist, catalog });
  console.log(published ? `published ${version}` : `${version} is this very app already`);
}
