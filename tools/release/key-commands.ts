import { existsSync, renameSync, writeFileSync } from "node:fs";
import {
  createReleaseKey,
  keyNameOf,
  readReleaseKey,
  writePublicKey,
  type PublicKeys,
} from "@mainstay/catalog";
import type { Command } from "./command.ts";
import { publicOf } from "./scene.ts";

/** Writes the public keys for who serves: edge, control and the boot layer's build. */
export function writePublicKeys(path: string, keys: PublicKeys): void {
  const half = `${path}.${process.pid}`;
  writeFileSync(half, `${JSON.stringify(keys, undefined, 2)}\n`);
  renameSync(half, path);
}

const keys: Command = {
  usage: "",
  does: "makes the private key where there is none, and writes the public keys for who serves",
  options: {},
  words: 0,
  run: async ({ files, say }) => {
    const isNew = !existsSync(files.privateKey);
    const publicKey = publicOf(isNew ? createReleaseKey(files.privateKey) : readReleaseKey(files.privateKey));
    if (isNew || !existsSync(files.publicKeys)) {
      writePublicKeys(files.publicKeys, { current: writePublicKey(publicKey), next: null });
    }
    say(`private key  ${files.privateKey}${isNew ? "  (new; keep it, nobody else has it)" : ""}`);
    say(`public keys  ${files.publicKeys}`);
    say(`key          ${keyNameOf(publicKey)}  ${writePublicKey(publicKey)}`);
    return 0;
  },
};

/** The commands that work on keys. */
export const key_commands: Readonly<Record<string, Command>> = { keys };
