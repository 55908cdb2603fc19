import { addMs, newId, type Clock, type Random } from "@mainstay/kernel";
import type { Database, Logger } from "@mainstay/platform";
import { fresh_ms_max } from "@mainstay/probes";
import { queueUpdate } from "./mail-store.ts";
import { update_words } from "./page/index.ts";
import { isPublic, judge, publicStateOf } from "./rules.ts";
import * as store from "./store.ts";
import type { StatusTables, StatusTransaction } from "./tables.ts";
import {
  offered_components,
  type IncidentFacts,
  type IncidentLine,
  type IncidentsPort,
  type Measure,
  type MeasuredState,
  type OfferedComponent,
  type ProbesPort,
} from "./types.ts";
import { draftUpdate, publicTitle } from "./words.ts";

/** After this long without a judgement, in milliseconds, the time in between counts as not measured. */
export const gap_ms_max = 60_000;

/** What judging is made of. */
export type JudgingDeps = {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly probes: ProbesPort;
  readonly incidents: IncidentsPort;
};

/** What everything is judged by, read just before. */
type Record_ = {
  readonly measures: readonly Measure[];
  readonly incidents: readonly IncidentFacts[];
};

/** Judges one component by what is known now; `measured` leaves out what staff have made worse. */
export function judgeNow(
  component: OfferedComponent,
  known: Record_ & { readonly override: MeasuredState | null; readonly now: Date },
): ReturnType<typeof judge> {
  return judge({ ...known, component, since: addMs(known.now, -fresh_ms_max) });
}

/** Reads what components are judged by. */
export async function readRecord(deps: Pick<JudgingDeps, "probes" | "incidents">): Promise<Record_> {
  const [measures, incidents] = await Promise.all([deps.probes.measures(), deps.incidents.list()]);
  return { measures, incidents };
}

/**
 * Judges each component and writes what has changed; brings the public's incidents up to date, each change of
 * state with an update and the mails of it, all in one transaction. Answers whether anything changed.
 */
export async function judgeAll(deps: JudgingDeps): Promise<boolean> {
  const record = await readRecord(deps);
  const lines: { readonly incident: string; readonly line: IncidentLine }[] = [];
  const db = deps.database.sql.withTables<StatusTables>();
  const hasChanged = await db.transaction().execute(async (trx) => {
    const judgedBefore = await store.takeTurn(trx);
    const now = deps.clock.now();
    const changes = await writeChanges(trx, { ...record, judgedBefore, now });
    const working = changes.filter(({ state }) => state === "works").map(({ component }) => component);
    for (const incident of record.incidents) {
      const line = await syncIncident(trx, deps, { incident, working, now });
      if (line !== null) lines.push({ incident: incident.id, line });
    }
    await store.endTurn(trx, now);
    return changes.some(({ isNew }) => isNew) || lines.length > 0;
  });
  for (const { incident, line } of lines) {
    // The page is right without it: the timeline gets the line with the next update if not now.
    await deps.incidents
      .record(incident, line)
      .catch((error: unknown) => deps.log.warn({ error, incident }, "a line of a timeline wasn't written"));
  }
  return hasChanged;
}

async function writeChanges(
  trx: StatusTransaction,
  known: Record_ & { readonly judgedBefore: Date | null; readonly now: Date },
) {
  const { judgedBefore, now } = known;
  const current = await store.currentStates(trx);
  const overrides = await store.selectOverrides(trx);
  const isAfterGap = judgedBefore !== null && now.getTime() - judgedBefore.getTime() > gap_ms_max;
  const judged: { component: OfferedComponent; state: MeasuredState; isNew: boolean }[] = [];
  for (const component of offered_components) {
    const override = overrides.find((one) => one.component === component)?.state ?? null;
    const { state } = judgeNow(component, { ...known, override });
    const before = current.get(component)?.state;
    // While nobody judged, nothing is known.
    const hasGap = isAfterGap && before !== undefined && before !== "unknown";
    if (hasGap) await store.insertChange(trx, { component, state: "unknown", at: judgedBefore });
    const isNew = (hasGap ? "unknown" : before) !== state;
    if (isNew) await store.insertChange(trx, { component, state, at: now });
    judged.push({ component, state, isNew });
  }
  return judged;
}

/** Brings one incident up to date for the public; answers the line of its timeline where it was told of. */
async function syncIncident(
  trx: StatusTransaction,
  deps: JudgingDeps,
  given: {
    readonly incident: IncidentFacts;
    readonly working: readonly OfferedComponent[];
    readonly now: Date;
  },
): Promise<IncidentLine | null> {
  const { incident, working, now } = given;
  const state = publicStateOf(incident.state);
  if (state === null || !isPublic(incident)) {
    await store.hideIncident(trx, incident.id);
    return null;
  }
  await store.putIncident(trx, {
    incident: incident.id,
    number: incident.number,
    title: publicTitle(incident),
    components: [...incident.scope.components],
    state,
    started_at: incident.scope.from,
    ended_at: incident.resolvedAt === null ? null : (incident.scope.until ?? incident.resolvedAt),
  });
  if ((await store.writtenState(trx, incident.id)) === state) return null;
  const isOver = state === "works-again" || state === "watching";
  const people = isOver ? await deps.incidents.peopleOf(incident.id) : { people: 0, back: 0 };
  const text = draftUpdate(state, { incident, now, working, ...people });
  const id = newId("upd", deps);
  await store.insertUpdate(trx, {
    ...{ id, incident: incident.id, at: now, state, text, drafted: text, by_itself: true },
    ...{ amended_by_id: null, amended_by_name: null, amended_at: null },
  });
  await queueUpdate(trx, id, now);
  return {
    kind: "status",
    title: `Status page: ${update_words[state].toLowerCase()}`,
    detail: text,
    at: now,
    by: null,
    happening: `status ${id}`,
  };
}
