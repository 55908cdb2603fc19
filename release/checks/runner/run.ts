import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TestBrowser } from "@mainstay/browser";
import { newId } from "@mainstay/kernel";
import { systemClock, systemRandom } from "@mainstay/platform";
import { check_journeys, journey_titles, type CheckJourney, type CheckRun } from "@mainstay/wire";
import { registerSynthetic, type Cast, type SyntheticCustomer } from "./cast.ts";
import { planJourneys, type PlannedJourney } from "./journeys.ts";
import type { CheckServer } from "./phone.ts";
import { runJourney, timestamp, type Journey, type Track } from "./track.ts";

type Cell = CheckRun["cells"][number];

/** A published version, as far as a check must know it. */
export type CheckedVersion = { readonly version: string; readonly protocol: string };

/** What is to be checked, and with what. */
export type CheckOrder = {
  readonly browser: TestBrowser;
  readonly candidate: CheckedVersion & { readonly manifestSha256: string };
  /** The version that customers come from and would go back to; null where there is none. */
  readonly stable: CheckedVersion | null;
  /** Every version that customers may be on: each is tried against the next server too. */
  readonly live: readonly CheckedVersion[];
  readonly servers: { readonly now: CheckServer; readonly next: CheckServer | null };
  /** Where pictures of what failed are put. */
  readonly pictureFolder: string;
  /** The journeys that are run; all, unless a test needs only some. */
  readonly journeys?: readonly CheckJourney[];
  /** Told of every cell as soon as it is known. */
  readonly onCell?: (cell: Cell) => void;
};

type Pair = {
  readonly checked: CheckedVersion;
  readonly older: CheckedVersion | null;
  readonly server: CheckServer;
  readonly serverName: "now" | "next";
};

function pairsOf({ candidate, stable, live, servers }: CheckOrder): Pair[] {
  const older = stable?.version === candidate.version ? null : stable;
  const now: Pair = { checked: candidate, older, server: servers.now, serverName: "now" };
  const { next } = servers;
  if (next === null) return [now];
  const others = live.filter(({ version }) => version !== candidate.version);
  return [
    now,
    { checked: candidate, older, server: next, serverName: "next" },
    // A live version on the next server: nobody updates to it, and it makes its own passkeys.
    ...others.map((checked) => ({ checked, older: null, server: next, serverName: "next" }) as const),
  ];
}

async function keepPicture(order: CheckOrder, name: string, picture: Buffer | null): Promise<string | null> {
  if (picture === null) return null;
  await mkdir(order.pictureFolder, { recursive: true });
  const path = join(order.pictureFolder, `${name}.png`);
  await writeFile(path, picture);
  return path;
}

async function cellOf(order: CheckOrder, pair: Pair, planned: PlannedJourney): Promise<Cell> {
  const { journey, run } = planned;
  const { version, protocol } = pair.checked;
  const place = { version, protocol, server: pair.serverName, journey, title: journey_titles[journey] };
  if (run === null) {
    return { ...place, result: "skipped", ms: 0, reason: "nothing_older", steps: [], picture: null };
  }
  const ended: Journey = await runJourney(run);
  const picture = await keepPicture(order, `${version}-${pair.serverName}-${journey}`, ended.picture);
  return {
    ...place,
    result: ended.failure === null ? "passed" : "failed",
    ms: ended.ms,
    reason: ended.failure?.code ?? null,
    steps: [...ended.steps],
    picture,
  };
}

/** Hands over what one journey makes to those that wait for it. */
function handover(make: (track: Track) => Promise<SyntheticCustomer>) {
  const { promise, resolve, reject } = Promise.withResolvers<SyntheticCustomer>();
  promise.catch(() => undefined);
  const run = async (track: Track): Promise<void> => {
    try {
      resolve(await make(track));
    } catch (error) {
      reject(error);
      throw error;
    }
  };
  return { made: promise, run };
}

async function runPair(order: CheckOrder, pair: Pair): Promise<Cell[]> {
  const { browser } = order;
  const label = randomBytes(6).toString("hex");
  const { server } = pair;
  const people = { browser, server, label };
  const { version } = pair.checked;
  const older = pair.older?.version ?? null;
  const own = handover((track) => registerSynthetic(track, { ...people, version, firstName: "Ada" }));
  const other = handover((track) =>
    registerSynthetic(track, { ...people, version: older ?? version, firstName: "Ben" }),
  );
  const cast: Cast = { ...people, version, older, own: own.made, other: other.made };
  const wanted = new Set<string>(order.journeys ?? check_journeys);
  const [first = [], second = []] = planJourneys(cast, own.run);
  const runLane = async (lane: readonly PlannedJourney[]): Promise<Cell[]> => {
    const cells: Cell[] = [];
    for (const planned of lane) {
      // Others build on the registration, whether or not it is asked for itself.
      if (planned.journey !== "register" && !wanted.has(planned.journey)) continue;
      const cell = await cellOf(order, pair, planned);
      if (!wanted.has(planned.journey)) continue;
      cells.push(cell);
      order.onCell?.(cell);
    }
    return cells;
  };
  try {
    const lanes = await Promise.all([runLane(first), runJourney(other.run).then(() => runLane(second))]);
    const place = ({ journey }: Cell): number => check_journeys.indexOf(journey as CheckJourney);
    return lanes.flat().toSorted((one, another) => place(one) - place(another));
  } finally {
    for (const { made } of [own, other]) {
      await made.then(
        ({ phone }) => phone.close(),
        () => undefined,
      );
    }
  }
}

/**
 * Checks a version: every journey on the running server, and, where a next server is named, the candidate and
 * every live version on that. Two phones at a time; answers the run, to be handed to control.
 */
export async function runChecks(order: CheckOrder): Promise<CheckRun> {
  const startedAt = timestamp();
  const cells: Cell[] = [];
  for (const pair of pairsOf(order)) cells.push(...(await runPair(order, pair)));
  const { now, next } = order.servers;
  return {
    id: newId("chk", { clock: systemClock, random: systemRandom }),
    candidate: order.candidate.version,
    manifestSha256: order.candidate.manifestSha256,
    stable: order.stable?.version === order.candidate.version ? null : (order.stable?.version ?? null),
    startedAt,
    endedAt: timestamp(),
    servers: { now: now.origin, next: next?.origin ?? null },
    browser: `Chromium ${order.browser.browser.version()}`,
    cells,
  };
}
