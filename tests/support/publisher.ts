import { generateKeyPairSync } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  acceptKeys,
  bootKeysOf,
  publishNext,
  publishVersion,
  writePublicKey,
  type Published,
} from "@mainstay/catalog";
import type { Platform } from "@mainstay/wire";

/** A build's files by their path, and what Vite would say of how they hang together. */
export type SmallBuild = {
  readonly files: Readonly<Record<string, string>>;
  /** Vite's own manifest (vite.dev/guide/backend-integration). */
  readonly notes: Readonly<Record<string, unknown>>;
  readonly loginProtocol?: string;
};

/** Writes a small built app to a folder, in place of whatever is there; answers the folder. */
export async function writeBuild(folder: string, build: SmallBuild): Promise<string> {
  const described = {
    loginProtocol: build.loginProtocol ?? "login/1",
    api: { from: 1, to: 1 },
    minimumShell: null,
  };
  const files = {
    ...build.files,
    "index.html": "the page of development",
    "mainstay.json": JSON.stringify(described),
    ".vite/manifest.json": JSON.stringify(build.notes),
  };
  await rm(folder, { recursive: true, force: true });
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
}

/** Whoever publishes, in a test: with a key of their own, and what edge and boot layer must know of it. */
export function createPublisher(catalog: string) {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const publicKeys = { current: writePublicKey(publicKey), next: null };
  const keys = acceptKeys(publicKeys);
  const platforms: Platform[] = ["ios", "android", "web"];
  // What the boot layer is in the zip for native shells: a page, and nothing more.
  const pages = [{ path: "index.html", content: Buffer.from("<!doctype html><p>boot</p>") }];
  const common = { catalog, privateKey, keys, pages };
  return {
    privateKey,
    publicKeys,
    keys,
    bootKeys: bootKeysOf(keys),
    /** Publishes a built app under the next number; the same as the newest one publishes nothing. */
    next: (source: string): Promise<Published> =>
      publishNext({ ...common, source, publication: { platforms, summary: "" } }),
    /** Publishes a built app under a number of its own. */
    as: (version: string, source: string, onlyFor: Platform[] = platforms): Promise<Published> =>
      publishVersion({ ...common, source, publication: { version, platforms: onlyFor, summary: "" } }),
  };
}
