import { addMs, type Clock, type Random } from "@mainstay/kernel";
import { createCheckTickets, sleep, type Database, type Logger } from "@mainstay/platform";
import { probe_names, type Plan, type ProbeCustomer, type ProbeCustomersPut } from "@mainstay/wire";
import { createBrowserProbe, type BrowserProbe } from "./browser-probe.ts";
import { passkeyOf } from "./keys.ts";
import { lanesOf } from "./lanes.ts";
import { createProtocolProbe, type ProtocolProbe, type ProtocolProbeDeps } from "./protocol-probe.ts";
import {
  failuresOf,
  failureSentence,
  fresh_ms_max,
  measured_ms_max,
  measuresOf,
  recoverySentence,
  round_ms,
  type Failure,
} from "./rules.ts";
import * as store from "./store.ts";
import type { Lane, Measure, ProbeIncidents, ProbeResult } from "./types.ts";

/** For how many days results are kept. */
export const result_days_max = 14;
/** How long a ticket is good for, in milliseconds. */
const ticket_ms_max = 120_000;
/** How soon it is looked again where no version is there to probe, in milliseconds. */
const empty_ms = 1_000;
/** How long the first round waits for an edge that starts beside control, in milliseconds. */
const edge_wait_ms_max = 15_000;
/** How often old results are forgotten, in milliseconds. */
const forget_ms = 60 * 60_000;
const day_ms = 24 * 60 * 60_000;

/** What probes are made of. */
export type ProbesDeps = {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** What customers call the edge by. */
  readonly origin: string;
  readonly edgeSecret: string;
  readonly incidents: ProbeIncidents;
  /** Who gets which version now. */
  readonly plan: () => Promise<Plan>;
  /** The login protocol of each version that control knows. */
  readonly protocols: () => Promise<ReadonlyMap<string, string>>;
  /** Has the bank make or find the synthetic customers. */
  readonly putCustomers: (customers: ProbeCustomersPut["customers"]) => Promise<readonly ProbeCustomer[]>;
  /** Whether a version's own bundle logs in too, in a real browser, where one is at hand. */
  readonly hasBrowser: boolean;
} & Pick<ProtocolProbeDeps, "transportOf">;

/** Live probes as control runs them. */
export type Probes = {
  /** Probes every version that customers have, once, and tells what fails or works again. */
  readonly round: () => Promise<readonly ProbeResult[]>;
  /** Logs in on one version now, in every way there is: passes only where each does. */
  readonly probeVersion: (version: string) => Promise<"passed" | "failed">;
  /** What was measured lately, of the versions that customers have now. */
  readonly measures: () => Promise<readonly Measure[]>;
  /** When anything was measured last; null before the first time. */
  readonly measuredAt: () => Promise<Date | null>;
  /** Calls back after each round, until the answer is called. */
  readonly onRound: (hear: () => void) => () => void;
  readonly start: () => void;
  readonly stop: () => Promise<void>;
};

/** What probes work with. */
type Room = ProbesDeps & {
  readonly lanesNow: () => Promise<readonly Lane[]>;
  readonly resultsNow: () => Promise<readonly ProbeResult[]>;
};

/** Makes live probes; nothing runs before `start`. */
export function createProbes(deps: ProbesDeps): Probes {
  const { database, clock } = deps;
  const { pool } = database;
  const listeners = new Set<() => void>();
  const stopping = new AbortController();
  const browser = deps.hasBrowser ? createBrowserProbe(deps) : null;
  const probeWith = createWays(deps, browser);
  const inTurn = createTurns();
  let running: Promise<void> = Promise.resolve();
  const room: Room = {
    ...deps,
    lanesNow: async () => lanesOf(await deps.plan(), await deps.protocols()),
    resultsNow: () => store.resultsSince(pool, addMs(clock.now(), -measured_ms_max)),
  };

  async function round(): Promise<readonly ProbeResult[]> {
    const results: ProbeResult[] = [];
    for (const [index, lane] of (await room.lanesNow()).entries()) {
      if (stopping.signal.aborted) break;
      for (const result of await inTurn(() => probeWith(lane, String(index)))) {
        await store.insertResult(pool, result);
        results.push(result);
      }
    }
    await tellFailures(room);
    for (const hear of listeners) hear();
    return results;
  }

  return {
    round,
    probeVersion: async (version) => {
      const protocol = (await deps.protocols()).get(version);
      if (protocol === undefined) return "failed";
      const lane: Lane = { version, protocol, of: "stable", platforms: [] };
      const results = await inTurn(() => probeWith(lane, "watch"));
      return results.every(({ outcomes }) => outcomes["log-in"] === "passed") ? "passed" : "failed";
    },
    measures: async () => {
      const since = addMs(clock.now(), -fresh_ms_max);
      // A browser that isn't at hand any more proves nothing, for or against.
      const said = (await room.resultsNow()).filter(({ kind, at }) => kind === "protocol" || at >= since);
      return measuresOf(await room.lanesNow(), said);
    },
    measuredAt: () => store.lastMeasuredAt(pool),
    onRound: (hear) => {
      listeners.add(hear);
      return () => void listeners.delete(hear);
    },
    start: () => {
      running = runRounds(room, round, stopping.signal);
    },
    stop: async () => {
      stopping.abort();
      await browser?.close();
      await running;
    },
  };
}

/** Tells incidents what has begun to fail, and what fails no longer. */
async function tellFailures({ database, clock, incidents, lanesNow, resultsNow }: Room): Promise<void> {
  const { pool } = database;
  const [lanes, results] = [await lanesNow(), await resultsNow()];
  const failures = failuresOf(measuresOf(lanes, results));
  const told = await store.toldFailures(pool);
  const at = clock.now();
  const isIn = (list: readonly Failure[], one: Failure): boolean =>
    list.some(({ component, version }) => component === one.component && version === one.version);
  for (const failure of failures.filter((one) => !isIn(told, one))) {
    const sentence = failureSentence(failure, reasonOf(results, failure));
    await incidents.openFromProbe({ ...failure, sentence, at });
    await store.insertFailure(pool, failure, at);
  }
  for (const failure of told.filter((one) => !isIn(failures, one))) {
    await incidents.probeRecovered({ ...failure, sentence: recoverySentence(failure), at });
    await store.deleteFailure(pool, failure);
  }
}

/** Probes every half minute until it is stopped. */
async function runRounds(
  room: Room,
  round: () => Promise<readonly ProbeResult[]>,
  stopped: AbortSignal,
): Promise<void> {
  const { database, clock, log } = room;
  const { pool } = database;
  let forgottenAt_ms = 0;

  /** A round, unless another process has begun one a moment ago; then what it measures counts here too. */
  async function ownRound(): Promise<readonly ProbeResult[] | null> {
    if ((await room.lanesNow()).length === 0) return [];
    const now = clock.now();
    return (await store.takeRound(pool, now, addMs(now, -round_ms / 2))) ? round() : null;
  }

  async function forget(): Promise<void> {
    const now = clock.now();
    if (now.getTime() - forgottenAt_ms < forget_ms) return;
    await store.forgetBefore(pool, addMs(now, -result_days_max * day_ms));
    forgottenAt_ms = now.getTime();
  }

  await untilReached(room, stopped);
  while (!stopped.aborted) {
    const began_ms = clock.now().getTime();
    const results = await ownRound().catch((error: unknown) => {
      log.warn({ error }, "a round of live probes failed and is tried again");
      return null;
    });
    await forget().catch((error: unknown) => log.warn({ error }, "old results of probes weren't forgotten"));
    const took_ms = clock.now().getTime() - began_ms;
    // Before the first version there is nothing to probe: looked at again soon.
    await sleep(results?.length === 0 ? empty_ms : Math.max(round_ms - took_ms, round_ms / 10), stopped);
  }
}

/** Waits until the edge answers at all, but not for ever: an edge that doesn't come is a failure too. */
async function untilReached({ origin, clock }: ProbesDeps, stopped: AbortSignal): Promise<void> {
  const until_ms = clock.now().getTime() + edge_wait_ms_max;
  while (!stopped.aborted && clock.now().getTime() < until_ms) {
    const signal = AbortSignal.any([stopped, AbortSignal.timeout(empty_ms)]);
    const answer = await fetch(`${origin}/health/live`, { signal }).catch(() => null);
    await answer?.body?.cancel();
    if (answer !== null) return;
    await sleep(empty_ms / 4, stopped);
  }
}

/** What failed last of this, in the probe's words. */
function reasonOf(results: readonly ProbeResult[], { component, version }: Failure): string | null {
  const failed = results.find(
    (result) =>
      (version === null || result.version === version) &&
      Object.entries(result.outcomes).some(([name, outcome]) => name === component && outcome === "failed"),
  );
  return failed?.reason ?? null;
}

/** Every way in which a version is probed: by the protocol, and in a browser where there is one. */
function createWays(
  deps: ProbesDeps,
  browser: BrowserProbe | null,
): (lane: Lane, place: string) => Promise<readonly ProbeResult[]> {
  const { database, clock, random, origin, edgeSecret } = deps;
  const tickets = createCheckTickets(edgeSecret);
  const ticketFor = (version: string): string =>
    tickets.sign({ version, until: clock.now().getTime() + ticket_ms_max });
  let made: { readonly customers: readonly ProbeCustomer[]; readonly probe: ProtocolProbe } | null = null;

  /** Once: the bank is asked until it has answered. */
  async function prepare() {
    const customers = await deps.putCustomers(
      probe_names.map((name) => {
        const { id, spki } = passkeyOf(edgeSecret, name);
        return { name, credentialId: id, spki };
      }),
    );
    const { transportOf } = deps;
    const ways = transportOf === undefined ? {} : { transportOf };
    const given = { pool: database.pool, clock, random, origin, secret: edgeSecret, ticketFor, ...ways };
    made = { customers, probe: createProtocolProbe(given, customers) };
    return made;
  }

  return async (lane, place) => {
    const prepared = made ?? (await prepare().catch(() => null));
    if (prepared === null) return [unmade(lane, clock.now())];
    const results = [await prepared.probe(lane, place)];
    const asked = { lane, place, ticketFor, customers: prepared.customers };
    const inBrowser = (await browser?.probe(asked)) ?? null;
    return inBrowser === null ? results : [...results, inBrowser];
  };
}

/** What a probe comes to while the bank can't even be asked for the synthetic customers. */
function unmade(lane: Lane, at: Date): ProbeResult {
  return {
    ...lane,
    kind: "protocol",
    at,
    took_ms: 0,
    outcomes: { "log-in": "failed", balances: "failed", payments: "failed" },
    reason: "the bank didn’t answer",
  };
}

/** Does one thing after the other, whoever asks. */
function createTurns() {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work, work);
    last = turn.catch(() => undefined);
    return turn;
  };
}
