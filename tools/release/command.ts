import { parseArgs, type ParseArgsOptionsConfig } from "node:util";
import { OperatorError } from "@mainstay/platform/embedded-postgres";
import type { Scene } from "./scene.ts";

/** What was typed after a command's name. */
export type Words = {
  readonly positionals: readonly string[];
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
};

/** One command of `npm run release --`. */
export type Command = {
  /** How it is typed, after its name. */
  readonly usage: string;
  readonly does: string;
  readonly options: ParseArgsOptionsConfig;
  /** How many words it takes beside its options. */
  readonly words: number;
  /** Answers the exit code. Throws `OperatorError` or `CatalogError` with a sentence. */
  readonly run: (scene: Scene, words: Words) => Promise<number>;
};

/** An option that takes a word. */
export const text = { type: "string" } as const;
/** An option that takes none. */
export const flag = { type: "boolean" } as const;

/** Reads what was typed after a command's name; throws `OperatorError` with how it is typed. */
export function readWords(name: string, command: Command, given: readonly string[]): Words {
  const usage = new OperatorError(`Type it so: npm run release -- ${name} ${command.usage}`.trimEnd());
  try {
    const read = parseArgs({ args: [...given], options: command.options, allowPositionals: true });
    if (read.positionals.length !== command.words) throw usage;
    return { positionals: read.positionals, values: read.values as Words["values"] };
  } catch {
    throw usage;
  }
}

/** An option that must be given. */
export function required(words: Words, name: string): string {
  const value = words.values[name];
  if (typeof value === "string" && value.trim() !== "") return value;
  throw new OperatorError(`--${name} is missing.`);
}

/** An option that may be given. */
export function optional(words: Words, name: string): string | null {
  const value = words.values[name];
  return typeof value === "string" ? value : null;
}
