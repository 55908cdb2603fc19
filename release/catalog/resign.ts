import type { KeyObject } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { AcceptedKeys } from "./keys.ts";
import { listVersions } from "./reads.ts";
import { readSignature, signBytes, verifyBytes, type Signed } from "./signature.ts";

/** Signs a file anew if its present signature is one of ours; says whether it was. */
async function resign(
  what: Signed,
  path: string,
  keys: AcceptedKeys,
  privateKey: KeyObject,
): Promise<boolean> {
  try {
    const [bytes, signature] = await Promise.all([readFile(path), readFile(`${path}.sig`, "utf8")]);
    verifyBytes(what, bytes, readSignature(signature), keys);
    const half = `${path}.sig.${process.pid}`;
    await writeFile(half, JSON.stringify(signBytes(what, bytes, privateKey)), { flush: true });
    await rename(half, `${path}.sig`);
    return true;
  } catch {
    return false;
  }
}

/**
 * Signs everything in a catalog anew, by a key that is accepted already, so that the key before it can go.
 * What is signed stays the same to the byte. What isn't signed by an accepted key is left as it is; answers
 * the versions of which that is so. May be stopped and run again at any point: either signature is accepted.
 */
export async function resignCatalog(options: {
  readonly catalog: string;
  readonly keys: AcceptedKeys;
  readonly privateKey: KeyObject;
}): Promise<readonly string[]> {
  const { catalog, keys, privateKey } = options;
  const left: string[] = [];
  for (const version of await listVersions(catalog)) {
    const folder = join(catalog, version);
    const isManifest = await resign("manifest", join(folder, "manifest.json"), keys, privateKey);
    const zip = join(folder, "bundle.zip.json");
    const isZip = !existsSync(zip) || (await resign("zip", zip, keys, privateKey));
    if (!isManifest || !isZip) left.push(version);
  }
  const withdrawn = join(catalog, "withdrawn");
  const names = await readdir(withdrawn).catch(() => []);
  for (const name of names.filter((entry) => entry.endsWith(".json"))) {
    if (!(await resign("withdrawal", join(withdrawn, name), keys, privateKey)))
      left.push(`withdrawal ${name}`);
  }
  return left;
}
