import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  acceptKeys,
  createReleaseKey,
  keyNameOf,
  readPublicKeys,
  readReleaseKey,
  resignCatalog,
  writePublicKey,
  type PublicKeys,
} from "@mainstay/catalog";
import { OperatorError } from "@mainstay/platform/embedded-postgres";
import type { ReleaseFiles } from "../start/release-files.ts";
import { flag, type Command } from "./command.ts";
import { publicOf, type Scene } from "./scene.ts";

function writePublicKeys(path: string, keys: PublicKeys): void {
  const half = `${path}.${process.pid}`;
  writeFileSync(half, `${JSON.stringify(keys, undefined, 2)}\n`);
  renameSync(half, path);
}

/** The next private key lies beside the present one until its turn comes. */
const nextKeyOf = ({ privateKey }: ReleaseFiles) => join(dirname(privateKey), "release-next.pem");

function makeOrShow({ files, say }: Scene): void {
  const isNew = !existsSync(files.privateKey);
  const publicKey = publicOf(isNew ? createReleaseKey(files.privateKey) : readReleaseKey(files.privateKey));
  if (isNew && existsSync(files.publicKeys)) {
    say(`${files.publicKeys} names other keys: move it away, and run this again, to trust the new one.`);
  } else if (!existsSync(files.publicKeys)) {
    writePublicKeys(files.publicKeys, { current: writePublicKey(publicKey), next: null });
  }
  say(`private key  ${files.privateKey}${isNew ? "  (new; keep it, nobody else has it)" : ""}`);
  say(`public keys  ${files.publicKeys}`);
  say(`key          ${keyNameOf(publicKey)}  ${writePublicKey(publicKey)}`);
}

/** Makes the next pair, whose bundles are accepted from the next start on. */
function makeNext({ files, say }: Scene): void {
  const written = readPublicKeys(files.publicKeys);
  const path = nextKeyOf(files);
  const next = publicOf(existsSync(path) ? readReleaseKey(path) : createReleaseKey(path));
  writePublicKeys(files.publicKeys, { ...written, next: writePublicKey(next) });
  say(`The next key, ${keyNameOf(next)}, is accepted from the next npm start on (${path}).`);
  say(
    "Once every phone has had time to fetch the boot layer that knows it: npm run release -- keys --rotate.",
  );
}

/** A boot layer that doesn't know the next key would refuse everything that it has signed. */
function requireBootKnows({ boot }: ReleaseFiles, name: string): void {
  const page = join(boot, "index.html");
  if (!existsSync(page) || readFileSync(page, "utf8").includes(`${name}:`)) return;
  throw new OperatorError(
    "The boot layer that is served doesn't know the next key yet: npm start, and give phones time for it.",
  );
}

/**
 * Makes the next key the present one. Each step may be the last one done: the same command goes on from
 * there.
 */
async function rotate({ files, say }: Scene): Promise<void> {
  const path = nextKeyOf(files);
  if (!existsSync(path)) throw new OperatorError("There is no next key yet: npm run release -- keys --next.");
  const written = readPublicKeys(files.publicKeys);
  const privateKey = readReleaseKey(path);
  const next = writePublicKey(publicOf(privateKey));
  if (written.current !== next && written.next !== next) {
    throw new OperatorError(
      "The next key isn't accepted yet: npm run release -- keys --next, and npm start.",
    );
  }
  requireBootKnows(files, keyNameOf(publicOf(privateKey)));
  const left = await resignCatalog({ catalog: files.catalog, keys: acceptKeys(written), privateKey });
  writePublicKeys(files.publicKeys, { current: next, next: null });
  const former = join(dirname(files.privateKey), "release-former.pem");
  if (existsSync(files.privateKey)) renameSync(files.privateKey, former);
  renameSync(path, files.privateKey);
  for (const name of left) say(`${name} isn't signed by one of our keys, and was left as it is.`);
  say(`Everything is signed by ${keyNameOf(publicOf(privateKey))} now.`);
  say(`The former key is at ${former}: destroy it.`);
  say("npm start has the edge, control and the boot layer know.");
}

const keys: Command = {
  usage: "[--next | --rotate]",
  does: "makes the private key where there is none, and writes the public keys for who serves",
  options: { next: flag, rotate: flag },
  words: 0,
  run: async (scene, { values }) => {
    if (values["rotate"] === true) await rotate(scene);
    else if (values["next"] === true) makeNext(scene);
    else makeOrShow(scene);
    return 0;
  },
};

/** The commands that work on keys. */
export const key_commands: Readonly<Record<string, Command>> = { keys };
