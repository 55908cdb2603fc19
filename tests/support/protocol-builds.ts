import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import type { LoginProtocol } from "@mainstay/wire";

const project_folder = resolve(import.meta.dirname, "../..");
const vite = join(project_folder, "node_modules/vite/bin/vite.js");
const config = join(import.meta.dirname, "protocol-app.config.ts");

/** What a build of the customer app speaks, and what it says that it speaks. */
export type ProtocolBuild = { readonly speaks: LoginProtocol; readonly declares: LoginProtocol };

/**
 * Builds the customer app so that it speaks one protocol and declares one: the same makes a version of that
 * protocol, two different ones a version that conflicts with the bank's.
 */
export async function buildSpeaking({ speaks, declares }: ProtocolBuild, outDir: string): Promise<void> {
  const words = ["build", "--config", config, "--configLoader", "native", "--outDir", outDir];
  await promisify(execFile)(process.execPath, [vite, ...words, "--emptyOutDir", "--logLevel", "warn"], {
    cwd: join(project_folder, "apps/customer"),
    env: {
      PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
      NODE_ENV: "production",
      MAINSTAY_TEST_SPEAKS: speaks,
      MAINSTAY_TEST_DECLARES: declares,
    },
  });
  const description = { loginProtocol: declares, api: { from: 1, to: 1 }, minimumShell: null };
  await writeFile(join(outDir, "mainstay.json"), JSON.stringify(description));
}
