import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Value } from "typebox/value";
import { BundleManifestSchema, type BundleManifest } from "@mainstay/wire";
import type { Clock } from "@mainstay/kernel";
import { compressedFile, sha256Of, staticFile, type Logger, type StaticFile } from "@mainstay/platform";

/** How many versions the edge holds in memory. */
export const versions_loaded_max = 4;
/** How long the edge goes without looking for new versions, in milliseconds. */
export const rescan_ms_min = 1_000;

const version_pattern = /^\d{1,9}\.\d{1,9}\.\d{1,9}$/;

/** A version's files by their path in the bundle, manifest included, each verified when it was read. */
export type LoadedVersion = { readonly version: string; readonly files: ReadonlyMap<string, StaticFile> };

/** The published versions, read from the catalog's folder. */
export type Catalog = {
  /** The newest version that can be served whole; null when there is none. */
  readonly newest: () => Promise<LoadedVersion | null>;
  /** A published version, old ones too; null when it isn't one or isn't intact. */
  readonly version: (name: string) => Promise<LoadedVersion | null>;
};

/** Orders versions as numbers, newest first. */
function newestFirst(left: string, right: string): number {
  const [a, b] = [left.split(".").map(Number), right.split(".").map(Number)];
  return (b[0] ?? 0) - (a[0] ?? 0) || (b[1] ?? 0) - (a[1] ?? 0) || (b[2] ?? 0) - (a[2] ?? 0);
}

/** Paths climb nowhere: each part is a plain name. */
function isPlainPath(path: string): boolean {
  return path.split("/").every((part) => part !== "" && part !== "." && part !== "..");
}

async function readVersion(folder: string, version: string): Promise<LoadedVersion> {
  const text = await readFile(join(folder, "manifest.json"));
  const manifest: unknown = JSON.parse(text.toString("utf8"));
  if (!Value.Check(BundleManifestSchema, manifest)) throw new Error("its manifest is not one");
  if (manifest.version !== version) throw new Error(`its manifest is ${manifest.version}'s`);
  const files = new Map<string, StaticFile>();
  for (const file of manifest.files) files.set(file.path, await readVerified(folder, file));
  files.set("manifest.json", await compressedFile("manifest.json", text));
  return { version, files };
}

async function readVerified(folder: string, file: BundleManifest["files"][number]): Promise<StaticFile> {
  if (!isPlainPath(file.path)) throw new Error(`${file.path} is no path in a bundle`);
  const path = join(folder, file.path);
  const content = await readFile(path);
  if (content.length !== file.bytes || sha256Of(content) !== file.sha256) {
    throw new Error(`${file.path} is not what the manifest says`);
  }
  const [br, gzip] = await Promise.all(
    [".br", ".gz"].map((ending) => readFile(path + ending).catch(() => null)),
  );
  return staticFile(file.path, content, { br: br ?? null, gzip: gzip ?? null });
}

/**
 * Opens a catalog folder: one folder a version. A version that isn't intact is never served, and is logged
 * once.
 */
export function createCatalog(deps: {
  readonly folder: string;
  readonly log: Logger;
  readonly clock: Clock;
}): Catalog {
  const { folder, log, clock } = deps;
  const loaded = new Map<string, Promise<LoadedVersion | null>>();
  let names: readonly string[] = [];
  let scannedAt = Number.NEGATIVE_INFINITY;

  async function scan(): Promise<void> {
    const now = clock.now().getTime();
    if (now - scannedAt < rescan_ms_min) return;
    scannedAt = now;
    const found = await readdir(folder).catch(() => []);
    names = found.filter((name) => version_pattern.test(name)).toSorted(newestFirst);
  }

  function load(name: string): Promise<LoadedVersion | null> {
    const known = loaded.get(name);
    if (known) {
      // Asked for last, forgotten last.
      loaded.delete(name);
      loaded.set(name, known);
      return known;
    }
    const reading = readVersion(join(folder, name), name).catch((error: unknown) => {
      log.error({ version: name, reason: String(error) }, "a version in the catalog can't be served");
      return null;
    });
    loaded.set(name, reading);
    const [oldest] = loaded.keys();
    if (loaded.size > versions_loaded_max && oldest !== undefined) loaded.delete(oldest);
    return reading;
  }

  return {
    newest: async () => {
      await scan();
      for (const name of names) {
        const version = await load(name);
        if (version) return version;
      }
      return null;
    },
    version: async (name) => {
      if (!version_pattern.test(name)) return null;
      if (!names.includes(name)) await scan();
      return names.includes(name) ? load(name) : null;
    },
  };
}
