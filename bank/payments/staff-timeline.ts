import type { PostedTransfer } from "@mainstay/ledger";
import type { StaffPayment } from "@mainstay/wire";
import type { StoredIncoming } from "./scheme-store.ts";
import type { KeptMessage } from "./staff-store.ts";
import type { StoredPayment } from "./types.ts";

type Step = StaffPayment["timeline"][number];

function step(event: Step["event"], at: Date | string | null, detail: string | null = null): Step[] {
  if (at === null) return [];
  return [{ event, at: typeof at === "string" ? at : at.toISOString(), detail }];
}

/** Steps in the order of time; of one instant, in the order given. */
function inOrder(steps: readonly Step[]): Step[] {
  return steps.toSorted((one, other) => Date.parse(one.at) - Date.parse(other.at));
}

/** What the ledger's transfers of a payment say: which step each of them was. */
function postSteps(payment: StoredPayment, posts: readonly PostedTransfer[]): Step[] {
  return posts.flatMap((post) => {
    if (post.type === "hold") return step("held", post.bookedAt, post.id);
    if (post.type === "capture") return step("captured", post.bookedAt, post.id);
    const event = post.id === `${payment.id}/undo` ? "undone" : "returned";
    return step(event, post.bookedAt, post.id);
  });
}

/** What happened to a payment that a customer ordered. */
export function orderedTimeline(
  payment: StoredPayment,
  known: { readonly approvedAt: string | null; readonly posts: readonly PostedTransfer[] },
): Step[] {
  const { state, reason } = payment;
  return inOrder([
    ...step("ordered", payment.createdAt),
    ...(state === "expired" ? step("expired", payment.approveUntil) : []),
    ...step("approved", known.approvedAt),
    ...postSteps(payment, known.posts),
    // The ledger refuses at once when it is asked, and it is asked at once when the payment is approved.
    ...(state === "refused" ? step("refused", known.approvedAt, reason) : []),
    ...(state === "failed" ? step("failed", known.posts.at(-1)?.bookedAt ?? payment.leavesAt, reason) : []),
    ...step("sent", payment.sentAt),
  ]);
}

/** What happened to a payment from another bank. */
export function incomingTimeline(
  transfer: StoredIncoming,
  known: { readonly posts: readonly PostedTransfer[]; readonly messages: readonly KeptMessage[] },
): Step[] {
  const answer = known.messages.find(({ direction }) => direction === "out");
  const isRejected = transfer.state === "rejected";
  return inOrder([
    ...step("received", transfer.receivedAt),
    ...known.posts.flatMap((post) => step("booked", post.bookedAt, post.id)),
    ...(isRejected ? step("rejected", answer?.at ?? transfer.receivedAt, transfer.reason) : []),
    ...step("answered", answer?.at ?? null, answer?.name ?? null),
  ]);
}
