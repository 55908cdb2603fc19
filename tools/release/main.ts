import { CatalogError } from "@mainstay/catalog";
import { OperatorError } from "@mainstay/platform/embedded-postgres";
import { verdictToken } from "@mainstay/signals";
import { catalog_commands } from "./catalog-commands.ts";
import { checkVersion } from "./check.ts";
import { optional, readWords, text, type Command } from "./command.ts";
import { key_commands } from "./key-commands.ts";
import { rollout_commands } from "./rollout-commands.ts";
import { openScene } from "./scene.ts";

const check: Command = {
  usage: "<version> [--against http://localhost:9080] [--against-secrets <file>]",
  does: "runs every journey on a version in a real browser; anything red stops its release",
  options: { against: text, "against-secrets": text },
  words: 1,
  run: async ({ settings, say }, words) =>
    checkVersion({
      version: words.positionals[0] ?? "",
      against: optional(words, "against"),
      againstSecrets: optional(words, "against-secrets"),
      settings,
      say,
    }),
};

const token: Command = {
  usage: "",
  does: "prints the token with which other systems read verdicts, and can do nothing else",
  options: {},
  words: 0,
  run: async ({ edgeSecret, say }) => {
    say(verdictToken(edgeSecret()));
    return 0;
  },
};

const commands: Readonly<Record<string, Command>> = {
  ...key_commands,
  ...catalog_commands,
  check,
  ...rollout_commands,
  "verdict-token": token,
};

function usage(): string {
  const lines = Object.entries(commands).map(([name, { does }]) => `  ${name.padEnd(18)} ${does}`);
  return ["npm run release -- <command>", ...lines].join("\n");
}

async function main([name = "", ...given]: readonly string[]): Promise<number> {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) throw new OperatorError(usage());
  const scene = openScene((line) => process.stdout.write(`${line}\n`));
  return command.run(scene, readWords(name, command, given));
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const isExpected = error instanceof OperatorError || error instanceof CatalogError;
  process.stderr.write(`${isExpected ? error.message : String((error as Error).stack)}\n`);
  process.exitCode = 1;
}
