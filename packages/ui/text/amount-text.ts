import { currency_exponents, money, moneyToDecimal, type Currency, type Money } from "@mainstay/kernel";
import type { UiWords } from "./words.ts";

/** An amount as a component takes it: what the wire carries, or the kernel's exact form. */
export type AmountValue = { readonly minor: number | bigint; readonly currency: Currency };

/** An amount cut into what is drawn large and what is drawn small. */
export type AmountParts = { readonly symbol: string; readonly whole: string; readonly fraction: string };

function magnitude(value: AmountValue): Money {
  const minor = BigInt(value.minor);
  return money(minor < 0n ? -minor : minor, value.currency);
}

function formatParts(value: AmountValue, locale: string): Intl.NumberFormatPart[] {
  const format = new Intl.NumberFormat(locale, {
    style: "currency",
    currency: value.currency,
    currencyDisplay: "narrowSymbol",
    minimumFractionDigits: currency_exponents[value.currency],
  });
  // A decimal string is formatted exactly; a JavaScript number would not be.
  return format.formatToParts(moneyToDecimal(magnitude(value)) as Intl.StringNumericLiteral);
}

/**
 * Cuts the magnitude of an amount into symbol, whole units with separators, and ".16". The sign is the
 * reader's.
 */
export function amountParts(value: AmountValue, locale: string): AmountParts {
  let symbol = "";
  let whole = "";
  let fraction = "";
  for (const part of formatParts(value, locale)) {
    if (part.type === "currency") symbol = part.value;
    else if (part.type === "integer" || part.type === "group") whole += part.value;
    else if (part.type === "decimal" || part.type === "fraction") fraction += part.value;
  }
  return { symbol, whole, fraction };
}

/** Writes an amount as words for a screen reader: "1,842 pounds and 16 pence". */
export function spokenAmount(value: AmountValue, words: UiWords): string {
  const exact = magnitude(value);
  const scale = 10n ** BigInt(currency_exponents[exact.currency]);
  const major = exact.minor / scale;
  const minor = exact.minor % scale;
  const unit = words.units[exact.currency] ?? {
    major: { one: exact.currency, other: exact.currency },
    minor: { one: "", other: "" },
  };
  const count = (n: bigint, plural: { one: string; other: string }) =>
    `${new Intl.NumberFormat(words.locale).format(n)} ${n === 1n ? plural.one : plural.other}`.trim();
  if (minor === 0n) return count(major, unit.major);
  if (major === 0n && unit.minor.one) return count(minor, unit.minor);
  return `${count(major, unit.major)} ${words.and} ${count(minor, unit.minor)}`;
}
