import { spawn } from "node:child_process";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../..");
const modules = join(root, "node_modules");

/** One thing that is checked: a program of node_modules and its words. */
export type Check = { readonly name: string; readonly words: readonly string[] };

/** What `npm run check` looks at, the quickest first. */
export const checks: readonly Check[] = [
  { name: "format", words: [join(modules, "oxfmt/bin/oxfmt"), "--check"] },
  { name: "lint", words: [join(modules, "oxlint/bin/oxlint"), "--type-aware", "--quiet"] },
  { name: "types of the server", words: [join(modules, "typescript/bin/tsc"), "-p", "tsconfig.json"] },
  { name: "types of the browser", words: [join(modules, "typescript/bin/tsc"), "-p", "tsconfig.web.json"] },
  {
    name: "types of the console",
    words: [join(modules, "typescript/bin/tsc"), "-p", "apps/console"],
  },
  { name: "dead code", words: [join(modules, "knip/bin/knip.js"), "--no-progress"] },
  {
    name: "tidy",
    words: [join(modules, "vitest/vitest.mjs"), "run", "--project", "quick", "tools/tidy", "--reporter=dot"],
  },
];

/** Runs one check; resolves with its exit code and all that it said. */
export function runCheck(check: Check): Promise<{ code: number | null; said: string }> {
  return new Promise((done, reject) => {
    const child = spawn(process.execPath, check.words, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")));
    child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")));
    child.on("error", reject);
    child.on("close", (code) => done({ code, said: said.trim() }));
  });
}

/** Runs every check, says how each went, and answers how many failed. */
export async function runChecks(say: (line: string) => void): Promise<number> {
  let failed = 0;
  for (const check of checks) {
    const { code, said } = await runCheck(check);
    if (code === 0) {
      say(`${check.name}: fine`);
      continue;
    }
    failed += 1;
    say(`${said}\n${check.name}: not fine`);
  }
  return failed;
}
