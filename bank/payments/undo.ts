import { err, ok, type Id, type Result } from "@mainstay/kernel";
import type { PaymentsDeps } from "./deps.ts";
import type { PaymentErrorCode } from "./errors.ts";
import { paymentsByIds, take } from "./payment-store.ts";
import type { Progress } from "./progress.ts";
import { transition } from "./states.ts";
import type { StoredPayment } from "./types.ts";

/**
 * Undoes a payment that has not left: commits that it is to be undone, then has the ledger give the money
 * back. A race with its leaving is decided by the payment's row: one of the two takes the step, the other
 * finds it taken.
 */
export async function undoPayment(
  deps: PaymentsDeps,
  progress: Progress,
  asked: { readonly personId: Id<"person">; readonly paymentId: Id<"pay"> },
): Promise<Result<StoredPayment, PaymentErrorCode>> {
  const payment = await loadOwn(deps, asked);
  if (payment === undefined) return err("payment_not_found");
  if (payment.state === "leaving" && payment.leavesAt !== null && deps.clock.now() < payment.leavesAt) {
    const taken = await take(deps.database.pool, transition("leaving", "undoing"), [{ id: payment.id }]);
    if (taken.has(payment.id)) return ok(await progress.giveBack({ ...payment, state: "undoing" }));
  }
  return answerOf(await loadOwn(deps, asked));
}

async function loadOwn(
  deps: PaymentsDeps,
  asked: { readonly personId: Id<"person">; readonly paymentId: Id<"pay"> },
): Promise<StoredPayment | undefined> {
  const payment = (await paymentsByIds(deps.database, [asked.paymentId])).get(asked.paymentId);
  return payment?.personId === asked.personId ? payment : undefined;
}

function answerOf(payment: StoredPayment | undefined): Result<StoredPayment, PaymentErrorCode> {
  switch (payment?.state) {
    case undefined:
      return err("payment_not_found");
    case "undone":
    case "undoing":
      return ok(payment as StoredPayment);
    case "leaving":
    case "sending":
    case "sent":
      return err("undo_too_late");
    default:
      return err("undo_not_possible");
  }
}
