import { createContext, use } from "react";
import { classNames } from "../class-names.ts";
import { amountParts, spokenAmount, type AmountValue } from "../text/amount-text.ts";
import { untypedDigits } from "../text/typed-amount.ts";
import { UiWordsContext } from "../text/words.ts";

/** True while the customer hides amounts from whoever looks over their shoulder. */
export const AmountsHiddenContext = createContext(false);

const size_classes = {
  inherit: "",
  body: "text-body font-medium",
  row: "text-row leading-[1.375rem] font-medium",
  heading: "text-heading",
  balance: "text-figure",
  keypad: "text-keypad",
} as const;

/** From so many characters on, a typed amount is drawn smaller, so that it stays on the screen. */
const long_typed_length_min = 9;

/** What `Amount` takes. */
export type AmountProps = {
  readonly value: AmountValue;
  readonly size?: keyof typeof size_classes;
  /** In a feed, money in has a plus and is good; money out has no sign and is ink. */
  readonly signed?: boolean;
  /**
   * What has been typed so far ("64.5"): digits not typed yet are drawn soft, and decimals only from the
   * point on.
   */
  readonly typed?: string;
  /** Shown even while amounts are hidden: what is about to be signed must be read. */
  readonly always?: boolean;
  readonly className?: string;
};

function digitsOf(props: AmountProps, locale: string) {
  const { symbol, whole, fraction } = amountParts(props.value, locale);
  if (props.typed === undefined) return { lead: symbol + whole, tail: fraction, soft: "" };
  const soft = untypedDigits(props.typed, props.value.currency);
  if (props.typed === "") return { lead: symbol, tail: "", soft };
  const point = props.typed.indexOf(".");
  return { lead: symbol + whole, tail: point < 0 ? "" : props.typed.slice(point), soft };
}

/** The one component for every number of money: tabular digits for the eye, words for a screen reader. */
export function Amount(props: AmountProps) {
  const words = use(UiWordsContext);
  const hidden = use(AmountsHiddenContext) && !props.always;
  const size = props.size ?? "inherit";
  const isIn = Boolean(props.signed) && props.value.minor > 0;
  const negative = !props.signed && props.value.minor < 0;
  const { lead, tail, soft } = digitsOf(props, words.locale);
  const spoken = [negative && words.minus, spokenAmount(props.value, words), isIn && words.moneyIn];
  return (
    <span
      className={classNames(
        "money whitespace-nowrap",
        size_classes[size],
        props.typed !== undefined && lead.length + tail.length >= long_typed_length_min && "text-figure",
        isIn && "text-good",
        props.className,
      )}
    >
      <span className="sr-only">{hidden ? words.amountHidden : spoken.filter(Boolean).join(" ")}</span>
      <span aria-hidden>
        {isIn && "+"}
        {negative && "−"}
        {hidden ? <HiddenDigits symbol={lead.slice(0, 1)} /> : lead}
        {!hidden && (
          <span className={size === "balance" ? "text-[0.7em] tracking-[-0.02em]" : undefined}>{tail}</span>
        )}
        {soft !== "" && <span className="text-ink-soft">{soft}</span>}
      </span>
    </span>
  );
}

function HiddenDigits({ symbol }: { readonly symbol: string }) {
  return (
    <>
      {symbol}
      <span className="tracking-[0.08em]">••••</span>
    </>
  );
}
