import { addMs, newId, ok } from "@mainstay/kernel";
import type { IncidentSource, LedgerReport } from "@mainstay/wire";
import { attachVersions } from "./attaching.ts";
import { audit, inTurn, isAhead, refuse, type Context, type Turn } from "./context.ts";
import { writeLine } from "./lines.ts";
import { first_severity, type MachineCause } from "./severity.ts";
import * as store from "./store.ts";
import {
  ledger_actor,
  probe_actor,
  type Actor,
  type Answer,
  type FailingProbe,
  type IncidentRecord,
  type Line,
  type Scope,
} from "./types.ts";

/** How long before a probe's word failures may have begun that belong to it, in milliseconds. */
export const probe_lookback_ms = 15 * 60_000;

/** What an incident is opened with. */
export type Opening = {
  readonly title: string;
  readonly severity: number;
  readonly source: IncidentSource;
  readonly scope: Scope;
  readonly by: Actor;
  /** What somebody who reads the timeline should know of how it came to be. */
  readonly detail: string | null;
};

/** Opens an incident, in its turn; answers its id. `tellBefore` writes what led there: it is told first. */
export async function openIncident(
  context: Context,
  turn: Turn,
  opening: Opening,
  tellBefore: (incidentId: string) => Promise<void> = async () => undefined,
): Promise<string> {
  const { trx, now } = turn;
  const { by, detail, ...columns } = opening;
  const id = newId("inc", context);
  const register = await store.lockRegister(trx);
  const number = register.last_number + 1n;
  await store.updateRegister(trx, { last_number: number });
  await store.insertIncident(trx, { ...columns, id, number, state: "triage", openedAt: now, openedBy: by });
  await tellBefore(id);
  await writeLine(turn, id, {
    ...{ kind: "opened", title: "Incident opened", detail, at: now, by },
    happening: "opened",
  });
  const { title, severity, source } = opening;
  await audit(turn, {
    ...{ by, action: "incidents.opened", subject: id },
    details: { number: store.numberText(number), title, severity, source },
  });
  return id;
}

/** An open incident of a version, on one of some platforms; an empty list means all. */
export async function findOpenOfVersion(
  turn: Pick<Turn, "trx">,
  version: string,
  platforms: readonly string[],
): Promise<IncidentRecord | null> {
  const open = await store.selectOpen(turn.trx);
  return (
    open.find(({ scope }) => {
      const isMeant = scope.versions.includes(version);
      const isAnywhere = scope.platforms.length === 0 || platforms.length === 0;
      return isMeant && (isAnywhere || scope.platforms.some((platform) => platforms.includes(platform)));
    }) ?? null
  );
}

/** The open incident that a probe's word belongs to: of its version, or of what everybody has. */
async function findJoined(turn: Turn, failing: FailingProbe): Promise<IncidentRecord | null> {
  const { component, version, platform } = failing;
  if (version !== null) return findOpenOfVersion(turn, version, platform === null ? [] : [platform]);
  const open = await store.selectOpen(turn.trx);
  return (
    open.find(({ scope }) => scope.versions.length === 0 && scope.components.includes(component)) ?? null
  );
}

function probeLine(failing: FailingProbe, kind: "probe-failed" | "probe-passed"): Line {
  const { component, version, sentence, at } = failing;
  const happening = `${kind}:${component}:${version ?? "stable"}:${at.toISOString()}`;
  return { kind, title: sentence, detail: version, at, by: probe_actor, happening };
}

const component_words = {
  "log-in": "log in",
  balances: "see their balances",
  payments: "pay",
  "transfers-abroad": "send money abroad",
  pots: "use their pots",
  "developer-api": "reach the bank by its API",
} as const satisfies Readonly<Record<FailingProbe["component"], string>>;

/** A failing probe joins the incident that it belongs to, or opens one. Answers its id. */
export async function openFromProbe(context: Context, failing: FailingProbe): Answer<string> {
  return inTurn(context, async (turn) => {
    const { component, version, platform, at } = failing;
    const joined = await findJoined(turn, failing);
    const cause: MachineCause = version === null ? "probe-stable" : "probe-candidate";
    const what = component_words[component];
    const id =
      joined?.id ??
      (await openIncident(context, turn, {
        title: version === null ? `People can’t ${what}` : `People can’t ${what} with ${version}`,
        severity: first_severity[cause],
        source: "probe",
        scope: {
          versions: version === null ? [] : [version],
          platforms: platform === null ? [] : [platform],
          components: [component],
          from: addMs(at, -probe_lookback_ms),
          until: null,
        },
        by: probe_actor,
        detail: failing.sentence,
      }));
    if (joined !== null && !joined.scope.components.includes(component)) {
      const { scope } = joined;
      const components = scope.components.length === 0 ? [] : [...scope.components, component];
      await store.updateIncident(turn.trx, id, store.scopeColumns({ ...scope, components }));
    }
    await writeLine(turn, id, probeLine(failing, "probe-failed"));
    if (joined === null && version !== null) {
      const platforms = platform === null ? [] : [platform];
      await attachVersions(context, turn, { incidentId: id, scope: { versions: [version], platforms } });
    }
    return ok(id);
  });
}

/** A probe that passes again: a line where its failing is told of, if that is open still. */
export async function probeRecovered(context: Context, recovered: FailingProbe): Answer<null> {
  return inTurn(context, async (turn) => {
    const joined = await findJoined(turn, recovered);
    if (joined !== null) await writeLine(turn, joined.id, probeLine(recovered, "probe-passed"));
    return ok(null);
  });
}

function ledgerDetail({ wrong }: LedgerReport): string {
  const names = wrong.map(({ name }) => name).join("; ");
  return names.length > 400 ? `${names.slice(0, 399)}…` : names;
}

/**
 * The ledger's checker has found the book wrong, which opens an incident, or right again, which is a line in
 * it. The same word again changes nothing.
 */
export async function ledgerReport(context: Context, report: LedgerReport): Answer<null> {
  const at = new Date(report.at);
  return inTurn(context, async (turn) => {
    if (isAhead(at, turn.now)) return refuse("time_ahead");
    const open = await store.selectOpen(turn.trx);
    const known = open.find(({ source }) => source === "ledger");
    if (known === undefined && report.ok) return ok(null);
    const kind = report.ok ? "ledger-right" : "ledger-wrong";
    const detail = report.ok ? null : ledgerDetail(report);
    if (known !== undefined) {
      const lines = await store.selectLines(turn.trx, known.id, ledger_lines_max);
      const last = lines.findLast((line) => line.kind === "ledger-right" || line.kind === "ledger-wrong");
      if (last?.kind === kind && last.detail === detail) return ok(null);
    }
    const id = known?.id ?? (await openIncident(context, turn, ledgerOpening(at, detail)));
    const title = report.ok ? "The book is right again" : "The book is wrong";
    const happening = `${kind}:${at.toISOString()}`;
    await writeLine(turn, id, { kind, title, detail, at, by: ledger_actor, happening });
    return ok(null);
  });
}

/** How many lines are looked at for the checker's last word. */
const ledger_lines_max = 500;

function ledgerOpening(at: Date, detail: string | null): Opening {
  return {
    title: "The ledger’s checker found the book wrong",
    severity: first_severity.ledger,
    source: "ledger",
    // Nobody's log-in fails by it.
    scope: { versions: [], platforms: [], components: ["balances", "payments"], from: at, until: null },
    by: ledger_actor,
    detail,
  };
}
