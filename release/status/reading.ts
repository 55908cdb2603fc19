import { addMs } from "@mainstay/kernel";
import {
  status_components,
  status_days,
  type ConsoleStatus,
  type PublicIncident,
  type Status,
} from "@mainstay/wire";
import { historyOf } from "./days.ts";
import { gap_ms_max, judgeNow, readRecord, type JudgingDeps } from "./judging.ts";
import { countSubscribers } from "./mail-store.ts";
import { component_names, headSentence } from "./page/index.ts";
import { overallOf } from "./rules.ts";
import * as store from "./store.ts";
import type { StatusDb, StatusTables } from "./tables.ts";
import { offered_components, type OfferedComponent } from "./types.ts";

const day_ms = 24 * 60 * 60_000;

const isOffered = (component: string): component is OfferedComponent =>
  offered_components.some((offered) => offered === component);

async function componentsOf(db: StatusDb, now: Date): Promise<Status["components"]> {
  const current = await store.currentStates(db);
  const judgedAt = await store.judgedAt(db);
  // Nobody has judged for a while: what stood then says nothing of now.
  const isStale = judgedAt === null || now.getTime() - judgedAt.getTime() > gap_ms_max;
  return Promise.all(
    status_components.map(async (id) => {
      const name = component_names[id];
      if (!isOffered(id))
        return { id, name, state: "not-offered" as const, since: null, days: [], uptime: null };
      const changes = await store.changesSince(db, id, addMs(now, -status_days * day_ms));
      const held =
        isStale && judgedAt !== null ? [...changes, { state: "unknown" as const, at: judgedAt }] : changes;
      const known = current.get(id);
      const state = isStale ? ("unknown" as const) : (known?.state ?? "unknown");
      const since = (isStale ? judgedAt : known?.at)?.toISOString() ?? null;
      return { id, name, state, since, ...historyOf(held, now) };
    }),
  );
}

async function publicIncidents(db: StatusDb): Promise<PublicIncident[]> {
  const incidents = await store.selectIncidents(db);
  const updates = await store.selectUpdates(
    db,
    incidents.map(({ incident }) => incident),
  );
  return incidents.map((row) => ({
    number: row.number,
    title: row.title,
    components: [...row.components],
    state: row.state,
    startedAt: row.started_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
    updates: updates
      .filter(({ incident }) => incident === row.incident)
      .slice(0, store.updates_shown_max)
      .map(({ at, state, text }) => ({ at: at.toISOString(), state, text })),
  }));
}

/** What the public reads. */
export async function readStatus(deps: JudgingDeps): Promise<Status> {
  const db = deps.database.sql.withTables<StatusTables>();
  const now = deps.clock.now();
  const [components, incidents, measuredAt] = await Promise.all([
    componentsOf(db, now),
    publicIncidents(db),
    deps.probes.measuredAt(),
  ]);
  return {
    overall: overallOf(components.map(({ state }) => state)),
    sentence: headSentence(components),
    measuredAt: measuredAt?.toISOString() ?? null,
    components,
    incidents,
  };
}

/** The same for staff, with what was measured beside what they made of it. */
export async function readForConsole(
  deps: JudgingDeps & { readonly origin: string },
): Promise<ConsoleStatus> {
  const db = deps.database.sql.withTables<StatusTables>();
  const [status, record, overrides, shown, subscribers] = await Promise.all([
    readStatus(deps),
    readRecord(deps),
    store.selectOverrides(db),
    store.selectIncidents(db),
    countSubscribers(db),
  ]);
  const now = deps.clock.now();
  const ids = shown.map(({ incident }) => incident);
  const updates = await store.selectUpdates(db, ids);
  return {
    url: `${deps.origin}/status`,
    status,
    components: status_components.map((id) => {
      if (!isOffered(id)) return { id, measured: "not-offered", override: null };
      const { measured } = judgeNow(id, { ...record, override: null, now });
      const override = overrides.find(({ component }) => component === id);
      if (override === undefined) return { id, measured, override: null };
      const { state, by, at, reason } = override;
      return { id, measured, override: { state, by, at: at.toISOString(), reason } };
    }),
    incidents: shown.map(({ incident, number, title, state }) => ({
      ...{ incident, number, title, state },
      updates: updates
        .filter((update) => update.incident === incident)
        .slice(0, store.updates_shown_max)
        .map(({ id, at, state: then, text, amended_by_id, amended_by_name }) => ({
          ...{ id, at: at.toISOString(), state: then, text },
          amendedBy:
            amended_by_id === null || amended_by_name === null
              ? null
              : { id: amended_by_id, name: amended_by_name },
        })),
    })),
    subscribers: subscribers.confirmed,
  };
}
