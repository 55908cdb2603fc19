import { join } from "node:path";
import type { Clock, Random } from "@mainstay/kernel";
import { Value } from "typebox/value";
import { BundleManifestSchema, type Plan } from "@mainstay/wire";
import type { TestProtocol } from "@mainstay/testkit/client";
import type { Database } from "@mainstay/platform";
import { readEdgeSecret } from "../release/edge-secret.ts";
import { makeOwners } from "./fleet/customers.ts";
import { createFleet } from "./fleet/fleet.ts";
import { createFleetHttp, type FleetHttp } from "./fleet/http.ts";
import { createFleetLog } from "./fleet/log.ts";
import { createMemories } from "./fleet/memories.ts";
import type { PhoneWorld, VersionBehaviour } from "./fleet/phone.ts";
import { startScratchBank, type ScratchBank } from "./scratch.ts";
import type { Replay, ReplaySize } from "./scene.ts";
import { joinReleaseManagers } from "./staff.ts";
import { insertCustomers, openScratchDatabase, readReferences } from "./store.ts";
import { createWindows } from "./windows.ts";

/** How many phones log in at a time before anything happens. */
const first_logins_together = 24;
/** Customers with two phones each have one passkey on both. */
const phones_per_customer = 2;
const day_ms = 86_400_000;

type Chance = { readonly clock: Clock; readonly random: Random };

const sizes = {
  full: {
    installations: 5_000,
    perSecond: 40,
    alarm_ms_max: 180_000,
    after_alarm_ms: 15_000,
    firstLogIns: "played",
    withWindows: true,
    withChecks: true,
  },
  small: {
    installations: 1_200,
    perSecond: 30,
    alarm_ms_max: 120_000,
    after_alarm_ms: 15_000,
    firstLogIns: "played",
    withWindows: false,
    withChecks: true,
  },
  /** For the tests: the story itself, without its further scenes. 1 % must be enough phones for an alarm. */
  tiny: {
    installations: 1_000,
    perSecond: 40,
    alarm_ms_max: 90_000,
    after_alarm_ms: 5_000,
    firstLogIns: "remembered",
    withWindows: false,
    withChecks: false,
  },
} as const satisfies Record<string, ReplaySize>;
export type ReplaySizeName = keyof typeof sizes;

/** How each version behaves: by the manifest that the edge serves, unless a scene says otherwise. */
function createBehaviours(http: FleetHttp) {
  const known = new Map<string, Promise<VersionBehaviour>>();
  const said = new Map<string, Partial<VersionBehaviour>>();
  async function read(version: string): Promise<VersionBehaviour> {
    const path = `/v/${version}/manifest.json`;
    const answer = await http.ask({ method: "GET", path, headers: {}, body: undefined });
    const manifest: unknown = JSON.parse(answer.text);
    if (!Value.Check(BundleManifestSchema, manifest)) throw new Error(`${version} has no manifest`);
    return { protocol: manifest.loginProtocol as TestProtocol, isBroken: () => false };
  }
  return {
    behave: (version: string, behaviour: Partial<VersionBehaviour>) => {
      said.set(version, behaviour);
    },
    of: async (version: string): Promise<VersionBehaviour> => {
      const found = known.get(version) ?? read(version);
      known.set(version, found);
      found.catch(() => known.delete(version));
      return { ...(await found), ...said.get(version) };
    },
  };
}

/** The version that is stable, and where its build lies. */
async function stableOf(bank: ScratchBank, http: FleetHttp): Promise<string> {
  const answer = await http.ask({ method: "GET", path: "/assignment", headers: {}, body: undefined });
  const { version } = JSON.parse(answer.text) as { version?: Plan["platforms"]["ios"]["stable"] };
  if (typeof version !== "string") throw new Error(`${bank.origin} serves no version`);
  return version;
}

/** What phones remember of their past, by the customer's number: nothing where they play it. */
async function memoriesOf(
  bank: ScratchBank,
  database: Database,
  past: { readonly ids: readonly string[]; readonly stable: string } & Chance,
): Promise<(customer: number) => string> {
  const edgeSecret = readEdgeSecret(join(bank.settings.dataFolder, "secrets.json"));
  const memoryOf = createMemories({ edgeSecret, ...past });
  const refs = await readReferences(database, past.ids);
  return (customer) => memoryOf(refs.get(past.ids[customer] ?? "") ?? "");
}

/** Makes the customers and their phones; sees to it that each has logged in with the stable version. */
async function gatherFleet(
  world: PhoneWorld,
  bank: ScratchBank,
  parts: Chance & {
    readonly size: ReplaySize;
    readonly stable: string;
    readonly say: (line: string) => void;
  },
) {
  const { clock, say, size } = parts;
  const owners = await makeOwners(Math.ceil(size.installations / phones_per_customer), {
    origin: bank.origin,
    ...parts,
  });
  const database = openScratchDatabase(bank.mainstay.databases.bank.url);
  const madeAt = new Date(clock.now().getTime() - 30 * day_ms);
  const customers = owners.map(({ customer }) => customer);
  await insertCustomers(database, customers, madeAt);
  const isPlayed = size.firstLogIns === "played";
  const ids = customers.map(({ id }) => id);
  const memoryOf = isPlayed ? () => null : await memoriesOf(bank, database, { ids, ...parts });
  await database.close();
  const passkeys = owners.map(({ passkey }) => passkey);
  const fleet = createFleet(world, { size: size.installations, passkeys, memoryOf, seed: 1 });
  if (!isPlayed) return fleet;
  say(`${size.installations} phones log in for the first time, on the stable version …`);
  await fleet.everybodyOnce(first_logins_together);
  const out = fleet.phones.filter((phone) => !phone.kind().hasLoggedIn).length;
  if (out > 0) throw new Error(`${out} phones could not log in on the stable version`);
  return fleet;
}

/** A line of what happened, with the time that it is about. */
export type ReplayLine = { readonly at: Date; readonly what: string };

/** A bank with its fleet on the stable version, before anything happens. */
export type Stage = {
  readonly replay: Replay;
  readonly stable: string;
  readonly http: FleetHttp;
  readonly timeline: readonly ReplayLine[];
};

/** Sets a stage, has a play played on it, and takes everything away again. */
export async function onStage<T>(
  options: {
    readonly size: ReplaySizeName;
    readonly clock: Clock;
    readonly random: Random;
    readonly say: (line: string) => void;
  },
  play: (stage: Stage) => Promise<T>,
): Promise<T> {
  const { clock, random, say } = options;
  const size = sizes[options.size];
  const timeline: ReplayLine[] = [];
  const tell = (what: string, at: Date = clock.now()) => {
    timeline.push({ at, what });
    say(`${at.toISOString().slice(11, 23)}  ${what}`);
  };
  const bank = await startScratchBank(say);
  const http = createFleetHttp(bank.settings.port);
  const log = createFleetLog(clock);
  const behaviours = createBehaviours(http);
  const world: PhoneWorld = { http, origin: bank.origin, log, clock, behaviourOf: behaviours.of };
  const windows = size.withWindows ? await createWindows({ origin: bank.origin, http, clock }) : null;
  const undo = [() => bank.remove(), async () => http.close(), async () => windows?.close()];
  try {
    const stable = await stableOf(bank, http);
    const link = bank.mainstay.staffLink;
    if (link === undefined) throw new Error("the scratch bank has staff already");
    const staff = await joinReleaseManagers(link, { clock, random });
    undo.push(async () => staff.forEach((member) => member.close()));
    await windows?.openAccounts();
    const fleet = await gatherFleet(world, bank, { size, stable, clock, random, say });
    tell(`${stable} is stable; everybody is on it`);
    const behave = behaviours.behave;
    const replay: Replay = { bank, size, fleet, log, windows, staff, behave, clock, random, say, tell };
    return await play({ replay, stable, http, timeline });
  } finally {
    for (const step of undo.toReversed()) await step();
  }
}
