import type { Currency, Id } from "@mainstay/kernel";
import type { Database } from "@mainstay/platform";
import type { NameCheck } from "@mainstay/wire";
import { isFinal, transition, type PaymentState, type Transition } from "./states.ts";
import type { StoredPayment } from "./types.ts";

type PaymentRow = {
  amount: bigint;
  created_at: Date;
  approve_until: Date;
  leaves_at: Date | null;
  sent_at: Date | null;
  new_payee: boolean;
  id: Id<"pay">;
  person_id: Id<"person">;
  account_id: Id<"acc">;
  payee_account_id: Id<"acc">;
  currency: Currency;
  state: PaymentState;
  reason: string | null;
  payer_name: string;
  payer_account_number: string;
  payee_name: string;
  payee_sort_code: string;
  payee_account_number: string;
  bank_name: string;
  reference: string;
  check_result: NameCheck["result"];
  check_name: string | null;
  check_code: string | null;
  nonce: string;
  ordered_sha256: string;
};

function toPayment(row: PaymentRow): StoredPayment {
  return {
    id: row.id,
    personId: row.person_id,
    accountId: row.account_id,
    payeeAccountId: row.payee_account_id,
    amount: { minor: row.amount, currency: row.currency },
    payerName: row.payer_name,
    payerAccountNumber: row.payer_account_number,
    payeeName: row.payee_name,
    payeeSortCode: row.payee_sort_code,
    payeeAccountNumber: row.payee_account_number,
    bankName: row.bank_name,
    reference: row.reference,
    nameCheck: {
      result: row.check_result,
      ...(row.check_name === null ? {} : { name: row.check_name }),
      ...(row.check_code === null ? {} : { code: row.check_code }),
    },
    newPayee: row.new_payee,
    nonce: row.nonce,
    orderedSha256: row.ordered_sha256,
    state: row.state,
    reason: row.reason,
    createdAt: row.created_at,
    approveUntil: row.approve_until,
    leavesAt: row.leaves_at,
    sentAt: row.sent_at,
  };
}

/** Adds payments, set-based; a known id is left as it is. Answers the ids that are new. */
export async function insertPayments(
  database: Pick<Database, "pool">,
  payments: readonly StoredPayment[],
): Promise<ReadonlySet<string>> {
  const columns = <Value>(pick: (payment: StoredPayment) => Value): readonly Value[] => payments.map(pick);
  const { rows } = await database.pool.query<{ id: string }>({
    name: "payments-insert",
    text: `WITH added AS (
             INSERT INTO payments.payments (
               amount, created_at, approve_until, new_payee, id, person_id, account_id, payee_account_id,
               currency, state, payer_name, payer_account_number, payee_name, payee_sort_code,
               payee_account_number, bank_name, reference, check_result, check_name, check_code, nonce,
               ordered_sha256
             )
             SELECT *
               FROM unnest(
                 $1::BIGINT[], $2::TIMESTAMPTZ[], $3::TIMESTAMPTZ[], $4::BOOLEAN[], $5::TEXT[], $6::TEXT[],
                 $7::TEXT[], $8::TEXT[], $9::TEXT[], $10::TEXT[], $11::TEXT[], $12::TEXT[], $13::TEXT[],
                 $14::TEXT[], $15::TEXT[], $16::TEXT[], $17::TEXT[], $18::TEXT[], $19::TEXT[], $20::TEXT[],
                 $21::TEXT[], $22::TEXT[]
               )
             ON CONFLICT (id) DO NOTHING
             RETURNING id, approve_until
           )
           INSERT INTO payments.agenda (due_at, payment_id)
           SELECT approve_until, id
             FROM added
           RETURNING payment_id AS id`,
    values: [
      columns((payment) => payment.amount.minor),
      columns((payment) => payment.createdAt),
      columns((payment) => payment.approveUntil),
      columns((payment) => payment.newPayee),
      columns((payment) => payment.id),
      columns((payment) => payment.personId),
      columns((payment) => payment.accountId),
      columns((payment) => payment.payeeAccountId),
      columns((payment) => payment.amount.currency),
      columns((payment) => payment.state),
      columns((payment) => payment.payerName),
      columns((payment) => payment.payerAccountNumber),
      columns((payment) => payment.payeeName),
      columns((payment) => payment.payeeSortCode),
      columns((payment) => payment.payeeAccountNumber),
      columns((payment) => payment.bankName),
      columns((payment) => payment.reference),
      columns((payment) => payment.nameCheck.result),
      columns((payment) => payment.nameCheck.name ?? null),
      columns((payment) => payment.nameCheck.code ?? null),
      columns((payment) => payment.nonce),
      columns((payment) => payment.orderedSha256),
    ],
  });
  return new Set(rows.map((row) => row.id));
}

/** Payments by id, whosever they are: the service asks whose they are. */
export async function paymentsByIds(
  database: Pick<Database, "pool">,
  ids: readonly string[],
): Promise<ReadonlyMap<string, StoredPayment>> {
  const { rows } = await database.pool.query<PaymentRow>({
    name: "payments-by-ids",
    text: `SELECT *
             FROM payments.payments
            WHERE id = ANY ($1::TEXT[])`,
    values: [ids],
  });
  return new Map(rows.map((row) => [row.id, toPayment(row)]));
}

/** As much of a payment as its two feeds show. */
export type ShownPayment = Pick<
  StoredPayment,
  | "id"
  | "payeeName"
  | "payeeSortCode"
  | "payeeAccountNumber"
  | "payerName"
  | "payerAccountNumber"
  | "reference"
  | "leavesAt"
>;

/** Payments as the feeds show them, many at once. */
export async function shownPayments(
  database: Pick<Database, "pool">,
  ids: readonly string[],
): Promise<readonly ShownPayment[]> {
  const { rows } = await database.pool.query<PaymentRow>({
    name: "payments-shown",
    text: `SELECT id, payee_name, payee_sort_code, payee_account_number, payer_name, payer_account_number,
                  reference, leaves_at
             FROM payments.payments
            WHERE id = ANY ($1::TEXT[])`,
    values: [ids],
  });
  return rows.map((row) => ({
    id: row.id,
    payeeName: row.payee_name,
    payeeSortCode: row.payee_sort_code,
    payeeAccountNumber: row.payee_account_number,
    payerName: row.payer_name,
    payerAccountNumber: row.payer_account_number,
    reference: row.reference,
    leavesAt: row.leaves_at,
  }));
}

/** Follows `taken`, the payments that have come to their last state: nothing more is to happen to them. */
const off_the_agenda = `, ended AS (
             DELETE FROM payments.agenda
              WHERE payment_id IN (SELECT id FROM taken)
           )`;

/** One payment's step. Times and reason stay as they are where null. */
export type Step = {
  readonly id: string;
  readonly leavesAt?: Date | null;
  readonly sentAt?: Date | null;
  readonly reason?: string | null;
};

/**
 * Takes payments from one state to the next, set-based; what has come to its last state leaves the agenda. A
 * payment that isn't in the first state stays as it is: another hand was faster. Answers which were taken.
 * Ids must be distinct; they are locked in ascending order.
 */
export async function take(
  client: Pick<Database["pool"], "query">,
  { from, to }: Transition,
  steps: readonly Step[],
): Promise<ReadonlySet<string>> {
  const ordered = steps.toSorted((one, other) => (one.id < other.id ? -1 : 1));
  const { rows } = await client.query<{ id: string }>({
    name: isFinal(to) ? "payments-end" : "payments-take",
    text: `WITH taken AS (
             UPDATE payments.payments AS payment
                SET state = $2,
                    leaves_at = COALESCE(step.leaves_at, payment.leaves_at),
                    sent_at = COALESCE(step.sent_at, payment.sent_at),
                    reason = COALESCE(step.reason, payment.reason)
               FROM unnest($3::TEXT[], $4::TIMESTAMPTZ[], $5::TIMESTAMPTZ[], $6::TEXT[])
                    AS step (id, leaves_at, sent_at, reason)
              WHERE payment.id = step.id
                AND payment.state = $1
             RETURNING payment.id
           )${isFinal(to) ? off_the_agenda : ""}
           SELECT id
             FROM taken`,
    values: [
      from,
      to,
      ordered.map((step) => step.id),
      ordered.map((step) => step.leavesAt ?? null),
      ordered.map((step) => step.sentAt ?? null),
      ordered.map((step) => step.reason ?? null),
    ],
  });
  return new Set(rows.map((row) => row.id));
}

/**
 * Takes payments from `awaiting_approval` to `posting` and keeps the evidence of each that was taken, all in
 * one statement: a payment that doesn't await its approval any more stays as it is, and nothing is kept for
 * it. Ids must be distinct.
 */
export async function spendApprovals(
  database: Database,
  approvals: readonly { readonly id: string; readonly leavesAt: Date; readonly evidence: object }[],
): Promise<ReadonlySet<string>> {
  const { from, to } = transition("awaiting_approval", "posting");
  const ordered = approvals.toSorted((one, other) => (one.id < other.id ? -1 : 1));
  const { rows } = await database.pool.query<{ id: string }>({
    name: "payments-spend-approvals",
    text: `WITH approved AS (
             SELECT *
               FROM unnest($3::TEXT[], $4::TIMESTAMPTZ[], $5::JSON[]) AS approved (id, leaves_at, evidence)
           ), taken AS (
             UPDATE payments.payments AS payment
                SET state = $2,
                    leaves_at = approved.leaves_at
               FROM approved
              WHERE payment.id = approved.id
                AND payment.state = $1
             RETURNING payment.id
           ), due AS (
             UPDATE payments.agenda
                SET due_at = approved.leaves_at
               FROM approved
               JOIN taken USING (id)
              WHERE payment_id = taken.id
           ), kept AS (
             INSERT INTO payments.approvals (payment_id, evidence)
             SELECT approved.id, approved.evidence
               FROM approved
               JOIN taken USING (id)
           )
           SELECT id
             FROM taken`,
    values: [
      from,
      to,
      ordered.map((approval) => approval.id),
      ordered.map((approval) => approval.leavesAt),
      ordered.map((approval) => JSON.stringify(approval.evidence)),
    ],
  });
  return new Set(rows.map((row) => row.id));
}

/** As much of a payment as its sending needs. */
export type DuePayment = Pick<
  StoredPayment,
  "id" | "personId" | "payeeName" | "payeeSortCode" | "payeeAccountNumber" | "bankName"
>;

type DueRow = Pick<
  PaymentRow,
  "id" | "person_id" | "payee_name" | "payee_sort_code" | "payee_account_number" | "bank_name"
>;

/** Takes the payments whose undo window has ended from `leaving` to `sending`, the longest due first. */
export async function claimDue(
  database: Database,
  due: { readonly now: Date; readonly limit: number },
): Promise<readonly DuePayment[]> {
  const { from, to } = transition("leaving", "sending");
  const { rows } = await database.pool.query<DueRow>({
    name: "payments-claim-due",
    // SKIP LOCKED: what an undo or another process has in hand is left to it.
    text: `UPDATE payments.payments AS payment
              SET state = $2
            WHERE payment.id = ANY (ARRAY(
                    SELECT due.id
                      FROM payments.agenda
                      JOIN payments.payments AS due ON due.id = payment_id
                     WHERE due_at <= $3
                       AND due.state = $1
                       AND due.leaves_at <= $3
                     ORDER BY due_at
                     LIMIT $4
                       FOR UPDATE OF due SKIP LOCKED
                  ))
           RETURNING payment.id, person_id, payee_name, payee_sort_code, payee_account_number, bank_name`,
    values: [from, to, due.now, due.limit],
  });
  return rows.map((row) => ({
    id: row.id,
    personId: row.person_id,
    payeeName: row.payee_name,
    payeeSortCode: row.payee_sort_code,
    payeeAccountNumber: row.payee_account_number,
    bankName: row.bank_name,
  }));
}

/** Payments on whose last step the ledger has not answered yet, as far as is known: the recoverer's work. */
export async function unfinishedPayments(
  database: Database,
  asked: { readonly leavingBefore: Date; readonly limit: number },
): Promise<readonly StoredPayment[]> {
  const { rows } = await database.pool.query<PaymentRow>(
    `SELECT payment.*
       FROM payments.agenda
       JOIN payments.payments AS payment ON payment.id = payment_id
      WHERE due_at <= $1
        AND payment.state IN ('posting', 'sending', 'undoing')
        AND payment.leaves_at <= $1
      ORDER BY due_at
      LIMIT $2`,
    [asked.leavingBefore, asked.limit],
  );
  return rows.map(toPayment);
}

/** Lets approvals expire that nobody gave in time; answers how many. */
export async function expireUnapproved(
  database: Database,
  asked: { readonly now: Date; readonly limit: number },
): Promise<number> {
  const { from, to } = transition("awaiting_approval", "expired");
  const { rowCount } = await database.pool.query(
    // SKIP LOCKED: one that is being approved at this moment is left alone.
    `WITH taken AS (
       UPDATE payments.payments
          SET state = $2
        WHERE id = ANY (ARRAY(
                SELECT due.id
                  FROM payments.agenda
                  JOIN payments.payments AS due ON due.id = payment_id
                 WHERE due_at < $3
                   AND due.state = $1
                   AND due.approve_until < $3
                 ORDER BY due_at
                 LIMIT $4
                   FOR UPDATE OF due SKIP LOCKED
              ))
       RETURNING id
     )${off_the_agenda}
     SELECT id
       FROM taken`,
    [from, to, asked.now, asked.limit],
  );
  return rowCount ?? 0;
}
