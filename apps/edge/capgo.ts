import { createHash } from "node:crypto";
import type { ServerResponse } from "node:http";
import { compareVersions } from "@mainstay/catalog";
import { createBoundedMap } from "@mainstay/kernel";
import { VersionSchema, type Signal } from "@mainstay/wire";
import Type from "typebox";
import { Compile } from "typebox/compile";
import { Value } from "typebox/value";
import type { Assigner } from "./assignments/assigner.ts";
import type { Client } from "./assignments/clients.ts";
import { bootSignal, type Reports } from "./assignments/reports.ts";
import type { Catalog } from "./catalog.ts";
import { answerProblem } from "./problems.ts";
import { readBody } from "./read-body.ts";
import { answerJson, is, type Exchange, type Route } from "./route.ts";

/**
 * The self-hosted endpoints of @capgo/capacitor-updater 8, the plugin by which native shells update their
 * bundle. Shapes are those of version 8.51.23: CapgoUpdater.java (`createInfoObject`, `makeJsonRequest`,
 * `flushStatsQueue`) and CapgoUpdater.swift read the answers, and
 * capgo.app/docs/plugins/updater/self-hosted describes them.
 */

/** The largest body of a check for updates, and of statistics (200 events), in bytes. */
export const stats_bytes_max = 384 * 1024;
/** How many events the plugin keeps, and so hands in at once. */
export const stats_events_max = 200;

/** What the plugin calls the bundle that came with the app. */
const builtin = "builtin";

/** What the plugin says of itself with everything that it asks; more is ignored, because versions differ. */
const PluginSchema = Type.Object({
  platform: Type.Enum(["ios", "android"]),
  device_id: Type.String({ minLength: 1, maxLength: 100 }),
  app_id: Type.String({ maxLength: 200 }),
  /** Set by our boot layer: the installation's token. */
  custom_id: Type.Optional(Type.String({ maxLength: 2_000 })),
  /** The version of the bundle that the app was built around: the shell's own. */
  version_build: Type.String({ maxLength: 60 }),
  /** The version of the bundle that runs, or `builtin`. */
  version_name: Type.String({ maxLength: 60 }),
  version_os: Type.Optional(Type.String({ maxLength: 60 })),
  plugin_version: Type.Optional(Type.String({ maxLength: 60 })),
});
const StatsSchema = Type.Object({
  ...PluginSchema.properties,
  action: Type.String({ pattern: "^[a-z0-9_]{1,60}$" }),
});
type PluginInfo = Type.Static<typeof PluginSchema>;
type Stats = Type.Static<typeof StatsSchema>;

const isPluginInfo = Compile(PluginSchema);
const isStats = Compile(StatsSchema);

/** What happened on the way to a bundle that runs, or kept it from running. */
const failed_action = /_fail$|crash|timeout|_anr$/;

type Deps = {
  readonly origin: string;
  readonly catalog: Catalog;
  readonly assigner: Assigner;
  readonly reports: Pick<Reports, "deliver">;
};

type Prepared = Deps & { readonly zipOf: ReturnType<typeof createZips> };

/** Reads a request's JSON; undefined where it is none, and then the request has been answered. */
async function readJson({ request, response }: Exchange): Promise<unknown> {
  const body = await new Promise<Buffer | null | "too large">((done) => {
    readBody(request, done, stats_bytes_max);
  });
  if (body === "too large") {
    response.setHeader("connection", "close");
    answerFailure(response, 413, "body_too_large");
    return undefined;
  }
  try {
    return JSON.parse(body?.toString("utf8") ?? "");
  } catch {
    answerFailure(response, 400, "bad_request");
    return undefined;
  }
}

/** An answer that the plugin takes for a failure of this check, and nothing more. */
function answerFailure(response: ServerResponse, status: number, error: string): void {
  answerJson(response, status, { kind: "failed", error, message: `No update: ${error}.` });
}

/** The system and its major version, as the plugin says it ("18.1" on ios). */
function osOf({ platform, version_os }: PluginInfo): string {
  const major = /^\d{1,4}/.exec(version_os ?? "")?.[0];
  return major === undefined ? platform : `${platform}-${major}`;
}

function shellOf({ version_build }: PluginInfo): string | null {
  return Value.Check(VersionSchema, version_build) ? version_build : null;
}

/** The installation that the plugin's token names; null where it shows none that we have signed. */
function clientOf({ assigner }: Deps, info: PluginInfo): Client | null {
  const { platform } = info;
  return assigner.clientOfToken(info.custom_id, { platform, os: osOf(info), shell: shellOf(info) });
}

/**
 * Which bundle a shell should run. Without an installation of ours it is what everybody gets who is in no
 * rollout: a device that can't be told from others takes no part in one.
 */
function wantedBy(deps: Deps, info: PluginInfo): string | null {
  const client = clientOf(deps, info);
  if (client !== null) return deps.assigner.shouldRun(client);
  return deps.assigner.shouldRunOutsideRollouts({
    platform: info.platform,
    os: osOf(info),
    shell: shellOf(info),
  });
}

/** How many zips are kept in memory, each verified when it was read. */
export const zips_kept_max = 3;

type Zip = NonNullable<Awaited<ReturnType<Catalog["zip"]>>>;

/** Zips by their version; one that was withdrawn since isn't given, whatever is in memory. */
function createZips(catalog: Catalog) {
  const kept = createBoundedMap<string, Zip>(zips_kept_max);
  return async (version: string): Promise<Zip | null> => {
    if ((await catalog.version(version)) === null) return null;
    const known = kept.get(version);
    if (known !== undefined) return known;
    const read = await catalog.zip(version);
    if (read !== null) kept.set(version, read);
    return read;
  };
}

async function answerUpdate(deps: Prepared, exchange: Exchange): Promise<void> {
  const { response } = exchange;
  const info = await readJson(exchange);
  if (info === undefined) return;
  if (!isPluginInfo.Check(info)) return answerFailure(response, 400, "bad_request");
  await deps.assigner.refresh();
  const wanted = wantedBy(deps, info);
  if (wanted === null) return answerFailure(response, 503, "no_version");
  const shell = shellOf(info);
  const running = info.version_name === builtin ? shell : info.version_name;
  if (wanted === running) {
    // With `error`, or another status, the plugin would take it for a failure.
    answerJson(response, 200, {
      kind: "up_to_date",
      version: wanted,
      message: "This is the version to run.",
    });
    return;
  }
  // Back to the bundle that the app brought along: nothing is to be downloaded. Never with `error` or `kind`.
  if (wanted === shell) return answerJson(response, 200, { version: builtin });
  const loaded = await deps.catalog.version(wanted);
  const zip = await deps.zipOf(wanted);
  if (loaded === null || zip === null) return answerFailure(response, 503, "no_version");
  const { minimumShell } = loaded.manifest;
  if (minimumShell !== null && (shell === null || compareVersions(shell, minimumShell) < 0)) {
    const message = `Version ${wanted} needs the app of ${minimumShell} from the store.`;
    answerJson(response, 200, { kind: "blocked", error: "native_update_required", version: wanted, message });
    return;
  }
  const url = `${deps.origin}/v/${wanted}/bundle.zip`;
  answerJson(response, 200, { version: wanted, url, checksum: zip.sha256 });
}

/** Once per installation, version and kind of failure, however often the plugin hands it in. */
function idOf(installation: string, version: string, action: string): string {
  const digest = createHash("sha256").update([installation, version, action].join("\n")).digest("base64url");
  return `capgo-${digest}`;
}

/**
 * A failure that the plugin tells of, as a signal. Only of devices that are known: the installation's token
 * is ours, and somebody has logged in there with a device key. Anybody could make up the others.
 */
function signalOf(deps: Deps, event: Stats): Signal | null {
  if (!failed_action.test(event.action)) return null;
  const client = clientOf(deps, event);
  if (client === null || client.installation.k === null) return null;
  const version = event.version_name === builtin ? shellOf(event) : event.version_name;
  if (!Value.Check(VersionSchema, version)) return null;
  const activation = deps.assigner.unproven(client, version);
  if (activation === null) return null;
  return bootSignal({
    id: idOf(client.installation.i, version, event.action),
    kind: "boot-failed",
    at: activation.issuedAt,
    activation,
    reason: event.action,
  });
}

async function answerStats(deps: Deps, exchange: Exchange): Promise<void> {
  const { response } = exchange;
  const body = await readJson(exchange);
  if (body === undefined) return;
  // One event by itself, or all that waited (8.43 and later).
  const events: readonly unknown[] = Array.isArray(body) ? body : [body];
  if (events.length > stats_events_max || !events.every((event) => isStats.Check(event))) {
    return answerFailure(response, 400, "bad_request");
  }
  const signals = events.map((event) => signalOf(deps, event as Stats)).filter((signal) => signal !== null);
  const outcome = signals.length === 0 ? "taken" : await deps.reports.deliver(signals);
  if (outcome === "taken") return answerJson(response, 200, { status: "ok" });
  // The plugin keeps what isn't answered with success, and hands it in again.
  response.setHeader("retry-after", "10");
  answerFailure(response, outcome === "too many" ? 429 : 503, "stats_kept");
}

/** Who gets what is decided here and by nobody's choice of channel: there is one, and it can't be chosen. */
async function answerChannel(exchange: Exchange): Promise<void> {
  const { request, response } = exchange;
  const channel = "assigned";
  if (request.method === "GET") {
    answerJson(response, 200, [{ id: 1, name: channel, public: true, allow_self_set: false }]);
    return;
  }
  if ((await readJson(exchange)) === undefined) return;
  if (request.method === "PUT") {
    answerJson(response, 200, { channel, status: "default", allowSet: false });
    return;
  }
  const message = "Which version a device gets is decided by the rollouts.";
  answerJson(response, 400, { error: "channel_self_set_not_allowed", message });
}

const zip_path = /^\/v\/(\d{1,9}\.\d{1,9}\.\d{1,9})\/bundle\.zip$/;

async function answerZip({ zipOf }: Prepared, { request, response, path }: Exchange): Promise<void> {
  const zip = await zipOf(zip_path.exec(path)?.[1] ?? "");
  if (zip === null) return answerProblem(response, "not_found");
  response.writeHead(200, {
    "content-type": "application/zip",
    "content-length": zip.content.length,
    "cache-control": "public, max-age=31536000, immutable",
  });
  response.end(request.method === "HEAD" ? undefined : zip.content);
}

/** The update plugin's routes. */
export function capgoRoutes(given: Deps): readonly Route[] {
  const deps: Prepared = { ...given, zipOf: createZips(given.catalog) };
  return [
    {
      name: "/updates",
      matches: is("/updates"),
      methods: ["POST"],
      answer: (exchange) => answerUpdate(deps, exchange),
    },
    {
      name: "/stats",
      matches: is("/stats"),
      methods: ["POST"],
      answer: (exchange) => answerStats(deps, exchange),
    },
    {
      name: "/channel_self",
      matches: is("/channel_self"),
      methods: ["GET", "POST", "PUT", "DELETE"],
      answer: answerChannel,
    },
    {
      name: "/v/*/bundle.zip",
      matches: (path) => zip_path.test(path),
      answer: (exchange) => answerZip(deps, exchange),
    },
  ];
}
