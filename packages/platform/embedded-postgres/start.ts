import { rmSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { prepareBinaries } from "./binaries.ts";
import { clusterExists, createCluster } from "./cluster.ts";
import { type Location, locate, makeOwnedFolder, rootHome } from "./location.ts";
import { OperatorError, explainFolderError } from "./operator-error.ts";
import { type Passwords, type PostgresRole, loadPasswords } from "./passwords.ts";
import { ensureRolesAndDatabases } from "./roles.ts";
import {
  type LaunchOptions,
  type Listen,
  findServer,
  launchServer,
  portOf,
  stopServer,
} from "./server-process.ts";
import { type PostgresSettings, postgresSettings } from "./settings.ts";
import { chooseRunAs, isRoot } from "./unprivileged.ts";

/** A PostgreSQL server that this project brought along, running. */
export type EmbeddedPostgres = {
  /** The URL of a database for a role; both "bank" and "control" are there. */
  readonly url: (role: PostgresRole, database: string) => string;
  readonly pid: number;
  /** True when it was running before, left by a process that was killed or kept by one that still lives. */
  readonly wasRunning: boolean;
  /** Ends the server; resolves when it is gone. */
  readonly stop: () => Promise<void>;
};

export type EmbeddedPostgresOptions = {
  /** Holds the data, the passwords and the log; made when missing. */
  readonly folder: string;
  /** A port of 127.0.0.1; without it, the server listens on a unix socket in the folder (faster). */
  readonly port?: number;
  /** Laid over `postgresSettings()`. */
  readonly settings?: PostgresSettings;
};

function urlMaker(
  location: Location,
  passwords: Readonly<Record<PostgresRole, string>>,
  listen: Listen,
): EmbeddedPostgres["url"] {
  return (role, database) => {
    const credentials = `${role}:${passwords[role]}`;
    if (listen !== "socket") return `postgresql://${credentials}@127.0.0.1:${listen.port}/${database}`;
    // `host` in the query wins over the one in front, in pg and in libpq alike.
    return `postgresql://${credentials}@localhost/${database}?host=${encodeURIComponent(location.socket)}`;
  };
}

/**
 * Launches or adopts the server and sees to its roles. A server that was killed a moment ago may still look
 * alive: when it is gone after all, another one is launched.
 */
async function launchAndPrepare(launch: LaunchOptions, passwords: Passwords): Promise<EmbeddedPostgres> {
  const { data } = launch.location;
  const { pid, wasRunning } = await launchServer(launch);
  const listen: Listen = launch.listen === "socket" ? launch.listen : { port: portOf(data) };
  const url = urlMaker(launch.location, passwords, listen);
  try {
    await ensureRolesAndDatabases(url("postgres", "postgres"), passwords);
  } catch (error) {
    if (wasRunning && findServer(data) !== pid) return launchAndPrepare(launch, passwords);
    throw error;
  }
  return { url, pid, wasRunning, stop: () => stopServer(data, pid) };
}

/**
 * Starts PostgreSQL on a folder, or adopts the one that still runs there, with the roles and databases of a
 * Mainstay in it. It survives this process unless `stop` is called. Rejects with `OperatorError`: one
 * sentence on what stands in the way and what to do.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  if (process.platform === "win32") {
    throw new OperatorError(
      "The embedded PostgreSQL runs on Linux and macOS: use WSL, " +
        "or set DATABASE_URL and CONTROL_DATABASE_URL.",
    );
  }
  const folder = resolve(options.folder);
  const settings = { ...postgresSettings(), ...options.settings };
  const runAs = chooseRunAs(resolve(folder, "data"));
  const location = locate(folder, runAs);
  try {
    const isFirstStart = !clusterExists(location.data);
    const passwords = loadPasswords(folder, isFirstStart);
    const binaries = prepareBinaries(runAs, () => (isRoot() ? rootHome() : folder));
    makeOwnedFolder(location.socket, runAs);
    if (isFirstStart) {
      const isDurable = settings["fsync"] !== "off";
      const superuserPassword = passwords.postgres;
      await createCluster({ binaries, runAs, data: location.data, superuserPassword, isDurable });
    }
    const asked: Listen = options.port === undefined ? "socket" : { port: options.port };
    const launch = { binaries, location, runAs, settings, listen: asked };
    return await launchAndPrepare(launch, passwords);
  } catch (error) {
    throw explainFolderError(error, folder);
  }
}

/** Ends the server that runs on a folder, if one does: for one whose starter was killed. */
export async function stopEmbeddedPostgres(folder: string): Promise<void> {
  const { data } = locate(resolve(folder), undefined);
  const pid = findServer(data);
  if (pid !== undefined) await stopServer(data, pid);
}

/** Ends the server of a folder and deletes all of its data, wherever it lies: for tests and benches. */
export async function removeEmbeddedPostgres(folder: string): Promise<void> {
  await stopEmbeddedPostgres(folder);
  const { data, socket } = locate(resolve(folder), undefined);
  const home = dirname(data);
  for (const path of [socket, ...(home === resolve(folder) ? [] : [home]), resolve(folder)]) {
    rmSync(path, { recursive: true, force: true });
  }
}
