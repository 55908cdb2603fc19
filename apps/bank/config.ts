import Type from "typebox";
import {
  androidOrigin,
  common_environment,
  readEnvironment,
  shell_environment,
  shellAppsOf,
} from "@mainstay/platform";

const Environment = Type.Object({
  ...common_environment,
  ...shell_environment,
  DATABASE_URL: Type.String({ minLength: 1 }),
  /**
   * What browsers call the app by; plain http on localhost where nothing is said. Passkeys belong to its
   * host.
   */
  MAINSTAY_ORIGIN: Type.Optional(Type.String({ pattern: "^https?://[^/]+$" })),
  /**
   * Beside the app's own, and what follows from the Android app's certificates, the origins that its passkeys
   * are used from, with commas.
   */
  MAINSTAY_PASSKEY_ORIGINS: Type.Optional(
    Type.String({ pattern: "^[^,\\s]+(,[^,\\s]+)*$", maxLength: 1_000 }),
  ),
  /** Where release control takes signals of log-ins. */
  MAINSTAY_CONTROL_URL: Type.Optional(Type.String({ pattern: "^https?://[^/]+$" })),
  /** How long a customer may undo a payment, in milliseconds. */
  MAINSTAY_UNDO_WINDOW_MS: Type.Integer({ minimum: 0, maximum: 3_600_000, default: 15_000 }),
});

/** What the bank's process is told by its environment. */
export type BankConfig = {
  readonly isProduction: boolean;
  readonly isDemo: boolean;
  readonly logLevel: string;
  readonly databaseUrl: string;
  readonly secretsPath: string | undefined;
  readonly origin: string;
  readonly passkeyOrigins: readonly string[];
  readonly httpPort: number;
  readonly simulatorUrl: string;
  /** What the simulator is called by: its push service hands out endpoints under these. */
  readonly simulatorOrigins: readonly string[];
  readonly controlUrl: string;
  readonly mailPort: number;
  readonly undo_window_ms: number;
};

/**
 * Reads the environment; throws `ConfigError` where it is wrong. The other processes' ports follow from the
 * first.
 */
export function readBankConfig(): BankConfig {
  const environment = readEnvironment(Environment);
  const port = environment.MAINSTAY_PORT;
  return {
    isProduction: environment.NODE_ENV === "production",
    isDemo: environment.MAINSTAY_DEMO === "1",
    logLevel: environment.MAINSTAY_LOG_LEVEL,
    databaseUrl: environment.DATABASE_URL,
    secretsPath: environment.MAINSTAY_SECRETS,
    origin: environment.MAINSTAY_ORIGIN ?? `http://localhost:${port}`,
    passkeyOrigins: [
      ...(environment.MAINSTAY_PASSKEY_ORIGINS?.split(",") ?? []),
      ...shellAppsOf(environment).androidCertificates.map(androidOrigin),
    ],
    httpPort: port + 3,
    simulatorUrl: `http://127.0.0.1:${port + 2}`,
    simulatorOrigins: [`http://127.0.0.1:${port + 2}`, `http://localhost:${port + 2}`],
    controlUrl: environment.MAINSTAY_CONTROL_URL ?? `http://127.0.0.1:${port + 1}`,
    mailPort: port + 5,
    undo_window_ms: environment.MAINSTAY_UNDO_WINDOW_MS,
  };
}
