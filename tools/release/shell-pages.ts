import { readSource, type SourceFile } from "@mainstay/catalog";

/**
 * What the edge serves at the top; everything else of the boot layer's is under `/boot/`
 * (apps/edge/pages.ts).
 */
const top = /^(?:index\.html|manifest\.webmanifest|icons\/.*)$/;

/**
 * Reads the served boot layer as native shells get it: each file where the edge has it too, so that the page
 * finds them at its own origin. A shell has no service worker.
 */
export async function readShellPages(bootFolder: string): Promise<readonly SourceFile[]> {
  const files = await readSource(bootFolder);
  return files
    .filter(({ path }) => path !== "sw.js")
    .map((file) => (top.test(file.path) ? file : { ...file, path: `boot/${file.path}` }));
}
