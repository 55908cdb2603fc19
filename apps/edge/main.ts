import Type from "typebox";
import {
  common_environment,
  createLogger,
  createMetrics,
  readEnvironment,
  readStaticFolder,
  systemClock,
  systemRandom,
  runProcess,
} from "@mainstay/platform";
import { createBankProxy } from "./bank-proxy.ts";
import { createCatalog } from "./catalog.ts";
import { createEdge } from "./server.ts";

/** How long open connections may take to end after a signal, in milliseconds. */
const open_ms_max = 1_000;

const EnvironmentSchema = Type.Object({
  ...common_environment,
  /** Folder of published versions of the app. */
  MAINSTAY_CATALOG: Type.String({ minLength: 1 }),
  /** Folder of the built boot layer. */
  MAINSTAY_BOOT: Type.String({ minLength: 1 }),
  /** What browsers call the edge by; plain http on localhost where nothing is said. */
  MAINSTAY_ORIGIN: Type.Optional(Type.String({ pattern: "^https?://[^/]+$" })),
  MAINSTAY_BANK_URL: Type.Optional(Type.String({ pattern: "^https?://[^/]+$" })),
});

async function main(): Promise<() => Promise<void>> {
  const environment = readEnvironment(EnvironmentSchema);
  const port = environment.MAINSTAY_PORT;
  const origin = environment.MAINSTAY_ORIGIN ?? `http://localhost:${port}`;
  const log = createLogger({ name: "edge", level: environment.MAINSTAY_LOG_LEVEL });
  const bankUrl = environment.MAINSTAY_BANK_URL ?? `http://127.0.0.1:${port + 3}`;
  const bank = createBankProxy({ bankUrl, origin, log });
  const server = createEdge({
    origin,
    bootFiles: await readStaticFolder(environment.MAINSTAY_BOOT),
    catalog: createCatalog({ folder: environment.MAINSTAY_CATALOG, log, clock: systemClock }),
    bank,
    clock: systemClock,
    random: systemRandom,
    log,
    metrics: createMetrics("edge"),
  });
  server.listen(port, "127.0.0.1", () => log.info({ origin }, "the edge is ready"));
  return () =>
    new Promise<void>((resolve, reject) => {
      server.close(() => void bank.close().then(resolve, reject));
      server.closeIdleConnections();
      // Event streams never end by themselves: what is still open after a moment is cut.
      setTimeout(() => server.closeAllConnections(), open_ms_max).unref();
    });
}

runProcess(main);
