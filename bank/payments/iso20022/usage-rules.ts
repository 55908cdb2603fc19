import {
  businessDateOf,
  err,
  moneyFromDecimal,
  ok,
  unreachable,
  type Money,
  type Result,
} from "@mainstay/kernel";
import { isValidIBAN } from "ibantools";
import type { CreditTransfer, WrittenAmount } from "./credit-transfer.ts";
import type { StatusReason } from "./reasons.ts";

/**
 * The largest credit transfer of the domestic scheme, in minor units: one million pounds, the Faster Payments
 * limit.
 */
export const transfer_minor_max = 100_000_000n;

/** How many days a settlement date may lie from the bank's own date, either way. */
export const settlement_date_days_max = 5;

/** A transfer that the bank may book, if the account is one of ours. */
export type AcceptableTransfer = {
  readonly uetr: string;
  readonly amount: Money;
  readonly creditorIban: string;
  readonly debtorName: string;
  readonly debtorIban: string;
};

/**
 * The rules of use that the schema doesn't hold: whose bank, currency, sums, UETR, check digits, and an
 * address with town and country at least (unstructured addresses are refused since November 2026). The first
 * rule that is broken is the answer.
 */
export function checkUsage(
  transfer: CreditTransfer,
  deps: { readonly ourBic: string; readonly now: Date },
): Result<AcceptableTransfer, StatusReason> {
  const header = checkHeader(transfer, deps);
  if (header !== null) return err(header);
  if (transfer.uetr === null) return err("RR12");
  const amount = acceptAmount(transfer.amount);
  if (!amount.ok) return amount;
  if (!sumsFit(transfer, amount.value)) return err("AM10");
  const parties = checkParties(transfer);
  if (parties !== null) return err(parties);
  return ok({
    uetr: transfer.uetr,
    amount: amount.value,
    creditorIban: transfer.creditor.iban,
    debtorName: (transfer.debtor.name ?? "").trim(),
    debtorIban: transfer.debtor.iban,
  });
}

function checkHeader(
  transfer: CreditTransfer,
  deps: { readonly ourBic: string; readonly now: Date },
): StatusReason | null {
  if (!isBank(transfer.instructedBic, deps.ourBic) || !isBank(transfer.creditorBic, deps.ourBic))
    return "RC04";
  if (isBank(transfer.instructingBic, deps.ourBic)) return "RC03";
  if (transfer.settlementDate !== null && !isNear(transfer.settlementDate, deps.now)) return "DT01";
  return null;
}

/** A BIC of eight characters names the head office, whose branch code in eleven is three X (ISO 9362). */
function isBank(bic: string, ours: string): boolean {
  return bic.padEnd(11, "X") === ours.padEnd(11, "X");
}

function isNear(date: string, now: Date): boolean {
  const today = new Date(businessDateOf(now)).getTime();
  const days = (new Date(date.slice(0, 10)).getTime() - today) / 86_400_000;
  return Math.abs(days) <= settlement_date_days_max;
}

function acceptAmount(written: WrittenAmount): Result<Money, StatusReason> {
  if (written.currency !== "GBP") return err("AM03");
  const amount = moneyFromDecimal(plainDecimal(written.decimal), written.currency);
  if (!amount.ok) {
    switch (amount.error) {
      case "too_many_decimals":
      case "not_a_number":
        return err("AM12");
      case "out_of_range":
        return err("AM02");
      case "unknown_currency":
        return err("AM03");
      default:
        return unreachable(amount.error);
    }
  }
  if (amount.value.minor === 0n) return err("AM01");
  if (amount.value.minor > transfer_minor_max) return err("AM02");
  return amount;
}

/** xs:decimal allows a plus sign and a bare point, which a plain decimal doesn't. */
function plainDecimal(written: string): string {
  const unsigned = written.startsWith("+") ? written.slice(1) : written;
  const whole = unsigned.startsWith(".") ? `0${unsigned}` : unsigned;
  return whole.endsWith(".") ? whole.slice(0, -1) : whole;
}

function sumsFit(transfer: CreditTransfer, amount: Money): boolean {
  if (BigInt(transfer.transactionCount) !== 1n) return false;
  const { totalAmount, controlSum } = transfer;
  if (totalAmount !== null && !isSameAmount(totalAmount.decimal, totalAmount.currency, amount)) return false;
  return controlSum === null || isSameAmount(controlSum.trim(), amount.currency, amount);
}

function isSameAmount(decimal: string, currency: string, amount: Money): boolean {
  const read = moneyFromDecimal(plainDecimal(decimal), currency);
  return read.ok && read.value.minor === amount.minor && read.value.currency === amount.currency;
}

function checkParties(transfer: CreditTransfer): StatusReason | null {
  const { debtor, creditor } = transfer;
  if (debtor.name === null || debtor.name.trim() === "") return "BE08";
  if (creditor.name === null || creditor.name.trim() === "") return "BE04";
  if (debtor.town === null || debtor.country === null) return "BE07";
  if (!isValidIBAN(debtor.iban) || !isValidIBAN(creditor.iban)) return "AC01";
  return null;
}
