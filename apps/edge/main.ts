import Type from "typebox";
import {
  common_environment,
  createLogger,
  createMetrics,
  readEdgeSecrets,
  readEnvironment,
  readStaticFolder,
  shell_environment,
  shellAppsOf,
  systemClock,
  systemRandom,
  runProcess,
} from "@mainstay/platform";
import { acceptKeys, readPublicKeys } from "@mainstay/catalog";
import { createAssignments } from "./assignments/assignments.ts";
import { createControlClient } from "./assignments/control-client.ts";
import { createPlanKeeper } from "./assignments/plan-keeper.ts";
import { createBankProxy } from "./bank-proxy.ts";
import { createCatalog } from "./catalog.ts";
import { createEdge } from "./server.ts";
import { createControlStatus } from "./status/control-status.ts";
import { createStatusKeeper } from "./status/keeper.ts";
import { statusRoutes } from "./status/routes.ts";

/** How long open connections may take to end after a signal, in milliseconds. */
const open_ms_max = 1_000;

const EnvironmentSchema = Type.Object({
  ...common_environment,
  ...shell_environment,
  /** Folder of published versions of the app. */
  MAINSTAY_CATALOG: Type.String({ minLength: 1 }),
  /** File of the public keys whose bundles are served. */
  MAINSTAY_RELEASE_KEYS: Type.String({ minLength: 1 }),
  /** Folder of the built boot layer. */
  MAINSTAY_BOOT: Type.String({ minLength: 1 }),
  /** What browsers call the edge by; plain http on localhost where nothing is said. */
  MAINSTAY_ORIGIN: Type.Optional(Type.String({ pattern: "^https?://[^/]+$" })),
  MAINSTAY_BANK_URL: Type.Optional(Type.String({ pattern: "^https?://[^/]+$" })),
  MAINSTAY_CONTROL_URL: Type.Optional(Type.String({ pattern: "^https?://[^/]+$" })),
  /** Folder of what the edge keeps: the last plan, and what was taken back at the edge itself. */
  MAINSTAY_EDGE_STATE: Type.String({ minLength: 1 }),
});

async function main(): Promise<() => Promise<void>> {
  const environment = readEnvironment(EnvironmentSchema);
  const port = environment.MAINSTAY_PORT;
  const origin = environment.MAINSTAY_ORIGIN ?? `http://localhost:${port}`;
  const log = createLogger({ name: "edge", level: environment.MAINSTAY_LOG_LEVEL });
  const bankUrl = environment.MAINSTAY_BANK_URL ?? `http://127.0.0.1:${port + 3}`;
  const bank = createBankProxy({ bankUrl, origin, log });
  const { edgeSecret } = readEdgeSecrets(environment.MAINSTAY_SECRETS);
  const controlUrl = environment.MAINSTAY_CONTROL_URL ?? `http://127.0.0.1:${port + 1}`;
  const control = createControlClient({ controlUrl, edgeSecret });
  const [clock, random] = [systemClock, systemRandom];
  const plan = createPlanKeeper({ folder: environment.MAINSTAY_EDGE_STATE, control, clock, log });
  const catalog = createCatalog({
    folder: environment.MAINSTAY_CATALOG,
    keys: acceptKeys(readPublicKeys(environment.MAINSTAY_RELEASE_KEYS)),
    log,
    clock,
  });
  const metrics = createMetrics("edge");
  const assignments = createAssignments({
    ...{ edgeSecret, origin, catalog, plan, control, clock, random, log, metrics },
  });
  await plan.start();
  await assignments.refresh();
  const bootFiles = await readStaticFolder(environment.MAINSTAY_BOOT);
  const controlStatus = createControlStatus({ controlUrl, edgeSecret });
  const folder = environment.MAINSTAY_EDGE_STATE;
  const keeper = createStatusKeeper({
    ...{ folder, control: controlStatus, clock, log },
    isBankReady: bank.isReady,
  });
  await keeper.start();
  const server = createEdge({
    origin,
    bootFiles,
    statusRoutes: statusRoutes({ origin, bootFiles, keeper, control: controlStatus, clock, log }),
    catalog,
    assignments,
    bank,
    shellApps: shellAppsOf(environment),
    log,
    metrics,
  });
  server.listen(port, "127.0.0.1", () => log.info({ origin }, "the edge is ready"));
  return () =>
    new Promise<void>((resolve, reject) => {
      const closeStatus = () => keeper.stop().then(controlStatus.close);
      const closeRest = () => Promise.all([closeStatus().then(bank.close), plan.stop().then(control.close)]);
      server.close(() => void closeRest().then(() => resolve(), reject));
      assignments.stop();
      server.closeIdleConnections();
      // Event streams never end by themselves: what is still open after a moment is cut.
      setTimeout(() => server.closeAllConnections(), open_ms_max).unref();
    });
}

runProcess(main);
