import { present } from "@mainstay/kernel";
import { decodeBatch, encodeBatch } from "./batch.ts";
import type { Decided } from "./queue.ts";
import type { Prepared } from "./rules.ts";
import { postBatch } from "./store.ts";
import type { LedgerDeps, Outcome } from "./types.ts";

/** How often a batch is tried when another process was in its way. */
const attempts_max = 8;

/**
 * SQLSTATEs of a batch that another process's batch was in the way of: it did nothing, and is posted again.
 */
const retried_states = new Set([
  "40P01", // deadlock_detected
  "40001", // serialization_failure
  "23505", // unique_violation: both had an id that neither knew
]);

/**
 * The class of SQLSTATEs that say that something in the batch itself is wrong: data, integrity, raised by
 * hand.
 */
const faulty_state = /^(22|23|P0)/;

function stateOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

/** Splits a batch into what belongs together: linked groups, and single transfers. */
function splitUp(batch: readonly Prepared[]): readonly (readonly Prepared[])[] {
  const units: Prepared[][] = [];
  for (const item of batch) {
    const last = units.at(-1);
    if (item.leader !== null && last?.[0]?.leader === item.leader) last.push(item);
    else units.push([item]);
  }
  return units;
}

/**
 * Makes the function that posts a batch in one call of the database. A deadlock or a unique violation between
 * processes is tried again. When something in a batch is refused by the database in a way that no rule
 * foresees, its members are posted apart, so that one broken transfer doesn't take the others with it; the
 * broken one's caller gets the error.
 */
export function createPoster(deps: LedgerDeps): (batch: readonly Prepared[]) => Promise<readonly Decided[]> {
  async function attempt(batch: readonly Prepared[]): Promise<readonly Outcome[]> {
    const values = encodeBatch(batch);
    for (let attempts = 1; ; attempts += 1) {
      try {
        const answer = await postBatch(deps.pool, deps.clock.now(), values);
        return decodeBatch(batch, present(answer, "the ledger's answer"));
      } catch (error) {
        if (!retried_states.has(stateOf(error)) || attempts === attempts_max) throw error;
      }
    }
  }

  async function attemptAlone(unit: readonly Prepared[]): Promise<readonly Decided[]> {
    try {
      return await attempt(unit);
    } catch (error) {
      const reason = error instanceof Error ? error : new Error(String(error));
      return unit.map(() => reason);
    }
  }

  return async function post(batch) {
    try {
      return await attempt(batch);
    } catch (error) {
      const units = splitUp(batch);
      if (units.length === 1 || !faulty_state.test(stateOf(error))) throw error;
      const decided: Decided[] = [];
      for (const unit of units) decided.push(...(await attemptAlone(unit)));
      return decided;
    }
  };
}
