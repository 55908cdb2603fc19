import { createHash } from "node:crypto";
import { err, moneyFromJson, moneyToJson, ok, type Id, type Result } from "@mainstay/kernel";
import { bank_details, checkModulus, type CurrentAccount } from "@mainstay/accounts";
import type { NameCheck, PaymentRequest, PaymentShown } from "@mainstay/wire";
import type { PaymentErrorCode } from "./errors.ts";
import { checkName } from "./name-check.ts";
import type { StoredPayee, StoredPayment } from "./types.ts";

/** The most that one payment moves, in minor units: £1,000,000, the limit of Faster Payments. */
export const payment_minor_max = 100_000_000n;

/**
 * How long an approval is waited for, in milliseconds (Regulation (EU) 2018/389, article 4(3)(d): five
 * minutes).
 */
export const approval_ms_max = 5 * 60_000;

/** An order to pay, with who gives it. */
export type Order = { readonly personId: Id<"person">; readonly request: PaymentRequest };

/** Whom an order names, once a saved payee has been looked up. */
export type NamedPayee = { readonly name: string; readonly sortCode: string; readonly accountNumber: string };

/** SHA-256 of who orders what, base64url: the same id again must order the same. */
export function orderedSha256(order: Order): string {
  const { accountId, payee, amount, reference } = order.request;
  const named = "id" in payee ? [payee.id] : [payee.name, payee.sortCode, payee.accountNumber];
  const content = [order.personId, accountId, named, amount.minor, amount.currency, reference];
  return createHash("sha256").update(JSON.stringify(content)).digest("base64url");
}

/** Whom an order names; a saved payee must be the orderer's own. */
export function payeeNamed(
  order: Order,
  saved: ReadonlyMap<string, StoredPayee>,
): Result<NamedPayee, PaymentErrorCode> {
  const { payee } = order.request;
  if (!("id" in payee)) return ok(payee);
  const known = saved.get(payee.id);
  return known === undefined || known.personId !== order.personId ? err("payee_unknown") : ok(known);
}

/** What can be said of an account without looking it up: whether it can be one of ours at all. */
export function judgeReach(payee: Pick<NamedPayee, "sortCode" | "accountNumber">): PaymentErrorCode | null {
  if (payee.sortCode !== bank_details.sortCode) return "payee_not_reachable";
  return checkModulus(payee.sortCode, payee.accountNumber) === "invalid" ? "payee_not_found" : null;
}

/** What an order meets: the account that pays and the one that is paid, where they were found. */
export type Found = {
  readonly payer: CurrentAccount | undefined;
  readonly payeeAccount: CurrentAccount | undefined;
  readonly isNewPayee: boolean;
};

/** What is fixed beside what was ordered and found. */
export type Fixed = { readonly nonce: string; readonly now: Date; readonly approveUntil: Date };

/** Decides an order: a payment that awaits approval, or why there is none. Moves nothing. */
export function decideOrder(
  order: Order,
  payee: NamedPayee,
  found: Found,
  fixed: Fixed,
): Result<StoredPayment, PaymentErrorCode> {
  const { payer, payeeAccount } = found;
  const amount = moneyFromJson(order.request.amount);
  if (payer === undefined || payer.personId !== order.personId) return err("account_not_found");
  if (amount.currency !== payer.currency) return err("currency_not_supported");
  if (amount.minor > payment_minor_max) return err("amount_too_large");
  const reach = judgeReach(payee);
  if (reach !== null) return err(reach);
  if (payeeAccount === undefined) return err("payee_not_found");
  if (payeeAccount.id === payer.id) return err("payee_is_self");
  return ok({
    id: order.request.id as Id<"pay">,
    personId: order.personId,
    accountId: payer.id,
    payeeAccountId: payeeAccount.id,
    amount,
    payerName: payer.holderName,
    payerAccountNumber: payer.accountNumber,
    payeeName: payee.name.trim(),
    payeeSortCode: payee.sortCode,
    payeeAccountNumber: payee.accountNumber,
    bankName: bank_details.name,
    reference: order.request.reference.trim(),
    nameCheck: checkName(payee.name, payeeAccount.holderName),
    newPayee: found.isNewPayee,
    nonce: fixed.nonce,
    orderedSha256: orderedSha256(order),
    state: "awaiting_approval",
    reason: null,
    createdAt: fixed.now,
    approveUntil: fixed.approveUntil,
    leavesAt: null,
    sentAt: null,
  });
}

/**
 * What the customer is shown and the passkey signs: made from the bank's own record, whatever a client says
 * it showed.
 */
export function shownOf(payment: StoredPayment): PaymentShown {
  return {
    paymentId: payment.id,
    amount: moneyToJson(payment.amount),
    fee: { minor: 0, currency: payment.amount.currency },
    payeeName: payment.payeeName,
    payeeSortCode: payment.payeeSortCode,
    payeeAccountNumber: payment.payeeAccountNumber,
    bankName: payment.bankName,
    reference: payment.reference,
    nameCheck: payment.nameCheck,
    nonce: payment.nonce,
  };
}

/** The name check of an account of ours, asked before anything is ordered. */
export function judgeName(typed: string, account: CurrentAccount): NameCheck {
  return checkName(typed, account.holderName);
}

/** How the ledger's word about a hold or capture is told to the customer. */
export function reasonOfRefusal(code: string): PaymentErrorCode {
  switch (code) {
    case "insufficient_funds":
      return "insufficient_funds";
    case "account_closed":
      return "payee_account_closed";
    default:
      return "refused_by_ledger";
  }
}
