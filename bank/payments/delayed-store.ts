import type { Database } from "@mainstay/platform";

/** When a customer couldn't log in. */
export type OutSpan = { readonly personId: string; readonly from: Date; readonly until: Date };

/**
 * How many payments waited while their customers were out: ordered before the span ended, not approved when
 * it began, and at its end still not (approved later, or left to expire). What was approved before went on
 * its way without its customer.
 *
 * `undo_window_ms` is what lies between an approval and the moment at which the payment leaves.
 */
export async function countDelayed(
  database: Pick<Database, "pool">,
  spans: readonly OutSpan[],
  undo_window_ms: number,
): Promise<number> {
  if (spans.length === 0) return 0;
  const { rows } = await database.pool.query<{ delayed: bigint }>(
    `SELECT count(DISTINCT payment.id) AS delayed
       FROM unnest($1::TEXT[], $2::TIMESTAMPTZ[], $3::TIMESTAMPTZ[]) AS span (person_id, since, until)
       JOIN payments.payments AS payment
         ON payment.person_id = span.person_id
        AND payment.created_at < span.until
        AND payment.approve_until > span.since
      WHERE CASE
              WHEN payment.leaves_at IS NULL THEN payment.state IN ('awaiting_approval', 'expired')
              ELSE payment.leaves_at - $4 * INTERVAL '1 millisecond' >= span.until
            END`,
    [
      spans.map((span) => span.personId),
      spans.map((span) => span.from),
      spans.map((span) => span.until),
      undo_window_ms,
    ],
  );
  return Number(rows[0]?.delayed ?? 0n);
}
