import { addMs, unreachable } from "@mainstay/kernel";
import type { PaymentsDeps } from "./deps.ts";
import { expireUnapproved, unfinishedPayments } from "./payment-store.ts";
import type { Progress } from "./progress.ts";
import type { StoredPayment } from "./types.ts";

/** The most payments that the recoverer takes up at once, and that expire at once. */
export const recovered_max = 500;

/**
 * Carries on what a crash has left between two steps: posts again under the same ids, and so gets the same
 * outcomes. `patience_ms` leaves alone what a live request has in hand (its window began less than that ago);
 * at start nothing is in hand, so 0. Answers how many payments were taken up.
 */
export async function recoverPayments(
  deps: PaymentsDeps,
  progress: Progress,
  patience_ms: number,
): Promise<number> {
  const leavingBefore = addMs(deps.clock.now(), deps.config.undo_window_ms - patience_ms);
  const unfinished = await unfinishedPayments(deps.database, { leavingBefore, limit: recovered_max });
  for (const payment of unfinished) await carryOn(progress, payment);
  return unfinished.length;
}

async function carryOn(progress: Progress, payment: StoredPayment): Promise<void> {
  switch (payment.state) {
    case "posting":
      await progress.post(payment);
      return;
    case "sending":
      return progress.send([payment]);
    case "undoing":
      await progress.giveBack(payment);
      return;
    case "awaiting_approval":
    case "leaving":
    case "sent":
    case "undone":
    case "expired":
    case "refused":
    case "failed":
      return;
    default:
      return unreachable(payment.state);
  }
}

/** Lets approvals expire that nobody gave in time; answers how many. */
export function expireApprovals(deps: PaymentsDeps): Promise<number> {
  return expireUnapproved(deps.database, { now: deps.clock.now(), limit: recovered_max });
}
