import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { OperatorError } from "./operator-error.ts";

/**
 * The account of the operating system that PostgreSQL runs under; undefined: the one that we run under
 * ourselves.
 */
export type RunAs = { readonly uid: number; readonly gid: number } | undefined;

/** The unprivileged accounts that systems bring along, the fittest first. */
const system_accounts = ["postgres", "nobody"] as const;

/** The whole environment of the programs that run here: nothing of ours leaks into PostgreSQL. */
export const child_environment = { PATH: "/usr/bin:/bin:/usr/sbin:/sbin", TZ: "UTC" };

/** Says whether this process is root, under which PostgreSQL refuses to run. */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

function numericId(flag: "-u" | "-g", account: string): number | undefined {
  const answer = spawnSync("id", [flag, account], { encoding: "utf8", env: child_environment });
  const id = answer.status === 0 ? Number(answer.stdout.trim()) : Number.NaN;
  return Number.isSafeInteger(id) && id > 0 ? id : undefined;
}

/**
 * Chooses whom PostgreSQL runs as. As root: whoever owns the data already, else an unprivileged system
 * account. Throws `OperatorError` when root finds no such account.
 */
export function chooseRunAs(dataFolder: string): RunAs {
  if (!isRoot()) return undefined;
  const owner = statSync(dataFolder, { throwIfNoEntry: false });
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  for (const account of system_accounts) {
    const uid = numericId("-u", account);
    const gid = numericId("-g", account);
    if (uid !== undefined && gid !== undefined) return { uid, gid };
  }
  throw new OperatorError(
    "PostgreSQL refuses to run as root, and this machine has no user 'postgres' or 'nobody': " +
      "start as another user.",
  );
}

/**
 * Says whether an account can go through every folder up to this one and use it (mode bits, ACLs, mounts).
 */
export function canReach(runAs: RunAs, folder: string): boolean {
  const test = spawnSync("/bin/sh", ["-c", 'cd "$0" && test -r . && test -x .', folder], {
    env: child_environment,
    stdio: "ignore",
    cwd: "/",
    ...runAs,
  });
  return test.status === 0;
}
