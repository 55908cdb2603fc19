import type { Assignment, UpdateAdvice } from "@mainstay/wire";
import { version_pattern, type BootEvent } from "../state.ts";
import { askEdge } from "./edge.ts";

/**
 * How long the edge may take to say which version to start, in milliseconds: where a verified one is kept
 * here, and where none is.
 */
const assignment_ms_max = { kept: 4_000, none: 20_000 };

const isVersion = (value: unknown): value is string =>
  typeof value === "string" && version_pattern.test(value);

function adviceOf(value: unknown): UpdateAdvice {
  const { kind, version, storeUrl } = (value ?? {}) as Record<string, unknown>;
  if ((kind !== "recommended" && kind !== "required") || !isVersion(version)) return { kind: "none" };
  return { kind, version, storeUrl: typeof storeUrl === "string" ? storeUrl : null };
}

async function ask(query: string, ms: number): Promise<Partial<Record<keyof Assignment, unknown>>> {
  const answer = await askEdge(`/assignment${query}`, {
    cache: "no-store",
    signal: AbortSignal.timeout(ms),
  });
  if (!answer.ok) throw new Error(`the edge answered ${answer.status}`);
  return (await answer.json()) as Partial<Record<keyof Assignment, unknown>>;
}

const healthyOf = ({ healthy }: { readonly healthy?: unknown }) =>
  Array.isArray(healthy) ? healthy.filter(isVersion) : [];

/** Asks the edge which version to start; `failed` is one that didn't work here. */
export async function fetchAssignment(failed: string | null, isKept: boolean): Promise<BootEvent> {
  const given = await ask(
    failed === null ? "" : `?failed=${failed}`,
    isKept ? assignment_ms_max.kept : assignment_ms_max.none,
  );
  const { version, activation } = given;
  if (!isVersion(version) || typeof activation !== "string") return { type: "assignment-failed" };
  return { type: "assigned", version, activation, healthy: healthyOf(given), update: adviceOf(given.update) };
}

/**
 * The start of a page in a native shell: the plugin has decided which bundle is in reach, so that one starts,
 * also where the edge can't be asked. The edge's activation goes with it only if it is of that very version.
 */
export async function startInShell(version: string, failed: string | null): Promise<BootEvent> {
  const given = await ask(failed === null ? "" : `?failed=${failed}`, assignment_ms_max.kept).catch(
    () => ({}),
  );
  const { activation, version: wanted, update } = given as Partial<Record<keyof Assignment, unknown>>;
  return {
    type: "assigned",
    version,
    activation: wanted === version && typeof activation === "string" ? activation : null,
    healthy: healthyOf(given),
    update: adviceOf(update),
  };
}

/** Asks the edge which versions have logged in here, while `running` goes on. */
export async function fetchHealthy(running: string): Promise<BootEvent> {
  const given = await ask(`?running=${running}`, assignment_ms_max.none);
  return { type: "healthy", versions: healthyOf(given) };
}
