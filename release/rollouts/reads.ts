import type {
  BundleManifest,
  CheckMatrix,
  Platform,
  Release,
  ReleaseRow,
  Releases,
  Rollout,
} from "@mainstay/wire";
import { platforms as all_platforms } from "@mainstay/wire";
import { compareVersions } from "@mainstay/catalog";
import { ok } from "@mainstay/kernel";
import { selectEvents } from "./event-store.ts";
import { approvalToJson } from "./approvals.ts";
import { findOpenApproval, findOverride } from "./approval-store.ts";
import { mayStart } from "./start.ts";
import { actionsOf, eventToJson, platformsOf, summaryToJson } from "./console-json.ts";
import { refuse, type Context } from "./context.ts";
import { rollouts_problems } from "./errors.ts";
import { isActive } from "./machine.ts";
import { peopleOn, type DeviceCounts } from "./people.ts";
import { protocolsNeeded, versions_max } from "./protocols.ts";
import { default_stages, shareGiven, stageOf } from "./stages.ts";
import * as store from "./store.ts";
import type { Answer, PlatformRecord, RolloutRecord } from "./types.ts";
import { findVersion, selectVersions, type KnownVersion } from "./version-store.ts";

/** The most lines of a timeline, and the most rollouts, that are shown at once. */
export const events_shown_max = 500;
export const rollouts_shown_max = 50;
const devices_shown_max = 100;

/** Who looks: what they may do decides which buttons work. */
export type Viewer = { readonly id: string; readonly mayAct: boolean };

/** The parts of a rollout's page that others keep. */
export type SignalsPort = {
  readonly segmentsOf: (rolloutId: string) => Promise<Rollout["segments"]>;
  readonly lastSignalAt: () => Promise<Date | null>;
};

function perPlatform<T>(of: (platform: Platform) => T): Record<Platform, T> {
  return { ios: of("ios"), android: of("android"), web: of("web") };
}

/** All that the states of versions follow from, read at one instant. */
type Picture = {
  readonly rows: readonly PlatformRecord[];
  readonly rollouts: readonly RolloutRecord[];
  readonly takenBack: readonly { readonly version: string; readonly platform: Platform }[];
  readonly counts: DeviceCounts;
  readonly checks: Awaited<ReturnType<Context["checksOfAll"]>>;
};

async function takePicture(context: Context): Promise<Picture> {
  const { db, people, checksOfAll } = context;
  const [rows, rollouts, takenBack, counts, checks] = await Promise.all([
    store.selectPlatforms(db),
    store.selectRollouts(db, { limit: versions_max }),
    store.selectTakenBack(db),
    people.now(),
    checksOfAll(),
  ]);
  return { rows, rollouts, takenBack, counts, checks };
}

/** What becomes of a version. What touches people most stands first. */
function stateOf(known: KnownVersion, picture: Picture): Pick<ReleaseRow, "state" | "stateShare"> {
  const { version } = known;
  const { rows, takenBack, checks } = picture;
  const own = picture.rollouts.filter((rollout) => rollout.version === version);
  const plain = (state: ReleaseRow["state"]) => ({ state, stateShare: null });
  if (known.withdrawn_at !== null) return plain("withdrawn");
  const active = own.find(({ state }) => isActive(state));
  if (active) return { state: "rolling-out", stateShare: shareGiven(stageOf(active).share) };
  if (rows.some(({ stable }) => stable === version)) return plain("stable");
  if (takenBack.some((taken) => taken.version === version)) {
    const latest = own[0];
    return { state: "rolled-back", stateShare: latest ? shareGiven(stageOf(latest).share) : 1 };
  }
  if (rows.some(({ platform, minimum }) => platform === "web" && minimum === version))
    return plain("minimum");
  const newest = rows
    .filter(({ platform }) => known.platforms.includes(platform))
    .every(({ stable }) => stable !== null && compareVersions(version, stable) < 0);
  if (newest) return plain("superseded");
  const kept = checks.get(version);
  return plain(kept === undefined ? "unchecked" : kept.state === "red" ? "checks-red" : "checked");
}

function rowToJson(known: KnownVersion, picture: Picture): ReleaseRow {
  const { version, platforms } = known;
  const on = (platform: Platform) => peopleOn(picture.counts, { platforms: [platform], version });
  const shareOf = (platform: Platform) => {
    const total = peopleOn(picture.counts, { platforms: [platform] });
    return platforms.includes(platform) ? on(platform) / Math.max(1, total) : null;
  };
  return {
    version,
    platforms: [...platforms],
    ...stateOf(known, picture),
    summary: known.summary,
    loginProtocol: known.login_protocol,
    checks: picture.checks.get(version)?.tally ?? null,
    publishedAt: known.registered_at.toISOString(),
    share: perPlatform(shareOf),
    devices: perPlatform(on),
    rollout: picture.rollouts.find((rollout) => rollout.version === version)?.id ?? null,
  };
}

function platformToJson(picture: Picture, platform: Platform): Releases["platforms"]["ios"] {
  const { stable, previous, recommended, minimum, storeUrl } = store.platformOf(picture.rows, platform);
  const running = picture.rollouts.find(
    (rollout) => isActive(rollout.state) && platformsOf(rollout).includes(platform),
  );
  const whyNot = running
    ? `Roll ${running.version} back first.`
    : previous === null
      ? rollouts_problems.no_previous_stable.title
      : null;
  return {
    ...{ stable, previous, recommended, minimum, storeUrl },
    rollout: running?.id ?? null,
    whyNotRollBackStable: whyNot,
  };
}

/** The platforms' settings, for the console. */
export async function readPlatforms(context: Context): Promise<Pick<Releases, "platforms">> {
  const picture = await takePicture(context);
  return { platforms: perPlatform((platform) => platformToJson(picture, platform)) };
}

/** The page of versions. */
export async function readReleases(context: Context, signals: SignalsPort): Promise<Releases> {
  const { db, clock } = context;
  const now = clock.now();
  const picture = await takePicture(context);
  const known = await selectVersions(db, versions_max);
  const lastSignalAt = await signals.lastSignalAt();
  return {
    versions: known
      .map((version) => rowToJson(version, picture))
      .toSorted((a, b) => compareVersions(b.version, a.version)),
    devices: perPlatform((platform) =>
      picture.counts
        .filter((count) => count.platform === platform)
        .slice(0, devices_shown_max)
        .map(({ version, count }) => ({ version, count })),
    ),
    platforms: perPlatform((platform) => platformToJson(picture, platform)),
    active: picture.rollouts
      .filter(({ state }) => isActive(state))
      .map((rollout) => summaryToJson(rollout, { counts: picture.counts, now })),
    protocols: (await protocolsNeeded(db, now)).map((need) => ({ ...need, neededBy: [...need.neededBy] })),
    lastSignalAt: lastSignalAt?.toISOString() ?? null,
  };
}

/** The latest run of a version's checks, with what was asked or given against it. */
export async function readMatrix(
  context: Context,
  given: {
    readonly version: string;
    readonly viewer: Viewer;
    readonly matrixOf: (version: string) => Promise<Omit<CheckMatrix, "override">>;
  },
): Promise<CheckMatrix> {
  const { version, viewer, matrixOf } = given;
  const [matrix, override] = await Promise.all([matrixOf(version), findOverride(context.db, version)]);
  return { ...matrix, override: override ? approvalToJson(override, viewer, context.clock.now()) : null };
}

/** The page of one version. */
export async function readRelease(
  context: Context,
  given: Parameters<typeof readMatrix>[1],
): Answer<Release> {
  const { db, clock } = context;
  const { version } = given;
  const known = await findVersion(db, version);
  if (!known) return refuse("version_unknown");
  const now = clock.now();
  const picture = await takePicture(context);
  const manifest = JSON.parse(known.manifest) as BundleManifest;
  const { key } = JSON.parse(known.signature) as { key: string };
  const checks = await context.checksOf(version);
  const whyNot: Partial<Record<Platform, string | null>> = {};
  for (const platform of all_platforms) {
    const may = await mayStart(db, { version, platforms: [platform], stages: default_stages, checks });
    whyNot[platform] = may.ok ? null : (may.error.detail ?? rollouts_problems[may.error.code].title);
  }
  return ok({
    ...rowToJson(known, picture),
    api: manifest.api,
    minimumShell: manifest.minimumShell,
    files: manifest.files.map(({ path, bytes, sha256 }) => ({ path, bytes, sha256 })),
    bytes: manifest.files.reduce((sum, { bytes }) => sum + bytes, 0),
    key,
    matrix: await readMatrix(context, given),
    rollouts: picture.rollouts
      .filter((rollout) => rollout.version === version)
      .slice(0, rollouts_shown_max)
      .map((rollout) => summaryToJson(rollout, { counts: picture.counts, now })),
    whyNotStart: perPlatform((platform) => whyNot[platform] ?? null),
  });
}

/** The page of one rollout. */
export async function readRollout(
  context: Context,
  given: { readonly rolloutId: string; readonly viewer: Viewer; readonly signals: SignalsPort },
): Answer<Rollout> {
  const { db, clock } = context;
  const { rolloutId, viewer, signals } = given;
  const rollout = await store.findRollout(db, rolloutId);
  if (!rollout) return refuse("rollout_unknown");
  const now = clock.now();
  const look = { counts: await context.people.now(), now };
  const [version, checks, events, segments, approval, rows] = await Promise.all([
    findVersion(db, rollout.version),
    context.checksOf(rollout.version),
    selectEvents(db, rolloutId, events_shown_max),
    signals.segmentsOf(rolloutId),
    findOpenApproval(db, { rolloutId }),
    store.selectPlatforms(db),
  ]);
  const isStableStill = platformsOf(rollout).every((platform) => {
    const { stable, previous } = store.platformOf(rows, platform);
    return stable === rollout.version && previous !== null;
  });
  return ok({
    ...summaryToJson(rollout, look),
    summary: version?.summary ?? "",
    loginProtocol: version?.login_protocol ?? "",
    checks: checks?.tally ?? null,
    endedBy: rollout.ended?.by ?? null,
    reason: rollout.reason,
    actions: actionsOf(rollout, look, {
      mayAct: viewer.mayAct,
      whyNotBack: isStableStill ? null : "another version is stable, or none is older",
    }),
    segments,
    events: events.map(eventToJson),
    approval: approval ? approvalToJson(approval, viewer, now) : null,
  });
}
