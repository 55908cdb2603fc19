import { sql as raw } from "kysely";
import type { Database } from "@mainstay/platform";
import type { Sql } from "../tables.ts";

/** Something that was done: by whom (a person, a member of staff or "bank"), and to whom or what. */
export type AuditEntry = {
  readonly at: Date;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly details: Readonly<Record<string, unknown>>;
};

/**
 * Appends to the audit in the transaction of what was done. Call it last: the chain's end stays locked until
 * the transaction ends, and every other appender waits for it.
 */
export async function appendAudit(sql: Sql, entry: AuditEntry): Promise<void> {
  const { at, actor, action, subject } = entry;
  await raw`
    SELECT identity.append_audit(
      ${at}::TIMESTAMPTZ, ${actor}, ${action}, ${subject}, ${JSON.stringify(entry.details)}::JSONB
    )`.execute(sql);
}

/**
 * Recomputes the whole chain in the database. Answers how many rows hold, and the number of the first that
 * doesn't: changed, missing, or not following from the row before it.
 */
export async function verifyAudit(database: Database): Promise<{ rows: number; brokenAt: bigint | null }> {
  const { rows } = await database.pool.query<{ rows: bigint; broken_at: bigint | null }>(
    `WITH chain AS (
       SELECT number,
              hash,
              previous_hash,
              lag(hash, 1, repeat('0', 64)) OVER (ORDER BY number) AS expected_previous,
              row_number() OVER (ORDER BY number) AS expected_number,
              identity.audit_row_hash(
                previous_hash, number, at, actor, action, subject, details
              ) AS expected_hash
         FROM identity.audit
     ),
     wrong AS (
       SELECT number FROM chain
        WHERE hash <> expected_hash OR previous_hash <> expected_previous OR number <> expected_number
       UNION ALL
       SELECT head.number FROM identity.audit_head AS head
        WHERE head.number <> (SELECT count(*) FROM chain)
     )
     SELECT (SELECT count(*) FROM chain) AS rows, (SELECT min(number) FROM wrong) AS broken_at`,
  );
  return { rows: Number(rows[0]?.rows ?? 0n), brokenAt: rows[0]?.broken_at ?? null };
}
