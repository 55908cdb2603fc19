import { spawn } from "node:child_process";
import { chownSync, existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Binaries } from "./binaries.ts";
import { OperatorError } from "./operator-error.ts";
import { child_environment, isRoot, type RunAs } from "./unprivileged.ts";

/** Runs initdb and resolves with its exit code and all that it said. */
function runInitdb(
  binaries: Binaries,
  runAs: RunAs,
  options: readonly string[],
): Promise<{ code: number | null; said: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(binaries.initdb, options, {
      env: { ...child_environment, LD_LIBRARY_PATH: binaries.lib },
      stdio: ["ignore", "pipe", "pipe"],
      cwd: "/",
      ...runAs,
    });
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")));
    child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, said }));
  });
}

function explainInitdb(said: string, data: string): OperatorError {
  if (said.includes("No space left on device")) {
    return new OperatorError(`The disk that holds ${data} is full: free some space, or set MAINSTAY_DATA.`);
  }
  const reason = said.match(/(?:error|FATAL|PANIC): .*/)?.[0] ?? said.trim().slice(-300);
  return new OperatorError(`PostgreSQL couldn't make its database in ${data} (${reason}).`);
}

/**
 * Makes a new, empty database cluster in `data`, in UTF-8 with the C locale's order and password log-in only.
 * It appears under its name when it is whole: what an interrupted start left is removed by the next one.
 */
export async function createCluster(options: {
  readonly binaries: Binaries;
  readonly runAs: RunAs;
  readonly data: string;
  readonly superuserPassword: string;
  /** False for clusters that don't outlive a run of tests. */
  readonly isDurable: boolean;
}): Promise<void> {
  const { binaries, runAs, data } = options;
  const half = `${data}.new`;
  const passwordFile = join(dirname(data), "initdb-password");
  rmSync(half, { recursive: true, force: true });
  try {
    mkdirSync(half, { mode: 0o700 });
    writeFileSync(passwordFile, options.superuserPassword, { mode: 0o600 });
    if (runAs !== undefined) {
      chownSync(half, runAs.uid, runAs.gid);
      chownSync(passwordFile, runAs.uid, runAs.gid);
    }
    const answer = await runInitdb(binaries, runAs, [
      ...["-D", half, "-U", "postgres", "--locale=C.UTF-8", "-E", "UTF8"],
      ...["--auth=scram-sha-256", `--pwfile=${passwordFile}`, ...(options.isDurable ? [] : ["--no-sync"])],
    ]);
    if (answer.code !== 0) throw explainInitdb(answer.said, data);
    renameSync(half, data);
  } finally {
    rmSync(passwordFile, { force: true });
    rmSync(half, { recursive: true, force: true });
  }
}

/**
 * Says whether a cluster is there; throws `OperatorError` when it is someone else's or of another major
 * version.
 */
export function clusterExists(data: string): boolean {
  if (!existsSync(data)) return false;
  const owner = statSync(data).uid;
  if (!isRoot() && owner !== process.getuid?.()) {
    throw new OperatorError(
      `The data in ${data} belongs to another user of this machine (number ${owner}): ` +
        `start as that user or as root, ` +
        "or set MAINSTAY_DATA.",
    );
  }
  return true;
}
