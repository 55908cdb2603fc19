import type pg from "pg";
/**
 * One check: its query answers how many things were looked at, how many are wrong, and the first of these in
 * words.
 */
export type CheckQuery = { readonly name: string; readonly sql: string };

const currencies: CheckQuery = {
  name: "the balances of each currency add up to zero",
  sql: `
    SELECT count(*) AS checked,
           count(*) FILTER (WHERE c.total <> 0) AS mismatches,
           (array_agg(c.currency || ': ' || c.total) FILTER (WHERE c.total <> 0))[1:$1] AS examples
      FROM (SELECT currency, sum(posted) AS total
              FROM ledger.accounts
             GROUP BY currency) AS c`,
};

const balances: CheckQuery = {
  name: "each account's balance is its last entry's and the sum of its entries, numbered without gaps",
  sql: `
    WITH ordered AS (
      SELECT account, number, amount, balance, booked_at,
             lag(balance, 1, 0::BIGINT) OVER (PARTITION BY account ORDER BY number) AS balance_before,
             lag(booked_at) OVER (PARTITION BY account ORDER BY number) AS booked_before
        FROM ledger.entries
    ), per_account AS (
      SELECT account,
             count(*) AS entries,
             min(number) AS first,
             max(number) AS last,
             sum(amount) AS total,
             bool_and(balance = balance_before + amount
                       AND booked_at >= COALESCE(booked_before, booked_at)) AS in_order
        FROM ordered
       GROUP BY account
    ), compared AS (
      SELECT COALESCE(a.id, p.account) AS id,
             a.id IS NOT NULL
             AND a.posted = COALESCE(p.total, 0)
             AND a.entry_count = COALESCE(p.entries, 0)
             AND COALESCE(p.first = 1 AND p.last = p.entries AND p.in_order, TRUE) AS is_right,
             format('balance %s of %s entries, but the entries add up to %s of %s, in order: %s',
                    a.posted, a.entry_count, p.total, p.entries, p.in_order) AS words
        FROM ledger.accounts a
        FULL JOIN per_account p ON p.account = a.id
    )
    SELECT count(*) AS checked,
           count(*) FILTER (WHERE NOT is_right) AS mismatches,
           (array_agg(id || ': ' || words) FILTER (WHERE NOT is_right))[1:$1] AS examples
      FROM compared`,
};

const held: CheckQuery = {
  name: "each account's held amount is the sum of its open holds",
  sql: `
    SELECT count(*) AS checked,
           count(*) FILTER (WHERE a.held <> COALESCE(h.total, 0)) AS mismatches,
           (array_agg(format('%s: held %s, open holds %s', a.id, a.held, COALESCE(h.total, 0)))
              FILTER (WHERE a.held <> COALESCE(h.total, 0)))[1:$1] AS examples
      FROM ledger.accounts a
      LEFT JOIN (SELECT debit_account, sum(remaining) AS total
                   FROM ledger.holds
                  GROUP BY debit_account) AS h ON h.debit_account = a.id`,
};

const holds: CheckQuery = {
  name: "each open hold is what its captures and releases have left of it",
  sql: `
    WITH used AS (
      SELECT target_id, sum(amount) AS total
        FROM ledger.transfers
       WHERE target_id IS NOT NULL
         AND type IN ('capture', 'release')
       GROUP BY target_id
    ), compared AS (
      SELECT COALESCE(t.id, h.id, u.target_id) AS id,
             COALESCE(t.amount - COALESCE(u.total, 0) = COALESCE(h.remaining, 0), FALSE) AS is_right,
             format('of %s, %s was captured or released, and %s is open',
                     t.amount, u.total, h.remaining) AS words
        FROM (SELECT id, amount
                FROM ledger.transfers
               WHERE type = 'hold') AS t
        FULL JOIN ledger.holds h ON h.id = t.id
        FULL JOIN used u ON u.target_id = t.id
    )
    SELECT count(*) AS checked,
           count(*) FILTER (WHERE NOT is_right) AS mismatches,
           (array_agg(id || ': ' || words) FILTER (WHERE NOT is_right))[1:$1] AS examples
      FROM compared`,
};

const entries: CheckQuery = {
  name: "each transfer made its two entries, and each entry belongs to a transfer",
  sql: `
    WITH expected AS (
      SELECT id, debit_account AS account, debit_number AS number, -amount AS amount, debit_balance AS balance
        FROM ledger.transfers
       WHERE type IN ('transfer', 'capture', 'reversal')
       UNION ALL
      SELECT id, credit_account, credit_number, amount, credit_balance
        FROM ledger.transfers
       WHERE type IN ('transfer', 'capture', 'reversal')
    ), compared AS (
      SELECT COALESCE(x.id, e.transfer_id) AS id,
             COALESCE(x.id = e.transfer_id AND x.amount = e.amount AND x.balance = e.balance,
                       FALSE) AS is_right
        FROM expected x
        FULL JOIN ledger.entries e ON e.account = x.account AND e.number = x.number
    )
    SELECT count(*) AS checked,
           count(*) FILTER (WHERE NOT is_right) AS mismatches,
           (array_agg(id) FILTER (WHERE NOT is_right))[1:$1] AS examples
      FROM compared`,
};

const reversals: CheckQuery = {
  name: "reversals never exceed what they reverse",
  sql: `
    WITH compared AS (
      SELECT r.target_id AS id, r.total, t.amount
        FROM (SELECT target_id, sum(amount) AS total
                FROM ledger.transfers
               WHERE type = 'reversal'
               GROUP BY target_id) AS r
        LEFT JOIN ledger.transfers t ON t.id = r.target_id AND t.type IN ('transfer', 'capture')
    )
    SELECT count(*) AS checked,
           count(*) FILTER (WHERE amount IS NULL OR total > amount) AS mismatches,
           (array_agg(format('%s: %s reversed of %s', id, total, amount))
              FILTER (WHERE amount IS NULL OR total > amount))[1:$1] AS examples
      FROM compared`,
};

const outcomes: CheckQuery = {
  name: "no transfer and no linked group is both posted and refused",
  sql: `
    SELECT count(*) AS checked,
           count(*) FILTER (WHERE is_posted) AS mismatches,
           (array_agg(id) FILTER (WHERE is_posted))[1:$1] AS examples
      FROM (SELECT r.id,
                   EXISTS (SELECT FROM ledger.transfers t WHERE t.id = r.id)
                   OR EXISTS (SELECT FROM ledger.transfers t WHERE t.id = r.linked_with) AS is_posted
              FROM ledger.refusals r) AS refused`,
};

const currenciesMatch: CheckQuery = {
  name: "each transfer moves the currency of both its accounts",
  sql: `
    SELECT count(*) AS checked,
           count(*) FILTER (WHERE d.currency <> t.currency OR c.currency <> t.currency) AS mismatches,
           (array_agg(t.id)
               FILTER (WHERE d.currency <> t.currency OR c.currency <> t.currency))[1:$1] AS examples
      FROM ledger.transfers t
      JOIN ledger.accounts d ON d.id = t.debit_account
      JOIN ledger.accounts c ON c.id = t.credit_account`,
};

/** All checks, cheap ones first. */
export const checks: readonly CheckQuery[] = [
  currencies,
  held,
  holds,
  reversals,
  outcomes,
  balances,
  entries,
  currenciesMatch,
];

/** What the book says that an account has, in minor units; undefined where there is no such account. */
export async function readPosted(client: pg.PoolClient, account: string): Promise<string | undefined> {
  const { rows } = await client.query<{ posted: string }>(
    `SELECT posted::TEXT AS posted
       FROM ledger.accounts
      WHERE id = $1`,
    [account],
  );
  return rows[0]?.posted;
}
