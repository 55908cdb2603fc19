import { join, resolve } from "node:path";
import { OperatorError } from "@mainstay/platform/embedded-postgres";

/** The folder of the project. */
export const project_folder = resolve(import.meta.dirname, "../..");

const port_default = 8080;
const port_min = 1024;
const port_max = 65_000;

/** What whoever starts Mainstay may decide, read from the environment. */
export type StartSettings = {
  /** The app's port; the other ports follow it (see `portsOf`). */
  readonly port: number;
  readonly dataFolder: string;
  readonly isProduction: boolean;
  readonly hasDemo: boolean;
  readonly logLevel: string;
  /** Where the private key of releases lies, if not in the data folder. */
  readonly releaseKey: string | undefined;
  /** A server of one's own for a database; without it, the embedded one. */
  readonly bankUrl: string | undefined;
  readonly controlUrl: string | undefined;
  /** Who migrates, where the URLs above are the processes' roles already. */
  readonly bankOwnerUrl: string | undefined;
  readonly controlOwnerUrl: string | undefined;
};

/** The ports of one Mainstay. */
export type Ports = {
  readonly edge: number;
  readonly control: number;
  readonly simulator: number;
  readonly bank: number;
  readonly mail: number;
};

/** The ports that follow from the first one. */
export function portsOf(port: number): Ports {
  return { edge: port, control: port + 1, simulator: port + 2, bank: port + 3, mail: port + 5 };
}

function readPort(text: string | undefined): number {
  if (text === undefined || text === "") return port_default;
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= port_min && port <= port_max) return port;
  throw new OperatorError(
    `MAINSTAY_PORT must be a number from ${port_min} to ${port_max}, and is "${text}".`,
  );
}

function readUrl(name: string, environment: NodeJS.ProcessEnv): string | undefined {
  const text = environment[name];
  if (text === undefined || text === "") return undefined;
  const isRight = URL.canParse(text) && /^postgres(ql)?:$/.test(new URL(text).protocol);
  if (isRight && new URL(text).pathname.length > 1) return text;
  throw new OperatorError(
    `${name} must be a URL such as postgresql://user:password@host:5432/database, and isn't one.`,
  );
}

/** Reads and checks the environment; throws `OperatorError` naming the variable that is wrong. */
export function readStartSettings(environment: NodeJS.ProcessEnv = process.env): StartSettings {
  const isProduction = environment["NODE_ENV"] === "production";
  const hasDemo = environment["MAINSTAY_DEMO"] !== "0";
  const releaseKey = environment["MAINSTAY_RELEASE_KEY"];
  if (isProduction && hasDemo) {
    throw new OperatorError(
      "The demo bank and the simulated outside world are refused while NODE_ENV is production: " +
        "set MAINSTAY_DEMO=0 to start without them.",
    );
  }
  return {
    port: readPort(environment["MAINSTAY_PORT"]),
    dataFolder: resolve(environment["MAINSTAY_DATA"] || join(project_folder, ".mainstay")),
    isProduction,
    hasDemo,
    logLevel: environment["MAINSTAY_LOG_LEVEL"] || "info",
    releaseKey: releaseKey ? resolve(releaseKey) : undefined,
    bankUrl: readUrl("DATABASE_URL", environment),
    controlUrl: readUrl("CONTROL_DATABASE_URL", environment),
    bankOwnerUrl: readUrl("DATABASE_OWNER_URL", environment),
    controlOwnerUrl: readUrl("CONTROL_DATABASE_OWNER_URL", environment),
  };
}

/**
 * The part of the environment that every child needs to run at all, and what else Mainstay was told; but not
 * where the private key of releases lies, which is nothing to those who serve.
 */
export function systemEnvironment(): Record<string, string> {
  const kept = ["PATH", "HOME", "TMPDIR", "LANG", "TZ", "NODE_EXTRA_CA_CERTS", "NODE_COMPILE_CACHE"];
  const isKept = (name: string): boolean =>
    kept.includes(name) || (name.startsWith("MAINSTAY_") && name !== "MAINSTAY_RELEASE_KEY");
  const found = Object.entries(process.env).filter(([name]) => isKept(name));
  return Object.fromEntries(found.map(([name, value]) => [name, value ?? ""]));
}
