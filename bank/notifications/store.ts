import type { Database } from "@mainstay/platform";

/** An e-mail that is to be sent. */
export type Email = {
  readonly eventId: string;
  readonly recipient: string;
  readonly subject: string;
  readonly textBody: string;
  readonly htmlBody: string;
  /** How often it has been tried, this time included. */
  readonly attempts: number;
};

/** Adds an e-mail that waits to be sent; one about the same event changes nothing. */
export async function addEmail(
  database: Database,
  email: Omit<Email, "attempts"> & { readonly personId: string; readonly kind: string; readonly now: Date },
): Promise<void> {
  await database.pool.query(
    `INSERT INTO notifications.emails
            (event_id, person_id, kind, recipient, subject, text_body, html_body, state, attempt_at,
             created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', $8, $8)
     ON CONFLICT (event_id) DO NOTHING`,
    [
      email.eventId,
      email.personId,
      email.kind,
      email.recipient,
      email.subject,
      email.textBody,
      email.htmlBody,
      email.now,
    ],
  );
}

type EmailRow = {
  event_id: string;
  recipient: string;
  subject: string;
  text_body: string;
  html_body: string;
  attempts: number;
};

/** Takes one e-mail that is due into hand, or undefined. */
export async function claimEmail(database: Database, now: Date): Promise<Email | undefined> {
  const { rows } = await database.pool.query<EmailRow>(
    // SKIP LOCKED: what another process takes at this moment is its.
    `UPDATE notifications.emails
        SET state = 'sending',
            attempts = attempts + 1,
            attempt_at = $1
      WHERE event_id = (
              SELECT event_id
                FROM notifications.emails
               WHERE state = 'waiting'
                 AND attempt_at <= $1
               ORDER BY attempt_at
               LIMIT 1
                 FOR UPDATE SKIP LOCKED
            )
     RETURNING event_id, recipient, subject, text_body, html_body, attempts`,
    [now],
  );
  const [row] = rows;
  return (
    row && {
      eventId: row.event_id,
      recipient: row.recipient,
      subject: row.subject,
      textBody: row.text_body,
      htmlBody: row.html_body,
      attempts: row.attempts,
    }
  );
}

/** Writes what came of an attempt. `attemptAt` is when a waiting one is tried again. */
export async function settleEmail(
  database: Database,
  settled: {
    readonly eventId: string;
    readonly state: "waiting" | "sent" | "uncertain" | "failed";
    readonly attemptAt: Date;
    readonly sentAt: Date | null;
    readonly problem: string | null;
  },
): Promise<void> {
  await database.pool.query(
    `UPDATE notifications.emails
        SET state = $2,
            attempt_at = $3,
            sent_at = $4,
            problem = $5
      WHERE event_id = $1
        AND state = 'sending'`,
    [settled.eventId, settled.state, settled.attemptAt, settled.sentAt, settled.problem],
  );
}

/**
 * At start: what a crash left in the mail server's hands may have been sent, and so isn't sent again. Answers
 * how many.
 */
export async function doubtUnfinished(database: Database): Promise<number> {
  const { rowCount } = await database.pool.query(
    `UPDATE notifications.emails
        SET state = 'uncertain',
            problem = 'the process ended while a mail server had it in hand'
      WHERE state = 'sending'`,
  );
  return rowCount ?? 0;
}
