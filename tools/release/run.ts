import { CatalogError } from "@mainstay/catalog";
import { OperatorError } from "@mainstay/platform/embedded-postgres";
import { verdictToken } from "@mainstay/signals";
import { catalog_commands } from "./catalog-commands.ts";
import { optional, readWords, text, type Command } from "./command.ts";
import { key_commands } from "./key-commands.ts";
import { rollout_commands } from "./rollout-commands.ts";
import { openScene, type Typed } from "./scene.ts";

const check: Command = {
  usage: "<version> [--against http://localhost:9080] [--against-secrets <file>]",
  does: "runs every journey on a version in a real browser; anything red stops its release",
  options: { against: text, "against-secrets": text },
  words: 1,
  run: async ({ settings, say }, words) => {
    // A browser is loaded for nothing else.
    const { checkVersion } = await import("./check.ts");
    return checkVersion({
      version: words.positionals[0] ?? "",
      against: optional(words, "against"),
      againstSecrets: optional(words, "against-secrets"),
      settings,
      say,
    });
  },
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

/** Runs a command as it was typed; answers the exit code. Throws what it says in one sentence. */
async function run(typed: Typed): Promise<number> {
  const [name = "", ...given] = typed.words;
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) throw new OperatorError(usage());
  return command.run(openScene(typed), readWords(name, command, given));
}

/** Runs a command as it was typed and tells whatever is wrong in a sentence; answers the exit code. */
export async function runRelease(typed: Typed, complain: (line: string) => void): Promise<number> {
  try {
    return await run(typed);
  } catch (error) {
    const isExpected = error instanceof OperatorError || error instanceof CatalogError;
    complain(isExpected ? error.message : String((error as Error).stack));
    return 1;
  }
}
