import { execFile } from "node:child_process";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { readStaticFolder, sleep, type StaticFile } from "@mainstay/platform";
import { inject } from "vitest";

const project_folder = resolve(import.meta.dirname, "../../..");
const console_folder = join(project_folder, "apps/console");
const vite = join(project_folder, "node_modules/vite/bin/vite.js");
/** How long another journey's build is waited for, in milliseconds. */
const build_ms_max = 100_000;

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** Builds into a folder of its own and puts it in place whole: nobody ever reads half a console. */
async function build(into: string): Promise<void> {
  const half = `${into}.half`;
  // In a process of its own: as it is shipped, whatever the tests run as.
  const words = [vite, "build", "--outDir", half, "--emptyOutDir", "--logLevel", "error"];
  await promisify(execFile)(process.execPath, words, {
    cwd: console_folder,
    env: { NODE_ENV: "production" },
  });
  await rename(half, into);
}

/**
 * The console as it is given out, built once for all journeys of a run: the first that needs it builds, the
 * others wait for it.
 */
export async function builtConsole(): Promise<ReadonlyMap<string, StaticFile>> {
  const journeys = inject("journeysFolder");
  const [built, building] = [join(journeys, "console"), join(journeys, "console.building")];
  await mkdir(journeys, { recursive: true });
  for (let waited_ms = 0; !(await isThere(built)); waited_ms += 100) {
    if (waited_ms > build_ms_max) throw new Error("the console's build takes too long");
    const isMine = await mkdir(building).then(
      () => true,
      () => false,
    );
    // One that fails leaves the building to the next, which fails with the same words.
    if (!isMine) {
      await sleep(100);
      continue;
    }
    try {
      await build(built);
    } finally {
      await rm(building, { recursive: true });
    }
  }
  return readStaticFolder(built);
}
