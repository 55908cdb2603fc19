import { parseArgs } from "node:util";
import { CatalogError } from "@mainstay/catalog";
import { OperatorError } from "@mainstay/platform/embedded-postgres";
import { readStartSettings } from "../start/environment.ts";
import { shells_folder, syncShells } from "./sync.ts";

const usage =
  "npm run shell -- sync [--version 1.4.0] [--server https://bank.example] [--platforms ios,android]";

async function main(): Promise<void> {
  const text = { type: "string" } as const;
  const options = { version: text, server: text, platforms: { ...text, default: "ios,android" } };
  const { positionals, values } = (() => {
    try {
      return parseArgs({ options, allowPositionals: true });
    } catch {
      throw new OperatorError(usage);
    }
  })();
  if (positionals.length !== 1 || positionals[0] !== "sync") throw new OperatorError(usage);
  const settings = readStartSettings({ ...process.env, NODE_ENV: "development" });
  await syncShells({
    settings,
    version: values.version ?? null,
    server: values.server ?? `http://localhost:${settings.port}`,
    platforms: values.platforms,
    into: shells_folder,
    say: (line) => process.stdout.write(`${line}\n`),
  });
}

try {
  await main();
} catch (error) {
  const isExpected = error instanceof OperatorError || error instanceof CatalogError;
  process.stderr.write(`${isExpected ? error.message : String((error as Error).stack)}\n`);
  process.exitCode = 1;
}
