import { asId, money, moneyToDecimal, newId, type Id } from "@mainstay/kernel";
import type { NameCheck, Payee } from "@mainstay/wire";
import { useSyncExternalStore } from "react";
import { browserClock, browserRandom } from "../../browser.ts";
import { keep, readKept } from "../../kept.ts";

/** Who is to be paid: someone saved (with an id), or the details of someone new. */
export type DraftPayee = {
  readonly id?: Payee["id"];
  readonly name: string;
  readonly sortCode: string;
  readonly accountNumber: string;
  readonly bankName?: string;
  /** What the name check said of someone new, when it was asked. */
  readonly check?: NameCheck;
};

/**
 * A payment that is being written. It is kept at each input under the id of its command, so that a reload, a
 * crash or a change of version goes on where the customer was, and the same payment is never made twice.
 */
export type PayDraft = {
  readonly payee: DraftPayee | null;
  /** What has been typed on the keypad ("64.5"). */
  readonly typed: string;
  readonly reference: string;
  /** The command's id, once this content has been sent for review; a change of content takes a new one. */
  readonly paymentId: string | null;
};

const empty: PayDraft = { payee: null, typed: "", reference: "", paymentId: null };

let draft: PayDraft = { ...empty, ...readKept<Partial<PayDraft>>("draft.pay") };
const listeners = new Set<() => void>();

function set(changed: PayDraft): void {
  draft = changed;
  keep("draft.pay", changed === empty ? null : changed);
  for (const listener of listeners) listener();
}

/** The payment that is being written. */
export function usePayDraft(): PayDraft {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => draft,
  );
}

/** Changes what is being paid: content that changed is another payment, with an id of its own. */
export function changeDraft(change: Partial<Omit<PayDraft, "paymentId">>): void {
  set({ ...draft, ...change, paymentId: null });
}

/** Begins a payment anew, with what is already known of it. */
export function beginPayment(known: { payee?: DraftPayee; typedMinor?: number; reference?: string }): void {
  const typed = known.typedMinor === undefined ? "" : typedOf(known.typedMinor);
  set({ payee: known.payee ?? null, typed, reference: known.reference ?? "", paymentId: null });
}

/** Forgets the payment that was being written: it has been made, or given up. */
export function dropDraft(): void {
  set(empty);
}

/**
 * The id under which this very content is sent: the same for every try, so that a repeat is the same payment.
 */
export function paymentIdOfDraft(): Id<"pay"> {
  if (draft.paymentId !== null) return asId("pay", draft.paymentId);
  const id = newId("pay", { clock: browserClock, random: browserRandom });
  set({ ...draft, paymentId: id });
  return id;
}

/** Writes minor units as a keypad would have been typed: 6450 is "64.50", 5000 is "50". */
function typedOf(minor: number): string {
  return moneyToDecimal(money(BigInt(minor), "GBP")).replace(/\.00$/, "");
}
