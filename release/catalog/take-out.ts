import { mkdtempSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { working_prefix } from "./limits.ts";
import { isVersion } from "./version.ts";

/**
 * Takes a version out of a catalog, as if it had never been published: gone by one rename, then cleared away.
 * Only for one that control never knew; what somebody may be on is withdrawn instead. It is synchronous, so
 * that a process that is told to end can still do it. Changes nothing where there is no such version.
 */
export function takeOutVersion(catalog: string, version: string): void {
  if (!isVersion(version)) return;
  const folder = mkdtempSync(join(catalog, working_prefix));
  try {
    renameSync(join(catalog, version), join(folder, version));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
