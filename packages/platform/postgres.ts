import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient } from "kysely";
import pg from "pg";
import { assert } from "@mainstay/kernel";
import { requestContext, type Logger } from "./log.ts";

/**
 * A process's connection to one PostgreSQL database: Kysely for modules' stores, the pool for hot prepared
 * statements.
 */
export type Database = {
  readonly sql: Kysely<unknown>;
  readonly pool: pg.Pool;
  readonly close: () => Promise<void>;
};

/** How long one statement of a request may run before the server ends it. */
export const statement_timeout_ms_max = 15_000;
/** How long a caller waits for a free connection. */
export const connection_wait_ms_max = 5_000;
/** How long connections may take to end, in milliseconds. */
export const close_ms_max = 5_000;
/** How long a write transaction may stay open: it would stall the ledger's change feed. */
export const transaction_timeout_ms_max = 30_000;

/** PostgreSQL's type ids whose default reading would lose exactness. */
const oid = { int8: 20, date: 1082, int8Array: 1016 } as const;

const types = {
  getTypeParser(id: number, format?: "text" | "binary") {
    if (id === oid.int8) return (text: string) => BigInt(text);
    // A business date has no time and no zone: it stays "YYYY-MM-DD".
    if (id === oid.date) return (text: string) => text;
    const usual: unknown = pg.types.getTypeParser(id, format ?? "text");
    return usual;
  },
} as pg.CustomTypesConfig;

/**
 * Puts the request's id before each statement, so that it is seen in pg_stat_activity and the server's log.
 */
function withRequestIds(pool: pg.Pool): PostgresPool {
  const wrapped = new WeakMap<pg.PoolClient, PostgresPoolClient>();
  const wrap = (client: pg.PoolClient): PostgresPoolClient => {
    const known = wrapped.get(client);
    if (known) return known;
    const proxy = new Proxy(client, {
      get(target, property) {
        if (property === "query") {
          return (text: unknown, values: unknown) => {
            const id = requestContext.getStore()?.requestId;
            const tagged =
              id !== undefined && typeof text === "string" ? `/* request ${id} */ ${text}` : text;
            const answer: unknown = Reflect.apply(target.query, target, [tagged, values]);
            return answer;
          };
        }
        const value: unknown = Reflect.get(target, property, target);
        if (typeof value !== "function") return value;
        const bound: unknown = value.bind(target);
        return bound;
      },
    }) as PostgresPoolClient;
    wrapped.set(client, proxy);
    return proxy;
  };
  return {
    connect: async () => wrap(await pool.connect()),
    end: () => pool.end(),
  } as PostgresPool;
}

/** Waits for the connections to end, but not for ever: one that broke while it was made never says so. */
async function endWithin(ended: Promise<void>, log: Logger | undefined): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      log?.warn("database connections did not end in time: they are left to the server");
      resolve();
    }, close_ms_max);
  });
  try {
    await Promise.race([ended, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Opens a pool. Amounts come as bigint, business dates as text, times as Date. Connections are made when
 * needed.
 */
export function createDatabase(options: {
  readonly url: string;
  readonly connections_max: number;
  readonly applicationName: string;
  readonly log?: Logger;
}): Database {
  assert(options.connections_max > 0, "a pool needs at least one connection");
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.connections_max,
    application_name: options.applicationName,
    connectionTimeoutMillis: connection_wait_ms_max,
    statement_timeout: statement_timeout_ms_max,
    idle_in_transaction_session_timeout: transaction_timeout_ms_max,
    options: `-c transaction_timeout=${transaction_timeout_ms_max}`,
    types,
  });
  // An idle connection that breaks (the server restarted) must not end the process; the next query
  // reconnects.
  pool.on("error", (error) =>
    options.log?.warn({ error: error.message }, "an idle database connection was lost"),
  );
  // Nor may one that breaks while it is in use: the query that it was at fails, and says so to its caller.
  pool.on("connect", (client) => {
    client.on("error", (error) =>
      options.log?.debug({ error: error.message }, "a database connection broke"),
    );
  });
  const sql = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: withRequestIds(pool) }) });
  return { sql, pool, close: () => endWithin(sql.destroy(), options.log) };
}

/**
 * Throws when the connection's role owns the database: a process must not be able to change what it runs on.
 */
export async function assertNotOwner(database: Database): Promise<void> {
  const { rows } = await database.pool.query<{ owner: boolean }>(
    `SELECT pg_has_role(current_user, datdba, 'USAGE') AS owner
       FROM pg_database
      WHERE datname = current_database()`,
  );
  assert(
    rows[0]?.owner === false,
    "the process runs as the database's owner: give it the role mainstay_bank or mainstay_control",
  );
}
