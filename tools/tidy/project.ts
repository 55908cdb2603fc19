import { readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";

/** A file of the project's: its path from the root, with slashes, and its text. */
export type ProjectFile = { readonly path: string; readonly text: string };

/** Where a house rule is broken, and what to do about it. */
export type Breach = { readonly path: string; readonly line: number; readonly what: string };

/** The folder of the project. */
export const root = resolve(import.meta.dirname, "../..");

const text_files = /\.(?:ts|tsx|mjs|css|sql|json|md|html|sh|xsd|yml)$/;
/** Written by machines, or kept as others wrote them. */
const not_ours = /(?:^|\/)(?:package-lock\.json|locales\/.*|.*\.xsd|data\/.*)$|^benches\/results\//;

/** What git ignores, by the names of folders; read without git, which a machine need not have. */
const ignored_folders = new Set(["node_modules", "dist", ".git", ".mainstay", "coverage", "differences"]);

function* filesIn(folder: string): Generator<string> {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    if (ignored_folders.has(entry.name)) continue;
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) yield* filesIn(path);
    else if (entry.isFile()) yield path;
  }
}

/** Reads every file that belongs to the project, in the order of their paths. */
export function readProject(): readonly ProjectFile[] {
  return [...filesIn("")]
    .filter((path) => text_files.test(path) && !not_ours.test(path))
    .toSorted()
    .map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));
}

/** Says whether a file is TypeScript or JavaScript that we wrote. */
export function isCode(path: string): boolean {
  return /\.(?:ts|tsx|mjs)$/.test(path);
}

/** Says whether a file is a test, or a helper that only tests use. */
export function isTest(path: string): boolean {
  return /\.test\.tsx?$|\/test-[a-z-]+\.ts$|^tests\/|^packages\/testkit\//.test(path);
}

/** Blanks out comments, and keeps every line where it is. */
export function withoutComments(text: string): string {
  const blank = (comment: string): string => comment.replaceAll(/[^\n]/g, " ");
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, blank).replaceAll(/(?<=^|[\s;{}(,])\/\/.*$/gm, blank);
}

/** Finds what a pattern matches, line by line; `pattern` needs the flag g. */
export function find(path: string, text: string, pattern: RegExp, what: string): readonly Breach[] {
  return [...text.matchAll(pattern)].map((match) => ({
    path,
    line: text.slice(0, match.index).split("\n").length,
    what: `${what}: ${match[0].trim().slice(0, 60)}`,
  }));
}

/** Writes breaches as an editor can follow them. */
export function describeBreaches(breaches: readonly Breach[]): string {
  return breaches.map(({ path, line, what }) => `${path}:${line} ${what}`).join("\n");
}
