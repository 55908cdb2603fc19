import Type from "typebox";
import {
  common_environment,
  ConfigError,
  createLogger,
  readEnvironment,
  readSecrets,
  systemClock,
  systemRandom,
  runProcess,
} from "@mainstay/platform";
import { startSimulator } from "./simulator.ts";

const Environment = Type.Object(common_environment);

async function main(): Promise<() => Promise<void>> {
  const environment = readEnvironment(Environment);
  if (environment.NODE_ENV === "production") {
    throw new ConfigError("The simulator is no part of a production bank: unset NODE_ENV=production.");
  }
  const log = createLogger({ name: "simulator", level: environment.MAINSTAY_LOG_LEVEL });
  const port = environment.MAINSTAY_PORT;
  const simulator = await startSimulator({
    httpPort: port + 2,
    mailPort: port + 5,
    bankUrl: `http://127.0.0.1:${port + 3}`,
    schemeSecret: readSecrets(environment.MAINSTAY_SECRETS).schemeSecret,
    clock: systemClock,
    random: systemRandom,
    log,
  });
  log.info({ url: simulator.url, mailPort: simulator.mailbox.port }, "the simulator is ready");
  return () => simulator.stop();
}

runProcess(main);
