import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { createPublicKey } from "node:crypto";
import { sealBoot } from "../../apps/boot/seal.ts";
import {
  type AcceptedKeys,
  CatalogError,
  type PublicKeys,
  acceptKeys,
  bootKeysOf,
  createReleaseKey,
  publishNext,
  readPublicKeys,
  readPublishedManifest,
  readReleaseKey,
  writePublicKey,
} from "@mainstay/catalog";
import { OperatorError } from "@mainstay/platform/embedded-postgres";
import { createControlClient } from "../release/control-client.ts";
import { passDemands } from "../release/demanded.ts";
import { registerCatalog } from "../release/register.ts";
import type { Builds } from "./builds.ts";
import type { StartSettings } from "./environment.ts";
import { readShellPages } from "../release/shell-pages.ts";
import { type ReleaseFiles, releaseFilesOf } from "./release-files.ts";

function writeWhole(path: string, value: unknown): void {
  const half = `${path}.${process.pid}`;
  writeFileSync(half, `${JSON.stringify(value, undefined, 2)}\n`);
  renameSync(half, path);
}

/** What the catalog refuses is told as a sentence to whoever starts. */
async function tellOperator<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CatalogError) throw new OperatorError(error.message);
    throw error;
  }
}

/**
 * Reads the public keys of releases. A demo's or a developer's first start makes a pair; in production
 * whoever publishes does, and only the public keys come here.
 */
function ensureReleaseKeys(files: ReleaseFiles, isProduction: boolean): Promise<AcceptedKeys> {
  return tellOperator(() => {
    if (!existsSync(files.publicKeys) && !isProduction) {
      const key = existsSync(files.privateKey)
        ? readReleaseKey(files.privateKey)
        : createReleaseKey(files.privateKey);
      writeWhole(files.publicKeys, {
        current: writePublicKey(createPublicKey(key)),
        next: null,
      } satisfies PublicKeys);
    }
    return acceptKeys(readPublicKeys(files.publicKeys));
  });
}

/** Which build the start published last, and whether control has made it stable. */
type Stamp = { readonly version: string; readonly build: string; readonly isAdopted?: boolean };

const stampPath = ({ catalog }: ReleaseFiles) => join(catalog, "published.json");

function readStamp(files: ReleaseFiles): Stamp | null {
  const path = stampPath(files);
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Stamp) : null;
}

/**
 * Publishes the customer app's build into the catalog unless it is there already, signed, and answers its
 * version. The stamp spares reading and comparing the whole build at each start.
 */
function ensurePublished(build: string, files: ReleaseFiles, keys: AcceptedKeys): Promise<string> {
  return tellOperator(async () => {
    const { catalog } = files;
    const stamp = readStamp(files);
    if (stamp?.build === basename(build)) {
      // A start from before bundles were signed may have left it there unsigned: then it isn't published.
      const found = readPublishedManifest(join(catalog, stamp.version), stamp.version, keys);
      if (await found.catch(() => null)) return stamp.version;
    }
    const { version } = await publishNext({
      source: build,
      catalog,
      publication: { platforms: ["ios", "android", "web"], summary: "Built from this checkout" },
      privateKey: readReleaseKey(files.privateKey),
      keys,
      pages: await readShellPages(files.boot),
    });
    const isAdopted = stamp?.version === version && stamp.isAdopted === true;
    writeWhole(stampPath(files), { version, build: basename(build), isAdopted } satisfies Stamp);
    return version;
  });
}

/**
 * Tells control what is in the catalog. What this checkout was built to becomes stable at once, one time:
 * from then on release control decides. Answers what control has against it.
 */
async function ensureRegistered(options: {
  readonly files: ReleaseFiles;
  readonly keys: AcceptedKeys;
  readonly controlPort: number;
  readonly secret: string;
  readonly settings: ReleaseSettings;
  readonly say: (line: string) => void;
}): Promise<readonly string[]> {
  const { files, keys, controlPort, secret, settings, say } = options;
  const { isProduction } = settings;
  const stamp = readStamp(files);
  const adopt = stamp === null || stamp.isAdopted === true || isProduction ? null : stamp.version;
  const control = createControlClient({ port: controlPort, secret });
  const { isWhole, notes } = await registerCatalog({
    control,
    catalog: files.catalog,
    keys,
    adopt,
    // A real bank's machine needs no browser: control refuses there what hasn't passed.
    passDemands: async (version) =>
      isProduction ? { state: "passes" } : passDemands({ version, control, settings, say }),
  });
  if (isWhole && stamp !== null && adopt !== null) {
    writeWhole(stampPath(files), { ...stamp, isAdopted: true } satisfies Stamp);
  }
  return notes;
}

/** What of a start's settings concerns releases. */
type ReleaseSettings = Pick<StartSettings, "port" | "dataFolder" | "isProduction" | "releaseKey">;

/** What a start does about releases. */
export type Releases = {
  readonly files: ReleaseFiles;
  /** Puts what was built to where it is served from; answers the app's version, empty in production. */
  readonly publish: (builds: Pick<Builds, "boot" | "customer">) => Promise<string>;
  /** Tells control what is in the catalog; to be called when control is ready. */
  readonly register: () => Promise<void>;
};

/**
 * Opens the releases of a data folder. Throws `OperatorError` when there are no public keys in production.
 */
export async function openReleases(options: {
  readonly settings: ReleaseSettings;
  readonly controlPort: number;
  readonly edgeSecret: string;
  readonly say: (line: string) => void;
}): Promise<Releases> {
  const { settings, controlPort, edgeSecret: secret, say } = options;
  const files = releaseFilesOf(settings.dataFolder, settings.releaseKey);
  const keys = await ensureReleaseKeys(files, settings.isProduction);
  return {
    files,
    publish: async ({ boot, customer }) => {
      await sealBoot({ built: boot, outDir: files.boot, keys: bootKeysOf(keys) });
      // A real bank serves what was published; it holds no key to publish with.
      return settings.isProduction ? "" : ensurePublished(customer, files, keys);
    },
    register: async () => {
      const told = await ensureRegistered({ files, keys, controlPort, secret, settings, say });
      told.forEach(say);
    },
  };
}
