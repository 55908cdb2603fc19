import { addMs, err, ok, type BoundedMap, type Id, type Result } from "@mainstay/kernel";
import type { ApprovalEvidence, ApprovalRefusal } from "@mainstay/identity";
import { createBatcher } from "@mainstay/platform";
import type { PaymentApproval } from "@mainstay/wire";
import type { PaymentsDeps } from "./deps.ts";
import type { PaymentErrorCode } from "./errors.ts";
import { paymentsByIds, spendApprovals } from "./payment-store.ts";
import type { Progress } from "./progress.ts";
import { shownOf } from "./rules.ts";
import type { StoredPayment } from "./types.ts";

/** The most approvals that one statement spends, and that may wait for one. */
export const approvals_batch_max = 200;
const approvals_queue_max = 5_000;

/** An approval of one payment, by whoever says it is theirs. */
export type Approval = {
  readonly personId: Id<"person">;
  readonly paymentId: Id<"pay">;
  readonly credential: PaymentApproval["credential"];
};

/** Payments that were ordered in this process a short while ago: an approval mostly follows at once. */
export type OrderedPayments = BoundedMap<string, StoredPayment>;
/** How many of them are kept in memory. */
export const ordered_payments_max = 5_000;

/** Why a payment wasn't approved. */
export type ApproveCode = PaymentErrorCode | ApprovalRefusal;

type Spent = { readonly payment: StoredPayment; readonly evidence: ApprovalEvidence };

/**
 * Makes the function that approves a payment: verify the passkey's signature over what the bank showed,
 * commit the intent with the spent approval (`posting`), then have the ledger decide. An approval counts
 * once: only a payment that still awaits it takes it. Approving again what has been approved answers how far
 * it has come.
 */
export function createApproval(
  deps: PaymentsDeps,
  progress: Progress,
  ordered: OrderedPayments,
): (approval: Approval) => Promise<Result<StoredPayment, ApproveCode>> {
  const load = createLoader(deps);
  const spend = createBatcher<Spent, StoredPayment | null>({
    name: "payment approvals",
    batch_max: approvals_batch_max,
    queue_max: approvals_queue_max,
    run: (spent) => spendTogether(deps, spent),
  });

  return async ({ personId, paymentId, credential }) => {
    // What was ordered never changes; that it still awaits its approval is asked when the approval is spent.
    const payment = ordered.get(paymentId) ?? (await load(paymentId));
    if (payment === undefined || payment.personId !== personId) return err("payment_not_found");
    if (payment.state === "expired") return err("approval_expired");
    if (payment.state !== "awaiting_approval") return ok(payment);
    if (payment.approveUntil <= deps.clock.now()) return err("approval_expired");
    const shown = shownOf(payment);
    const verified = await deps.approvals.verify({ personId, shown, shownAt: payment.createdAt, credential });
    if (!verified.ok) return verified;
    const posting = await spend({ payment, evidence: verified.value });
    ordered.delete(paymentId);
    if (posting !== null) return ok(await progress.post(posting));
    // Another request with the same payment was faster: its outcome is this one's too.
    const now = await load(paymentId);
    return now === undefined ? err("payment_not_found") : ok(now);
  };
}

/** Reads payments that are asked for together in one statement. */
export function createLoader(deps: PaymentsDeps): (id: string) => Promise<StoredPayment | undefined> {
  return createBatcher<string, StoredPayment | undefined>({
    name: "payments by id",
    batch_max: approvals_batch_max,
    queue_max: approvals_queue_max,
    runs_max: 2,
    run: async (ids) => {
      const payments = await paymentsByIds(deps.database, [...new Set(ids)]);
      return ids.map((id) => payments.get(id));
    },
  });
}

/** Spends approvals together; of two for one payment the first counts. */
async function spendTogether(
  deps: PaymentsDeps,
  spent: readonly Spent[],
): Promise<readonly (StoredPayment | null)[]> {
  const leavesAt = addMs(deps.clock.now(), deps.config.undo_window_ms);
  const first = new Map<string, Spent>();
  for (const entry of spent) if (!first.has(entry.payment.id)) first.set(entry.payment.id, entry);
  const taken = await spendApprovals(
    deps.database,
    [...first.values()].map(({ payment, evidence }) => ({ id: payment.id, leavesAt, evidence })),
  );
  return spent.map((entry) => {
    const { payment } = entry;
    const isTaken = first.get(payment.id) === entry && taken.has(payment.id);
    return isTaken ? { ...payment, state: "posting", leavesAt } : null;
  });
}
