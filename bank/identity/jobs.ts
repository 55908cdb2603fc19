import { addMs } from "@mainstay/kernel";
import { sleep } from "@mainstay/platform";
import type { IdentityDeps } from "./deps.ts";
import type { Acceptance } from "./login/acceptance.ts";
import { deleteOldChallenges, deleteOldFailures } from "./login/store.ts";
import { check_again_ms } from "./registrations/rules.ts";
import { askAgain } from "./registrations/service.ts";
import { deleteForgotten, findUnanswered } from "./registrations/store.ts";
import { deleteOldSessions } from "./sessions/store.ts";

/** How often the background work looks for something to do, in milliseconds. */
export const rounds_ms = 10_000;
/** How many unanswered checks one round asks again. */
export const checks_per_round_max = 50;
/** How often what is long over is cleared away, in milliseconds. */
export const clearing_ms = 60 * 60_000;

const day_ms = 24 * 60 * 60_000;
/** How long things are kept that nothing asks for any more. */
const kept_ms = {
  /** Past its end nothing can answer a challenge; anybody may ask for one, so they don't pile up. */
  challenge: 60_000,
  /** Answers that nobody came back to. */
  registration: 30 * day_ms,
  /** Wrong elements, counted or not. */
  failure: 90 * day_ms,
  /** Sessions that are over, for the record. */
  session: 365 * day_ms,
} as const;

/** Asks again about checks without an answer, and clears challenges away. */
export async function runRound(deps: IdentityDeps): Promise<void> {
  const now = deps.clock.now();
  const { sql } = deps.database;
  const unanswered = await findUnanswered(sql, addMs(now, -check_again_ms), checks_per_round_max);
  await Promise.all(unanswered.map((registration) => askAgain(deps, registration)));
  await deleteOldChallenges(sql, addMs(now, -kept_ms.challenge));
}

/** Clears away what is long over. */
export async function clearOld(deps: IdentityDeps): Promise<void> {
  const now = deps.clock.now();
  const { sql } = deps.database;
  await deleteForgotten(sql, addMs(now, -kept_ms.registration));
  await deleteOldFailures(sql, addMs(now, -kept_ms.failure));
  await deleteOldSessions(sql, addMs(now, -kept_ms.session));
}

/** Starts the background work; `stop` ends it after the round in hand. */
export function startJobs(
  deps: IdentityDeps,
  acceptance: Acceptance,
): { readonly stop: () => Promise<void> } {
  const stopping = new AbortController();
  async function loop(): Promise<void> {
    for (let rounds = 0; !stopping.signal.aborted; rounds += 1) {
      const isClearing = rounds % (clearing_ms / rounds_ms) === 0;
      const work = acceptance
        .writeUses()
        .then(() => runRound(deps))
        .then(() => (isClearing ? clearOld(deps) : undefined));
      await work.catch((error: unknown) =>
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
