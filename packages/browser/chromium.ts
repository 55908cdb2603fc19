import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { createBrotliDecompress } from "node:zlib";
import { readFileSync } from "node:fs";
import { hasCode } from "@mainstay/platform/embedded-postgres";
import { extract } from "tar-fs";

/** A browser that can be launched, and whether it is the pinned one, under which pictures are compared. */
export type ChromiumProgram = {
  readonly path: string;
  readonly isPinned: boolean;
  /** Variables that it needs beside the usual ones. */
  readonly environment: Readonly<Record<string, string>>;
};

/** Where installed browsers lie, on Linux and macOS. */
const installed_places = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/snap/bin/chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
] as const;

const library_places = [
  "/usr/lib/x86_64-linux-gnu",
  "/usr/lib64",
  "/usr/lib",
  "/lib/x86_64-linux-gnu",
] as const;

/** Fonts come from the package alone, so that text looks the same whatever the machine has. */
function fontConfiguration(folder: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${join(folder, "fonts", "fonts")}</dir>
  <cachedir>${join(folder, "font-cache")}</cachedir>
  <alias><family>sans-serif</family><prefer><family>Open Sans</family></prefer></alias>
  <alias><family>serif</family><prefer><family>Open Sans</family></prefer></alias>
  <alias><family>monospace</family><prefer><family>Open Sans</family></prefer></alias>
</fontconfig>
`;
}

/** The package's folder, or undefined where it isn't installed. */
function packageFolder(): string | undefined {
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve("@sparticuz/chromium")));
  } catch {
    return undefined;
  }
}

async function unpackArchive(archive: string, folder: string): Promise<void> {
  await pipeline(createReadStream(archive), createBrotliDecompress(), extract(folder));
}

/**
 * Unpacks the browser into a folder named by its version, whole or not at all; the next launch finds it
 * there.
 */
async function unpack(home: string, folder: string): Promise<void> {
  const half = `${folder}.${process.pid}`;
  rmSync(half, { recursive: true, force: true });
  mkdirSync(half, { recursive: true });
  const bin = join(home, "bin");
  const program = join(half, "chromium");
  await Promise.all([
    pipeline(
      createReadStream(join(bin, "chromium.br")),
      createBrotliDecompress(),
      createWriteStream(program, { mode: 0o755 }),
    ),
    unpackArchive(join(bin, "al2023.tar.br"), join(half, "libraries")),
    unpackArchive(join(bin, "fonts.tar.br"), join(half, "fonts")),
    unpackArchive(join(bin, "swiftshader.tar.br"), half),
  ]);
  writeFileSync(join(half, "fonts.conf"), fontConfiguration(folder));
  try {
    renameSync(half, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
    rmSync(half, { recursive: true, force: true });
  }
}

/**
 * A place that outlives the run: beside the dependencies, or in the temporary folder where that can't be
 * written.
 */
function unpackPlace(version: string): string {
  const beside = resolve(import.meta.dirname, "../../node_modules/.cache/mainstay");
  try {
    mkdirSync(beside, { recursive: true });
    return join(beside, `chromium-${version}`);
  } catch (error) {
    if (!hasCode(error, "EACCES", "EPERM", "EROFS")) throw error;
    return join(tmpdir(), `mainstay-chromium-${version}-${process.getuid?.() ?? 0}`);
  }
}

async function pinnedChromium(): Promise<ChromiumProgram | undefined> {
  const home = packageFolder();
  if (home === undefined || process.platform !== "linux" || process.arch !== "x64") return undefined;
  const { version } = JSON.parse(readFileSync(join(home, "package.json"), "utf8")) as { version: string };
  const folder = unpackPlace(version);
  if (!existsSync(folder)) await unpack(home, folder);
  const hasLibraries = library_places.some((place) => existsSync(join(place, "libnss3.so")));
  // The package's libraries stand in only where the machine has none: they are another system's.
  const libraries = [...(hasLibraries ? [] : [join(folder, "libraries", "lib")]), folder].join(delimiter);
  return {
    path: join(folder, "chromium"),
    isPinned: true,
    environment: { FONTCONFIG_FILE: join(folder, "fonts.conf"), LD_LIBRARY_PATH: libraries },
  };
}

/**
 * Finds the browser for tests: `override` first, then the pinned one from the registry (linux-x64), then an
 * installed Chrome or Chromium. Throws an error that says what to install.
 */
export async function findChromium(override: string | undefined): Promise<ChromiumProgram> {
  if (override !== undefined) {
    if (existsSync(override)) return { path: override, isPinned: false, environment: {} };
    throw new Error(`MAINSTAY_CHROMIUM names ${override}, and there is no such file.`);
  }
  const pinned = await pinnedChromium();
  if (pinned !== undefined) return pinned;
  const installed = installed_places.find((place) => existsSync(place));
  if (installed !== undefined) return { path: installed, isPinned: false, environment: {} };
  throw new Error(
    "The browser tests need a Chromium: install Chrome or Chromium, or name one in MAINSTAY_CHROMIUM.",
  );
}
