import { lstat, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { CatalogError } from "./errors.ts";
import { createTally, type SourceFile } from "./source-file.ts";
import { readZip } from "./zip.ts";

/** Reads a folder's plain files; a link or anything else that is no file is refused and not followed. */
async function readFolder(folder: string): Promise<readonly SourceFile[]> {
  const tally = createTally();
  const found: SourceFile[] = [];
  const visit = async (beneath: string): Promise<void> => {
    for (const name of (await readdir(join(folder, beneath))).toSorted()) {
      const path = beneath === "" ? name : `${beneath}/${name}`;
      const status = await lstat(join(folder, path));
      if (status.isDirectory()) {
        await visit(path);
        continue;
      }
      if (!status.isFile()) {
        const what = status.isSymbolicLink() ? "a link" : "no plain file";
        throw new CatalogError("bundle_link", `${path} is ${what}: a bundle holds plain files.`);
      }
      tally.add(path, status.size);
      found.push({ path, content: await readFile(join(folder, path)) });
    }
  };
  await visit("");
  return found;
}

/** Reads what is to be published: a folder, or a zip of one. Throws `CatalogError`; nothing is written. */
export async function readSource(path: string): Promise<readonly SourceFile[]> {
  const status = await lstat(path).catch(() => null);
  if (status === null) throw new CatalogError("bundle_missing", `There is nothing at ${path}.`);
  if (status.isSymbolicLink())
    throw new CatalogError("bundle_link", `${path} is a link: name what it leads to.`);
  const files = status.isDirectory() ? await readFolder(path) : await readZip(path, status.size);
  if (files.length === 0) throw new CatalogError("bundle_missing", `${path} is empty.`);
  return files;
}
