import {
  accountId,
  derivedId,
  type Capture,
  type Hold,
  type PlainTransfer,
  type Release,
} from "@mainstay/ledger";
import type { IncomingTransfer, StoredPayment } from "./types.ts";

/** The account over which the domestic scheme settles with the bank. */
export const settlement_account = accountId("settlement/domestic/GBP");

/**
 * The payment's first post, under the payment's own id: sets the money aside until the window ends. It never
 * expires.
 */
export function holdOf(payment: StoredPayment): Hold {
  return {
    id: payment.id,
    type: "hold",
    kind: "payment",
    debitAccount: accountId(payment.accountId),
    creditAccount: accountId(payment.payeeAccountId),
    amount: payment.amount,
  };
}

/** Moves what was set aside to the payee. */
export function captureOf(payment: { readonly id: string }): Capture {
  return { id: derivedId(payment.id, "capture"), type: "capture", kind: "payment", holdId: payment.id };
}

/** Gives it back, because the customer undid the payment. */
export function undoOf(payment: { readonly id: string }): Release {
  return { id: derivedId(payment.id, "undo"), type: "release", kind: "payment-undo", holdId: payment.id };
}

/** Gives it back, because the payee could not be paid. */
export function returnOf(payment: { readonly id: string }): Release {
  return { id: derivedId(payment.id, "return"), type: "release", kind: "payment-return", holdId: payment.id };
}

/** What the ledger's id of a booked credit transfer begins with. */
const booking_prefix = "domestic/";

/** The ledger's id of a booked credit transfer. */
export function bookingIdOf(uetr: string): string {
  return `${booking_prefix}${uetr}`;
}

/** The UETR of a booked credit transfer; null where a transfer is something else. */
export function uetrOfBooking(transferId: string): string | null {
  return transferId.startsWith(booking_prefix) ? transferId.slice(booking_prefix.length) : null;
}

/** Books a credit transfer from another bank, under its UETR: against what the scheme settles. */
export function bookingOf(incoming: Pick<IncomingTransfer, "uetr" | "accountId" | "amount">): PlainTransfer {
  return {
    id: bookingIdOf(incoming.uetr),
    type: "transfer",
    kind: "pay-in",
    debitAccount: settlement_account,
    creditAccount: accountId(incoming.accountId),
    amount: incoming.amount,
  };
}
