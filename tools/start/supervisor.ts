import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { OperatorError } from "@mainstay/platform/embedded-postgres";
import { bank_node_words } from "../../apps/bank/node-words.ts";
import { type Builds, ensureBuilds } from "./builds.ts";
import {
  type SecretFiles,
  ensureSecrets,
  readEdgeSecret,
  recoverDataFolder,
  takeDataFolder,
} from "./data-folder.ts";
import { type Databases, openDatabases, requireDatabases } from "./databases.ts";
import { type Ports, type StartSettings, portsOf, project_folder, systemEnvironment } from "./environment.ts";
import { filledStamp } from "./filled-stamp.ts";
import { requireFreePorts } from "./ports.ts";
import { type ProcessPlan, ask, runProcesses } from "./processes.ts";
import type { ReleaseFiles } from "./release-files.ts";

/** How a start differs from another. */
export type SupervisorOptions = {
  readonly settings: StartSettings;
  /** Words for Node before each process's program, such as `--watch`. */
  readonly nodeWords: readonly string[];
  readonly say: (line: string) => void;
  /** Told when Mainstay can't go on by itself. */
  readonly onGivenUp: (error: OperatorError) => void;
};

/** A Mainstay that is ready. */
export type Mainstay = {
  readonly ports: Ports;
  readonly databases: Databases;
  readonly logFolder: string;
  /** The one-time link for the first member of staff, while there is none. */
  readonly staffLink: string | undefined;
  /** Where the built customer app lies. */
  readonly customerBuild: string;
  /** Builds what has changed since, and brings it to where it is served; answers the app's version. */
  readonly rebuild: () => Promise<string>;
  readonly stop: () => Promise<void>;
};

function planProcesses(
  options: SupervisorOptions,
  found: {
    databases: Databases;
    builds: Builds;
    secrets: SecretFiles;
    releases: ReleaseFiles;
    ports: Ports;
  },
): readonly ProcessPlan[] {
  const { settings, nodeWords } = options;
  const { databases, builds, secrets, releases, ports } = found;
  const common = {
    ...systemEnvironment(),
    NODE_ENV: settings.isProduction ? "production" : "development",
    MAINSTAY_LOG_LEVEL: settings.logLevel,
    MAINSTAY_PORT: String(settings.port),
    MAINSTAY_DEMO: settings.hasDemo ? "1" : "0",
    MAINSTAY_SECRETS: secrets.shared,
  };
  const plan = (
    name: "edge" | "bank" | "control" | "simulator",
    extra: Record<string, string>,
  ): ProcessPlan => ({
    name,
    program: join(project_folder, "apps", name, "main.ts"),
    nodeWords,
    environment: { ...common, ...extra },
    port: ports[name],
  });
  const simulatorData = join(settings.dataFolder, "simulator");
  mkdirSync(simulatorData, { recursive: true });
  const bankPlan = plan("bank", {
    DATABASE_URL: databases.bank.url,
    MAINSTAY_SECRETS: secrets.bank,
  });
  const bank = { ...bankPlan, nodeWords: [...nodeWords, ...bank_node_words] };
  const control = plan("control", {
    CONTROL_DATABASE_URL: databases.control.url,
    MAINSTAY_SECRETS: secrets.control,
    MAINSTAY_CONSOLE: builds.console,
    MAINSTAY_RELEASE_KEYS: releases.publicKeys,
  });
  const edge = plan("edge", {
    MAINSTAY_CATALOG: releases.catalog,
    MAINSTAY_BOOT: releases.boot,
    MAINSTAY_RELEASE_KEYS: releases.publicKeys,
    MAINSTAY_SECRETS: secrets.edge,
    MAINSTAY_EDGE_STATE: join(settings.dataFolder, "edge"),
  });
  const simulator = plan("simulator", { MAINSTAY_SIMULATOR_DATA: simulatorData });
  // The simulated outside world is no part of a real bank.
  return settings.hasDemo || !settings.isProduction
    ? [bank, control, simulator, edge]
    : [bank, control, edge];
}

async function findStaffLink(ports: Ports, secrets: SecretFiles): Promise<string | undefined> {
  const headers = { "x-edge-secret": readEdgeSecret(secrets) };
  const answer = await ask(ports.control, "/internal/first-staff-link", headers);
  return answer.status === 200 ? (JSON.parse(answer.body) as { url: string }).url : undefined;
}

async function ensureFilled({ settings, say }: SupervisorOptions, databases: Databases): Promise<void> {
  const stamp = filledStamp(settings);
  if (stamp.isCurrent) return;
  const { fillDatabases } = await import("./contents.ts");
  await fillDatabases(databases, { hasDemo: settings.hasDemo, say });
  stamp.set();
}

/** Ends what has been started, the last first. */
async function unwindAll(undo: (() => Promise<void>)[]): Promise<void> {
  for (const step of undo.splice(0).toReversed()) await step();
}

/** Lets work go on meanwhile: its failure is for whoever waits for it, later. */
function beside<T>(work: Promise<T>): Promise<T> {
  work.catch(() => undefined);
  return work;
}

/**
 * Brings a whole Mainstay up: databases, migrations, builds, demo, processes. Whatever stands in the way is
 * told as an `OperatorError`, and then nothing is left running or half made.
 */
export async function startMainstay(options: SupervisorOptions): Promise<Mainstay> {
  const { settings, say } = options;
  const ports = portsOf(settings.port);
  await recoverDataFolder(settings.dataFolder);
  await requireFreePorts(ports);
  await requireDatabases(settings);
  const folder = takeDataFolder(settings.dataFolder, settings.port);
  const undo: (() => Promise<void>)[] = [];
  const unwind = () => unwindAll(undo);
  let isWhole = false;
  // These and opening the databases wait for nothing of each other; what publishes is a second of modules.
  const building = beside(ensureBuilds(folder.path, say));
  const loading = beside(import("./publishing.ts"));
  try {
    const secrets = ensureSecrets(folder.path);
    const databases = await openDatabases(settings);
    undo.push(databases.stop);
    await ensureFilled(options, databases);
    isWhole = true;
    const builds = await building;
    const edgeSecret = readEdgeSecret(secrets);
    const { openReleases } = await loading;
    const releases = await openReleases({ settings, controlPort: ports.control, edgeSecret, say });
    await releases.publish(builds);
    const found = { databases, secrets, releases: releases.files, ports };
    const logFolder = join(folder.path, "logs");
    const group = runProcesses({
      plans: planProcesses(options, { ...found, builds }),
      ...{ logFolder, record: folder.recordChildren, onGivenUp: options.onGivenUp },
    });
    undo.push(group.stop);
    await group.ready();
    await releases.register();
    let served = builds;
    const rebuild = async (): Promise<string> => {
      const fresh = await ensureBuilds(folder.path, say);
      // A process is told at its start where its files lie.
      const moved = { edge: fresh.boot !== served.boot, control: fresh.console !== served.console };
      served = fresh;
      const version = await releases.publish(fresh);
      for (const plan of planProcesses(options, { ...found, builds: fresh })) {
        if ((plan.name === "edge" && moved.edge) || (plan.name === "control" && moved.control)) {
          await group.replace(plan);
        }
      }
      await group.ready();
      await releases.register();
      return version;
    };
    return {
      ports,
      databases,
      logFolder,
      staffLink: await findStaffLink(ports, secrets),
      customerBuild: builds.customer,
      rebuild,
      stop: async () => {
        await unwind();
        folder.release();
      },
    };
  } catch (error) {
    await Promise.allSettled([building]);
    await unwind();
    folder.release({ undo: !isWhole });
    throw error;
  }
}
