import { assert } from "@mainstay/kernel";
import type { payment_states } from "@mainstay/wire";

/** A payment's state. */
export type PaymentState = (typeof payment_states)[number];

/**
 * Every step that a payment can take, and no other.
 * Approved: `posting` until the ledger has answered for the hold. Then `leaving` until the undo window ends,
 * `sending` until the ledger has answered for the capture; or `undoing` until it has answered for the
 * release.
 */
export const payment_transitions = {
  awaiting_approval: ["posting", "expired"],
  posting: ["leaving", "refused"],
  leaving: ["sending", "undoing"],
  sending: ["sent", "failed"],
  undoing: ["undone"],
  sent: [],
  undone: [],
  expired: [],
  refused: [],
  failed: [],
} as const satisfies { readonly [State in PaymentState]: readonly PaymentState[] };

/** Says whether a payment may go from one state to another in one step. */
export function mayGo(from: PaymentState, to: PaymentState): boolean {
  return (payment_transitions[from] as readonly PaymentState[]).includes(to);
}

/** Says whether nothing can happen to a payment any more. */
export function isFinal(state: PaymentState): boolean {
  return payment_transitions[state].length === 0;
}

/** A step that is in the table. Only this makes one, and only steps change a payment's state. */
export type Transition = { readonly from: PaymentState; readonly to: PaymentState; readonly __checked: true };

/** Makes a step; one that isn't in the table is a bug. */
export function transition(from: PaymentState, to: PaymentState): Transition {
  assert(mayGo(from, to), `a payment can't go from ${from} to ${to}`);
  return { from, to, __checked: true };
}
