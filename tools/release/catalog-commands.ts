import { join } from "node:path";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import {
  bootKeysOf,
  CatalogError,
  listVersions,
  publishVersion,
  readPublishedManifest,
  readPublishedZip,
  readVersion,
  readWithdrawals,
  keepWithdrawal,
  signWithdrawal,
  type Publication,
  type SourceFile,
} from "@mainstay/catalog";
import { systemClock } from "@mainstay/platform";
import { OperatorError } from "@mainstay/platform/embedded-postgres";
import { platforms, type Platform } from "@mainstay/wire";
import { sealBoot } from "../../apps/boot/seal.ts";
import { ensureBootBuild } from "../start/builds.ts";
import { optional, required, text, type Command, type Words } from "./command.ts";
import { registerVersion, registerWithdrawal, type Registered } from "./register.ts";
import { readShellPages } from "./shell-pages.ts";
import type { Scene } from "./scene.ts";

/** Reads `ios,android,web`. */
export function readPlatforms(written: string): Platform[] {
  const named = written.split(",").map((name) => name.trim());
  const known = platforms.filter((platform) => named.includes(platform));
  if (known.length === 0 || known.length !== new Set(named).size) {
    throw new OperatorError(`--platforms takes some of ${platforms.join(",")}, and is "${written}".`);
  }
  return known;
}

function tell(scene: Scene, what: string, result: Registered): number {
  if (result === null) {
    scene.say(
      `${what} Control is away: it will hear of it at the next npm start, or by the same command again.`,
    );
    return 0;
  }
  if ("stableOn" in result) {
    const { stableOn } = result;
    const words = stableOn.length > 0 ? ` It is stable on ${stableOn.join(", ")}.` : "";
    scene.say(`${what} Control knows of it.${words}`);
    return 0;
  }
  scene.say(`${what} Control refused it: ${result.refused}`);
  return 1;
}

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

const publish: Command = {
  usage: '<folder or zip> --version 1.4.0 --platforms ios,android,web [--summary "…"] [--min-shell 1.2.0]',
  does: "signs a built app and puts it into the catalog; nobody gets it yet",
  options: { version: text, platforms: text, summary: text, "min-shell": text },
  words: 1,
  run: async (scene, words) => {
    const { catalog } = scene.files;
    const publication = publicationOf(words);
    const published = await publishVersion({
      source: scene.pathOf(words.positionals[0] ?? ""),
      catalog,
      publication,
      privateKey: scene.privateKey(),
      keys: scene.keys(),
      pages: await pagesFor(scene, publication.platforms),
    });
    const { version, manifest, manifestBytes, signatureText, isNew } = published;
    const manifestText = manifestBytes.toString("utf8");
    const result = await registerVersion(scene.control(), { manifestText, signatureText });
    const facts = `${manifest.files.length} files, ${manifest.loginProtocol}`;
    return tell(scene, `${version} is published${isNew ? "" : " already"} (${facts}).`, result);
  },
};

const list: Command = {
  usage: "",
  does: "lists the versions in the catalog, newest first",
  options: {},
  words: 0,
  run: async ({ files: { catalog }, keys, say }) => {
    const accepted = keys();
    const withdrawn = await readWithdrawals(catalog, accepted);
    for (const version of await listVersions(catalog)) {
      const folder = join(catalog, version);
      const found = await readPublishedManifest(folder, version, accepted).catch((error: unknown) => error);
      if (found instanceof Error) {
        say(`${version.padEnd(10)} not served: ${found.message}`);
        continue;
      }
      const { manifest } = found as Awaited<ReturnType<typeof readPublishedManifest>>;
      const words = [manifest.loginProtocol, manifest.platforms.join(","), manifest.summary];
      const withdrawal = withdrawn.get(version);
      if (withdrawal) words.push(`withdrawn: ${withdrawal.withdrawal.reason}`);
      say(`${version.padEnd(10)} ${words.filter(Boolean).join("  ")}`);
    }
    return 0;
  },
};

const show: Command = {
  usage: "<version>",
  does: "verifies all of a version and says what is in it",
  options: {},
  words: 1,
  run: async ({ files: { catalog }, keys, say }, { positionals: [version = ""] }) => {
    const { manifest, signatureText } = await readVersion(catalog, version, keys());
    const zip = await readPublishedZip(catalog, version, keys()).catch((error: unknown) => {
      if (error instanceof CatalogError && error.code === "version_unknown") return null;
      throw error;
    });
    const { files, ...rest } = manifest;
    say(
      JSON.stringify(
        { ...rest, signature: JSON.parse(signatureText) as unknown, zip: zip?.sha256 ?? null },
        null,
        2,
      ),
    );
    for (const { path, bytes, sha256 } of files) say(`${String(bytes).padStart(9)}  ${sha256}  ${path}`);
    say(`${files.length} files, each is what the manifest says, and the signature fits.`);
    return 0;
  },
};

const withdraw: Command = {
  usage: '<version> --reason "…"',
  does: "forbids a version for ever, even to go back to; signed, and never taken back",
  options: { reason: text },
  words: 1,
  run: async (scene, words) => {
    const { catalog } = scene.files;
    const signed = await signWithdrawal({
      catalog,
      version: words.positionals[0] ?? "",
      reason: required(words, "reason"),
      at: systemClock.now(),
      privateKey: scene.privateKey(),
      keys: scene.keys(),
    });
    // Control is asked first: where there is nothing else to be on, nothing is withdrawn.
    const result = await registerWithdrawal(scene.control(), signed);
    if (result !== null && "refused" in result) throw new OperatorError(result.refused);
    if (signed.isNew) await keepWithdrawal(catalog, signed);
    const { version, reason } = signed.withdrawal;
    const word = signed.isNew ? "is withdrawn" : "was withdrawn already";
    return tell(scene, `${version} ${word} (${reason}).`, result);
  },
};

/** The commands that work on the catalog itself. */
export const catalog_commands: Readonly<Record<string, Command>> = { publish, list, show, withdraw };
