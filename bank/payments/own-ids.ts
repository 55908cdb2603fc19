import { createHash } from "node:crypto";
import { newId, type Id } from "@mainstay/kernel";

/** One payment, asked for by whoever says it is theirs. */
export type Asked = { readonly personId: Id<"person">; readonly paymentId: Id<"pay"> };

/**
 * The id under which a payment is kept whose own id another customer's payment has already. Ids are chosen by
 * whoever orders; a customer who chooses one that is taken must not learn that it is, so theirs is kept under
 * another, which follows from who they are and what they chose: the same order again finds it.
 */
export function substituteId({ personId, paymentId }: Asked): Id<"pay"> {
  const digest = createHash("sha256").update(`mainstay payment ${personId} ${paymentId}`).digest();
  return newId("pay", {
    clock: { now: () => new Date(digest.readUIntBE(0, 5)) },
    random: { bytes: (length) => digest.subarray(8, 8 + length) },
  });
}
