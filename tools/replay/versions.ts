import { spawn } from "node:child_process";
import { join } from "node:path";
import { OperatorError } from "@mainstay/platform/embedded-postgres";
import { project_folder, systemEnvironment } from "../start/environment.ts";
import type { ScratchBank } from "./scratch.ts";

/** How long a command of the replay may take, in milliseconds. */
const command_ms_max = 15 * 60_000;

/** What a command said, and the code with which it ended. */
export type CommandEnd = { readonly code: number | null; readonly said: string };

/** Runs one of the project's own commands to its end, as a person at the keyboard would. */
export function runProgram(
  words: readonly string[],
  options: { readonly cwd?: string; readonly environment?: Readonly<Record<string, string>> } = {},
): Promise<CommandEnd> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, words, {
      cwd: options.cwd ?? project_folder,
      env: { ...systemEnvironment(), ...options.environment },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: command_ms_max,
    });
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")));
    child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, said }));
  });
}

/** The release command against the scratch bank. */
export function release(bank: ScratchBank, ...words: readonly string[]): Promise<CommandEnd> {
  const { port, dataFolder } = bank.settings;
  return runProgram(["tools/release/main.ts", ...words], {
    environment: { MAINSTAY_PORT: String(port), MAINSTAY_DATA: dataFolder },
  });
}

async function demand(what: string, ended: Promise<CommandEnd>): Promise<string> {
  const { code, said } = await ended;
  if (code !== 0) throw new OperatorError(`${what} ended with ${code}:\n${said.slice(-2_000)}`);
  return said;
}

/** Builds the app with the mistake in it; answers the folder. */
export async function buildFaulty(bank: ScratchBank): Promise<string> {
  const outDir = join(bank.settings.dataFolder, "faulty");
  const words = ["node_modules/vite/bin/vite.js", "build", "--config", "tools/replay/faulty/vite.config.ts"];
  await demand(
    "Building the version with the mistake",
    runProgram([...words, "--outDir", outDir, "--emptyOutDir"], { environment: { NODE_ENV: "production" } }),
  );
  return outDir;
}

type Build = { readonly folder: string; readonly version: string; readonly summary: string };

/** Publishes a build for every platform, signed; answers how the command ended. */
export function tryToPublish(bank: ScratchBank, build: Build): Promise<CommandEnd> {
  const { folder, version, summary } = build;
  const words = ["publish", folder, "--version", version, "--platforms", "ios,android,web"];
  return release(bank, ...words, "--summary", summary);
}

/** Publishes a build; throws where it is refused. */
export async function publish(bank: ScratchBank, build: Build): Promise<void> {
  await demand(`Publishing ${build.version}`, tryToPublish(bank, build));
}
