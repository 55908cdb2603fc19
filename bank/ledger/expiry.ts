import { derivedId } from "./ids.ts";
import type { Ledger } from "./ledger.ts";
import { readExpiredHolds } from "./store.ts";
import type { LedgerDeps } from "./types.ts";

/** The most holds that one run releases; the next run takes the rest. */
const expired_max = 500;

/**
 * Posts the release of each hold whose time is over, under an id derived from the hold's, so that two
 * processes which do it at once, or one that does it again, release it once. Answers how many it released. To
 * be called by a job.
 */
export async function releaseExpiredHolds(
  deps: Pick<LedgerDeps, "pool" | "clock"> & { readonly ledger: Pick<Ledger, "post"> },
): Promise<number> {
  const holds = await readExpiredHolds(deps.pool, deps.clock.now(), expired_max);
  const outcomes = await Promise.all(
    holds.map(({ id }) =>
      deps.ledger.post({ id: derivedId(id, "expiry"), type: "release", kind: "hold-expiry", holdId: id }),
    ),
  );
  return outcomes.filter((outcome) => outcome.status === "posted" && !outcome.replayed).length;
}
