import { readFileSync } from "node:fs";
import Type from "typebox";
import { Value } from "typebox/value";

/**
 * Thrown at start when the environment is wrong; its message is one sentence for whoever starts the process.
 */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/**
 * What every process may be told. A process adds its own fields with `Type.Intersect`-free spreading of
 * `properties`.
 */
export const common_environment = {
  NODE_ENV: Type.Union([Type.Literal("development"), Type.Literal("test"), Type.Literal("production")], {
    default: "development",
  }),
  MAINSTAY_LOG_LEVEL: Type.Union(
    ["fatal", "error", "warn", "info", "debug", "trace", "silent"].map((level) => Type.Literal(level)),
    { default: "info" },
  ),
  /** The first of the ports: app, console and simulator follow one another from it. */
  MAINSTAY_PORT: Type.Integer({ minimum: 1024, maximum: 65_000, default: 8080 }),
  /** Path of the JSON file with the secrets that the processes share, mode 0600. */
  MAINSTAY_SECRETS: Type.Optional(Type.String({ minLength: 1 })),
  /** "1" switches the demo bank on; refused in production. */
  MAINSTAY_DEMO: Type.Union([Type.Literal("0"), Type.Literal("1")], { default: "0" }),
} as const;

/**
 * Reads and validates the environment by a schema: strings are converted to the schema's types and defaults
 * are filled in. Throws `ConfigError` naming every variable that is wrong, without printing its value.
 */
export function readEnvironment<Schema extends Type.TObject>(
  schema: Schema,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Type.Static<Schema> {
  const wanted = Object.fromEntries(
    Object.keys(schema.properties)
      .filter((name) => environment[name] !== undefined && environment[name] !== "")
      .map((name) => [name, environment[name]]),
  );
  const value = Value.Convert(schema, Value.Default(schema, wanted));
  if (!Value.Check(schema, value)) {
    const wrong = [...Value.Errors(schema, value)].map(
      (error) => `${error.instancePath.slice(1)} ${error.message}`,
    );
    throw new ConfigError(`The environment is wrong: ${wrong.join("; ")}.`);
  }
  const demo = (value as { MAINSTAY_DEMO?: string; NODE_ENV?: string }).MAINSTAY_DEMO === "1";
  if (demo && (value as { NODE_ENV?: string }).NODE_ENV === "production") {
    throw new ConfigError(
      "Demo features are on (MAINSTAY_DEMO=1) and NODE_ENV is production: unset one of them.",
    );
  }
  return value;
}

/**
 * The secrets that the processes share. Each process reads the file that MAINSTAY_SECRETS names; nothing logs
 * it.
 */
export const SecretsSchema = Type.Object({
  /** What the domestic scheme shows the bank, and the bank the simulator. */
  schemeSecret: Type.String({ minLength: 32 }),
  /** What the edge and the start script show control's internal endpoints. */
  edgeSecret: Type.String({ minLength: 32 }),
  /** Ed25519, PKCS #8 PEM: control signs its word for staff with it. Only control's file needs it. */
  staffAssertionKey: Type.Optional(Type.String()),
  /** Ed25519, SPKI PEM: the bank verifies that word with it. */
  staffAssertionPublicKey: Type.String(),
  /** P-256, raw, base64url: the bank signs its pushes with them (RFC 8292). In the bank's file alone. */
  pushKeys: Type.Optional(Type.Object({ publicKey: Type.String(), privateKey: Type.String() })),
});
export type Secrets = Type.Static<typeof SecretsSchema>;

/** The part of the secrets that the edge needs: its file holds no more. */
export const EdgeSecretsSchema = Type.Pick(SecretsSchema, ["edgeSecret"]);

/** Reads the secrets' file; throws `ConfigError` when it is missing or wrong, without quoting it. */
export function readSecrets(path: string | undefined): Secrets {
  return readSecretsAs(SecretsSchema, path);
}

/** Reads the edge's secrets; throws as `readSecrets` does. */
export function readEdgeSecrets(path: string | undefined): Type.Static<typeof EdgeSecretsSchema> {
  return readSecretsAs(EdgeSecretsSchema, path);
}

function readSecretsAs<Schema extends Type.TObject>(
  schema: Schema,
  path: string | undefined,
): Type.Static<Schema> {
  if (path === undefined)
    throw new ConfigError("MAINSTAY_SECRETS is not set: name the file with the shared secrets.");
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(path, "utf8"));
  } catch {
    throw new ConfigError(`The secrets' file ${path} could not be read as JSON.`);
  }
  if (!Value.Check(schema, parsed)) {
    const wrong = [...Value.Errors(schema, parsed)].map((error) => error.instancePath.slice(1));
    throw new ConfigError(`The secrets' file ${path} lacks or garbles: ${wrong.join(", ")}.`);
  }
  return parsed;
}
