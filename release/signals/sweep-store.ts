import { newId } from "@mainstay/kernel";
import type { Database } from "@mainstay/platform";

/** For how long signals themselves are kept, in days: to look at what counting made of them. */
export const arrivals_kept_days = 90;
/** For how long a rollout's log-ins are kept by installation, in days. Counts and verdicts stay. */
export const trials_kept_days = 400;
/** The most rows that go at once. */
const swept_batch_max = 5_000;
const day_ms = 86_400_000;

/** Deletes some of what is older than it is kept for; answers how many rows went. */
export async function sweep(database: Database, now: Date): Promise<number> {
  const before = (days: number): Date => new Date(now.getTime() - days * day_ms);
  // Ids of rollouts sort by the time at which they were made.
  const clock = { now: () => before(trials_kept_days) };
  const rollout = newId("rol", { clock, random: { bytes: (length) => new Uint8Array(length) } });
  const swept = await Promise.all([
    remove(
      database,
      // The oldest have the smallest numbers: nothing but them is read.
      `DELETE FROM signals.arrivals
        WHERE number IN (
          SELECT number
            FROM (SELECT number, received_at FROM signals.arrivals ORDER BY number LIMIT $2) AS oldest
           WHERE received_at < $1
        )`,
      before(arrivals_kept_days),
    ),
    remove(
      database,
      `DELETE FROM signals.watched_logins
        WHERE (rollout, installation, day) IN (
          SELECT rollout, installation, day
            FROM signals.watched_logins
           WHERE day < $1::TIMESTAMPTZ::DATE
           ORDER BY day
           LIMIT $2
        )`,
      before(arrivals_kept_days),
    ),
    remove(
      database,
      `DELETE FROM signals.trials
        WHERE (rollout, installation, comparison) IN (
          SELECT rollout, installation, comparison
            FROM signals.trials
           WHERE rollout < $1
           ORDER BY rollout, installation
           LIMIT $2
        )`,
      rollout,
    ),
    remove(
      database,
      `DELETE FROM signals.histories
        WHERE (rollout, installation) IN (
          SELECT rollout, installation
            FROM signals.histories
           WHERE rollout < $1
           ORDER BY rollout, installation
           LIMIT $2
        )`,
      rollout,
    ),
  ]);
  return swept.reduce((sum, count) => sum + count, 0);
}

async function remove(database: Database, text: string, before: Date | string): Promise<number> {
  const { rowCount } = await database.pool.query(text, [before, swept_batch_max]);
  return rowCount ?? 0;
}
