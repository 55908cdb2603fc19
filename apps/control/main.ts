import Type from "typebox";
import { acceptKeys, readPublicKeys } from "@mainstay/catalog";
import {
  assertNotOwner,
  common_environment,
  ConfigError,
  createDatabase,
  createLogger,
  readEnvironment,
  readSecrets,
  readStaticFolder,
  systemClock,
  systemRandom,
  runProcess,
} from "@mainstay/platform";
import { createControl } from "./server.ts";

const Environment = Type.Object({
  ...common_environment,
  CONTROL_DATABASE_URL: Type.String({ minLength: 1 }),
  /** Folder of the built console. */
  MAINSTAY_CONSOLE: Type.String({ minLength: 1 }),
  /** What browsers call the console by; plain http on console.localhost where nothing is said. */
  MAINSTAY_CONSOLE_ORIGIN: Type.Optional(Type.String({ pattern: "^https?://[^/]+$" })),
  /** File of the public keys by which versions are signed. */
  MAINSTAY_RELEASE_KEYS: Type.String({ minLength: 1 }),
  MAINSTAY_BANK_URL: Type.Optional(Type.String({ pattern: "^https?://[^/]+$" })),
  /** What customers call the edge by: live probes go there. */
  MAINSTAY_ORIGIN: Type.Optional(Type.String({ pattern: "^https?://[^/]+$" })),
  /** Whether live probes log in with a real browser too, where one is installed. */
  MAINSTAY_PROBE_BROWSER: Type.Union([Type.Literal("on"), Type.Literal("off")], { default: "on" }),
});

/** How many connections to PostgreSQL control keeps. */
const connections_max = 12;

async function main(): Promise<() => Promise<void>> {
  const environment = readEnvironment(Environment);
  const port = environment.MAINSTAY_PORT;
  const { edgeSecret, staffAssertionKey } = readSecrets(environment.MAINSTAY_SECRETS);
  if (staffAssertionKey === undefined) {
    throw new ConfigError("Control's secrets lack staffAssertionKey: give it the file made for control.");
  }
  const log = createLogger({ name: "control", level: environment.MAINSTAY_LOG_LEVEL });
  const database = createDatabase({
    url: environment.CONTROL_DATABASE_URL,
    connections_max,
    applicationName: "mainstay-control",
    log,
  });
  if (environment.NODE_ENV === "production") await assertNotOwner(database);
  const origin = environment.MAINSTAY_CONSOLE_ORIGIN ?? `http://console.localhost:${port + 1}`;
  const server = await createControl({
    database,
    clock: systemClock,
    random: systemRandom,
    log,
    origin,
    bankUrl: environment.MAINSTAY_BANK_URL ?? `http://127.0.0.1:${port + 3}`,
    consoleFiles: await readStaticFolder(environment.MAINSTAY_CONSOLE),
    edgeSecret,
    staffAssertionKey,
    releaseKeys: () => acceptKeys(readPublicKeys(environment.MAINSTAY_RELEASE_KEYS)),
    isProduction: environment.NODE_ENV === "production",
    outside: {
      customersOrigin: environment.MAINSTAY_ORIGIN ?? `http://localhost:${port}`,
      mailServer: { host: "127.0.0.1", port: port + 5 },
      // The simulated mail provider can be asked what it took.
      mailProviderUrl: environment.NODE_ENV === "production" ? null : `http://127.0.0.1:${port + 2}`,
      hasProbeBrowser: environment.MAINSTAY_PROBE_BROWSER === "on",
    },
    hasBackgroundWork: true,
  });
  await server.listen({ host: "127.0.0.1", port: port + 1 });
  log.info({ origin }, "control is ready");
  return async () => {
    await server.close();
    await database.close();
  };
}

runProcess(main);
