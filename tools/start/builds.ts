import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join, relative } from "node:path";
import { OperatorError, isAlive } from "@mainstay/platform/embedded-postgres";
import { project_folder, systemEnvironment } from "./environment.ts";

/** What runs in browsers: the boot layer, and two apps with a vite.config.ts each. */
export const browser_apps = ["boot", "customer", "console"] as const;

export type BrowserApp = (typeof browser_apps)[number];

/** What the browser apps are made of, beside their own folder. */
const shared_sources = ["packages/kernel", "packages/wire", "packages/ui"] as const;
const shared_files = ["package-lock.json", "tsconfig.base.json"] as const;
const passed_over = new Set(["node_modules", "dist"]);
const kept_builds_max = 3;
const said_length_max = 2_000;

function* sourceFiles(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (passed_over.has(entry.name) || /\.test\.tsx?$/.test(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sourceFiles(path);
    else yield path;
  }
}

/** A name for everything that goes into an app's build. */
function hashOfSources(app: BrowserApp): string {
  const folders = [`apps/${app}`, ...shared_sources].map((folder) => join(project_folder, folder));
  const files = [
    ...folders.filter((folder) => existsSync(folder)).flatMap((folder) => [...sourceFiles(folder)]),
    ...shared_files.map((file) => join(project_folder, file)),
  ];
  const hash = createHash("sha256");
  for (const file of files.toSorted()) {
    hash.update(relative(project_folder, file)).update("\0").update(readFileSync(file)).update("\0");
  }
  return hash.digest("hex").slice(0, 16);
}

/** Runs a program of the project's to its end; rejects with what it said when it fails. */
function runToEnd(words: readonly string[], folder: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, words, {
      cwd: folder,
      env: { ...systemEnvironment(), NODE_ENV: "production" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")));
    child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")));
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) return resolve();
      const last = said.trim().slice(-said_length_max);
      reject(new OperatorError(`${relative(project_folder, folder)} couldn't be built:\n${last}`));
    });
  });
}

/** Finished builds are kept beside the dependencies that they were built with, for every data folder. */
function cacheFolder(dataFolder: string): string {
  const beside = join(project_folder, "node_modules", ".cache", "mainstay");
  try {
    mkdirSync(beside, { recursive: true });
    const trial = join(beside, `trial.${process.pid}`);
    writeFileSync(trial, "");
    rmSync(trial);
    return beside;
  } catch {
    return join(dataFolder, "builds");
  }
}

/** Keeps the builds used last; of half ones, those that some process is still making. */
function forgetOldBuilds(cache: string, app: BrowserApp): void {
  for (const name of readdirSync(cache)) {
    const maker = Number(/\.(?:building-)?(\d+)$/.exec(name)?.[1] ?? process.pid);
    if (name.startsWith(`${app}-`) && !isAlive(maker))
      rmSync(join(cache, name), { recursive: true, force: true });
  }
  const builds = readdirSync(cache)
    .filter((name) => name.startsWith(`${app}-`) && !name.includes("."))
    .map((name) => ({ name, used_ms: statSync(join(cache, name)).mtimeMs }))
    .toSorted((one, other) => other.used_ms - one.used_ms);
  for (const { name } of builds.slice(kept_builds_max)) {
    rmSync(join(cache, name), { recursive: true, force: true });
  }
}

/**
 * Builds one app when its sources have changed since it was last built, and answers the folder of the result.
 * A build appears whole or not at all.
 */
async function ensureBuild(app: BrowserApp, cache: string, say: (line: string) => void): Promise<string> {
  const source = join(project_folder, "apps", app);
  const built = join(cache, `${app}-${hashOfSources(app)}`);
  if (existsSync(built)) {
    const now_s = performance.timeOrigin / 1000 + performance.now() / 1000;
    utimesSync(built, now_s, now_s);
    return built;
  }
  say(`Building ${app} …`);
  const half = `${built}.${process.pid}`;
  mkdirSync(half, { recursive: true });
  try {
    if (app === "boot") {
      const { buildBoot } = await import("../../apps/boot/build.ts");
      await buildBoot(half);
    } else {
      const vite = join(project_folder, "node_modules", "vite", "bin", "vite.js");
      await runToEnd(
        [vite, "build", "--outDir", half, "--emptyOutDir", "--logLevel", "warn", "--configLoader", "native"],
        source,
      );
    }
    // A second start may have built the same meanwhile: then its result stands.
    if (!existsSync(built)) renameSync(half, built);
  } finally {
    rmSync(half, { recursive: true, force: true });
  }
  forgetOldBuilds(cache, app);
  return built;
}

/** Where the built apps lie. */
export type Builds = Readonly<Record<BrowserApp, string>>;

/** Builds the boot layer when it has changed. */
export function ensureBootBuild(dataFolder: string, say: (line: string) => void): Promise<string> {
  return ensureBuild("boot", cacheFolder(dataFolder), say);
}

/** Builds what has changed, one app after the other: each uses all processors by itself. */
export async function ensureBuilds(dataFolder: string, say: (line: string) => void): Promise<Builds> {
  const cache = cacheFolder(dataFolder);
  return {
    boot: await ensureBuild("boot", cache, say),
    customer: await ensureBuild("customer", cache, say),
    console: await ensureBuild("console", cache, say),
  };
}
