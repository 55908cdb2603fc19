import { createHash } from "node:crypto";
import { cp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** A public key of releases: its name, and its 32 bytes in base64. */
export type BootKey = { readonly name: string; readonly key: string };

/** Fills in what a build has left open, which must stand there. */
function fill(text: string, open: string, content: string): string {
  if (!text.includes(open)) throw new Error(`the boot layer was built without ${open}`);
  return text.replaceAll(open, () => content);
}

/**
 * Copies a built boot layer to where it is served from, with the public keys whose bundles it starts written
 * into the page and the worker. Apart from the build, so that one build serves whatever keys there are.
 */
export async function sealBoot(options: {
  readonly built: string;
  readonly outDir: string;
  readonly keys: readonly BootKey[];
}): Promise<void> {
  const { built, outDir, keys } = options;
  const working = `${outDir}.sealing-${process.pid}`;
  await cp(built, working, { recursive: true });
  const written = keys.map(({ name, key }) => `${name}:${key}`).join(" ");
  const read = (name: string) => readFile(join(built, name), "utf8");
  const meta = (content: string) => `<meta name="mainstay-release-keys" content="${content}"`;
  const page = fill(await read("index.html"), meta(""), meta(written));
  const hash = createHash("sha256").update(page).digest("hex");
  const named = fill(await read("sw.js"), "__BOOT_HASH__", JSON.stringify(hash));
  await writeFile(join(working, "index.html"), page);
  await writeFile(join(working, "sw.js"), fill(named, "__RELEASE_KEYS__", JSON.stringify(written)));
  await rm(outDir, { recursive: true, force: true });
  await rename(working, outDir);
}
