import { type FSWatcher, existsSync, watch } from "node:fs";
import { join } from "node:path";
import { project_folder } from "../start/environment.ts";
import { runCommand } from "../start/run.ts";
import type { Mainstay } from "../start/supervisor.ts";

/** What the browser apps are made of; the servers are watched by Node itself. */
const watched = [
  ...["apps/boot", "apps/customer", "apps/console"],
  ...["packages/ui", "packages/wire", "packages/kernel"],
] as const;
/** An editor that saves several files makes one build. */
const quiet_ms = 150;

/** Builds and publishes again whenever a source of the browser apps changes; answers how to stop that. */
function rebuildOnChange(mainstay: Mainstay): () => void {
  let timer: NodeJS.Timeout | undefined;
  let building = Promise.resolve();
  let version = "";
  const build = async (): Promise<void> => {
    try {
      const next = await mainstay.rebuild();
      if (next !== version) process.stdout.write(`The app is at ${next}: reload the page.\n`);
      version = next;
    } catch (error) {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    }
  };
  const changed = (_event: string, name: string | null): void => {
    if (name === null || /(?:^|\/)(?:dist|node_modules)(?:\/|$)/.test(name)) return;
    clearTimeout(timer);
    // One build after the other: a change during a build makes another one after it.
    timer = setTimeout(() => {
      building = building.then(build);
    }, quiet_ms);
  };
  const folders = watched
    .map((folder) => join(project_folder, folder))
    .filter((folder) => existsSync(folder));
  const watchers: FSWatcher[] = folders.map((folder) => watch(folder, { recursive: true }, changed));
  return () => {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  };
}

await runCommand({ nodeWords: ["--watch", "--watch-preserve-output"], whenReady: rebuildOnChange });
