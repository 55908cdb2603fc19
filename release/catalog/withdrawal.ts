import type { KeyObject } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import Type from "typebox";
import { Value } from "typebox/value";
import { TimestampSchema, VersionSchema } from "@mainstay/wire";
import { CatalogError } from "./errors.ts";
import type { AcceptedKeys } from "./keys.ts";
import { readSignature, signBytes, verifyBytes } from "./signature.ts";
import { isVersion } from "./version.ts";

/**
 * The signed word that nobody may be on a version any more, not even by a rollback. It is never taken back.
 */
export const WithdrawalSchema = Type.Object(
  {
    version: VersionSchema,
    reason: Type.String({ minLength: 3, maxLength: 200 }),
    withdrawnAt: TimestampSchema,
  },
  { additionalProperties: false },
);
export type Withdrawal = Type.Static<typeof WithdrawalSchema>;

/** A withdrawal with what proves it: the very text that is signed, and the text of its signature. */
export type SignedWithdrawal = {
  readonly withdrawal: Withdrawal;
  readonly text: string;
  readonly signatureText: string;
};

const folder_name = "withdrawn";

/** Reads a withdrawal's text and verifies its signature; throws `CatalogError` when either is wrong. */
export function readWithdrawal(text: string, signatureText: string | null, keys: AcceptedKeys): Withdrawal {
  verifyBytes("withdrawal", Buffer.from(text), readSignature(signatureText), keys);
  const parsed: unknown = JSON.parse(text);
  if (!Value.Check(WithdrawalSchema, parsed) || !isVersion(parsed.version)) {
    throw new CatalogError("manifest_invalid", "It is signed, and is no withdrawal.");
  }
  return parsed;
}

/**
 * Reads every withdrawal of a catalog, by version. One that isn't signed by an accepted key forbids nothing
 * and is told to `onRefused`: somebody must look at it.
 */
export async function readWithdrawals(
  catalog: string,
  keys: AcceptedKeys,
  onRefused: (version: string, error: Error) => void = () => undefined,
): Promise<ReadonlyMap<string, SignedWithdrawal>> {
  const found = new Map<string, SignedWithdrawal>();
  const names = await readdir(join(catalog, folder_name)).catch(() => []);
  for (const name of names.filter((entry) => entry.endsWith(".json"))) {
    const path = join(catalog, folder_name, name);
    const version = name.slice(0, -".json".length);
    try {
      const text = await readFile(path, "utf8");
      const signatureText = await readFile(`${path}.sig`, "utf8").catch(() => null);
      const withdrawal = readWithdrawal(text, signatureText, keys);
      if (withdrawal.version !== version) {
        throw new CatalogError("manifest_mismatch", `The withdrawal is ${withdrawal.version}'s.`);
      }
      found.set(version, { withdrawal, text, signatureText: signatureText ?? "" });
    } catch (error) {
      onRefused(version, error instanceof Error ? error : new Error(String(error)));
    }
  }
  return found;
}

/**
 * Signs a withdrawal of a published version; nothing is withdrawn yet. One that is withdrawn already stays
 * so, with its first reason. Throws `CatalogError` when there is no such version or the reason is none.
 */
export async function signWithdrawal(options: {
  readonly catalog: string;
  readonly version: string;
  readonly reason: string;
  readonly at: Date;
  readonly privateKey: KeyObject;
  readonly keys: AcceptedKeys;
}): Promise<SignedWithdrawal & { readonly isNew: boolean }> {
  const { catalog, version, reason, at, privateKey, keys } = options;
  if (!isVersion(version)) throw new CatalogError("version_invalid", `"${version}" is no version.`);
  if (!existsSync(join(catalog, version))) {
    throw new CatalogError("version_unknown", `There is no version ${version} to withdraw.`);
  }
  const known = (await readWithdrawals(catalog, keys)).get(version);
  if (known) return { ...known, isNew: false };
  const withdrawal: Withdrawal = { version, reason, withdrawnAt: at.toISOString() };
  if (!Value.Check(WithdrawalSchema, withdrawal)) {
    throw new CatalogError("manifest_invalid", "A withdrawal needs a reason, of 3 to 200 characters.");
  }
  const text = JSON.stringify(withdrawal);
  const signature = signBytes("withdrawal", Buffer.from(text), privateKey);
  verifyBytes("withdrawal", Buffer.from(text), signature, keys);
  return { withdrawal, text, signatureText: JSON.stringify(signature), isNew: true };
}

/** Puts a signed withdrawal into the catalog: from then on the version isn't served. */
export async function keepWithdrawal(
  catalog: string,
  { withdrawal, text, signatureText }: SignedWithdrawal,
): Promise<void> {
  const folder = join(catalog, folder_name);
  await mkdir(folder, { recursive: true });
  const name = `${withdrawal.version}.json`;
  // The signature first: the statement never stands without it.
  const files = [
    [`${name}.sig`, signatureText],
    [name, text],
  ] as const;
  for (const [file, content] of files) {
    const half = join(folder, `.${file}.${process.pid}`);
    await writeFile(half, content, { flush: true });
    await rename(half, join(folder, file));
  }
}
