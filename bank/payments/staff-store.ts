import { bank_time_zone, type Currency } from "@mainstay/kernel";
import type { ApprovalEvidence } from "@mainstay/identity";
import type { Database } from "@mainstay/platform";
import type { Id } from "@mainstay/kernel";
import type { StaffPaymentRow, StaffPaymentsQuery } from "@mainstay/wire";

/** How many payments one page looks through for those that a filter leaves: some tens of milliseconds. */
export const looked_through_max = 20_000;
/** The most payments under way that are counted. */
export const under_way_max = 10_000;

type Client = Pick<Database["pool"], "query">;

/** Where a page of payments ends: the time and id of its last row. */
export type Place = { readonly at: Date; readonly id: string };

/** What a list of payments is asked with. */
export type Asked = Omit<StaffPaymentsQuery, "direction" | "before"> & {
  readonly before: Place | null;
  readonly limit: number;
};

/** A payment in a list, with whose accounts it concerns. */
export type ListedPayment = {
  readonly id: string;
  readonly at: Date;
  readonly state: StaffPaymentRow["state"];
  readonly reason: string | null;
  readonly amount: bigint;
  readonly currency: Currency;
  readonly reference: string;
  readonly payer_name: string | null;
  readonly payer_sort_code: string | null;
  readonly payer_account_number: string | null;
  readonly payer_iban: string | null;
  /** Of ours. */
  readonly payer_account: Id<"acc"> | null;
  readonly payee_account: Id<"acc">;
  readonly payee_name: string | null;
};

/** One page: rows that the filter leaves, and how far it has looked where that isn't the end. */
export type ListedPage = { readonly rows: readonly ListedPayment[]; readonly lookedTo: Place | null };

const columns = {
  out: `created_at AS at, id, state, reason, amount, currency, reference, payer_name,
        NULL AS payer_sort_code, payer_account_number, NULL AS payer_iban, account_id AS payer_account,
        payee_account_id AS payee_account, payee_name`,
  in: `received_at AS at, uetr AS id, state, reason, amount, currency, reference, debtor_name AS payer_name,
       NULL AS payer_sort_code, NULL AS payer_account_number, debtor_iban AS payer_iban,
       NULL AS payer_account, account_id AS payee_account, NULL AS payee_name`,
} as const;
const tables = { out: "payments.payments", in: "payments.incoming" } as const;
const times = { out: "created_at", in: "received_at" } as const;
const keys = { out: "id", in: "uetr" } as const;

/**
 * One page of payments, newest first. It looks through at most `looked_through_max` of them, along the index
 * by time; where that wasn't all, it says how far it came.
 */
export async function listPayments(
  client: Client,
  direction: "out" | "in",
  asked: Asked,
): Promise<ListedPage> {
  const [at, id] = [times[direction], keys[direction]];
  // Not prepared: parts that weren't asked for must be gone from the plan.
  const { rows } = await client.query<ListedPayment & { looked: bigint; end_at: Date; end_id: string }>(
    `WITH newest AS MATERIALIZED (
       SELECT ${columns[direction]}
         FROM ${tables[direction]}
        WHERE ($1::DATE IS NULL OR ${at} >= $1::DATE::TIMESTAMP AT TIME ZONE '${bank_time_zone}')
          AND ($2::DATE IS NULL OR ${at} < ($2::DATE + 1)::TIMESTAMP AT TIME ZONE '${bank_time_zone}')
          AND ($3::TIMESTAMPTZ IS NULL OR (${at}, ${id}) < ($3, $4))
        ORDER BY ${at} DESC, ${id} DESC
        LIMIT $5
     ), last AS (
       SELECT count(*) AS looked, (array_agg(at ORDER BY at, id))[1] AS end_at,
              (array_agg(id ORDER BY at, id))[1] AS end_id
         FROM newest
     )
     SELECT found.*, last.*
       FROM last
       LEFT JOIN LATERAL (
              SELECT *
                FROM newest
               WHERE ($6::TEXT IS NULL OR state = $6)
                 AND ($7::BIGINT IS NULL OR amount >= $7)
                 AND ($8::BIGINT IS NULL OR amount <= $8)
               ORDER BY at DESC, id DESC
               LIMIT $9
            ) AS found ON TRUE`,
    [
      asked.from ?? null,
      asked.until ?? null,
      asked.before?.at ?? null,
      asked.before?.id ?? null,
      looked_through_max,
      asked.state ?? null,
      asked.atLeast ?? null,
      asked.atMost ?? null,
      asked.limit,
    ],
  );
  const [first] = rows;
  const isCut = first !== undefined && first.looked >= BigInt(looked_through_max);
  return {
    // Where nothing was found, the one row is empty.
    rows: rows.filter((row) => row.id !== null),
    lookedTo: isCut ? { at: first.end_at, id: first.end_id } : null,
  };
}

/** How many payments are under way, and since when the first of them; small indexes serve both. */
export async function countUnderWay(
  client: Client,
  direction: "out" | "in",
): Promise<{ readonly count: number; readonly oldestAt: Date | null }> {
  const [at, states] =
    direction === "out"
      ? (["created_at", "'posting', 'leaving', 'sending', 'undoing'"] as const)
      : (["received_at", "'posting'"] as const);
  const { rows } = await client.query<{ count: bigint; oldest_at: Date | null }>(
    `SELECT count(*) AS count, min(at) AS oldest_at
       FROM (SELECT ${at} AS at
               FROM ${tables[direction]}
              WHERE state IN (${states})
              LIMIT $1) AS under_way`,
    [under_way_max],
  );
  return { count: Number(rows[0]?.count ?? 0n), oldestAt: rows[0]?.oldest_at ?? null };
}

/** The evidence of a payment's approval; null where there is none. */
export async function approvalOf(client: Client, paymentId: string): Promise<ApprovalEvidence | null> {
  const { rows } = await client.query<{ evidence: ApprovalEvidence }>(
    `SELECT evidence
       FROM payments.approvals
      WHERE payment_id = $1`,
    [paymentId],
  );
  return rows[0]?.evidence ?? null;
}

/** A message of the scheme as it is kept. */
export type KeptMessage = {
  readonly id: Id<"msg">;
  readonly at: Date;
  readonly direction: "in" | "out";
  readonly name: string | null;
  readonly sha256: string;
  readonly problem: string | null;
  readonly content: Buffer;
};

/** A message and its answer, the first first. */
export async function messagesOf(client: Client, id: Id<"msg">): Promise<readonly KeptMessage[]> {
  const { rows } = await client.query<KeptMessage>(
    `SELECT id, at, direction, name, sha256, problem, content
       FROM payments.scheme_messages
      WHERE id = $1
         OR answers = $1
      ORDER BY at, answers NULLS FIRST`,
    [id],
  );
  return rows;
}

/** The transfers of a state, counted and added up in minor units. */
export type StateSum = {
  readonly state: "posting" | "booked" | "rejected";
  readonly count: bigint;
  readonly sum: string;
};

/** Counts what came over the scheme; reads every transfer once. */
export async function sumByState(client: Client): Promise<readonly StateSum[]> {
  const { rows } = await client.query<StateSum>(
    `SELECT state, count(*) AS count, sum(amount)::TEXT AS sum
       FROM payments.incoming
      GROUP BY state`,
  );
  return rows;
}

/** Counts the scheme's messages; reads every message once, without its content. */
export async function countMessages(
  client: Client,
): Promise<{ readonly received: bigint; readonly unanswered: bigint; readonly unreadable: bigint }> {
  const { rows } = await client.query<{ received: bigint; unanswered: bigint; unreadable: bigint }>(
    `SELECT count(*) AS received,
            count(*) FILTER (WHERE received.message_id IS NULL) AS unreadable,
            count(*) FILTER (WHERE received.message_id IS NOT NULL AND answer.id IS NULL) AS unanswered
       FROM payments.scheme_messages AS received
       LEFT JOIN payments.scheme_messages AS answer ON answer.answers = received.id
      WHERE received.direction = 'in'`,
  );
  return rows[0] ?? { received: 0n, unanswered: 0n, unreadable: 0n };
}

/** A transfer that came in, as the messages tell it. */
export type ToldTransfer = {
  readonly uetr: string;
  readonly amount: bigint;
  readonly state: "posting" | "booked" | "rejected";
  readonly received_at: Date;
};

/** The newest transfers that came in, and those of these UETRs besides. */
export async function newestIncoming(client: Client, limit: number): Promise<readonly ToldTransfer[]> {
  const { rows } = await client.query<ToldTransfer>(
    `SELECT uetr, amount, state, received_at
       FROM payments.incoming
      ORDER BY received_at DESC, uetr DESC
      LIMIT $1`,
    [limit],
  );
  return rows;
}
