/**
 * Minor-unit exponents of ISO 4217 for the currencies that the bank can hold or show (list one, amendment
 * 177).
 */
export const currency_exponents = {
  AED: 2,
  AUD: 2,
  BGN: 2,
  BHD: 3,
  BRL: 2,
  CAD: 2,
  CHF: 2,
  CNY: 2,
  CZK: 2,
  DKK: 2,
  EUR: 2,
  GBP: 2,
  HKD: 2,
  HUF: 2,
  IDR: 2,
  ILS: 2,
  INR: 2,
  ISK: 0,
  JPY: 0,
  JOD: 3,
  KRW: 0,
  KWD: 3,
  MXN: 2,
  MYR: 2,
  NOK: 2,
  NZD: 2,
  OMR: 3,
  PHP: 2,
  PLN: 2,
  RON: 2,
  SEK: 2,
  SGD: 2,
  THB: 2,
  TND: 3,
  TRY: 2,
  USD: 2,
  VND: 0,
  XCG: 2,
  ZAR: 2,
} as const;

/** A currency's ISO 4217 code. */
export type Currency = keyof typeof currency_exponents;

/** Says whether a string is the code of a currency that the bank knows. */
export function isCurrency(value: string): value is Currency {
  return Object.hasOwn(currency_exponents, value);
}
