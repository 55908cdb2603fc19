import { generateKeyPairSync } from "node:crypto";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { zipSync, type Zippable } from "fflate";
import { acceptKeys, writePublicKey } from "./keys.ts";
import { publishVersion, type Published } from "./publish.ts";
import { readSource } from "./source.ts";

/** A built app as Vite and its plugin leave it: a few files, and the notes of the build. */
export const small_build: Readonly<Record<string, string>> = {
  "assets/main-1.js": `import "./shared-2.js"; globalThis.started = true;`.repeat(10),
  "assets/shared-2.js": "export const shared = true;",
  "assets/later-3.js": "export const later = true;",
  "assets/style-4.css": "body { color: teal; }",
  "index.html": "the page of development",
  "mainstay.json": JSON.stringify({
    loginProtocol: "login/2",
    api: { from: 1, to: 1 },
    minimumShell: "1.2.0",
  }),
  ".vite/manifest.json": JSON.stringify({
    "main.tsx": { file: "assets/main-1.js", isEntry: true, imports: ["_shared.js"] },
    "_shared.js": { file: "assets/shared-2.js" },
    "later.tsx": { file: "assets/later-3.js" },
    "style.css": { file: "assets/style-4.css" },
  }),
};

export function makeKeys() {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const written = { current: writePublicKey(publicKey), next: null };
  return { privateKey, written, keys: acceptKeys(written) };
}

/** A catalog of its own in a folder of its own, and whoever publishes into it. */
export async function createScene() {
  const folder = await mkdtemp(join(tmpdir(), "mainstay-catalog-"));
  const catalog = join(folder, "catalog");
  const own = makeKeys();
  let made = 0;

  const write = async (files: Readonly<Record<string, string | Uint8Array>>): Promise<string> => {
    const source = join(folder, `source-${(made += 1)}`);
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(source, path)), { recursive: true });
      await writeFile(join(source, path), content);
    }
    return source;
  };

  return {
    folder,
    catalog,
    ...own,
    write,
    /** Writes a small app, changed where it is said. */
    build: (changed: Readonly<Record<string, string | Uint8Array>> = {}) =>
      write({ ...small_build, ...changed }),
    /** Zips files as they are given, however wrong their names. */
    zip: async (files: Zippable): Promise<string> => {
      const path = join(folder, `source-${(made += 1)}.zip`);
      await writeFile(path, zipSync(files));
      return path;
    },
    publish: async (
      version: string,
      source: string,
      options: { summary?: string; privateKey?: typeof own.privateKey; pages?: string } = {},
    ): Promise<Published> =>
      publishVersion({
        source,
        catalog,
        publication: { version, platforms: ["ios", "web"], summary: options.summary ?? "" },
        privateKey: options.privateKey ?? own.privateKey,
        keys: own.keys,
        pages: await readSource(options.pages ?? (await write({ "index.html": "boot" }))),
      }),
    /** Whatever lies in the catalog, hidden files too. */
    kept: async () => (await readdir(catalog, { recursive: true }).catch(() => [])).toSorted(),
    stop: () => rm(folder, { recursive: true, force: true }),
  };
}
export type Scene = Awaited<ReturnType<typeof createScene>>;
