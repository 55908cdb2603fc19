import { createHash, randomBytes } from "node:crypto";
import { chownSync, existsSync, lstatSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OperatorError, explainFolderError, hasCode } from "./operator-error.ts";
import { canReach, isRoot, type RunAs } from "./unprivileged.ts";

/** Where the parts of one embedded server lie. */
export type Location = {
  /** PostgreSQL's own folder (PGDATA). */
  readonly data: string;
  /** The folder of the unix socket, which only the server's account and root can enter. */
  readonly socket: string;
  readonly log: string;
};

/** Folders of root's that an unprivileged account can go through, for what it can't reach in the project. */
const root_homes = ["/var/lib/mainstay", "/var/tmp/mainstay"] as const;

/** A unix socket's path may have 107 bytes; its name takes 15 of them. */
const socket_folder_length_max = 90;

/** Names the file that says where the data lies when it couldn't lie in the folder itself. */
export function pointerFile(folder: string): string {
  return join(folder, "postgres.location");
}

/** Makes a folder of root's outside any home; refuses one that somebody else put there. */
export function rootHome(): string {
  for (const home of root_homes) {
    try {
      mkdirSync(home, { recursive: true, mode: 0o755 });
      const found = lstatSync(home);
      if (found.isDirectory() && found.uid === 0) return home;
    } catch (error) {
      if (!hasCode(error, "EACCES", "EPERM", "EROFS", "ENOTDIR", "EEXIST")) throw error;
    }
  }
  throw new OperatorError(
    `PostgreSQL can't run as root, and its own user can reach neither this folder ` +
      `nor ${root_homes.join(" or ")}: ` +
      "start as another user, or set MAINSTAY_DATA.",
  );
}

/** Makes a folder that belongs to the account that PostgreSQL runs as, closed to everyone else. */
export function makeOwnedFolder(folder: string, runAs: RunAs): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (runAs !== undefined) chownSync(folder, runAs.uid, runAs.gid);
}

function existingPointer(folder: string): string | undefined {
  if (!existsSync(pointerFile(folder))) return undefined;
  const place = readFileSync(pointerFile(folder), "utf8").trim();
  if (existsSync(join(place, "data")) || isRoot()) return place;
  throw new OperatorError(
    `The data of ${folder} lies in ${place}, where root put it: ` +
      `start as root, or set MAINSTAY_DATA to another folder.`,
  );
}

/** Chooses, once for each folder, where its data lies: in it, or where PostgreSQL's account can reach it. */
function homeOf(folder: string, runAs: RunAs): string {
  const known = existingPointer(folder);
  if (known !== undefined) return known;
  if (existsSync(join(folder, "data")) || canReach(runAs, folder)) return folder;
  // A new name each time: after the folder was deleted, its old data must not come back with other passwords.
  const place = join(rootHome(), `data-${randomBytes(6).toString("hex")}`);
  mkdirSync(place, { mode: 0o755 });
  writeFileSync(pointerFile(folder), `${place}\n`);
  return place;
}

function socketFolder(home: string): string {
  const inside = join(home, "socket");
  if (inside.length <= socket_folder_length_max) return inside;
  const name = createHash("sha256").update(home).digest("hex").slice(0, 16);
  return join(tmpdir().length <= socket_folder_length_max - 30 ? tmpdir() : "/tmp", `mainstay-${name}`);
}

/**
 * Makes the folder and decides where everything of its server lies. Throws `OperatorError` with what to do.
 */
export function locate(folder: string, runAs: RunAs): Location {
  try {
    mkdirSync(folder, { recursive: true, mode: isRoot() ? 0o755 : 0o700 });
    const home = homeOf(folder, runAs);
    return { data: join(home, "data"), socket: socketFolder(home), log: join(home, "postgres.log") };
  } catch (error) {
    throw explainFolderError(error, folder);
  }
}
