import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import {
  commandLine,
  isAlive,
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from "@mainstay/platform/embedded-postgres";
import { inject } from "vitest";

const start_program = resolve(import.meta.dirname, "../../tools/start/main.ts");
const ready_wait_ms_max = 110_000;
const poll_ms = 25;

/** A whole Mainstay, started the way `npm start` does it. */
export type RunningMainstay = {
  readonly port: number;
  readonly appUrl: string;
  readonly consoleUrl: string;
  readonly simulatorUrl: string;
  readonly dataFolder: string;
  /** All that the start printed so far. */
  readonly said: () => string;
  /** The way to one of its databases in a role, while its server runs. */
  readonly databaseUrl: (...asked: Parameters<EmbeddedPostgres["url"]>) => Promise<string>;
  /** Ends it as Ctrl-C does; resolves with the exit code. */
  readonly stop: () => Promise<number | null>;
  /** Kills every process of it at once, PostgreSQL included, and gives none of them a chance to tidy up. */
  readonly killEverything: () => Promise<void>;
};

/** The process numbers of everything that runs on a data folder, each checked to be what it is taken for. */
function processesOf(dataFolder: string, supervisor: ChildProcess): readonly number[] {
  const lock = JSON.parse(readFileSync(join(dataFolder, "start.lock"), "utf8")) as {
    children: { pid: number; program: string }[];
  };
  const postgres = Number(
    readFileSync(join(dataFolder, "postgres/data/postmaster.pid"), "utf8").split("\n")[0],
  );
  const ours = lock.children.filter(({ pid, program }) => commandLine(pid).includes(program));
  const database = commandLine(postgres).includes(dataFolder) ? [postgres] : [];
  return [supervisor.pid ?? 0, ...ours.map(({ pid }) => pid), ...database].filter((pid) => pid > 1);
}

/**
 * Starts a whole Mainstay for a journey and waits until it says that it is ready. Its data lies in the
 * journeys' folder under `name`: the same name finds the same bank again.
 */
export async function runMainstay(options: {
  readonly name: string;
  readonly port: number;
  readonly environment?: Readonly<Record<string, string>>;
}): Promise<RunningMainstay> {
  const dataFolder = join(inject("journeysFolder"), options.name);
  const supervisor = spawn(process.execPath, [start_program], {
    env: {
      PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
      TMPDIR: tmpdir(),
      MAINSTAY_PORT: String(options.port),
      MAINSTAY_DATA: dataFolder,
      // A browser of its own beside each journey's would be one too many.
      MAINSTAY_PROBE_BROWSER: "off",
      ...options.environment,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  supervisor.stdout.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")));
  supervisor.stderr.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")));
  const ended = new Promise<number | null>((done) => supervisor.once("exit", done));
  for (let waited_ms = 0; !/^ready$/m.test(said); waited_ms += poll_ms) {
    if (supervisor.exitCode !== null) throw new Error(`Mainstay didn't start:\n${said}`);
    if (waited_ms > ready_wait_ms_max) {
      supervisor.kill("SIGTERM");
      throw new Error(`Mainstay wasn't ready in time:\n${said}`);
    }
    await wait(poll_ms);
  }
  return {
    port: options.port,
    appUrl: `http://localhost:${options.port}`,
    consoleUrl: `http://console.localhost:${options.port + 1}`,
    simulatorUrl: `http://localhost:${options.port + 2}`,
    dataFolder,
    said: () => said,
    stop: () => {
      supervisor.kill("SIGINT");
      return ended;
    },
    databaseUrl: async (...asked) => {
      // The server runs: this finds it.
      const server = await startEmbeddedPostgres({ folder: join(dataFolder, "postgres") });
      return server.url(...asked);
    },
    killEverything: async () => {
      const pids = processesOf(dataFolder, supervisor);
      for (const pid of pids) process.kill(pid, "SIGKILL");
      while (pids.some(isAlive)) await wait(poll_ms);
    },
  };
}
