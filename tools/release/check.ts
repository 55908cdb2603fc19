import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import {
  acceptKeys,
  isVersion,
  readPublicKeys,
  readPublishedManifest,
  type AcceptedKeys,
} from "@mainstay/catalog";
import { launchBrowser } from "@mainstay/browser";
import { runChecks, type CheckedVersion, type CheckServer } from "@mainstay/checks/runner";
import { sha256Of } from "@mainstay/platform";
import { OperatorError } from "@mainstay/platform/embedded-postgres";
import { PlanSchema, type CheckJourney, type CheckRun, type Plan } from "@mainstay/wire";
import { Value } from "typebox/value";
import { createCheckTickets } from "@mainstay/platform";
import { portsOf, type StartSettings } from "../start/environment.ts";
import { describeCell, describeRun } from "./check-report.ts";
import { createControlClient } from "./control-client.ts";
import { readEdgeSecret } from "./edge-secret.ts";

/** How long a ticket is good for, in milliseconds: longer than any run of checks takes. */
const ticket_ms_max = 60 * 60_000;

/** How long the edge may take to see what was published, in milliseconds, and how often it is asked. */
const seen_ms_max = 15_000;
const seen_poll_ms = 100;

/** Which version is to be checked, by which Mainstay. */
type Checking = {
  readonly version: string;
  readonly settings: Pick<StartSettings, "port" | "dataFolder">;
  readonly say: (line: string) => void;
};

/** What is to be checked, and where. */
export type CheckWish = Checking & {
  /** The origin of the server that is to follow the running one; null where there is none. */
  readonly against: string | null;
  /** The next server's secrets, where it doesn't share those of the running one. */
  readonly againstSecrets: string | null;
};

/** Has the simulated outside world pay in, where there is one beside the server. */
function payInAt(simulatorPort: number): CheckServer["payIn"] {
  return async (account, amount) => {
    const answer = await fetch(`http://127.0.0.1:${simulatorPort}/api/pay-in`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ account, amount }),
    });
    const { outcome } = (await answer.json()) as { outcome?: string };
    if (outcome !== "accepted") throw new Error(`the pay-in came to ${outcome ?? answer.status}`);
  };
}

function serverAt(origin: string, secret: string): CheckServer {
  if (!URL.canParse(origin))
    throw new OperatorError(`${origin} is no address such as http://localhost:8080.`);
  const tickets = createCheckTickets(secret);
  const { origin: exact, port, protocol } = new URL(origin);
  return {
    origin: exact,
    ticketFor: (version) => tickets.sign({ version, until: Date.now() + ticket_ms_max }),
    payIn: protocol === "http:" ? payInAt(portsOf(Number(port)).simulator) : null,
  };
}

async function versionIn(
  catalog: string,
  version: string,
  keys: AcceptedKeys,
): Promise<CheckedVersion & { readonly manifestSha256: string }> {
  const { manifest, manifestBytes } = await readPublishedManifest(join(catalog, version), version, keys);
  return { version, protocol: manifest.loginProtocol, manifestSha256: sha256Of(manifestBytes) };
}

/** Every version that somebody may be on, or may be sent back to. */
function liveIn(plan: Plan): readonly string[] {
  const named = Object.values(plan.platforms).flatMap(({ stable, previous, rollout }) => [
    stable,
    rollout?.candidate ?? null,
    previous,
  ]);
  return [...new Set(named)].filter((version) => version !== null);
}

/** Where customers of the version come from: stable in browsers, which is where checks run. */
function stableIn(plan: Plan, candidate: string): string | null {
  const { web, ios, android } = plan.platforms;
  const stable = web.stable ?? ios.stable ?? android.stable;
  return stable === candidate ? (web.previous ?? ios.previous ?? android.previous) : stable;
}

/** How many runs' pictures are kept. */
export const picture_folders_max = 20;

/** Names a folder for the pictures of this run, and removes those of the oldest. */
async function pictureFolder(dataFolder: string, version: string): Promise<string> {
  const folder = join(dataFolder, "checks");
  const startedAt = (name: string): number => Number(name.split("-").at(-1));
  const known = (await readdir(folder).catch(() => [])).toSorted(
    (one, other) => startedAt(other) - startedAt(one),
  );
  for (const name of known.slice(picture_folders_max - 1)) {
    await rm(join(folder, name), { recursive: true, force: true });
  }
  return join(folder, `${version}-${Date.now()}`);
}

/** Waits until the edge serves these very bytes: it looks for new versions once a second. */
async function expectServed(
  origin: string,
  { version, manifestSha256 }: { readonly version: string; readonly manifestSha256: string },
): Promise<void> {
  const deadline = performance.now() + seen_ms_max;
  for (;;) {
    const answer = await fetch(`${origin}/v/${version}/manifest.json`).catch(() => {
      throw new OperatorError(`Nobody answers at ${origin}, where customers would get ${version}.`);
    });
    const bytes = answer.ok ? Buffer.from(await answer.arrayBuffer()) : null;
    if (bytes !== null && sha256Of(bytes) === manifestSha256) return;
    if (performance.now() > deadline) {
      throw new OperatorError(`The edge at ${origin} doesn't serve ${version}, so it can't be checked.`);
    }
    await wait(seen_poll_ms);
  }
}

/** Runs journeys in a real browser, hands the run to control, and answers it. */
async function runAndKeep(
  { version, against, againstSecrets, settings, say }: CheckWish,
  demanded: readonly CheckJourney[] | null,
): Promise<CheckRun> {
  const ports = portsOf(settings.port);
  const edgeSecret = readEdgeSecret(join(settings.dataFolder, "secrets.json"));
  const control = createControlClient({ port: ports.control, secret: edgeSecret });
  const plan = await control.demand("GET", "/internal/plan?after=0");
  if (!Value.Check(PlanSchema, plan))
    throw new OperatorError("Control's plan isn't one: is it this version?");
  const catalog = join(settings.dataFolder, "catalog");
  const keys = acceptKeys(readPublicKeys(join(settings.dataFolder, "release-keys.json")));
  const candidate = await versionIn(catalog, version, keys);
  const stable = stableIn(plan, version);
  const live = await Promise.all(liveIn(plan).map((name) => versionIn(catalog, name, keys)));
  const nextSecret = againstSecrets === null ? edgeSecret : readEdgeSecret(againstSecrets);
  // What customers call the edge by, as it is told itself.
  const origin = process.env["MAINSTAY_ORIGIN"] || `http://localhost:${ports.edge}`;
  await expectServed(origin, candidate);
  const browser = await launchBrowser();
  try {
    const run = await runChecks({
      browser,
      candidate,
      stable: stable === null ? null : await versionIn(catalog, stable, keys),
      live,
      servers: {
        now: serverAt(origin, edgeSecret),
        next: against === null ? null : serverAt(against, nextSecret),
      },
      pictureFolder: await pictureFolder(settings.dataFolder, version),
      onCell: (cell) => say(describeCell(cell)),
      ...(demanded === null ? {} : { journeys: demanded }),
    });
    const kept: CheckRun = demanded === null ? run : { ...run, purpose: "demanded" };
    await control.demand("POST", "/internal/checks", kept);
    return kept;
  } finally {
    await browser.close();
  }
}

/**
 * Runs what incidents demand of every version, and nothing else, on one that is in the catalog; answers the
 * run, which control has by then.
 */
export function checkDemanded(checking: Checking, journeys: readonly CheckJourney[]): Promise<CheckRun> {
  return runAndKeep({ ...checking, against: null, againstSecrets: null }, journeys);
}

/**
 * Checks a published version in a real browser, says how each journey went, and hands the result to control.
 * Answers the exit code: 1 where anything is red or couldn't be kept.
 */
export async function checkVersion(wish: CheckWish): Promise<number> {
  if (!isVersion(wish.version)) {
    throw new OperatorError(`"${wish.version}" is no version: three numbers, such as 1.4.0.`);
  }
  const { words, isGreen } = describeRun(await runAndKeep(wish, null));
  wish.say(words);
  return isGreen ? 0 : 1;
}
