import { addMs, createBoundedMap } from "@mainstay/kernel";
import type { Arrival } from "@mainstay/signals";
import * as affectedStore from "./affected-store.ts";
import type { Context } from "./context.ts";
import { isInScope, last_customers_days, login_silence_ms_max, reckon, type Reckoned } from "./reckoning.ts";
import * as store from "./store.ts";
import type { IncidentRecord, Scope } from "./types.ts";

/** The most signals, and the most silences, that one transaction reckons with. */
export const arrivals_batch_max = 1_000;
/** How many installations' histories are read at once. */
const histories_batch_max = 200;
/** For how long after its end signals about an incident are still taken, in days. */
export const late_days_max = 30;
/** How far clocks may be apart when signals of a time are looked for, in milliseconds. */
const clocks_apart_ms_max = 5 * 60_000;
const day_ms = 86_400_000;

/** Incidents whose log-ins are counted: not one of which components alone are named, and log-in isn't. */
export function concernsLogIns({ components }: Scope): boolean {
  return components.length === 0 || components.includes("log-in");
}

type Live = IncidentRecord & { readonly arrivalsRead: bigint };

/**
 * Reads the next signals for each incident that they may concern, and whose log-ins have been silent for too
 * long. What follows from them and how far they were read is written in one transaction an incident: a
 * process that is killed loses and doubles nothing. True when there may be more.
 *
 * `mayJudgeSilence`: false while signals that came when control was away may not have been delivered yet.
 */
export async function countArrivals(
  context: Context,
  options: { readonly mayJudgeSilence: boolean },
): Promise<boolean> {
  const now = context.clock.now();
  const live = await store.selectLive(context.db, addMs(now, -late_days_max * day_ms));
  // Most stand at the same place: what comes next is read once for all of them.
  const batches = createBoundedMap<bigint, Promise<Arrival[]>>(store.incidents_shown_max);
  const next = (after: bigint): Promise<Arrival[]> => {
    const known = batches.get(after);
    if (known !== undefined) return known;
    const batch = context.signals.arrivalsAfter(after, arrivals_batch_max);
    batches.set(after, batch);
    return batch;
  };
  let hasMore = false;
  for (const incident of live) {
    if (!concernsLogIns(incident.scope) && incident.arrivalsRead >= 0n) continue;
    if (await countFor(context, incident, { next, now, ...options })) hasMore = true;
  }
  return hasMore;
}

type Asked = {
  readonly next: (after: bigint) => Promise<Arrival[]>;
  readonly now: Date;
  readonly mayJudgeSilence: boolean;
};

async function countFor(context: Context, incident: Live, asked: Asked): Promise<boolean> {
  if (incident.arrivalsRead < 0n) return beginAnew(context, incident);
  const { pool } = context.database;
  const arrivals = await asked.next(incident.arrivalsRead);
  const last = arrivals.at(-1)?.number ?? incident.arrivalsRead;
  const isWhole = arrivals.length < arrivals_batch_max;
  const seen = [...new Set(arrivals.map(({ installation }) => installation))];
  const touched = new Set(seen.length === 0 ? [] : await affectedStore.readKnown(pool, incident.id, seen));
  for (const arrival of arrivals) {
    if (isFailing(arrival, incident.scope)) touched.add(arrival.installation);
  }
  const limit = arrivals_batch_max;
  // Silence is judged when nothing that has been delivered waits to be read.
  const mayJudge = isWhole && asked.mayJudgeSilence;
  const due = mayJudge
    ? await affectedStore.readDue(pool, { incidentId: incident.id, now: asked.now, limit })
    : [];
  for (const installation of due) touched.add(installation);
  if (arrivals.length === 0 && touched.size === 0) return false;
  context.atStep?.("read");
  const reckoned = await reckonAll(context, incident.scope, [...touched]);
  const pending = pendingOf(arrivals, incident.scope).filter(
    ({ installation }) => !touched.has(installation),
  );
  await write(context, incident, { last, reckoned, pending });
  return !isWhole || due.length === limit;
}

/** An incident that is new, or whose scope has changed: signals are read from its beginning. */
async function beginAnew(context: Context, incident: Live): Promise<boolean> {
  const from = addMs(incident.scope.from, -clocks_apart_ms_max);
  const number = await context.signals.numberBefore(from);
  await inTransaction(context, async (client) => {
    const read = await affectedStore.takeIncident(client, incident.id);
    if (read !== incident.arrivalsRead) return;
    await affectedStore.dueAll(client, incident.id);
    await affectedStore.keepArrivalsRead(client, incident.id, number);
  });
  return true;
}

/** Whether a signal says by itself that something failed within a scope. */
function isFailing(arrival: Arrival, scope: Scope): boolean {
  if (!isInScope(arrival, scope) || !concernsLogIns(scope)) return false;
  switch (arrival.kind) {
    case "login-failed":
    case "boot-failed":
    case "fell-back":
      return true;
    case "login-succeeded":
      return arrival.at - arrival.begunAt > login_silence_ms_max;
    default:
      return false;
  }
}

/** Log-ins that have begun within a scope and not ended in this batch, and when silence will mean failure. */
function pendingOf(arrivals: readonly Arrival[], scope: Scope) {
  if (!concernsLogIns(scope)) return [];
  const ended = new Set(
    arrivals.filter(({ kind }) => kind === "login-succeeded").map(({ attempt }) => attempt),
  );
  return arrivals
    .filter((arrival) => arrival.kind === "login-begun" && isInScope(arrival, scope))
    .filter(({ attempt }) => !ended.has(attempt))
    .map(({ installation, receivedAt }) => ({
      installation,
      dueAt: new Date(receivedAt + login_silence_ms_max),
    }));
}

async function reckonAll(
  context: Context,
  scope: Scope,
  installations: readonly string[],
): Promise<Map<string, Reckoned>> {
  const reckoned = new Map<string, Reckoned>();
  const since = addMs(scope.from, -(last_customers_days * day_ms + clocks_apart_ms_max));
  const now = context.clock.now().getTime();
  for (let start = 0; start < installations.length; start += histories_batch_max) {
    const some = installations.slice(start, start + histories_batch_max);
    const facts = await context.signals.historiesOf(some, since);
    const byInstallation = Map.groupBy(facts, ({ installation }) => installation);
    for (const installation of some) {
      const own = concernsLogIns(scope) ? (byInstallation.get(installation) ?? []) : [];
      reckoned.set(installation, reckon(own, scope, now));
    }
  }
  return reckoned;
}

async function write(
  context: Context,
  incident: Live,
  found: {
    readonly last: bigint;
    readonly reckoned: ReadonlyMap<string, Reckoned>;
    readonly pending: ReturnType<typeof pendingOf>;
  },
): Promise<void> {
  await inTransaction(context, async (client) => {
    const read = await affectedStore.takeIncident(client, incident.id);
    // Another process has read them, or the scope has changed meanwhile: then they are read again.
    if (read !== incident.arrivalsRead) return;
    await affectedStore.upsertPending(client, incident.id, found.pending);
    const hasChanged =
      found.reckoned.size > 0 && (await affectedStore.replaceReckoned(client, incident.id, found.reckoned));
    if (found.last !== read) await affectedStore.keepArrivalsRead(client, incident.id, found.last);
    if (hasChanged) {
      await client.query("SELECT pg_notify($1, $2)", [store.changes_channel, incident.id]);
    }
    context.atStep?.("written");
  });
  context.atStep?.("committed");
}

async function inTransaction(
  context: Context,
  work: (client: affectedStore.Connection) => Promise<void>,
): Promise<void> {
  const client = await context.database.pool.connect();
  let broken: Error | undefined;
  try {
    await client.query("BEGIN");
    await work(client);
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK").catch((reason: unknown) => {
      broken = new Error("the connection is lost", { cause: reason });
    });
    throw error;
  } finally {
    client.release(broken);
  }
}
