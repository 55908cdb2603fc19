import { assert } from "./assert.ts";
import { currency_exponents, isCurrency, type Currency } from "./currency.ts";
import { err, ok, type Result } from "./result.ts";

/** An exact amount: whole minor units (pence for GBP, yen for JPY) of one currency. */
export type Money = { readonly minor: bigint; readonly currency: Currency };

/** Money as JSON carries it: an integer of minor units within ±(2^53 − 1). */
export type MoneyJson = { readonly minor: number; readonly currency: Currency };

/** The largest amount that crosses a wire, in minor units: 2^53 − 1, the largest exact JSON integer. */
export const amount_minor_max = BigInt(Number.MAX_SAFE_INTEGER);

/** Makes an amount. */
export function money(minor: bigint, currency: Currency): Money {
  return { minor, currency };
}

/** Adds two amounts of one currency; two currencies are a bug. */
export function addMoney(left: Money, right: Money): Money {
  assert(left.currency === right.currency, `cannot add ${left.currency} and ${right.currency}`);
  return { minor: left.minor + right.minor, currency: left.currency };
}

/** Turns an amount into its JSON form. Amounts beyond 2^53 − 1 never enter the bank, so one here is a bug. */
export function moneyToJson(amount: Money): MoneyJson {
  const magnitude = amount.minor < 0n ? -amount.minor : amount.minor;
  assert(magnitude <= amount_minor_max, "amount beyond 2^53 - 1 minor units");
  return { minor: Number(amount.minor), currency: amount.currency };
}

/** Reads an amount from its JSON form (already validated by a wire schema). */
export function moneyFromJson(json: { minor: number; currency: Currency }): Money {
  assert(Number.isSafeInteger(json.minor), "amount is not a safe integer");
  return { minor: BigInt(json.minor), currency: json.currency };
}

/** Why a decimal string is no amount. */
export type DecimalError = "not_a_number" | "too_many_decimals" | "out_of_range" | "unknown_currency";

const decimal_pattern = /^(-?)(\d{1,18})(?:\.(\d{1,5}))?$/;

/** Reads a decimal string of major units ("250.00", as ISO 20022 and people write it) as an exact amount. */
export function moneyFromDecimal(text: string, currency: string): Result<Money, DecimalError> {
  if (!isCurrency(currency)) return err("unknown_currency");
  const match = decimal_pattern.exec(text);
  if (!match) return err("not_a_number");
  const exponent = currency_exponents[currency];
  const [, sign, whole = "0", fraction = ""] = match;
  const significant = fraction.replace(/0+$/, "");
  if (significant.length > exponent) return err("too_many_decimals");
  const minor = BigInt(whole + significant.padEnd(exponent, "0"));
  if (minor > amount_minor_max) return err("out_of_range");
  return ok({ minor: sign === "-" ? -minor : minor, currency });
}

/** Writes an amount as a plain decimal of major units ("250.00"), for ISO 20022 messages and exports. */
export function moneyToDecimal(amount: Money): string {
  const exponent = currency_exponents[amount.currency];
  const negative = amount.minor < 0n;
  const digits = (negative ? -amount.minor : amount.minor).toString().padStart(exponent + 1, "0");
  const whole = digits.slice(0, digits.length - exponent);
  const text = exponent === 0 ? whole : `${whole}.${digits.slice(-exponent)}`;
  return negative ? `-${text}` : text;
}

/** Writes an amount as an English-speaking customer reads it ("£1,842.16"), in sentences and e-mails. */
export function moneyToText(amount: Money, locale = "en-GB"): string {
  const exponent = currency_exponents[amount.currency];
  const format = new Intl.NumberFormat(locale, {
    style: "currency",
    currency: amount.currency,
    minimumFractionDigits: exponent,
  });
  // A decimal string is formatted exactly (ECMA-402, Intl mathematical value); a JavaScript number would not
  // be.
  return format.format(moneyToDecimal(amount) as Intl.StringNumericLiteral);
}
