import type { Clock } from "@mainstay/kernel";
import type pg from "pg";
import { platform_problems, problem } from "./problem.ts";

/** PostgreSQL's word for a statement that was ended because it took too long. */
const statement_ended = "57014";

/**
 * Reads in one read-only snapshot that is given up after `statement_ms_max` a statement: for figures that are
 * dear on a large book and that only staff look at. What takes longer is the problem `busy`.
 */
export async function readWithin<T>(
  pool: pg.Pool,
  statement_ms_max: number,
  read: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    await client.query(`SET LOCAL statement_timeout = ${Math.floor(statement_ms_max)}`);
    const value = await read(client);
    await client.query("COMMIT");
    return value;
  } catch (error) {
    await client.query("ROLLBACK").catch(() => undefined);
    if (error instanceof Error && "code" in error && error.code === statement_ended) {
      throw problem(platform_problems, "busy", { retryAfterSeconds: 30 });
    }
    throw error;
  } finally {
    client.release();
  }
}

/**
 * Shares one value between all who ask within `keep_ms` of its reading, and one reading between all who ask
 * while it runs. A reading that fails is forgotten.
 */
export function shareFor<T>(clock: Clock, keep_ms: number, read: () => Promise<T>): () => Promise<T> {
  let shared: { readonly value: Promise<T>; readonly until: number } | null = null;
  return () => {
    const now = clock.now().getTime();
    if (shared !== null && now < shared.until) return shared.value;
    const value = read();
    const mine = { value, until: now + keep_ms };
    shared = mine;
    value.catch(() => {
      if (shared === mine) shared = null;
    });
    return value;
  };
}
