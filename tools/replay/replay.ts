import { assert, type Clock, type Random } from "@mainstay/kernel";
import { Value } from "typebox/value";
import { BundleManifestSchema, type Plan } from "@mainstay/wire";
import type { TestProtocol } from "@mainstay/testkit/client";
import { makeOwners } from "./fleet/customers.ts";
import { createFleet } from "./fleet/fleet.ts";
import { createFleetHttp, type FleetHttp } from "./fleet/http.ts";
import { createFleetLog } from "./fleet/log.ts";
import type { PhoneWorld, VersionBehaviour } from "./fleet/phone.ts";
import type { SceneFigures } from "./figures.ts";
import { writeReport, type Report } from "./report.ts";
import { startScratchBank, type ScratchBank } from "./scratch.ts";
import { type Replay, type ReplaySize } from "./scene.ts";
import { playOutage, playSegmentBreak, playTotalBreak } from "./scenes.ts";
import { joinReleaseManagers } from "./staff.ts";
import { insertCustomers, openScratchDatabase } from "./store.ts";
import { buildFaulty, publish, runProgram } from "./versions.ts";
import { createWindows } from "./windows.ts";

/** How many phones log in at a time before anything happens. */
const first_logins_together = 24;
/** Customers with two phones each have one passkey on both. */
const phones_per_customer = 2;
const day_ms = 86_400_000;

const sizes = {
  full: { installations: 5_000, perSecond: 40, alarm_ms_max: 180_000, withWindows: true },
  small: { installations: 1_200, perSecond: 30, alarm_ms_max: 120_000, withWindows: false },
} as const satisfies Record<string, ReplaySize>;

/** What the replay ends with. */
export type ReplayFigures = {
  readonly check_stopped_it: boolean;
  readonly total: SceneFigures;
  readonly segment: SceneFigures;
  readonly outage: { readonly blamed_candidate: boolean };
  readonly ledger_ok: boolean;
};

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

/** The patch version after so many others. */
function versionAfter(version: string, steps: number): string {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return `${major}.${minor + steps}.0`;
}

/** Makes the customers and their phones, and has every phone log in once with the stable version. */
async function gatherFleet(
  world: PhoneWorld,
  bank: ScratchBank,
  size: ReplaySize,
  parts: { readonly clock: Clock; readonly random: Random; readonly say: (line: string) => void },
) {
  const { clock, say } = parts;
  const owners = await makeOwners(Math.ceil(size.installations / phones_per_customer), {
    origin: bank.origin,
    ...parts,
  });
  const database = openScratchDatabase(bank.mainstay.databases.bank.url);
  const madeAt = new Date(clock.now().getTime() - 30 * day_ms);
  await insertCustomers(
    database,
    owners.map(({ customer }) => customer),
    madeAt,
  );
  await database.close();
  const passkeys = owners.map(({ passkey }) => passkey);
  const fleet = createFleet(world, { size: size.installations, passkeys, seed: 1 });
  say(`${size.installations} phones log in for the first time, on the stable version …`);
  await fleet.everybodyOnce(first_logins_together);
  const out = fleet.phones.filter((phone) => !phone.kind().hasLoggedIn).length;
  if (out > 0) throw new Error(`${out} phones could not log in on the stable version`);
  return fleet;
}

/** Has the ledger's checker look at the scratch bank's book. */
async function isLedgerRight(bank: ScratchBank): Promise<boolean> {
  const { port, dataFolder } = bank.settings;
  const { code } = await runProgram(["tools/ledger-check/main.ts"], {
    environment: { MAINSTAY_PORT: String(port), MAINSTAY_DATA: dataFolder },
  });
  return code === 0;
}

/** A version after the stable one for each scene. */
type Candidates = { readonly bad: string; readonly partly: string; readonly good: string };

/** Publishes and plays one scene after the other; answers the figures and where the report lies. */
async function playScenes(
  replay: Replay,
  candidates: Candidates,
  timeline: Report["timeline"],
): Promise<ReplayOutcome> {
  const { bank, tell } = replay;
  const { bad, partly, good } = candidates;
  const built = bank.mainstay.customerBuild;
  await publish(bank, { folder: await buildFaulty(bank), version: bad, summary: "Quicker log-in" });
  tell(`${bad} is published: it conflicts with the login protocol that it declares`);
  const total = await playTotalBreak(replay, bad);
  await publish(bank, { folder: built, version: partly, summary: "New passkey sheet on Android" });
  const segment = await playSegmentBreak(replay, partly);
  await publish(bank, { folder: built, version: good, summary: "Clearer words" });
  const outage = await playOutage(replay, good);
  const figures: ReplayFigures = {
    check_stopped_it: total.check_stopped_it,
    total: total.figures,
    segment: segment.figures,
    outage: { blamed_candidate: outage.blamed_candidate },
    ledger_ok: await isLedgerRight(bank),
  };
  return { figures, reportPath: writeReport({ figures, timeline, scenes: { total, segment, outage } }) };
}

/** What a replay came to. */
export type ReplayOutcome = { readonly figures: ReplayFigures; readonly reportPath: string };

/**
 * Plays the story on a bank of its own: a release with which nobody can log in, one that breaks a segment,
 * and an outage that no release is to blame for.
 */
export async function playReplay(options: {
  readonly isSmall: boolean;
  readonly clock: Clock;
  readonly random: Random;
  readonly say: (line: string) => void;
}): Promise<ReplayOutcome> {
  const { clock, random, say } = options;
  const size = options.isSmall ? sizes.small : sizes.full;
  const timeline: { at: Date; what: string }[] = [];
  const tell = (what: string, at: Date = clock.now()) => {
    timeline.push({ at, what });
    say(`${at.toISOString().slice(11, 23)}  ${what}`);
  };
  const bank = await startScratchBank(say);
  const http = createFleetHttp(bank.settings.port);
  const log = createFleetLog(clock);
  const behaviours = createBehaviours(http);
  const world: PhoneWorld = { http, origin: bank.origin, log, behaviourOf: behaviours.of };
  const windows = size.withWindows ? await createWindows({ origin: bank.origin, http, clock }) : null;
  const undo = [() => bank.remove(), async () => http.close(), async () => windows?.close()];
  try {
    const stable = await stableOf(bank, http);
    const link = bank.mainstay.staffLink;
    if (link === undefined) throw new Error("the scratch bank has staff already");
    const staff = await joinReleaseManagers(link, { clock, random });
    undo.push(async () => staff.forEach((member) => member.close()));
    await windows?.openAccounts();
    const fleet = await gatherFleet(world, bank, size, { clock, random, say });
    tell(`${stable} is stable; everybody is on it`);
    const behave = behaviours.behave;
    const replay: Replay = { bank, size, fleet, log, windows, staff, behave, clock, random, say, tell };
    const [bad, partly, good] = [1, 2, 3].map((steps) => versionAfter(stable, steps));
    assert(bad !== undefined && partly !== undefined && good !== undefined, "three versions follow");
    return await playScenes(replay, { bad, partly, good }, timeline);
  } finally {
    for (const step of undo.toReversed()) await step();
  }
}
