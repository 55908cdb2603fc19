import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type EmbeddedPostgres,
  OperatorError,
  isAlive,
  startEmbeddedPostgres,
} from "@mainstay/platform/embedded-postgres";
import pg from "pg";
import type { StartSettings } from "./environment.ts";

const connect_wait_ms_max = 5_000;
const server_version_min = 180_000;
const watch_ms = 500;

/** A database as two roles see it: who migrates, and who the process is. */
export type DatabaseUrls = { readonly ownerUrl: string; readonly url: string };

export type Databases = {
  readonly bank: DatabaseUrls;
  readonly control: DatabaseUrls;
  /** What the table of addresses says about them. */
  readonly description: string;
  readonly stop: () => Promise<void>;
};

type Wanted = {
  readonly variable: "DATABASE_URL" | "CONTROL_DATABASE_URL";
  readonly role: "mainstay_bank" | "mainstay_control";
  readonly url: string;
  readonly ownerUrl: string | undefined;
};

/** The databases that lie on a server of one's own, by the environment. */
function wantedOf(settings: StartSettings): readonly Wanted[] {
  const { bankUrl, controlUrl, bankOwnerUrl, controlOwnerUrl } = settings;
  const bank = { variable: "DATABASE_URL", role: "mainstay_bank", ownerUrl: bankOwnerUrl } as const;
  const control = {
    variable: "CONTROL_DATABASE_URL",
    role: "mainstay_control",
    ownerUrl: controlOwnerUrl,
  } as const;
  return [
    ...(bankUrl === undefined ? [] : [{ ...bank, url: bankUrl }]),
    ...(controlUrl === undefined ? [] : [{ ...control, url: controlUrl }]),
  ];
}

/** Connects, or says in one sentence why not, without the password. */
async function connect(variable: string, url: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: connect_wait_ms_max,
    application_name: "mainstay-start",
  });
  try {
    await client.connect();
    return client;
  } catch (error) {
    const { host, pathname } = new URL(url);
    const reason = error instanceof Error ? error.message || error.name : String(error);
    throw new OperatorError(`${variable} doesn't lead to a database at ${host}${pathname} (${reason}).`);
  }
}

type ServerFacts = { version: number; encoding: string; may_make_roles: boolean };

async function check(wanted: Wanted): Promise<void> {
  const client = await connect(wanted.variable, wanted.url);
  try {
    const answer = await client.query<ServerFacts>(
      `SELECT current_setting('server_version_num')::INT AS version,
              current_setting('server_encoding') AS encoding,
              rolsuper OR rolcreaterole AS may_make_roles
         FROM pg_roles
        WHERE rolname = current_user`,
    );
    const facts = answer.rows[0];
    if (facts === undefined || facts.version < server_version_min || facts.encoding !== "UTF8") {
      throw new OperatorError(
        `${wanted.variable} must lead to PostgreSQL 18 or later with a UTF-8 database.`,
      );
    }
    if (wanted.ownerUrl === undefined && !facts.may_make_roles) {
      const owner = wanted.variable.replace("_URL", "_OWNER_URL");
      throw new OperatorError(
        `${wanted.variable} names a user who may not make the role ${wanted.role}: give the owner's URL ` +
          `as ${owner}, and a log-in of ${wanted.role} as ${wanted.variable}.`,
      );
    }
  } finally {
    await client.end();
  }
  if (wanted.ownerUrl !== undefined) {
    const owner = await connect(wanted.variable.replace("_URL", "_OWNER_URL"), wanted.ownerUrl);
    await owner.end();
  }
}

/** Throws `OperatorError` when a URL of the environment doesn't lead to a fit database; changes nothing. */
export async function requireDatabases(settings: StartSettings): Promise<void> {
  for (const wanted of wantedOf(settings)) await check(wanted);
}

function passwordOf(folder: string, role: string): string {
  const path = join(folder, `password-${role}`);
  if (!existsSync(path)) writeFileSync(path, randomBytes(24).toString("base64url"), { mode: 0o600 });
  return readFileSync(path, "utf8");
}

/** Makes the process's role on a server of one's own, and lets it into its database. */
async function prepare(wanted: Wanted, folder: string): Promise<DatabaseUrls> {
  if (wanted.ownerUrl !== undefined) return { ownerUrl: wanted.ownerUrl, url: wanted.url };
  const client = await connect(wanted.variable, wanted.url);
  const password = passwordOf(folder, wanted.role);
  const role = pg.escapeIdentifier(wanted.role);
  try {
    const found = await client.query("SELECT FROM pg_roles WHERE rolname = $1", [wanted.role]);
    const verb = found.rowCount === 0 ? "CREATE" : "ALTER";
    await client.query(`${verb} ROLE ${role} LOGIN PASSWORD ${pg.escapeLiteral(password)}`);
    const database = await client.query<{ name: string }>("SELECT current_database() AS name");
    const name = pg.escapeIdentifier(database.rows[0]?.name ?? "");
    await client.query(`GRANT CONNECT ON DATABASE ${name} TO ${role}`);
  } finally {
    await client.end();
  }
  const url = new URL(wanted.url);
  url.username = wanted.role;
  url.password = password;
  return { ownerUrl: wanted.url, url: url.href };
}

/** Starts the embedded server and brings it back, with the same URLs, whenever it is found dead. */
async function keepEmbedded(folder: string): Promise<{
  server: EmbeddedPostgres;
  stop: () => Promise<void>;
}> {
  const server = await startEmbeddedPostgres({ folder });
  let current = server;
  let isStopping = false;
  let bringingBack: Promise<void> | undefined;
  const watch = setInterval(() => {
    if (isStopping || bringingBack !== undefined || isAlive(current.pid)) return;
    process.stderr.write("PostgreSQL ended by itself; starting it again.\n");
    bringingBack = startEmbeddedPostgres({ folder })
      .then((again) => {
        current = again;
      })
      .catch((error: unknown) => {
        // The next look tries again; the processes answer "not ready" meanwhile.
        process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      })
      .finally(() => {
        bringingBack = undefined;
      });
  }, watch_ms);
  const stop = async (): Promise<void> => {
    isStopping = true;
    clearInterval(watch);
    await bringingBack;
    await current.stop();
  };
  return { server, stop };
}

/**
 * Opens both databases: on servers that the environment names, else on the embedded one in the data folder.
 */
export async function openDatabases(settings: StartSettings): Promise<Databases> {
  const own: Partial<Record<Wanted["role"], DatabaseUrls>> = {};
  for (const wanted of wantedOf(settings)) own[wanted.role] = await prepare(wanted, settings.dataFolder);
  if (own.mainstay_bank && own.mainstay_control) {
    const description = `${new URL(own.mainstay_bank.url).host}, ${new URL(own.mainstay_control.url).host}`;
    return { bank: own.mainstay_bank, control: own.mainstay_control, description, stop: async () => {} };
  }
  const folder = join(settings.dataFolder, "postgres");
  const { server, stop } = await keepEmbedded(folder);
  const embedded = (role: Wanted["role"], database: string): DatabaseUrls => ({
    ownerUrl: server.url("mainstay_owner", database),
    url: server.url(role, database),
  });
  return {
    bank: own.mainstay_bank ?? embedded("mainstay_bank", "bank"),
    control: own.mainstay_control ?? embedded("mainstay_control", "control"),
    description: `embedded PostgreSQL 18 in ${folder}`,
    stop,
  };
}
