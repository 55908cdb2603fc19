import { createHash } from "node:crypto";
import { compareVersions } from "@mainstay/catalog";
import type { OutcomeCell } from "@mainstay/signals";
import { fileDifferences, type Cause } from "@mainstay/wire";
import * as affectedStore from "./affected-store.ts";
import type { Context } from "./context.ts";
import { writeLine } from "./lines.ts";
import { narrow, narrowedText, type Narrowed } from "./narrowing.ts";
import * as store from "./store.ts";
import type { IncidentRecord } from "./types.ts";
import { countText } from "./words.ts";

/** The most cells, files and red checks that a cause shows. */
const cells_shown_max = 50;
const files_shown_max = 500;
const red_checks_shown_max = 100;

/** The version of the scope on which most failed; null where the scope names none. */
function failingVersion(incident: IncidentRecord, cells: readonly OutcomeCell[]): string | null {
  const { versions } = incident.scope;
  const worst = cells.find(({ reason, version }) => reason !== null && versions.includes(version));
  return worst?.version ?? versions[0] ?? null;
}

/** The version before one: where its rollout went back to, else the newest that is older. */
async function versionBefore(context: Context, incident: IncidentRecord, version: string) {
  for (const id of await store.selectRollouts(context.db, incident.id)) {
    const rollout = await context.rollouts.find(id);
    const target = rollout?.version === version ? rollout.targets[0] : undefined;
    if (target !== undefined) return target.goesBackTo;
  }
  const known = (await context.rollouts.knownVersions()).map((one) => one.version);
  return (
    known
      .filter((one) => compareVersions(one, version) < 0)
      .toSorted(compareVersions)
      .at(-1) ?? null
  );
}

async function differenceOf(
  context: Context,
  incident: IncidentRecord,
  version: string,
): Promise<Cause["difference"]> {
  const before = await versionBefore(context, incident, version);
  if (before === null) return null;
  const [older, newer] = await Promise.all([
    context.rollouts.publicationOf(before),
    context.rollouts.publicationOf(version),
  ]);
  if (older === null || newer === null) return null;
  const files = fileDifferences(older.manifest, newer.manifest);
  const of = (kind: "added" | "removed" | "changed") =>
    files
      .filter((file) => file.kind === kind)
      .map(({ name }) => name)
      .slice(0, files_shown_max);
  return {
    from: before,
    to: version,
    loginProtocol: { from: older.manifest.loginProtocol, to: newer.manifest.loginProtocol },
    added: of("added"),
    removed: of("removed"),
    changed: of("changed"),
  };
}

function cellsOf(incident: IncidentRecord, cells: readonly OutcomeCell[]): Cause["cells"] {
  const { versions, platforms } = incident.scope;
  const isMeant = ({ version, platform }: OutcomeCell) =>
    (versions.length === 0 || versions.includes(version)) &&
    (platforms.length === 0 || platforms.includes(platform));
  const placeOf = ({ version, platform, os, protocol }: OutcomeCell) =>
    JSON.stringify([version, platform, os, protocol]);
  const succeeded = new Map(
    cells.filter(({ reason }) => reason === null).map((cell) => [placeOf(cell), cell.count]),
  );
  return cells
    .flatMap((cell): Cause["cells"] => {
      const { version, platform, os, protocol, reason, count } = cell;
      if (reason === null || !isMeant(cell)) return [];
      const others = succeeded.get(placeOf(cell)) ?? 0;
      return [{ version, platform, os, protocol, reason, failed: count, succeeded: others }];
    })
    .slice(0, cells_shown_max);
}

/** What a machine makes of the record: where it failed, what changed, which check was red or overridden. */
export async function readCause(context: Context, incident: IncidentRecord): Promise<Cause> {
  const cells = await affectedStore.readCells(context.database.pool, incident.id);
  const narrowed = narrow(cells);
  const version = failingVersion(incident, cells);
  if (version === null) {
    return {
      cells: cellsOf(incident, cells),
      narrowed: narrowed && narrowedText(narrowed),
      ...{ difference: null, redChecks: [], override: null },
    };
  }
  const [difference, matrix, override] = await Promise.all([
    differenceOf(context, incident, version),
    context.checks.matrixOf(version),
    context.rollouts.overrideOf(version),
  ]);
  const red = matrix.cells.filter((cell) => cell.result === "failed" && cell.version === version);
  const isGiven = override?.state === "carried-out" && override.second !== null;
  return {
    cells: cellsOf(incident, cells),
    narrowed: narrowed && narrowedText(narrowed),
    difference,
    redChecks: red
      .slice(0, red_checks_shown_max)
      .map(({ journey, server, title, reason }) => ({ journey, server, sentence: reason ?? title })),
    override:
      isGiven && override.second !== null
        ? {
            first: { id: override.first.id, name: override.first.name },
            second: { id: override.second.id, name: override.second.name },
            reason: override.reason,
          }
        : null,
  };
}

/** Counts how log-ins of the incident's time ended, and says so in its timeline once it is narrowed. */
export async function keepCells(context: Context, incident: IncidentRecord): Promise<void> {
  const now = context.clock.now();
  const { from, until } = incident.scope;
  const cells = await context.signals.outcomes({ from, until: until ?? now, now });
  const difference = await differenceFor(context, incident, cells);
  await context.db.transaction().execute(async (trx) => {
    await affectedStore.replaceCellsIn(trx, incident.id, cells);
    const narrowed = narrow(cells);
    if (narrowed === null) return;
    await writeLine({ trx }, incident.id, {
      ...{
        kind: "cause",
        title: "Cause narrowed",
        detail: causeText(narrowed, difference),
        at: now,
        by: null,
      },
      happening: `cause:${keyOf(narrowed)}`,
    });
  });
}

async function differenceFor(context: Context, incident: IncidentRecord, cells: readonly OutcomeCell[]) {
  const version = failingVersion(incident, cells);
  return version === null ? null : differenceOf(context, incident, version);
}

/** The same group is told once, however its counts go on. */
function keyOf({ of, reason }: Narrowed): string {
  return createHash("sha256")
    .update(JSON.stringify([of, reason]))
    .digest("base64url")
    .slice(0, 16);
}

function causeText(narrowed: Narrowed, difference: Cause["difference"]): string {
  const { failed, allFailed, reason } = narrowed;
  const found =
    reason === null ? narrowedText(narrowed) : `${countText(failed)} of ${countText(allFailed)} ${reason}`;
  const [first, ...more] = difference?.changed ?? [];
  if (difference === null || first === undefined) return found;
  const files = more.length === 0 ? first : `${first} and ${countText(more.length)} more`;
  const verb = more.length === 0 ? "is" : "are";
  return `${found.replace(/\.$/, "")}; ${files} ${verb} not as in ${difference.from}`;
}
