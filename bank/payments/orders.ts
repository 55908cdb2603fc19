import { addMs, err, ok, type Id, type Result } from "@mainstay/kernel";
import { createBatcher } from "@mainstay/platform";
import type { CurrentAccount } from "@mainstay/accounts";
import type { PaymentsDeps } from "./deps.ts";
import type { PaymentErrorCode } from "./errors.ts";
import { keyOf, payeesByAccounts, payeesByIds } from "./payee-store.ts";
import { insertPayments, paymentsByIds } from "./payment-store.ts";
import {
  approval_ms_max,
  decideOrder,
  judgeReach,
  orderedSha256,
  payeeNamed,
  type NamedPayee,
  type Order,
} from "./rules.ts";
import type { StoredPayee, StoredPayment } from "./types.ts";

/** The most orders that one round of statements takes, and that may wait for one. */
export const orders_batch_max = 200;
export const orders_queue_max = 5_000;

/** Bytes of randomness in what is signed: no two payments are signed alike. */
const nonce_bytes = 16;

/** `id_of_another`: another customer's payment has the id; the door keeps this one under a substitute. */
export type OrderCode = PaymentErrorCode | "id_of_another";
type Answer = Result<StoredPayment, OrderCode>;

/** Makes the function that takes orders. Orders that come together are looked up and written together. */
export function createOrders(
  deps: PaymentsDeps,
  mayCheck: (personId: string) => boolean,
): (order: Order) => Promise<Answer> {
  return createBatcher<Order, Answer>({
    name: "payment orders",
    batch_max: orders_batch_max,
    queue_max: orders_queue_max,
    runs_max: 2,
    run: (orders) => takeOrders(deps, mayCheck, orders),
  });
}

async function takeOrders(
  deps: PaymentsDeps,
  mayCheck: (personId: string) => boolean,
  orders: readonly Order[],
): Promise<readonly Answer[]> {
  const saved = await savedPayees(deps, orders);
  const payees = orders.map((order) => payeeNamed(order, saved));
  const found = await lookUp(deps, orders, payees, saved);
  const now = deps.clock.now();
  const decided = orders.map((order, index): Answer => {
    const payee = payees[index];
    if (payee === undefined || !payee.ok) return payee ?? err("payee_unknown");
    const isNewPayee = !found.paidBefore.has(keyOf({ personId: order.personId, ...payee.value }));
    if (isNewPayee && !mayCheck(order.personId)) return err("name_checks_exhausted");
    return decideOrder(
      order,
      payee.value,
      {
        payer: found.payers.get(order.request.accountId),
        payeeAccount: found.payeeAccounts.get(payee.value.accountNumber),
        isNewPayee,
      },
      {
        nonce: Buffer.from(deps.random.bytes(nonce_bytes)).toString("base64url"),
        now,
        approveUntil: addMs(now, approval_ms_max),
      },
    );
  });
  return keepFirst(deps, orders, decided);
}

async function savedPayees(
  deps: PaymentsDeps,
  orders: readonly Order[],
): Promise<ReadonlyMap<string, StoredPayee>> {
  const ids = orders.flatMap(({ request: { payee } }) => ("id" in payee ? [payee.id] : []));
  if (ids.length === 0) return new Map();
  const payees = await payeesByIds(deps.database, [...new Set(ids)]);
  return new Map(payees.map((payee) => [payee.id, payee]));
}

type Lookup = {
  readonly payers: ReadonlyMap<string, CurrentAccount>;
  readonly payeeAccounts: ReadonlyMap<string, CurrentAccount>;
  readonly paidBefore: ReadonlySet<string>;
};

/** Three reads for all orders at once, side by side. */
async function lookUp(
  deps: PaymentsDeps,
  orders: readonly Order[],
  payees: readonly Result<NamedPayee, PaymentErrorCode>[],
  saved: ReadonlyMap<string, StoredPayee>,
): Promise<Lookup> {
  const paidBefore = new Set([...saved.values()].map(keyOf));
  const asked: (NamedPayee & { readonly personId: Id<"person"> })[] = [];
  for (const [index, order] of orders.entries()) {
    const payee = payees[index];
    if (payee?.ok && judgeReach(payee.value) === null)
      asked.push({ personId: order.personId, ...payee.value });
  }
  const unsaved = asked.filter((payee) => !paidBefore.has(keyOf(payee)));
  const [payers, payeeAccounts, paid] = await Promise.all([
    deps.accounts.byIds([...new Set(orders.map((order) => order.request.accountId))]),
    deps.accounts.byNumbers([...new Set(asked.map((payee) => payee.accountNumber))]),
    unsaved.length === 0 ? [] : payeesByAccounts(deps.database, unsaved),
  ]);
  for (const payee of paid) paidBefore.add(keyOf(payee));
  return {
    payers: new Map(payers.map((account) => [account.id, account])),
    payeeAccounts: new Map(payeeAccounts.map((account) => [account.accountNumber, account])),
    paidBefore,
  };
}

/**
 * Writes what was decided. An id that is known already gets the payment that it had, if it ordered the same.
 */
async function keepFirst(
  deps: PaymentsDeps,
  orders: readonly Order[],
  decided: readonly Answer[],
): Promise<readonly Answer[]> {
  const fresh = new Map<string, StoredPayment>();
  for (const answer of decided) {
    if (answer.ok && !fresh.has(answer.value.id)) fresh.set(answer.value.id, answer.value);
  }
  const inserted =
    fresh.size === 0 ? new Set<string>() : await insertPayments(deps.database, [...fresh.values()]);
  const isKnown = (order: Order): boolean => !inserted.has(order.request.id);
  const knownIds = [...new Set(orders.filter(isKnown).map((order) => order.request.id))];
  const known =
    knownIds.length === 0 ? new Map<string, StoredPayment>() : await paymentsByIds(deps.database, knownIds);
  return orders.map((order, index): Answer => {
    const payment = isKnown(order) ? known.get(order.request.id) : fresh.get(order.request.id);
    // An order that was refused is not kept: it may be given again under its id, put right.
    if (payment === undefined) return decided[index] ?? err("payment_not_found");
    if (payment.personId !== order.personId) return err("id_of_another");
    return payment.orderedSha256 === orderedSha256(order) ? ok(payment) : err("id_conflict");
  });
}
