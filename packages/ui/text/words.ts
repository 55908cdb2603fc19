import { createContext } from "react";

/** The few words that components say by themselves; an app in another language provides its own. */
export type UiWords = {
  readonly locale: string;
  readonly amountHidden: string;
  readonly moneyIn: string;
  readonly minus: string;
  readonly and: string;
  readonly units: Readonly<Record<string, { readonly major: Plural; readonly minor: Plural }>>;
  readonly close: string;
  readonly deleteDigit: string;
  readonly decimalPoint: string;
  readonly keypad: string;
};

/** A unit for one and for any other number. */
export type Plural = { readonly one: string; readonly other: string };

/** The English catalogue of this package. */
export const english_words: UiWords = {
  locale: "en-GB",
  amountHidden: "amount hidden",
  moneyIn: "in",
  minus: "minus",
  and: "and",
  units: {
    GBP: { major: { one: "pound", other: "pounds" }, minor: { one: "penny", other: "pence" } },
    EUR: { major: { one: "euro", other: "euros" }, minor: { one: "cent", other: "cents" } },
    USD: { major: { one: "dollar", other: "dollars" }, minor: { one: "cent", other: "cents" } },
  },
  close: "Close",
  deleteDigit: "Delete the last digit",
  decimalPoint: "Decimal point",
  keypad: "Keypad for the amount",
};

/** Where components find their words. */
export const UiWordsContext = createContext<UiWords>(english_words);
