import { addMs, assert, newId, present } from "@mainstay/kernel";
import type { Outcome } from "@mainstay/ledger";
import { createBatcher } from "@mainstay/platform";
import type { PaymentsDeps } from "./deps.ts";
import { keyOf, savePayees } from "./payee-store.ts";
import { claimDue, paymentsByIds, take, type DuePayment, type Step } from "./payment-store.ts";
import { captureOf, holdOf, returnOf, undoOf } from "./posts.ts";
import { reasonOfRefusal } from "./rules.ts";
import { transition } from "./states.ts";
import type { StoredPayee, StoredPayment } from "./types.ts";

/** The most payments that one statement takes a step further. */
export const steps_batch_max = 500;
const steps_queue_max = 20_000;

/**
 * The steps of a payment after its approval. Each may be repeated: the ledger gives the same id the same
 * outcome.
 */
export type Progress = {
  /** `posting`: sets the money aside; `leaving` or `refused`. */
  readonly post: (payment: StoredPayment) => Promise<StoredPayment>;
  /** `sending`: moves the money; `sent`, or `failed` with the money given back. */
  readonly send: (payments: readonly DuePayment[]) => Promise<void>;
  /** `undoing`: gives the money back; `undone`. */
  readonly giveBack: (payment: StoredPayment) => Promise<StoredPayment>;
  /** Sends what is due, at most one batch; answers how many payments that were. */
  readonly sendDue: () => Promise<number>;
};

/** Makes the steps. Those of many payments are written together. */
export function createProgress(deps: PaymentsDeps): Progress {
  const { database, ledger, clock } = deps;
  const toLeaving = createStep(deps, "leaving");
  const toRefused = createStep(deps, "refused");
  const toUndone = createStep(deps, "undone");

  async function post(payment: StoredPayment): Promise<StoredPayment> {
    const outcome = await ledger.post(holdOf(payment));
    if (outcome.status !== "posted")
      return toRefused(payment, { id: payment.id, reason: refusalOf(outcome) });
    const now = clock.now();
    const isOver = payment.leavesAt === null || payment.leavesAt <= now;
    // A payment that a crash kept waiting gets its whole window all the same.
    const leavesAt = isOver ? addMs(now, deps.config.undo_window_ms) : null;
    return toLeaving(payment, { id: payment.id, leavesAt });
  }

  async function giveBack(payment: StoredPayment): Promise<StoredPayment> {
    const outcome = await ledger.post(undoOf(payment));
    assert(outcome.status === "posted", `the hold of ${payment.id} could not be released`);
    return toUndone(payment, { id: payment.id });
  }

  async function send(payments: readonly DuePayment[]): Promise<void> {
    const outcomes = await Promise.all(payments.map((payment) => ledger.post(captureOf(payment))));
    const sent = payments.filter((_, index) => outcomes[index]?.status === "posted");
    const failed = payments.flatMap((payment, index) => {
      const outcome = outcomes[index];
      return outcome === undefined || outcome.status === "posted" ? [] : [{ payment, outcome }];
    });
    if (sent.length > 0) await settle(sent);
    if (failed.length > 0) await giveUp(failed);
  }

  async function settle(sent: readonly DuePayment[]): Promise<void> {
    const sentAt = clock.now();
    await savePayees(database, payeesOf(deps, sent, sentAt));
    const steps = sent.map((payment) => ({ id: payment.id, sentAt }));
    await take(database.pool, transition("sending", "sent"), steps);
  }

  async function giveUp(failed: readonly { payment: DuePayment; outcome: Outcome }[]): Promise<void> {
    await Promise.all(failed.map(({ payment }) => ledger.post(returnOf(payment))));
    const steps = failed.map(({ payment, outcome }) => ({ id: payment.id, reason: refusalOf(outcome) }));
    await take(database.pool, transition("sending", "failed"), steps);
  }

  async function sendDue(): Promise<number> {
    const due = await claimDue(database, { now: clock.now(), limit: steps_batch_max });
    if (due.length > 0) await send(due);
    return due.length;
  }

  return { post, send, giveBack, sendDue };
}

/** A step that many payments take together. Answers the payment as it then stands. */
function createStep(deps: PaymentsDeps, to: "leaving" | "refused" | "undone") {
  const step = to === "undone" ? transition("undoing", to) : transition("posting", to);
  const batcher = createBatcher<Step, boolean>({
    name: `payments to ${to}`,
    batch_max: steps_batch_max,
    queue_max: steps_queue_max,
    run: async (steps) => {
      const distinct = new Map(steps.map((entry) => [entry.id, entry]));
      const taken = await take(deps.database.pool, step, [...distinct.values()]);
      return steps.map((entry) => taken.has(entry.id));
    },
  });
  return async (payment: StoredPayment, change: Step): Promise<StoredPayment> => {
    if (await batcher(change)) {
      const { leavesAt, reason } = change;
      return {
        ...payment,
        state: to,
        leavesAt: leavesAt ?? payment.leavesAt,
        reason: reason ?? payment.reason,
      };
    }
    // Another hand (the recoverer's, a repeat's) took the same step: the outcome is the same, and read.
    return present(
      (await paymentsByIds(deps.database, [payment.id])).get(payment.id),
      `payment ${payment.id}`,
    );
  };
}

function refusalOf(outcome: Outcome): string {
  return outcome.status === "refused" ? reasonOfRefusal(outcome.code) : "refused_by_ledger";
}

/** Each account once for each person, even where several payments went there together. */
function payeesOf(deps: PaymentsDeps, sent: readonly DuePayment[], sentAt: Date): readonly StoredPayee[] {
  const payees = new Map<string, StoredPayee>();
  for (const payment of sent) {
    const payee: StoredPayee = {
      id: newId("payee", deps),
      personId: payment.personId,
      name: payment.payeeName,
      sortCode: payment.payeeSortCode,
      accountNumber: payment.payeeAccountNumber,
      bankName: payment.bankName,
      lastPaidAt: sentAt,
    };
    payees.set(keyOf(payee), payee);
  }
  return [...payees.values()];
}
