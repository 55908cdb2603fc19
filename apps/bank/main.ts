import {
  assertNotOwner,
  createDatabase,
  createLogger,
  readSecrets,
  systemClock,
  systemRandom,
  runProcess,
} from "@mainstay/platform";
import { makePushKeys } from "@mainstay/inbox";
import { createMailProvider } from "@mainstay/mail";
import { createBank } from "./bank.ts";
import { readBankConfig } from "./config.ts";
import {
  createIdentityCheck,
  createLedgerReportDelivery,
  createPayIn,
  createSignalDelivery,
} from "./outside.ts";

/** How many connections to PostgreSQL the bank keeps. */
const connections_max = 12;

async function main(): Promise<() => Promise<void>> {
  const config = readBankConfig();
  const secrets = readSecrets(config.secretsPath);
  const log = createLogger({ name: "bank", level: config.logLevel });
  const database = createDatabase({
    url: config.databaseUrl,
    connections_max,
    applicationName: "mainstay-bank",
    log,
  });
  if (config.isProduction) await assertNotOwner(database);
  const bank = await createBank({
    database,
    clock: systemClock,
    random: systemRandom,
    log,
    identity: {
      relyingParty: {
        id: new URL(config.origin).hostname,
        name: "Mainstay",
        origins: [config.origin, ...config.passkeyOrigins],
      },
      isDemo: config.isDemo,
      staffAssertionPublicKey: secrets.staffAssertionPublicKey,
      edgeSecret: secrets.edgeSecret,
    },
    identityCheck: createIdentityCheck(config.simulatorUrl),
    deliverSignals: createSignalDelivery(config.controlUrl, secrets.edgeSecret),
    undo_window_ms: config.undo_window_ms,
    schemeSecret: secrets.schemeSecret,
    mailServer: { host: "127.0.0.1", port: config.mailPort },
    messages: {
      mailProvider: config.isProduction ? null : createMailProvider({ url: config.simulatorUrl }),
      // Without keys of its own (a bench, a test) a process makes some: they end with it.
      pushKeys: secrets.pushKeys ?? makePushKeys(),
      pushServices: config.isProduction ? [] : config.simulatorOrigins,
    },
    reportLedger: createLedgerReportDelivery(config.controlUrl, secrets.edgeSecret),
    payIn: config.isDemo ? createPayIn(config.simulatorUrl) : null,
  });
  await bank.start();
  await bank.server.listen({ host: "127.0.0.1", port: config.httpPort });
  log.info({ origin: config.origin }, "the bank is ready");
  return async () => {
    await bank.stop();
    await database.close();
  };
}

runProcess(main);
