import type { Reconciliation, StaffPayment, StaffPaymentState } from "@mainstay/wire";
import type { BadgeTone } from "../../parts/badge.tsx";

/** What a state looks like and is called. */
export const payment_states: Readonly<
  Record<StaffPaymentState, { readonly tone: BadgeTone; readonly text: string }>
> = {
  awaiting_approval: { tone: "outline", text: "Not approved yet" },
  posting: { tone: "lamp", text: "Being booked" },
  leaving: { tone: "lamp", text: "Leaving, can be undone" },
  sending: { tone: "lamp", text: "Being sent" },
  sent: { tone: "good", text: "Sent" },
  undoing: { tone: "lamp", text: "Being undone" },
  undone: { tone: "outline", text: "Undone" },
  expired: { tone: "outline", text: "Expired" },
  refused: { tone: "danger", text: "Refused" },
  failed: { tone: "danger", text: "Failed, given back" },
  booked: { tone: "good", text: "Booked" },
  rejected: { tone: "danger", text: "Rejected" },
};

const out_states: readonly StaffPaymentState[] = [
  "awaiting_approval",
  "posting",
  "leaving",
  "sending",
  "sent",
  "undoing",
  "undone",
  "expired",
  "refused",
  "failed",
];
const in_states: readonly StaffPaymentState[] = ["posting", "booked", "rejected"];

/** The states that a list can be narrowed to, with `""` for all. */
export function stateOptions(direction: "out" | "in"): readonly { value: string; name: string }[] {
  const states = direction === "out" ? out_states : in_states;
  return [
    { value: "", name: "Every state" },
    ...states.map((value) => ({ value, name: payment_states[value].text })),
  ];
}

const reasons: Readonly<Record<string, string>> = {
  insufficient_funds: "not enough money in the account",
  account_closed: "the account is closed",
  refused_by_ledger: "the ledger refused it",
};

/** Why a payment was refused, in words where there are any. */
export function reasonText(reason: string): string {
  return reasons[reason] ?? reason;
}

/** What a step of a payment's timeline was. */
export const event_texts: Readonly<Record<StaffPayment["timeline"][number]["event"], string>> = {
  ordered: "Ordered",
  approved: "Approved with a passkey",
  held: "Money set aside",
  captured: "Money moved to the payee",
  sent: "Sent",
  undone: "Undone, money given back",
  returned: "Money given back",
  expired: "Not approved in time",
  refused: "Refused",
  failed: "Couldn’t be sent",
  received: "Came from the scheme",
  booked: "Booked to the account",
  answered: "Scheme answered",
  rejected: "Rejected",
};

/** What the name check said. */
export const name_check_texts: Readonly<Record<NonNullable<StaffPayment["nameCheck"]>["result"], string>> = {
  match: "the name matches",
  close_match: "the name is close",
  no_match: "the name doesn’t match",
  not_checked: "the name wasn’t checked",
};

/** How ledger and messages stand to each other about one transfer. */
export function mismatchText({ ledger, message }: Reconciliation["mismatches"][number]): string {
  if (ledger === "other-amount") return "booked with another amount than the message has";
  if (ledger === "missing") return "accepted by message, and not in the ledger";
  return message === "missing" ? "in the ledger without a message" : `in the ledger, though ${message}`;
}

/** Pounds as they were typed, in pence; undefined for nothing, null for what is no amount. */
export function penceOf(typed: string): number | undefined | null {
  const text = typed.replaceAll(/[£,\s]/g, "");
  if (text === "") return undefined;
  const match = /^(\d{1,10})(?:\.(\d{1,2}))?$/.exec(text);
  if (match === null) return null;
  return Number(match[1]) * 100 + Number((match[2] ?? "").padEnd(2, "0"));
}
