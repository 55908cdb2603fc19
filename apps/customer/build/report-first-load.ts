import { gzipSync } from "node:zlib";
import type { Plugin } from "vite";

/** The most JavaScript that the first screen may need, in bytes as gzip compresses it. */
export const first_load_bytes_max = 170_000;

/** What the plugin needs to know of a file of the bundle. */
type Chunk = {
  readonly type: "chunk";
  readonly fileName: string;
  readonly isEntry: boolean;
  readonly imports: readonly string[];
  readonly code: string;
};

/** The files that stand before the first screen: the entry, and whatever it imports, and so on. */
export function firstLoadFiles(
  chunks: ReadonlyMap<string, Pick<Chunk, "isEntry" | "imports">>,
): readonly string[] {
  const found = new Set<string>();
  const add = (name: string) => {
    const chunk = chunks.get(name);
    if (chunk === undefined || found.has(name)) return;
    found.add(name);
    for (const imported of chunk.imports) add(imported);
  };
  for (const [name, chunk] of chunks) if (chunk.isEntry) add(name);
  return [...found];
}

/**
 * Says after each build how much JavaScript the first screen needs, and fails a build that needs too much.
 */
export function reportFirstLoad(): Plugin {
  return {
    name: "mainstay:first-load",
    generateBundle(_options, bundle) {
      const chunks = new Map<string, Chunk>();
      for (const file of Object.values(bundle)) if (file.type === "chunk") chunks.set(file.fileName, file);
      const sizes = firstLoadFiles(chunks).map((name) => gzipSync(chunks.get(name)?.code ?? "").byteLength);
      const bytes = sizes.reduce((sum, size) => sum + size, 0);
      const kilobytes = (bytes / 1000).toFixed(1);
      const words = `First load: ${kilobytes} kB of JavaScript in ${sizes.length} files (gzip)`;
      if (bytes > first_load_bytes_max) this.error(`${words}, more than ${first_load_bytes_max / 1000} kB`);
      this.info(words);
    },
  };
}
