import { addMs } from "@mainstay/kernel";
import { sleep } from "@mainstay/platform";
import type { IdentityDeps } from "./deps.ts";
import { deleteOldChallenges } from "./login/store.ts";
import { check_again_ms } from "./registrations/rules.ts";
import { askAgain } from "./registrations/service.ts";
import { deleteForgotten, findUnanswered } from "./registrations/store.ts";
import { deleteOldSessions } from "./sessions/store.ts";

/** How often the background work looks for something to do, in milliseconds. */
export const rounds_ms = 10_000;
/** How many unanswered checks one round asks again. */
export const checks_per_round_max = 50;
/** How long answers that nobody came back to are kept: thirty days. */
export const forgotten_ms = 30 * 24 * 60 * 60_000;
/** How long sessions and challenges that are over are kept for the record: a year, and a day. */
const kept_ms = { sessions: 365 * 24 * 60 * 60_000, challenges: 24 * 60 * 60_000 };

/** One round: asks again about checks without an answer, and clears away what is long over. */
export async function runRound(deps: IdentityDeps): Promise<void> {
  const now = deps.clock.now();
  const { sql } = deps.database;
  const unanswered = await findUnanswered(sql, addMs(now, -check_again_ms), checks_per_round_max);
  await Promise.all(unanswered.map((registration) => askAgain(deps, registration)));
  await deleteForgotten(sql, addMs(now, -forgotten_ms));
  await deleteOldChallenges(sql, addMs(now, -kept_ms.challenges));
  await deleteOldSessions(sql, addMs(now, -kept_ms.sessions));
}

/** Starts the background work; `stop` ends it after the round in hand. */
export function startJobs(deps: IdentityDeps): { readonly stop: () => Promise<void> } {
  const stopping = new AbortController();
  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      await runRound(deps).catch((error: unknown) =>
        deps.log.warn({ error }, "a round of identity's background work failed and will be tried again"),
      );
      await sleep(rounds_ms, stopping.signal);
    }
  }
  const done = loop();
  return {
    stop: async () => {
      stopping.abort();
      await done;
    },
  };
}
