import { join } from "node:path";
import {
  CatalogError,
  keepWithdrawal,
  listVersions,
  readPublishedManifest,
  readPublishedZip,
  readVersion,
  readWithdrawals,
  signWithdrawal,
} from "@mainstay/catalog";
import { systemClock } from "@mainstay/platform";
import { OperatorError } from "@mainstay/platform/embedded-postgres";
import { required, text, type Command } from "./command.ts";
import { publish } from "./publish.ts";
import { registerWithdrawal, tellRegistered } from "./register.ts";

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
    return tellRegistered(scene, `${version} ${word} (${reason}).`, result);
  },
};

/** The commands that work on the catalog itself. */
export const catalog_commands: Readonly<Record<string, Command>> = { publish, list, show, withdraw };
