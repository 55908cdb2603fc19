import { createHash } from "node:crypto";
import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { build, type InlineConfig } from "vite";
import { drawIcons } from "./icons.ts";

const here = import.meta.dirname;

/**
 * Both halves are built for every browser that knows passkeys, and keep no trace of where they were built.
 */
const shared: InlineConfig = { configFile: false, envDir: false, logLevel: "warn", publicDir: false };

/** Builds what verifies signatures where the browser can't; answers its file's name. */
async function buildVerifier(outDir: string): Promise<string> {
  const entry = join(here, "ed25519/verifier.ts");
  await build({
    ...shared,
    root: join(here, "ed25519"),
    build: {
      outDir,
      emptyOutDir: true,
      target: "es2022",
      lib: { entry, formats: ["es"] },
      rolldownOptions: { output: { entryFileNames: "ed25519-[hash].js" } },
    },
  });
  const [name = ""] = await readdir(outDir);
  return name;
}

async function buildPage(outDir: string, verifier: string): Promise<void> {
  await build({
    ...shared,
    root: join(here, "page"),
    base: "/boot/",
    define: { __VERIFIER_URL__: JSON.stringify(`/boot/${verifier}`) },
    build: {
      outDir,
      emptyOutDir: false,
      target: "es2022",
      modulePreload: false,
      assetsInlineLimit: 0,
      rolldownOptions: {
        output: {
          entryFileNames: "boot-[hash].js",
          chunkFileNames: "[name]-[hash].js",
          assetFileNames: "[name]-[hash][extname]",
        },
      },
    },
  });
}

/**
 * The worker keeps what it is told to here: the page, and the files beside it, by their hashes. Its other
 * names stay open for `sealBoot`.
 */
async function buildWorker(outDir: string): Promise<void> {
  const files = (await readdir(outDir)).filter((file) => /\.(?:js|css)$/.test(file)).toSorted();
  const hashOf = async (file: string) =>
    createHash("sha256")
      .update(await readFile(join(outDir, file)))
      .digest("hex");
  const hashes = await Promise.all(files.map(async (file) => [`/boot/${file}`, await hashOf(file)]));
  await build({
    ...shared,
    root: join(here, "worker"),
    define: {
      __BOOT_FILES__: JSON.stringify(Object.fromEntries(hashes)),
    },
    build: {
      outDir,
      emptyOutDir: false,
      target: "es2022",
      lib: {
        entry: join(here, "worker/worker.ts"),
        formats: ["iife"],
        name: "worker",
        fileName: () => "sw.js",
      },
    },
  });
}

/** The most that the boot layer may weigh before the app's first byte, compressed, in bytes. */
export const boot_bytes_max = 12 * 1024;

/**
 * What every start loads of the boot layer: the page, its script and its styles, compressed (gzip), in bytes.
 */
export async function weighBoot(folder: string): Promise<number> {
  const loaded = (await readdir(folder)).filter((file) => /^(?:index\.html|boot-.*\.js|.*\.css)$/.test(file));
  const sizes = loaded.map(async (file) => gzipSync(await readFile(join(folder, file)), { level: 9 }).length);
  return (await Promise.all(sizes)).reduce((sum, bytes) => sum + bytes, 0);
}

/**
 * Builds the boot layer into `outDir`: index.html, its scripts and styles (named by content), sw.js, the web
 * manifest and the icons. It accepts nobody's bundles yet: `sealBoot` (seal.ts) makes what is served. The
 * folder is replaced in one rename, so that a build that stops half-way leaves the old one.
 */
export async function buildBoot(outDir: string): Promise<void> {
  const working = `${outDir}.building-${process.pid}`;
  await buildPage(working, await buildVerifier(working));
  await buildWorker(working);
  await mkdir(join(working, "icons"), { recursive: true });
  await copyFile(join(here, "manifest.webmanifest"), join(working, "manifest.webmanifest"));
  await copyFile(join(here, "icon.svg"), join(working, "icons/icon.svg"));
  for (const [name, png] of Object.entries(drawIcons())) await writeFile(join(working, "icons", name), png);
  await rm(outDir, { recursive: true, force: true });
  await rename(working, outDir);
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { out: { type: "string", default: join(here, "dist") } } });
  await buildBoot(resolve(values.out));
  const bytes = await weighBoot(resolve(values.out));
  process.stdout.write(`The boot layer weighs ${(bytes / 1024).toFixed(1)} KiB, compressed.\n`);
}
