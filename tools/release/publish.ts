import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Value } from "typebox/value";
import {
  bootKeysOf,
  publishVersion,
  takeOutVersion,
  type Publication,
  type Published,
  type SourceFile,
} from "@mainstay/catalog";
import { OperatorError } from "@mainstay/platform/embedded-postgres";
import { KnownVersionsSchema, type Platform } from "@mainstay/wire";
import { sealBoot } from "../../apps/boot/seal.ts";
import { ensureBootBuild } from "../start/builds.ts";
import { optional, required, text, type Command, type Words } from "./command.ts";
import type { ControlClient } from "./control-client.ts";
import { passDemands } from "./demanded.ts";
import { readPlatforms } from "./platforms.ts";
import { registerVersion, tellRegistered, type Registered } from "./register.ts";
import { readShellPages } from "./shell-pages.ts";
import type { Scene } from "./scene.ts";

function publicationOf(words: Words): Publication {
  const minimumShell = optional(words, "min-shell");
  return {
    version: required(words, "version"),
    platforms: readPlatforms(required(words, "platforms")),
    summary: optional(words, "summary") ?? "",
    ...(minimumShell === null ? {} : { minimumShell }),
  };
}

/** The boot layer as native shells get it with a version; nothing where it isn't for them. */
async function pagesFor(scene: Scene, wanted: readonly Platform[]): Promise<readonly SourceFile[]> {
  if (!wanted.includes("ios") && !wanted.includes("android")) return [];
  const built = await ensureBootBuild(scene.settings.dataFolder, scene.say);
  const folder = await mkdtemp(join(tmpdir(), "mainstay-boot-"));
  try {
    const sealed = join(folder, "boot");
    await sealBoot({ built, outDir: sealed, keys: bootKeysOf(scene.keys()) });
    return await readShellPages(sealed);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Whether control knows a version; somebody may be on it then. */
async function isKnown(control: ControlClient, version: string): Promise<boolean> {
  const answer = await control.ask("GET", "/internal/versions");
  if (answer?.ok !== true || !Value.Check(KnownVersionsSchema, answer.body)) return false;
  return answer.body.versions.some((known) => known.version === version);
}

/**
 * Has a version that was written pass what incidents demand, and makes it known to control. One that doesn't
 * pass is taken out of the catalog again, also where the command is ended on the way: nobody has had it.
 */
async function passAndRegister(scene: Scene, published: Published): Promise<Registered> {
  const { version, manifestBytes, signatureText } = published;
  const { catalog } = scene.files;
  const control = scene.control();
  const manifestText = manifestBytes.toString("utf8");
  const register = () => registerVersion(control, { manifestText, signatureText });
  if (await isKnown(control, version)) return register();
  const takeOut = () => takeOutVersion(catalog, version);
  process.once("exit", takeOut);
  try {
    const demanded = await passDemands({ ...scene, version, control });
    const result = demanded.state === "passes" ? await register() : null;
    const isUnmet = result !== null && "refused" in result && result.code === "demanded_check_missing";
    if (demanded.state === "passes" && !isUnmet) return result;
    takeOut();
    const why = demanded.state === "passes" ? (isUnmet ? result.refused : "") : demanded.sentence;
    throw new OperatorError(`${version} isn't published and nothing was kept: ${why.replace(/\.$/, "")}.`);
  } finally {
    process.off("exit", takeOut);
  }
}

/** Signs a built app, puts it into the catalog, and makes it known to control once it passes its demands. */
export const publish: Command = {
  usage: '<folder or zip> --version 1.4.0 --platforms ios,android,web [--summary "…"] [--min-shell 1.2.0]',
  does: "signs a built app and puts it into the catalog; nobody gets it yet",
  options: { version: text, platforms: text, summary: text, "min-shell": text },
  words: 1,
  run: async (scene, words) => {
    const publication = publicationOf(words);
    const published = await publishVersion({
      source: scene.pathOf(words.positionals[0] ?? ""),
      catalog: scene.files.catalog,
      publication,
      privateKey: scene.privateKey(),
      keys: scene.keys(),
      pages: await pagesFor(scene, publication.platforms),
    });
    const result = await passAndRegister(scene, published);
    const { version, manifest, isNew } = published;
    const facts = `${manifest.files.length} files, ${manifest.loginProtocol}`;
    return tellRegistered(scene, `${version} is published${isNew ? "" : " already"} (${facts}).`, result);
  },
};
