import { join } from "node:path";
import { Value } from "typebox/value";
import {
  listVersions,
  readPublishedManifest,
  readWithdrawals,
  takeOutVersion,
  type AcceptedKeys,
  type SignedWithdrawal,
} from "@mainstay/catalog";
import { KnownVersionsSchema, VersionRegisteredSchema, type Platform } from "@mainstay/wire";
import type { ControlClient } from "./control-client.ts";
import type { Demanded } from "./demanded.ts";
import type { Scene } from "./scene.ts";

/** What control is told of a version: the very text that is signed, and its signature. */
type Registration = {
  readonly manifestText: string;
  readonly signatureText: string;
  readonly adopt?: boolean;
};

/**
 * What control made of it: known now, and stable on these platforms; or refused. Null when control is away.
 */
export type Registered =
  | { readonly stableOn: readonly Platform[] }
  | { readonly refused: string; readonly code: string }
  | null;

/** Makes a published version known to control. */
export async function registerVersion(
  control: ControlClient,
  { manifestText, signatureText, adopt }: Registration,
): Promise<Registered> {
  const body = { manifest: manifestText, signature: signatureText, ...(adopt === true ? { adopt } : {}) };
  const answer = await control.ask("POST", "/internal/versions", body);
  if (answer === null) return null;
  if (!answer.ok) return { refused: answer.sentence, code: answer.code };
  return { stableOn: Value.Check(VersionRegisteredSchema, answer.body) ? answer.body.stableOn : [] };
}

/** Hands a withdrawal to control. */
export async function registerWithdrawal(
  control: ControlClient,
  { withdrawal, text, signatureText }: SignedWithdrawal,
): Promise<Registered> {
  const path = `/internal/versions/${withdrawal.version}/withdraw`;
  const answer = await control.ask("POST", path, { withdrawal: text, signature: signatureText });
  if (answer === null) return null;
  return answer.ok ? { stableOn: [] } : { refused: answer.sentence, code: answer.code };
}

/** Says what was done, and what control made of it; answers the exit code. */
export function tellRegistered({ say }: Pick<Scene, "say">, what: string, result: Registered): number {
  if (result === null) {
    say(`${what} Control is away: it will hear of it at the next npm start, or by the same command again.`);
    return 0;
  }
  if ("stableOn" in result) {
    const { stableOn } = result;
    const words = stableOn.length > 0 ? ` It is stable on ${stableOn.join(", ")}.` : "";
    say(`${what} Control knows of it.${words}`);
    return 0;
  }
  say(`${what} Control refused it: ${result.refused}`);
  return 1;
}

/** How telling control went. */
export type CatalogRegistered = {
  /** Whether control has heard of everything. */
  readonly isWhole: boolean;
  /** What whoever starts should know, in sentences. */
  readonly notes: readonly string[];
};

function describe(version: string, result: Registered): string {
  if (result === null) return `Control went away before it heard of ${version}.`;
  return "refused" in result ? `Control refused ${version}: ${result.refused}` : "";
}

/**
 * Tells control of every signed version and withdrawal in the catalog that it hasn't heard of: they were
 * published while it was away. `adopt` names the version that becomes stable at once. `passDemands` is
 * asked of each before control is told of it: a version that fails what an incident demands is taken out of
 * the catalog.
 */
export async function registerCatalog(options: {
  readonly control: ControlClient;
  readonly catalog: string;
  readonly keys: AcceptedKeys;
  readonly adopt: string | null;
  readonly passDemands: (version: string) => Promise<Demanded>;
}): Promise<CatalogRegistered> {
  const { control, catalog, keys, adopt, passDemands } = options;
  const answer = await control.ask("GET", "/internal/versions");
  if (answer?.ok !== true || !Value.Check(KnownVersionsSchema, answer.body)) {
    const unanswered = "Control didn't say which versions it knows; it is told at the next start.";
    return { isWhole: false, notes: [answer === null || answer.ok ? unanswered : answer.sentence] };
  }
  const states = new Map(answer.body.versions.map(({ version, state }) => [version, state]));
  const refused: string[] = [];
  const notes: string[] = [];
  const note = (version: string, result: Registered) => {
    const words = describe(version, result);
    if (words !== "") refused.push(words);
  };
  // Newest first, as the edge goes by without a plan: where nothing is stable yet, the first one becomes
  // that.
  for (const version of await listVersions(catalog)) {
    if (states.has(version) && version !== adopt) continue;
    const found = await readPublishedManifest(join(catalog, version), version, keys).catch(() => null);
    if (found === null) continue;
    const { manifestBytes, signatureText } = found;
    const manifestText = manifestBytes.toString("utf8");
    const isAdopted = version === adopt;
    const demanded: Demanded = states.has(version) ? { state: "passes" } : await passDemands(version);
    if (demanded.state !== "passes") {
      refused.push(`${version} is given to nobody: ${demanded.sentence}.`);
      if (demanded.state === "fails") takeOutVersion(catalog, version);
      continue;
    }
    const result = await registerVersion(control, { manifestText, signatureText, adopt: isAdopted });
    note(version, result);
    if (isAdopted && result !== null && "stableOn" in result && result.stableOn.length === 0) {
      notes.push(`${version} was built and is given to nobody, because a rollout is under way: roll it out.`);
    }
  }
  for (const [version, withdrawal] of await readWithdrawals(catalog, keys)) {
    if (states.get(version) === "withdrawn") continue;
    note(version, await registerWithdrawal(control, withdrawal));
  }
  return { isWhole: refused.length === 0, notes: [...refused, ...notes] };
}
