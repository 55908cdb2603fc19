import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { BundleManifest } from "@mainstay/wire";
import type { Clock } from "@mainstay/kernel";
import {
  CatalogError,
  compareVersions,
  listVersions,
  readPublishedZip,
  readVersion,
  readWithdrawals,
  type AcceptedKeys,
  type SignedWithdrawal,
} from "@mainstay/catalog";
import { compressedFile, staticFile, type Logger, type StaticFile } from "@mainstay/platform";

/** How many versions the edge holds in memory. */
export const versions_loaded_max = 4;
/** How many of the newest versions are served; older ones are nobody's any more. */
export const versions_known_max = 200;
/** How long the edge goes without looking for new versions, in milliseconds. */
export const rescan_ms_min = 1_000;
/** How long a version that isn't intact is left alone before it is read again, in milliseconds. */
export const retry_ms_min = 30_000;

/** A version's files by their path in the bundle, manifest included, each verified when it was read. */
export type LoadedVersion = {
  readonly version: string;
  readonly manifest: BundleManifest;
  readonly files: ReadonlyMap<string, StaticFile>;
};

/**
 * The published versions, read from the catalog's folder: signed by one of our keys, whole, and not
 * withdrawn.
 */
export type Catalog = {
  /** What they are, newest first. */
  readonly list: () => Promise<readonly BundleManifest[]>;
  /** The newest version; null when there is none. */
  readonly newest: () => Promise<LoadedVersion | null>;
  /** A published version, old ones too; null when it isn't one, isn't intact, or was withdrawn. */
  readonly version: (name: string) => Promise<LoadedVersion | null>;
  /** What native shells fetch of a version, with its SHA-256 in hexadecimal digits; null as above. */
  readonly zip: (name: string) => Promise<{ readonly sha256: string; readonly content: Buffer } | null>;
  /** The versions that were withdrawn: nobody may be on one. */
  readonly withdrawn: () => Promise<ReadonlySet<string>>;
};

type CatalogDeps = {
  readonly folder: string;
  /** Whose bundles are served. */
  readonly keys: AcceptedKeys;
  readonly log: Logger;
  readonly clock: Clock;
};

/** Tells a folder from another one that has its name later; empty where there is none. */
async function markOf(folder: string): Promise<string> {
  return stat(folder).then(
    // A number of a folder that is gone is given again; when it got its name is its own.
    ({ ino, ctimeMs }) => `${ino} ${ctimeMs}`,
    () => "",
  );
}

async function loadVersion(folder: string, name: string, keys: AcceptedKeys): Promise<LoadedVersion> {
  const { version, manifest, manifestBytes, signatureText, files } = await readVersion(folder, name, keys);
  const served = new Map<string, StaticFile>();
  for (const [path, { content, br, gzip }] of files) {
    served.set(path, await staticFile(path, content, { br, gzip }));
  }
  served.set("manifest.json", await compressedFile("manifest.json", manifestBytes));
  const signature = Buffer.from(signatureText);
  served.set("manifest.json.sig", await staticFile("manifest.json.sig", signature, { br: null, gzip: null }));
  return { version, manifest, files: served };
}

/** Versions in memory, those asked for last; each is read and verified as it comes in. */
function createShelf(deps: CatalogDeps, onDamaged: (name: string, error: unknown) => void) {
  const loaded = new Map<string, Promise<LoadedVersion | null>>();
  return {
    forget: (name: string) => void loaded.delete(name),
    load: (name: string): Promise<LoadedVersion | null> => {
      const known = loaded.get(name);
      if (known) {
        // Asked for last, forgotten last.
        loaded.delete(name);
        loaded.set(name, known);
        return known;
      }
      const reading = loadVersion(deps.folder, name, deps.keys).catch((error: unknown) => {
        loaded.delete(name);
        onDamaged(name, error);
        return null;
      });
      loaded.set(name, reading);
      const [oldest] = loaded.keys();
      if (loaded.size > versions_loaded_max && oldest !== undefined) loaded.delete(oldest);
      return reading;
    },
  };
}

/** Reads the withdrawals again only when one was added. */
function createWithdrawals({ folder, keys, log }: CatalogDeps) {
  let found: ReadonlyMap<string, SignedWithdrawal> = new Map();
  let changedAt_ms = 0;
  return {
    read: async (): Promise<ReadonlyMap<string, SignedWithdrawal>> => {
      const at_ms = await stat(join(folder, "withdrawn")).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      );
      if (at_ms === changedAt_ms) return found;
      changedAt_ms = at_ms;
      found = await readWithdrawals(folder, keys, (version, error) =>
        log.error({ version, reason: error.message }, "a withdrawal isn't signed by us and forbids nothing"),
      );
      return found;
    },
  };
}

/**
 * Knows which versions are whole. Each is read and verified once as it is found, and again each time that it
 * comes into memory; one that isn't intact is logged, and tried again later.
 */
function createStock(deps: CatalogDeps) {
  const { folder, log, clock } = deps;
  const withdrawals = createWithdrawals(deps);
  const whole = new Map<string, { readonly manifest: BundleManifest; readonly mark: string }>();
  /** When what isn't intact was read last. */
  const damagedAt_ms = new Map<string, number>();
  let withdrawn: ReadonlyMap<string, SignedWithdrawal> = new Map();

  const shelf = createShelf(deps, (name, error) => {
    const isKnown = damagedAt_ms.has(name);
    whole.delete(name);
    damagedAt_ms.set(name, clock.now().getTime());
    if (isKnown) return;
    const reason = error instanceof Error ? error.message : String(error);
    // What a start from before bundles were signed left behind is nobody's mistake.
    const isUnsigned = error instanceof CatalogError && error.code === "signature_missing";
    log[isUnsigned ? "warn" : "error"]({ version: name, reason }, "a version in the catalog can't be served");
  });

  /** Whether a version is worth reading: not known whole, not withdrawn, and not found damaged just now. */
  function isWanted(name: string): boolean {
    const damaged_ms = damagedAt_ms.get(name) ?? Number.NEGATIVE_INFINITY;
    return !whole.has(name) && !withdrawn.has(name) && clock.now().getTime() - damaged_ms >= retry_ms_min;
  }

  return {
    look: async (): Promise<void> => {
      withdrawn = await withdrawals.read();
      const names = (await listVersions(folder)).slice(0, versions_known_max);
      // What was taken out again before anybody had it may come back under its number with other bytes.
      for (const [name, { mark }] of whole) {
        if (names.includes(name) && (await markOf(join(folder, name))) === mark) continue;
        whole.delete(name);
        shelf.forget(name);
      }
      // The newest is read last, and so stays in memory longest.
      for (const name of names.toReversed().filter(isWanted)) {
        const mark = await markOf(join(folder, name));
        const version = await shelf.load(name);
        if (!version) continue;
        whole.set(name, { manifest: version.manifest, mark });
        damagedAt_ms.delete(name);
      }
    },
    load: shelf.load,
    manifests: () => [...whole.values()].map(({ manifest }) => manifest),
    isServed: (name: string) => whole.has(name) && !withdrawn.has(name),
    withdrawn: () => new Set(withdrawn.keys()),
  };
}

/** Opens a catalog folder: one folder a version. */
export function createCatalog(deps: CatalogDeps): Catalog {
  const { folder, keys, log, clock } = deps;
  const stock = createStock(deps);
  let scannedAt_ms = Number.NEGATIVE_INFINITY;
  let firstScan: Promise<void> | null = null;

  /** Looks again when it is time to; only the first look is waited for by everybody. */
  async function scan(): Promise<void> {
    const now_ms = clock.now().getTime();
    if (now_ms - scannedAt_ms < rescan_ms_min) {
      await firstScan;
      return;
    }
    scannedAt_ms = now_ms;
    const looking = stock.look();
    firstScan ??= looking;
    await looking;
  }

  const list = async () => {
    await scan();
    const served = stock.manifests().filter(({ version }) => stock.isServed(version));
    return served.toSorted((left, right) => compareVersions(right.version, left.version));
  };

  return {
    list,
    newest: async () => {
      for (const { version } of await list()) {
        const loaded = await stock.load(version);
        if (loaded) return loaded;
      }
      return null;
    },
    version: async (name) => {
      await scan();
      return stock.isServed(name) ? stock.load(name) : null;
    },
    zip: async (name) => {
      await scan();
      if (!stock.isServed(name)) return null;
      return readPublishedZip(folder, name, keys).catch((error: unknown) => {
        log.error({ version: name, reason: String(error) }, "a version's zip can't be served");
        return null;
      });
    },
    withdrawn: async () => {
      await scan();
      return stock.withdrawn();
    },
  };
}
