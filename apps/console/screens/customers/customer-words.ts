import type { Customer, CustomerKind, CustomersFound, Transaction } from "@mainstay/wire";
import type { BadgeTone } from "../../parts/badge.tsx";

/** How a customer who isn't one like the others is marked; null for the others. */
export const kind_badges: Readonly<
  Record<CustomerKind, { readonly tone: BadgeTone; readonly text: string; readonly why: string } | null>
> = {
  customer: null,
  demo: { tone: "outline", text: "Demo", why: "Made for the demo: nobody is behind it" },
  probe: { tone: "info", text: "Probe", why: "The bank’s own: live probes log in with it" },
};

/** What a search went by. */
export const found_by: Readonly<Record<CustomersFound["by"], string>> = {
  name: "by name",
  account: "by account",
  email: "by e-mail address",
  reference: "by reference",
};

/** What somebody did who looked. */
const look_texts: Readonly<Record<string, string>> = {
  "customers-searched": "in a search",
  "customer-names-seen": "by name",
  "customer-seen": "this page",
  "customer-feed-seen": "older transactions",
  "payments-seen": "in a list of payments",
  "payment-seen": "a payment",
  "threads-seen": "in the conversations",
  "thread-seen": "a conversation",
  "thread-answered": "answered",
  "thread-done": "put a conversation away",
};

/** A look in words: what it was, and how many others it showed. */
export function lookText({ action, customers }: Customer["looks"][number]): string {
  const text = look_texts[action] ?? action;
  return customers > 1 ? `${text}, with ${customers - 1} others` : text;
}

/** What of a movement isn't the usual case; null where it is settled. */
export const transaction_states: Readonly<
  Record<Transaction["state"], { readonly tone: BadgeTone; readonly text: string } | null>
> = {
  settled: null,
  leaving: { tone: "lamp", text: "Leaving" },
  undone: { tone: "outline", text: "Undone" },
  failed: { tone: "danger", text: "Failed" },
};

/** How a session was opened. */
export const opened_by: Readonly<
  Record<Customer["devices"][number]["sessions"][number]["openedBy"], string>
> = {
  passkey: "with a passkey",
  registration: "when they opened their account",
  recovery: "with a recovery code",
  demo: "to look around",
};

const registration_states: Readonly<Record<string, string>> = {
  completed: "completed",
  passed: "passed, not completed",
  referred: "waits for a person",
  failed: "failed",
  checking: "being checked",
  answering: "being filled in",
};

/** How far a registration came. */
export function registrationText(state: string): string {
  return registration_states[state] ?? state;
}
