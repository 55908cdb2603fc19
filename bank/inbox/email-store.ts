import { sql as raw } from "kysely";
import type { Sql, Transaction } from "./deps.ts";

/** An e-mail, laid out. */
export type StoredEmail = {
  readonly id: string;
  readonly recipient: string;
  readonly subject: string;
  readonly textBody: string;
  readonly htmlBody: string;
  /** How often it has been tried, this time included. */
  readonly attempts: number;
};

/** How an e-mail stands. */
export type EmailState = "waiting" | "sending" | "sent" | "uncertain" | "bounced" | "failed";

type EmailRow = {
  readonly id: string;
  readonly recipient: string;
  readonly subject: string;
  readonly text_body: string;
  readonly html_body: string;
  readonly attempts: number;
};

/** Adds an e-mail that waits to be sent. */
export async function insertEmail(
  sql: Transaction,
  email: Omit<StoredEmail, "attempts"> & { readonly isUrgent: boolean; readonly now: Date },
): Promise<void> {
  await raw`
    INSERT INTO inbox.emails (id, recipient, subject, text_body, html_body, is_urgent, state, attempt_at,
                              created_at)
    VALUES (${email.id}, ${email.recipient}, ${email.subject}, ${email.textBody}, ${email.htmlBody},
            ${email.isUrgent}, 'waiting', ${email.now}, ${email.now})`.execute(sql);
}

/** Takes one e-mail that is due into hand, urgent ones first; undefined where none is. */
export async function claimEmail(sql: Sql, now: Date): Promise<StoredEmail | undefined> {
  const { rows } = await raw<EmailRow>`
    UPDATE inbox.emails
       SET state = 'sending',
           attempts = attempts + 1,
           attempt_at = ${now}
     WHERE id = (
             SELECT id
               FROM inbox.emails
              WHERE state = 'waiting'
                AND attempt_at <= ${now}
              ORDER BY is_urgent DESC, attempt_at
              LIMIT 1
                -- What another lane takes at this moment is its.
                FOR UPDATE SKIP LOCKED
           )
    RETURNING id, recipient, subject, text_body, html_body, attempts`.execute(sql);
  const [row] = rows;
  return (
    row && {
      id: row.id,
      recipient: row.recipient,
      subject: row.subject,
      textBody: row.text_body,
      htmlBody: row.html_body,
      attempts: row.attempts,
    }
  );
}

/** Moves an e-mail on from one of these states; false where it is in none of them any more. */
export async function moveEmail(
  sql: Transaction,
  moved: {
    readonly id: string;
    readonly from: readonly EmailState[];
    readonly to: EmailState;
    readonly attemptAt: Date;
  },
): Promise<boolean> {
  const { numAffectedRows } = await raw`
    UPDATE inbox.emails
       SET state = ${moved.to},
           attempt_at = ${moved.attemptAt}
     WHERE id = ${moved.id}
       AND state = ANY (${moved.from}::TEXT[])`.execute(sql);
  return numAffectedRows === 1n;
}

/** What a crash left in a mail server's hands becomes uncertain, to be asked about; answers which. */
export async function doubtUnfinished(sql: Transaction, askAt: Date): Promise<readonly string[]> {
  const { rows } = await raw<{ id: string }>`
    UPDATE inbox.emails
       SET state = 'uncertain',
           attempt_at = ${askAt}
     WHERE state = 'sending'
    RETURNING id`.execute(sql);
  return rows.map((row) => row.id);
}

/** Takes one uncertain e-mail that is due to be asked about, and puts it off until `again`. */
export async function claimUncertain(
  sql: Sql,
  when: { readonly now: Date; readonly again: Date },
): Promise<Pick<StoredEmail, "id" | "attempts"> | undefined> {
  const { rows } = await raw<{ id: string; attempts: number }>`
    UPDATE inbox.emails
       SET attempt_at = ${when.again}
     WHERE id = (
             SELECT id
               FROM inbox.emails
              WHERE state = 'uncertain'
                AND attempt_at <= ${when.now}
              ORDER BY attempt_at
              LIMIT 1
                -- What is being asked about at this moment is skipped.
                FOR UPDATE SKIP LOCKED
           )
    RETURNING id, attempts`.execute(sql);
  return rows[0];
}

/** How far the provider's events have been read. */
export async function readCursor(sql: Sql): Promise<number> {
  const { rows } = await raw<{ number: bigint }>`
    SELECT number
      FROM inbox.cursors
     WHERE name = 'mail-provider'`.execute(sql);
  return Number(rows[0]?.number ?? 0n);
}

/** Notes how far the provider's events have been read. */
export async function moveCursor(sql: Transaction, number: number): Promise<void> {
  await raw`
    UPDATE inbox.cursors
       SET number = ${number}
     WHERE name = 'mail-provider'`.execute(sql);
}
