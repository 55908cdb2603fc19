import { createBoundedMap, err, ok, type Id, type Result } from "@mainstay/kernel";
import { bank_details, type TransferDescription } from "@mainstay/accounts";
import type { Payee, PayeeCheck, Payment } from "@mainstay/wire";
import {
  createApproval,
  createLoader,
  ordered_payments_max,
  type Approval,
  type ApproveCode,
} from "./approval.ts";
import { countDelayed, type OutSpan } from "./delayed-store.ts";
import type { PaymentsDeps } from "./deps.ts";
import { describeTransfers } from "./describe.ts";
import type { PaymentErrorCode } from "./errors.ts";
import { receiveMessage, recoverMessages } from "./incoming.ts";
import { createNameCheckLimit } from "./name-check-limit.ts";
import { createOrders, type OrderCode } from "./orders.ts";
import { substituteId, type Asked } from "./own-ids.ts";
import { deletePayee, payeesOf } from "./payee-store.ts";
import { settlement_account } from "./posts.ts";
import { createProgress } from "./progress.ts";
import { expireApprovals, recoverPayments } from "./recovery.ts";
import { judgeName, judgeReach, shownOf, type NamedPayee, type Order } from "./rules.ts";
import type { StoredPayee, StoredPayment } from "./types.ts";
import { undoPayment } from "./undo.ts";

/** The largest list of payees that is shown: those paid last. */
export const payees_shown_max = 200;

/** The door of payments. Whatever isn't the asker's is answered as if it did not exist. */
export type Payments = {
  /** Opens the settlement account, once; again changes nothing. To be called before money comes or goes. */
  readonly prepare: () => Promise<void>;
  readonly order: (order: Order) => Promise<Result<Payment, PaymentErrorCode>>;
  readonly find: (asked: Asked) => Promise<Result<Payment, PaymentErrorCode>>;
  readonly approve: (approval: Approval) => Promise<Result<Payment, ApproveCode>>;
  readonly undo: (asked: Asked) => Promise<Result<Payment, PaymentErrorCode>>;
  readonly checkPayee: (
    asked: NamedPayee & { readonly personId: Id<"person"> },
  ) => Promise<Result<PayeeCheck, PaymentErrorCode>>;
  readonly payees: (personId: Id<"person">) => Promise<readonly Payee[]>;
  readonly forgetPayee: (asked: {
    readonly personId: Id<"person">;
    readonly id: string;
  }) => Promise<Result<null, PaymentErrorCode>>;
  /** Takes a message of the scheme and gives the answer, byte for byte. */
  readonly receiveMessage: (content: Uint8Array) => ReturnType<typeof receiveMessage>;
  /** Sends what is due, one batch; answers how many. For the poller. */
  readonly sendDue: () => Promise<number>;
  /** Carries on what a crash has left; answers how many payments and messages. */
  readonly recover: (patience_ms: number) => Promise<number>;
  readonly expire: () => Promise<number>;
  /** How many payments waited while their customers were out. */
  readonly delayed: (spans: readonly OutSpan[]) => Promise<number>;
  /** For the feed: what transfers were for. */
  readonly describe: (ids: readonly string[]) => Promise<ReadonlyMap<string, TransferDescription>>;
};

/** Makes the door. */
export function createPayments(deps: PaymentsDeps): Payments {
  const progress = createProgress(deps);
  const mayCheck = createNameCheckLimit(deps.clock);
  const takeOrder = createOrders(deps, mayCheck);
  const ordered = createBoundedMap<string, StoredPayment>(ordered_payments_max);
  const takeApproval = createApproval(deps, progress, ordered);
  const load = createLoader(deps);
  const view: View = async (result) => (result.ok ? ok(await paymentView(deps, result.value)) : result);
  const onOwn = createOnOwn(view);

  async function order(wanted: Order): Promise<Result<Payment, PaymentErrorCode>> {
    const { personId } = wanted;
    const paymentId = wanted.request.id as Id<"pay">;
    const taken = await takeOrder(wanted);
    if (taken.ok || taken.error !== "id_of_another") return orderedView(taken);
    const id = substituteId({ personId, paymentId });
    const kept = await orderedView(await takeOrder({ ...wanted, request: { ...wanted.request, id } }));
    return kept.ok ? ok({ ...kept.value, id: paymentId }) : kept;
  }

  async function orderedView(
    taken: Result<StoredPayment, OrderCode>,
  ): Promise<Result<Payment, PaymentErrorCode>> {
    if (!taken.ok) return err(taken.error === "id_of_another" ? "id_conflict" : taken.error);
    if (taken.value.state === "awaiting_approval") ordered.set(taken.value.id, taken.value);
    return view(taken);
  }

  async function checkPayee(
    asked: NamedPayee & { readonly personId: Id<"person"> },
  ): Promise<Result<PayeeCheck, PaymentErrorCode>> {
    const reach = judgeReach(asked);
    if (reach !== null) return err(reach);
    if (!mayCheck(asked.personId)) return err("name_checks_exhausted");
    const [account] = await deps.accounts.byNumbers([asked.accountNumber]);
    if (account === undefined) return err("payee_not_found");
    return ok({ check: judgeName(asked.name, account), bankName: bank_details.name });
  }

  return {
    prepare: async () => {
      await deps.ledger.openAccount({ id: settlement_account, kind: "settlement", currency: "GBP" });
    },
    order,
    find: (asked) =>
      onOwn<never>(asked, async ({ personId, paymentId }) => {
        const payment = await load(paymentId);
        return payment?.personId === personId ? ok(payment) : err("payment_not_found");
      }),
    approve: ({ credential, ...asked }) =>
      onOwn<ApproveCode>(asked, (own) => takeApproval({ ...own, credential })),
    undo: (asked) => onOwn<PaymentErrorCode>(asked, (own) => undoPayment(deps, progress, own)),
    checkPayee,
    payees: async (personId) => (await payeesOf(deps.database, personId, payees_shown_max)).map(payeeView),
    forgetPayee: async (asked) =>
      (await deletePayee(deps.database, asked)) ? ok(null) : err("payee_unknown"),
    receiveMessage: (content) => receiveMessage(deps, content),
    sendDue: progress.sendDue,
    recover: async (patience_ms) => {
      const before = new Date(deps.clock.now().getTime() - patience_ms);
      return (await recoverPayments(deps, progress, patience_ms)) + (await recoverMessages(deps, before));
    },
    expire: () => expireApprovals(deps),
    delayed: (spans) => countDelayed(deps.database, spans, deps.config.undo_window_ms),
    describe: (ids) => describeTransfers(deps.database, ids),
  };
}

/** What came of a payment, as its customer sees it. */
type View = <Code>(result: Result<StoredPayment, Code>) => Promise<Result<Payment, Code>>;

/** Acts on the customer's payment of an id, which may be kept under a substitute (own-ids.ts). */
function createOnOwn(view: View) {
  return async <Code>(
    asked: Asked,
    act: (asked: Asked) => Promise<Result<StoredPayment, Code | "payment_not_found">>,
  ): Promise<Result<Payment, Code | "payment_not_found">> => {
    const found = await act(asked);
    if (found.ok || found.error !== "payment_not_found") return view(found);
    const kept = await view(await act({ ...asked, paymentId: substituteId(asked) }));
    return kept.ok ? ok({ ...kept.value, id: asked.paymentId }) : kept;
  };
}

/** A payment as its customer sees it; what there is to sign only while it may still be signed. */
async function paymentView(deps: PaymentsDeps, payment: StoredPayment): Promise<Payment> {
  const isAwaiting = payment.state === "awaiting_approval";
  const isOver = isAwaiting && payment.approveUntil <= deps.clock.now();
  const shown = shownOf(payment);
  const { personId, createdAt: shownAt } = payment;
  const prepared = isAwaiting && !isOver ? await deps.approvals.prepare({ personId, shown, shownAt }) : null;
  return {
    id: payment.id,
    accountId: payment.accountId,
    state: isOver ? "expired" : payment.state,
    shown,
    newPayee: payment.newPayee,
    approval: prepared && { options: prepared.options, expiresAt: prepared.expiresAt.toISOString() },
    leavesAt: payment.leavesAt?.toISOString() ?? null,
    reason: payment.reason,
    createdAt: payment.createdAt.toISOString(),
    sentAt: payment.sentAt?.toISOString() ?? null,
  };
}

function payeeView(payee: StoredPayee): Payee {
  return {
    id: payee.id,
    name: payee.name,
    sortCode: payee.sortCode,
    accountNumber: payee.accountNumber,
    bankName: payee.bankName,
    lastPaidAt: payee.lastPaidAt.toISOString(),
  };
}
