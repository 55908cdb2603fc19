import { join } from "node:path";
import { Value } from "typebox/value";
import {
  listVersions,
  readPublishedManifest,
  readWithdrawals,
  type AcceptedKeys,
  type SignedWithdrawal,
} from "@mainstay/catalog";
import { KnownVersionsSchema } from "@mainstay/wire";
import type { ControlClient } from "./control-client.ts";

/** What control is told of a version: the very text that is signed, and its signature. */
type Registration = {
  readonly manifestText: string;
  readonly signatureText: string;
  readonly adopt?: boolean;
};

/**
 * Makes a published version known to control; null when control is away, else what it has against it, if
 * anything.
 */
export async function registerVersion(
  control: ControlClient,
  { manifestText, signatureText, adopt }: Registration,
): Promise<"registered" | { readonly refused: string } | null> {
  const body = { manifest: manifestText, signature: signatureText, ...(adopt === true ? { adopt } : {}) };
  const answer = await control.ask("POST", "/internal/versions", body);
  if (answer === null) return null;
  return answer.ok ? "registered" : { refused: answer.sentence };
}

/** Hands a withdrawal to control; null when control is away. */
export async function registerWithdrawal(
  control: ControlClient,
  { withdrawal, text, signatureText }: SignedWithdrawal,
): Promise<"registered" | { readonly refused: string } | null> {
  const path = `/internal/versions/${withdrawal.version}/withdraw`;
  const answer = await control.ask("POST", path, { withdrawal: text, signature: signatureText });
  if (answer === null) return null;
  return answer.ok ? "registered" : { refused: answer.sentence };
}

/**
 * Tells control of every signed version and withdrawal in the catalog that it hasn't heard of: they were
 * published while it was away. Answers the sentences with which it refused any.
 */
export async function registerCatalog(options: {
  readonly control: ControlClient;
  readonly catalog: string;
  readonly keys: AcceptedKeys;
  /** The version that becomes stable at once. */
  readonly adopt: string | null;
}): Promise<readonly string[]> {
  const { control, catalog, keys, adopt } = options;
  const answer = await control.ask("GET", "/internal/versions");
  if (answer?.ok !== true || !Value.Check(KnownVersionsSchema, answer.body)) {
    return [answer === null || answer.ok ? "Control didn't say which versions it knows." : answer.sentence];
  }
  const states = new Map(answer.body.versions.map(({ version, state }) => [version, state]));
  const refused: string[] = [];
  const note = (version: string, result: "registered" | { readonly refused: string } | null) => {
    if (result === null) refused.push(`Control went away before it heard of ${version}.`);
    else if (result !== "registered") refused.push(`Control refused ${version}: ${result.refused}`);
  };
  // Newest first, as the edge goes by without a plan: where nothing is stable yet, the first one becomes
  // that.
  for (const version of await listVersions(catalog)) {
    if (states.has(version) && version !== adopt) continue;
    const found = await readPublishedManifest(join(catalog, version), version, keys).catch(() => null);
    if (found === null) continue;
    const { manifestBytes, signatureText } = found;
    const manifestText = manifestBytes.toString("utf8");
    note(version, await registerVersion(control, { manifestText, signatureText, adopt: version === adopt }));
  }
  for (const [version, withdrawal] of await readWithdrawals(catalog, keys)) {
    if (states.get(version) === "withdrawn") continue;
    note(version, await registerWithdrawal(control, withdrawal));
  }
  return refused;
}
