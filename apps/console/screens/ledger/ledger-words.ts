import type { LedgerOverview } from "@mainstay/wire";

const kind_names: Readonly<Record<string, string>> = {
  customer: "Current accounts",
  pot: "Pots",
  settlement: "Scheme settlement",
  "payments-in-transit": "Payments in transit",
  nostro: "Nostro",
  "fx-position": "FX position",
  cards: "Cards",
  "accrued-interest": "Accrued interest",
  "interest-expense": "Interest expense",
  "interest-income": "Interest income",
  fees: "Fees",
  losses: "Losses",
  suspense: "Suspense",
  "inter-book": "Between books",
  equity: "Equity",
};

/** What accounts of a kind are called. */
export function kindName(kind: string): string {
  return kind_names[kind] ?? kind;
}

const currency_names: Readonly<Record<string, string>> = {
  GBP: "Pound sterling",
  EUR: "Euro",
  USD: "US dollar",
  JPY: "Japanese yen",
};
const currency_format = new Intl.DisplayNames("en-GB", { type: "currency" });

/** What a currency is called: `Pound sterling`. */
export function currencyName(currency: string): string {
  return currency_names[currency] ?? currency_format.of(currency) ?? currency;
}

/** An account of the bank's own without its book: `settlement/domestic/GBP`. */
export function accountName(account: string): string {
  return account.slice(account.indexOf(":") + 1);
}

const check_names: Readonly<Record<string, string>> = {
  "the balances of each currency add up to zero": "Every currency sums to zero",
  "each account's held amount is the sum of its open holds": "Held = open holds",
  "each open hold is what its captures and releases have left of it": "Holds = what is left of them",
  "reversals never exceed what they reverse": "Reversals within bounds",
  "no transfer and no linked group is both posted and refused": "Posted or refused, not both",
  "each account's balance is its last entry's and the sum of its entries, numbered without gaps":
    "Balance = entries, in order",
  "each transfer made its two entries, and each entry belongs to a transfer": "Two entries a transfer",
  "each transfer moves the currency of both its accounts": "One currency a transfer",
};

/** A check in a few words: what has to hold. */
export function checkName(name: string): string {
  const short = check_names[name];
  if (short !== undefined) return short;
  return name.includes(" agrees with ") ? "Scheme agrees with settlement" : name;
}

/** How long a check took: `0.02 s`. */
export function tookText(took_ms: number): string {
  return `${(took_ms / 1_000).toFixed(2)} s`;
}

/** What is set aside in a currency, in minor units: holds of payments under way. */
export function heldOf({ lines }: LedgerOverview["currencies"][number]): number {
  return lines.reduce((sum, { held }) => sum + held.minor, 0);
}

/** Whether debit and credit of every currency are equal. */
export function isInBalance({ currencies }: LedgerOverview): boolean {
  return currencies.every(({ difference }) => difference.minor === 0);
}
