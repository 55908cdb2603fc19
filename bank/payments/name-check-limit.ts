import type { Clock } from "@mainstay/kernel";

/**
 * How many names of accounts that they haven't paid a person may check in an hour: enough for anyone who pays
 * people.
 */
export const name_checks_hourly_max = 60;
const hour_ms = 3_600_000;
/** How many persons are remembered; with more, the one seen longest ago starts anew. */
const persons_max = 20_000;

/**
 * Bounds how many names a person can learn: a close match tells the holder's name. Kept in this process's
 * memory, so a restart forgives, and two processes allow twice as much.
 */
export function createNameCheckLimit(clock: Clock): (personId: string) => boolean {
  const seen = new Map<string, { count: number; since: number }>();
  return (personId) => {
    const now = clock.now().getTime();
    const known = seen.get(personId);
    const entry = known !== undefined && now - known.since < hour_ms ? known : { count: 0, since: now };
    entry.count += 1;
    seen.delete(personId);
    seen.set(personId, entry);
    if (seen.size > persons_max) {
      const [oldest] = seen.keys();
      if (oldest !== undefined) seen.delete(oldest);
    }
    return entry.count <= name_checks_hourly_max;
  };
}
