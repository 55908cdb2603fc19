import type { Id } from "@mainstay/kernel";
import type { Database } from "@mainstay/platform";
import type { StoredPayee } from "./types.ts";

type PayeeRow = {
  last_paid_at: Date;
  id: Id<"payee">;
  person_id: Id<"person">;
  sort_code: string;
  account_number: string;
  name: string;
  bank_name: string;
};

function toPayee(row: PayeeRow): StoredPayee {
  return {
    id: row.id,
    personId: row.person_id,
    name: row.name,
    sortCode: row.sort_code,
    accountNumber: row.account_number,
    bankName: row.bank_name,
    lastPaidAt: row.last_paid_at,
  };
}

/** A person's payees, the one paid last first. */
export async function payeesOf(
  database: Database,
  personId: Id<"person">,
  limit: number,
): Promise<readonly StoredPayee[]> {
  const { rows } = await database.pool.query<PayeeRow>(
    `SELECT *
       FROM payments.payees
      WHERE person_id = $1
      ORDER BY last_paid_at DESC, id
      LIMIT $2`,
    [personId, limit],
  );
  return rows.map(toPayee);
}

/** Payees by id, whosever they are, for many orders at once. */
export async function payeesByIds(
  database: Database,
  ids: readonly string[],
): Promise<readonly StoredPayee[]> {
  const { rows } = await database.pool.query<PayeeRow>({
    name: "payees-by-ids",
    text: `SELECT *
             FROM payments.payees
            WHERE id = ANY ($1::TEXT[])`,
    values: [ids],
  });
  return rows.map(toPayee);
}

/** Whom persons have paid before, of the accounts asked about; for many orders at once. */
export async function payeesByAccounts(
  database: Database,
  asked: readonly { readonly personId: string; readonly sortCode: string; readonly accountNumber: string }[],
): Promise<readonly StoredPayee[]> {
  const { rows } = await database.pool.query<PayeeRow>({
    name: "payees-by-accounts",
    text: `SELECT payee.*
             FROM unnest($1::TEXT[], $2::TEXT[], $3::TEXT[]) AS asked (person_id, sort_code, account_number)
             JOIN payments.payees AS payee USING (person_id, sort_code, account_number)`,
    values: [
      asked.map((entry) => entry.personId),
      asked.map((entry) => entry.sortCode),
      asked.map((entry) => entry.accountNumber),
    ],
  });
  return rows.map(toPayee);
}

/**
 * Saves whom persons have paid, set-based: a new row, or the time and name of a known one. Accounts must be
 * distinct.
 */
export async function savePayees(database: Database, payees: readonly StoredPayee[]): Promise<void> {
  // In one order everywhere: two savers of the same rows must not wait for each other.
  const ordered = payees.toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
  await database.pool.query({
    name: "payees-save",
    text: `INSERT INTO payments.payees AS known
                  (last_paid_at, id, person_id, sort_code, account_number, name, bank_name)
           SELECT *
             FROM unnest($1::TIMESTAMPTZ[], $2::TEXT[], $3::TEXT[], $4::TEXT[], $5::TEXT[], $6::TEXT[],
                         $7::TEXT[])
           ON CONFLICT (person_id, sort_code, account_number) DO UPDATE
              SET last_paid_at = EXCLUDED.last_paid_at,
                  name = EXCLUDED.name
            WHERE known.last_paid_at < EXCLUDED.last_paid_at`,
    values: [
      ordered.map((payee) => payee.lastPaidAt),
      ordered.map((payee) => payee.id),
      ordered.map((payee) => payee.personId),
      ordered.map((payee) => payee.sortCode),
      ordered.map((payee) => payee.accountNumber),
      ordered.map((payee) => payee.name),
      ordered.map((payee) => payee.bankName),
    ],
  });
}

/** Which row of the payees an account is, for one person. */
export function keyOf(payee: Pick<StoredPayee, "personId" | "sortCode" | "accountNumber">): string {
  return `${payee.personId} ${payee.sortCode} ${payee.accountNumber}`;
}

/** Forgets a payee of a person's; false where there is none. What was paid stays. */
export async function deletePayee(
  database: Database,
  payee: { readonly id: string; readonly personId: Id<"person"> },
): Promise<boolean> {
  const { rowCount } = await database.pool.query(
    `DELETE FROM payments.payees
      WHERE id = $1
        AND person_id = $2`,
    [payee.id, payee.personId],
  );
  return rowCount === 1;
}
