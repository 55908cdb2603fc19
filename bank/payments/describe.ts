import { isId } from "@mainstay/kernel";
import { bank_details, type TransferDescription } from "@mainstay/accounts";
import type { Database } from "@mainstay/platform";
import { shownPayments, type ShownPayment } from "./payment-store.ts";
import { bookingIdOf, uetrOfBooking } from "./posts.ts";
import { incomingByUetrs, type StoredIncoming } from "./scheme-store.ts";

/**
 * Tells the feed what transfers were for, many at once: one read for payments and one for credit transfers.
 */
export async function describeTransfers(
  database: Database,
  ids: readonly string[],
): Promise<ReadonlyMap<string, TransferDescription>> {
  const paymentIds = ids.filter((id) => isId("pay", id));
  const uetrs = ids.flatMap((id) => uetrOfBooking(id) ?? []);
  const [payments, transfers] = await Promise.all([
    paymentIds.length === 0 ? [] : shownPayments(database, paymentIds),
    uetrs.length === 0 ? [] : incomingByUetrs(database.pool, uetrs),
  ]);
  const descriptions = new Map<string, TransferDescription>();
  for (const payment of payments) descriptions.set(payment.id, ofPayment(payment));
  for (const [uetr, transfer] of transfers) descriptions.set(bookingIdOf(uetr), ofIncoming(transfer));
  return descriptions;
}

function ofPayment(payment: ShownPayment): TransferDescription {
  const common = { reference: payment.reference, category: "transfers" } as const;
  return {
    debit: {
      ...common,
      counterpartyName: payment.payeeName,
      counterpartySortCode: payment.payeeSortCode,
      counterpartyAccountNumber: payment.payeeAccountNumber,
      paymentId: payment.id,
      leavesAt: payment.leavesAt,
    },
    // The payment is the payer's: the payee sees what came, not the order behind it.
    credit: {
      ...common,
      counterpartyName: payment.payerName,
      counterpartySortCode: bank_details.sortCode,
      counterpartyAccountNumber: payment.payerAccountNumber,
      paymentId: null,
      leavesAt: null,
    },
  };
}

function ofIncoming(transfer: StoredIncoming): TransferDescription {
  const side = {
    counterpartyName: transfer.debtorName,
    ...domesticNumbers(transfer.debtorIban),
    reference: transfer.reference,
    category: "income",
    paymentId: null,
    leavesAt: null,
  } as const;
  return { debit: side, credit: side };
}

/** Sort code and account number of a British IBAN, as people here know accounts. */
export function domesticNumbers(iban: string): {
  readonly counterpartySortCode: string | null;
  readonly counterpartyAccountNumber: string | null;
} {
  const match = /^GB\d{2}[A-Z]{4}(\d{6})(\d{8})$/.exec(iban);
  return { counterpartySortCode: match?.[1] ?? null, counterpartyAccountNumber: match?.[2] ?? null };
}
