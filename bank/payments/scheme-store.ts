import type { Currency, Id } from "@mainstay/kernel";
import type { Database } from "@mainstay/platform";
import type { StatusReason } from "./iso20022/reasons.ts";
import type { IncomingTransfer } from "./types.ts";

/** A message of the scheme, byte for byte, with what is known of it. */
export type SchemeMessage = {
  readonly id: Id<"msg">;
  readonly at: Date;
  readonly direction: "in" | "out";
  readonly name: string | null;
  readonly senderBic: string | null;
  readonly messageId: string | null;
  /** The row that this message answers. */
  readonly answers: Id<"msg"> | null;
  readonly sha256: string;
  readonly problem: string | null;
  readonly content: Uint8Array;
};

type Client = Pick<Database["pool"], "query">;

/** Keeps a message; false where its sender used the id before, or where what it answers has an answer. */
export async function keepMessage(client: Client, message: SchemeMessage): Promise<boolean> {
  const { rowCount } = await client.query(
    `INSERT INTO payments.scheme_messages
            (at, id, direction, name, sender_bic, message_id, answers, sha256, problem, content)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     ON CONFLICT DO NOTHING`,
    [
      message.at,
      message.id,
      message.direction,
      message.name,
      message.senderBic,
      message.messageId,
      message.answers,
      message.sha256,
      message.problem,
      Buffer.from(message.content),
    ],
  );
  return rowCount === 1;
}

/** The first message that a sender sent under an id: its row, and the hash of its bytes. */
export async function firstMessage(
  client: Client,
  sender: { readonly bic: string; readonly messageId: string },
): Promise<{ readonly id: Id<"msg">; readonly at: Date; readonly sha256: string } | undefined> {
  const { rows } = await client.query<{ id: Id<"msg">; at: Date; sha256: string }>(
    `SELECT id, at, sha256
       FROM payments.scheme_messages
      WHERE direction = 'in'
        AND sender_bic = $1
        AND message_id = $2`,
    [sender.bic, sender.messageId],
  );
  return rows[0];
}

/** The answer that was given to a message, byte for byte. */
export async function answerTo(client: Client, id: Id<"msg">): Promise<string | undefined> {
  const { rows } = await client.query<{ content: Buffer }>(
    `SELECT content
       FROM payments.scheme_messages
      WHERE answers = $1`,
    [id],
  );
  return rows[0]?.content.toString("utf8");
}

type IncomingRow = {
  amount: bigint;
  received_at: Date;
  uetr: string;
  message_row: Id<"msg">;
  account_id: Id<"acc">;
  currency: Currency;
  debtor_name: string;
  debtor_iban: string;
  reference: string;
  state: "posting" | "booked" | "rejected";
  reason: StatusReason | null;
};

/** A stored transfer with how far it has come. */
export type StoredIncoming = IncomingTransfer & {
  readonly state: IncomingRow["state"];
  readonly reason: StatusReason | null;
};

function toIncoming(row: IncomingRow): StoredIncoming {
  return {
    uetr: row.uetr,
    messageRow: row.message_row,
    accountId: row.account_id,
    amount: { minor: row.amount, currency: row.currency },
    debtorName: row.debtor_name,
    debtorIban: row.debtor_iban,
    reference: row.reference,
    receivedAt: row.received_at,
    state: row.state,
    reason: row.reason,
  };
}

/** Adds a transfer that is to be posted; false where its UETR is known. */
export async function insertIncoming(client: Client, transfer: IncomingTransfer): Promise<boolean> {
  const { rowCount } = await client.query(
    `INSERT INTO payments.incoming
            (amount, received_at, uetr, message_row, account_id, currency, debtor_name, debtor_iban,
             reference, state)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'posting')
     ON CONFLICT (uetr) DO NOTHING`,
    [
      transfer.amount.minor,
      transfer.receivedAt,
      transfer.uetr,
      transfer.messageRow,
      transfer.accountId,
      transfer.amount.currency,
      transfer.debtorName,
      transfer.debtorIban,
      transfer.reference,
    ],
  );
  return rowCount === 1;
}

/** Transfers by UETR, many at once. */
export async function incomingByUetrs(
  client: Client,
  uetrs: readonly string[],
): Promise<ReadonlyMap<string, StoredIncoming>> {
  const { rows } = await client.query<IncomingRow>(
    `SELECT *
       FROM payments.incoming
      WHERE uetr = ANY ($1::TEXT[])`,
    [uetrs],
  );
  return new Map(rows.map((row) => [row.uetr, toIncoming(row)]));
}

/** Writes what the ledger decided; a transfer that is decided already stays as it is. */
export async function decideIncoming(
  client: Client,
  decision: { readonly uetr: string; readonly reason: StatusReason | null },
): Promise<void> {
  await client.query(
    `UPDATE payments.incoming
        SET state = CASE WHEN $2::TEXT IS NULL THEN 'booked' ELSE 'rejected' END,
            reason = $2
      WHERE uetr = $1
        AND state = 'posting'`,
    [decision.uetr, decision.reason],
  );
}

/** Messages that were read and have no answer: a crash came between. The oldest first. */
export async function unansweredMessages(
  client: Client,
  asked: { readonly before: Date; readonly limit: number },
): Promise<readonly { readonly id: Id<"msg">; readonly at: Date; readonly content: Uint8Array }[]> {
  const { rows } = await client.query<{ id: Id<"msg">; at: Date; content: Buffer }>(
    `SELECT received.id, received.at, received.content
       FROM payments.scheme_messages AS received
      WHERE received.direction = 'in'
        AND received.message_id IS NOT NULL
        AND received.at <= $1
        AND NOT EXISTS (SELECT FROM payments.scheme_messages AS answer WHERE answer.answers = received.id)
      ORDER BY received.at
      LIMIT $2`,
    [asked.before, asked.limit],
  );
  return rows;
}

/**
 * The sum of what came in and was booked, in minor units: what the scheme, by its messages, owes the
 * bank. Null while something is being booked, or came after `quietSince`: the sum could miss what the
 * ledger has already.
 */
export async function bookedSum(client: Client, quietSince: Date): Promise<bigint | null> {
  const { rows } = await client.query<{ sum: string; busy: boolean | null }>(
    `SELECT COALESCE(sum(amount) FILTER (WHERE state = 'booked'), 0)::TEXT AS sum,
            bool_or(state = 'posting' OR received_at > $1) AS busy
       FROM payments.incoming`,
    [quietSince],
  );
  const [row] = rows;
  return row === undefined || row.busy ? null : BigInt(row.sum);
}
