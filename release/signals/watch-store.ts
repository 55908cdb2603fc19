import type { Database } from "@mainstay/platform";
import type { Connection } from "./types.ts";

/** An installation's first log-in of a day on a version that is watched. Times in ms. */
export type WatchedLogin = {
  readonly rollout: string;
  readonly installation: string;
  /** `YYYY-MM-DD`, UTC. */
  readonly day: string;
  readonly attempt: string;
  readonly openedAt: number;
  readonly dueAt: number;
  outcome: "succeeded" | "failed" | null;
};

type LoginRow = Omit<WatchedLogin, "openedAt" | "dueAt"> & { opened_at: Date; due_at: Date };

function loginOf({ opened_at, due_at, ...row }: LoginRow): WatchedLogin {
  return { ...row, openedAt: opened_at.getTime(), dueAt: due_at.getTime() };
}

/** Those of the wanted ones that are known. */
export async function readWatchedLogins(
  client: Connection,
  wanted: readonly Pick<WatchedLogin, "rollout" | "installation" | "day">[],
): Promise<WatchedLogin[]> {
  const { rows } = await client.query<LoginRow>({
    name: "signals-read-watched",
    text: `SELECT rollout, installation, day, attempt, opened_at, due_at, outcome
             FROM signals.watched_logins
             JOIN jsonb_to_recordset($1::JSONB) AS wanted (rollout TEXT, installation TEXT, day DATE)
            USING (rollout, installation, day)`,
    values: [JSON.stringify(wanted)],
  });
  return rows.map(loginOf);
}

/** Those that have been silent for too long; see `silentTrials`. */
export async function silentWatchedLogins(
  client: Connection,
  asked: { readonly now: Date; readonly upSince: Date; readonly limit: number },
): Promise<WatchedLogin[]> {
  const { rows } = await client.query<LoginRow>({
    name: "signals-silent-watched",
    text: `SELECT rollout, installation, day, attempt, opened_at, due_at, outcome
             FROM signals.watched_logins
            WHERE outcome IS NULL
              AND due_at <= $1
              AND $2::TIMESTAMPTZ + (due_at - opened_at) <= $1
            ORDER BY due_at
            LIMIT $3`,
    values: [asked.now, asked.upSince, asked.limit],
  });
  return rows.map(loginOf);
}

/** Writes new ones, and the outcomes of those that are known. */
export async function writeWatchedLogins(client: Connection, logins: readonly WatchedLogin[]): Promise<void> {
  if (logins.length === 0) return;
  await client.query({
    name: "signals-write-watched",
    text: `INSERT INTO signals.watched_logins
             (rollout, installation, day, attempt, opened_at, due_at, outcome)
           SELECT rollout, installation, day, attempt, opened_at, due_at, outcome
             FROM jsonb_to_recordset($1::JSONB) AS row (
               rollout TEXT, installation TEXT, day DATE, attempt TEXT, opened_at TIMESTAMPTZ,
               due_at TIMESTAMPTZ, outcome TEXT
             )
           ON CONFLICT (rollout, installation, day) DO UPDATE SET outcome = EXCLUDED.outcome`,
    values: [
      JSON.stringify(
        logins.map(({ openedAt, dueAt, ...rest }) => ({
          ...rest,
          opened_at: new Date(openedAt).toISOString(),
          due_at: new Date(dueAt).toISOString(),
        })),
      ),
    ],
  });
}

/** What a watch asks for. */
export type WatchAsks = "probes" | "person" | "roll-back" | null;

/** A watch as it is kept. */
export type KeptWatch = {
  readonly rollout: string;
  readonly state: unknown;
  readonly succeeded: number;
  readonly failed: number;
  readonly asks: WatchAsks;
};

type WatchRow = Omit<KeptWatch, "succeeded" | "failed"> & { succeeded: bigint; failed: bigint };

function watchOf(row: WatchRow): KeptWatch {
  return { ...row, succeeded: Number(row.succeeded), failed: Number(row.failed) };
}

/** A rollout's watch; undefined before its first log-in. */
export async function readWatch(client: Connection, rollout: string): Promise<KeptWatch | undefined> {
  const { rows } = await client.query<WatchRow>({
    name: "signals-read-watch",
    text: "SELECT rollout, state, succeeded, failed, asks FROM signals.watches WHERE rollout = $1",
    values: [rollout],
  });
  return rows[0] && watchOf(rows[0]);
}

/** Writes a watch; what it asks for anew hasn't been handed on. */
export async function writeWatch(client: Connection, watch: KeptWatch): Promise<void> {
  await client.query({
    name: "signals-write-watch",
    text: `INSERT INTO signals.watches AS kept (rollout, state, succeeded, failed, asks, told)
           VALUES ($1, $2::JSONB, $3, $4, $5, FALSE)
           ON CONFLICT (rollout) DO UPDATE
              SET state = EXCLUDED.state,
                  succeeded = EXCLUDED.succeeded,
                  failed = EXCLUDED.failed,
                  asks = EXCLUDED.asks,
                  told = kept.told AND kept.asks IS NOT DISTINCT FROM EXCLUDED.asks`,
    values: [watch.rollout, JSON.stringify(watch.state), watch.succeeded, watch.failed, watch.asks],
  });
}

/** Watches that ask for something that hasn't been handed on. */
export async function untoldWatches(database: Database): Promise<KeptWatch[]> {
  const { rows } = await database.pool.query<WatchRow>(
    `SELECT rollout, state, succeeded, failed, asks
       FROM signals.watches
      WHERE asks IS NOT NULL
        AND NOT told`,
  );
  return rows.map(watchOf);
}

/** Notes that what a watch asks for has been handed on. */
export async function markWatchTold(
  database: Database,
  watch: Pick<KeptWatch, "rollout" | "asks">,
  now: Date,
): Promise<void> {
  await database.pool.query(
    "UPDATE signals.watches SET told = TRUE, told_at = $3 WHERE rollout = $1 AND asks = $2",
    [watch.rollout, watch.asks, now],
  );
}

/** Watches that have called a person, and not since then. */
export async function watchesSilentSince(database: Database, then: Date): Promise<string[]> {
  const { rows } = await database.pool.query<{ rollout: string }>(
    `SELECT rollout
       FROM signals.watches
      WHERE asks = 'person'
        AND told
        AND told_at <= $1`,
    [then],
  );
  return rows.map(({ rollout }) => rollout);
}
